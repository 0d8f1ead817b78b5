import { afterEach, describe, expect, it, vi } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { createBuildInfo, VERSION } from "../../src/model/build-info.ts";

const HOST = { runtime: "bun 1.4.4", platform: "linux/x64" };

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("VERSION", () => {
  it("is the package's", () => {
    expect(VERSION).toBe(manifest.version);
  });
});

describe("createBuildInfo", () => {
  it("does not know revision, branch and date when run from source", () => {
    expect(createBuildInfo(HOST)).toEqual({
      version: VERSION,
      revision: "unknown",
      branch: "unknown",
      buildDate: "unknown",
      runtime: "bun 1.4.4",
      platform: "linux/x64",
      tags: "unknown",
    });
  });

  it("takes what the bundler wrote in", () => {
    vi.stubGlobal("NARTHEX_REVISION", "0a1b2c3");
    vi.stubGlobal("NARTHEX_BRANCH", "main");
    vi.stubGlobal("NARTHEX_BUILD_DATE", "2026-11-20T10:08:27Z");
    expect(createBuildInfo(HOST)).toMatchObject({
      revision: "0a1b2c3",
      branch: "main",
      buildDate: "2026-11-20T10:08:27Z",
    });
  });
});
