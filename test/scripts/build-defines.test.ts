import { describe, expect, it } from "vitest";
import { buildDate, buildDefines } from "../../scripts/build-defines.ts";

describe("buildDate", () => {
  it("is the date that reproducible builds ask for", () => {
    expect(buildDate("1700000000")).toBe("20231114-22:13:20");
  });

  it.each([undefined, ""])("is now without one", (epoch) => {
    expect(buildDate(epoch)).toMatch(/^2\d{7}-\d\d:\d\d:\d\d$/);
  });
});

describe("buildDefines", () => {
  it("knows nothing outside a git checkout", () => {
    expect(buildDefines("/no/such/folder")).toMatchObject({
      NARTHEX_REVISION: '"unknown"',
      NARTHEX_BRANCH: '"unknown"',
    });
  });
});
