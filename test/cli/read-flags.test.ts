import { describe, expect, it } from "vitest";
import { readFlags } from "../../src/cli/read-flags.ts";

describe("readFlags", () => {
  it("takes defaults in place of those of the table, and shows them", () => {
    const flags = readFlags([], { "push.max-body-size": "1MiB", "log.format": "json" });
    expect(flags).toMatchObject({ maxBodySize: 1024 * 1024, logFormat: "json", logLevel: "info" });
    expect(flags.values).toMatchObject({ "push.max-body-size": "1MiB", "log.format": "json" });
  });

  it("prefers what was given to any default", () => {
    const given = [{ name: "log.format", text: "logfmt" }] as const;
    expect(readFlags(given, { "log.format": "json" }).logFormat).toBe("logfmt");
  });
});
