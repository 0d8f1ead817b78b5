import { describe, expect, it } from "vitest";
import { FLAG_NAMES, FLAGS, isFlagName } from "../../src/cli/flags.ts";

describe("FLAGS", () => {
  it("holds the reference's flags with their defaults, and ours", () => {
    const table = FLAG_NAMES.map((name) => [name, FLAGS[name].default]);
    expect(table).toEqual([
      ["web.listen-address", ":9091"],
      ["web.config.file", ""],
      ["web.systemd-socket", "false"],
      ["web.telemetry-path", "/metrics"],
      ["web.external-url", ""],
      ["web.route-prefix", ""],
      ["web.enable-lifecycle", "false"],
      ["web.enable-admin-api", "false"],
      ["web.enable-openmetrics", "false"],
      ["persistence.file", ""],
      ["persistence.url", ""],
      ["persistence.sync", "full"],
      ["persistence.interval", "5m"],
      ["push.disable-consistency-check", "false"],
      ["push.enable-utf8-names", "false"],
      ["push.max-body-size", "64MiB"],
      ["store.max-groups", "0"],
      ["store.max-series", "0"],
      ["store.max-size", "0"],
      ["log.level", "info"],
      ["log.format", "logfmt"],
    ]);
  });

  it("lets listen addresses be repeated, nothing else", () => {
    const repeatable = FLAG_NAMES.filter((name) => FLAGS[name].repeatable === true);
    expect(repeatable).toEqual(["web.listen-address"]);
  });

  it("marks what is not built yet", () => {
    const marked = FLAG_NAMES.filter((name) => FLAGS[name].notYet !== undefined);
    expect(marked).toEqual(["web.config.file"]);
  });

  it.each(FLAG_NAMES)("has a default for %s that can be read", (name) => {
    expect(() => FLAGS[name].type.parse(FLAGS[name].default)).not.toThrow();
  });

  it.each(FLAG_NAMES)("turns %s off by default if it is a switch", (name) => {
    expect(FLAGS[name].default === "false").toBe(!FLAGS[name].type.takesValue);
  });

  it.each(FLAG_NAMES)("explains %s in sentences, on one line", (name) => {
    expect(FLAGS[name].help).toMatch(/^[A-Z][^\n|<>]+[.\]]$/);
  });

  it.each(FLAG_NAMES)("has a name for %s that cannot be taken for a negation", (name) => {
    expect(name).toMatch(/^(?!no-)[a-z][a-z0-9]*(?:[.-][a-z0-9]+)+$/);
  });
});

describe("isFlagName", () => {
  it.each(FLAG_NAMES)("knows %s", (name) => {
    expect(isFlagName(name)).toBe(true);
  });

  it.each([
    "",
    "help",
    "version",
    "--log.level",
    "LOG.LEVEL",
    "no-web.enable-lifecycle",
    "toString",
    "__proto__",
    "constructor",
  ])("does not know %j", (name) => {
    expect(isFlagName(name)).toBe(false);
  });
});
