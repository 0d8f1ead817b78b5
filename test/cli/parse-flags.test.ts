import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FLAG_NAMES } from "../../src/cli/flags.ts";
import { renderHelp, renderVersion } from "../../src/cli/help.ts";
import { type Flags, type ParsedCommandLine, parseFlags } from "../../src/cli/parse-flags.ts";
import { createBuildInfo } from "../../src/model/build-info.ts";

const BUILD = createBuildInfo({ runtime: "node 20.20.0", platform: "linux/x64" });

function parse(...args: string[]): ParsedCommandLine {
  return parseFlags(args, "narthex", BUILD);
}

function flagsOf(...args: string[]): Flags {
  const parsed = parse(...args);
  if (parsed.kind !== "run") throw new Error(`Cannot run ${args.join(" ")}: ${parsed.kind}`);
  return parsed.flags;
}

describe("parseFlags, defaults", () => {
  it("runs without arguments", () => {
    const { values: _values, ...settings } = flagsOf();
    expect(settings).toEqual({
      listenAddresses: [{ hostname: undefined, port: 9091 }],
      webConfigFile: "",
      systemdSocket: false,
      telemetryPath: "/metrics",
      externalUrl: "",
      routePrefix: "",
      enableLifecycle: false,
      enableAdminApi: false,
      enableOpenMetrics: false,
      persistenceFile: "",
      persistenceUrl: "",
      persistenceSync: "full",
      persistenceInterval: 300_000,
      disableConsistencyCheck: false,
      enableUtf8Names: false,
      maxBodySize: 67_108_864,
      limits: { groups: Infinity, series: Infinity, size: Infinity },
      logLevel: "info",
      logFormat: "logfmt",
    });
  });

  it("shows the values as the reference does, in alphabetical order", () => {
    expect(Object.entries(flagsOf().values)).toEqual([
      ["log.format", "logfmt"],
      ["log.level", "info"],
      ["persistence.file", ""],
      ["persistence.interval", "5m0s"],
      ["persistence.sync", "full"],
      ["persistence.url", ""],
      ["push.disable-consistency-check", "false"],
      ["push.enable-utf8-names", "false"],
      ["push.max-body-size", "64MiB"],
      ["store.max-groups", "0"],
      ["store.max-series", "0"],
      ["store.max-size", "0"],
      ["web.config.file", ""],
      ["web.enable-admin-api", "false"],
      ["web.enable-lifecycle", "false"],
      ["web.enable-openmetrics", "false"],
      ["web.external-url", ""],
      ["web.listen-address", ":9091"],
      ["web.route-prefix", ""],
      ["web.systemd-socket", "false"],
      ["web.telemetry-path", "/metrics"],
    ]);
  });
});

describe("parseFlags, settings", () => {
  const cases: readonly (readonly [args: readonly string[], settings: Partial<Flags>])[] = [
    [["--web.listen-address=127.0.0.1:0"], {
      listenAddresses: [{ hostname: "127.0.0.1", port: 0 }],
    }],
    [["--web.listen-address=:1", "--web.listen-address", "[::1]:2"], {
      listenAddresses: [{ hostname: undefined, port: 1 }, { hostname: "::1", port: 2 }],
    }],
    [["--web.config.file="], { webConfigFile: "" }],
    [["--web.systemd-socket"], { systemdSocket: true }],
    [["--web.telemetry-path=m/"], { telemetryPath: "/m" }],
    [["--web.external-url=http://host/prom/"], {
      externalUrl: "http://host/prom/",
      routePrefix: "/prom",
    }],
    [["--web.external-url=http://host/prom/", "--web.route-prefix=/"], {
      externalUrl: "http://host/prom/",
      routePrefix: "",
    }],
    [["--web.route-prefix", "inner/"], { externalUrl: "", routePrefix: "/inner" }],
    [["--web.enable-lifecycle"], { enableLifecycle: true }],
    [["--no-web.enable-lifecycle"], { enableLifecycle: false }],
    [["--web.enable-admin-api"], { enableAdminApi: true }],
    [["--web.enable-openmetrics"], { enableOpenMetrics: true }],
    [["--persistence.file="], { persistenceFile: "" }],
    [["--persistence.file", ""], { persistenceFile: "" }],
    [["--persistence.file", "x.data"], { persistenceFile: "x.data" }],
    [["--persistence.url=redis://h:1/2"], { persistenceUrl: "redis://h:1/2" }],
    [["--persistence.url=rediss://u:p@h"], { persistenceUrl: "rediss://u:p@h" }],
    [["--persistence.url=deno-kv:"], { persistenceUrl: "deno-kv:" }],
    [["--persistence.sync=normal"], { persistenceSync: "normal" }],
    [["--persistence.interval=1d"], { persistenceInterval: 86_400_000 }],
    [["--push.disable-consistency-check"], { disableConsistencyCheck: true }],
    [["--push.enable-utf8-names"], { enableUtf8Names: true }],
    [["--no-push.enable-utf8-names"], { enableUtf8Names: false }],
    [["--push.max-body-size=1MiB"], { maxBodySize: 1_048_576 }],
    [["--store.max-groups=5", "--store.max-size=1KiB", "--store.max-series=0"], {
      limits: { groups: 5, series: Infinity, size: 1024 },
    }],
    [["--log.level=debug"], { logLevel: "debug" }],
    [["--log.format", "json"], { logFormat: "json" }],
  ];
  it.each(cases)("takes %j", (args, settings) => {
    expect(flagsOf(...args)).toMatchObject(settings);
  });
});

describe("parseFlags, values", () => {
  const cases: readonly (readonly [arg: string, name: string, value: string])[] = [
    ["--web.telemetry-path=m/", "web.telemetry-path", "m/"],
    ["--web.external-url=http://host/prom/", "web.external-url", "http://host/prom/"],
    ["--web.external-url=http://host/prom/", "web.route-prefix", "/prom"],
    ["--web.route-prefix=x/y//", "web.route-prefix", "/x/y"],
    ["--web.route-prefix=/", "web.route-prefix", ""],
    ["--web.enable-lifecycle", "web.enable-lifecycle", "true"],
    ["--persistence.interval=1.5h", "persistence.interval", "1h30m0s"],
    ["--persistence.url=redis://u:secret@h:1/2", "persistence.url", "redis://***@h:1/2"],
    [
      "--persistence.url=redis://h/?password=secret&x=1",
      "persistence.url",
      "redis://h/?password=***&x=1",
    ],
    ["--push.max-body-size=1048576", "push.max-body-size", "1MiB"],
    ["--store.max-groups=007", "store.max-groups", "7"],
    ["--store.max-size=0", "store.max-size", "0"],
    ["--store.max-size=1024B", "store.max-size", "1KiB"],
    ["--log.level=warn", "log.level", "warn"],
  ];
  it.each(cases)("with %s shows %s as %j", (arg, name, value) => {
    expect(flagsOf(arg).values[name]).toBe(value);
  });

  it("shows several listen addresses separated by commas", () => {
    const flags = flagsOf("--web.listen-address=127.0.0.1:1", "--web.listen-address=[::1]:2");
    expect(flags.values["web.listen-address"]).toBe("127.0.0.1:1,[::1]:2");
  });
});

describe("parseFlags, help and version", () => {
  it("answers --help with the program's name, whatever else is wrong with values", () => {
    const help = { kind: "help", text: renderHelp("narthex") };
    expect(parse("--help")).toEqual(help);
    expect(parse("-h")).toEqual(help);
    expect(parse("--log.level=foo", "--log.level=bar", "--help")).toEqual(help);
    expect(parse("--persistence.file=x", "--help")).toEqual(help);
  });

  it("answers --version from the build", () => {
    expect(parse("--version")).toEqual({ kind: "version", text: renderVersion(BUILD) });
  });
});

describe("parseFlags, mistakes", () => {
  const cases: readonly (readonly [args: readonly string[], message: string])[] = [
    [["--nope"], "unknown long flag '--nope'"],
    [["-x"], "unknown short flag '-x'"],
    [["foo"], "unexpected foo"],
    [["--web.enable-lifecycle=true"], "unexpected true"],
    [["--web.telemetry-path"], "expected argument for flag '--web.telemetry-path'"],
    [["--log.level=foo"], 'unrecognized log level "foo"'],
    [["--log.level="], 'unrecognized log level ""'],
    [["--store.max-groups=-1"], 'invalid number "-1": expected 0 for no limit, or the limit'],
    [["--store.max-series=1e3"], 'invalid number "1e3": expected 0 for no limit, or the limit'],
    [
      ["--store.max-size=1x"],
      'invalid size "1x": expected bytes above 0, such as 64MiB or 1048576',
    ],
    [["--log.format=x"], 'unrecognized log format "x"'],
    [
      ["--persistence.url=mysql://u:secret@h"],
      'unknown kind of store "mysql://***@h": expected redis://, rediss:// or deno-kv:',
    ],
    [["--persistence.sync=off"], 'unrecognized sync mode "off"'],
    [["--persistence.interval=foo"], 'time: invalid duration "foo"'],
    [["--web.external-url=::"], 'invalid URL: parse "::": missing protocol scheme'],
    [["--web.telemetry-path="], 'invalid telemetry path "": another endpoint is there'],
    [["--web.route-prefix=/?"], 'invalid route prefix "/?": a path has no ? and no #'],
    [["--log.level=info", "--log.level=info"], "flag 'log.level' cannot be repeated"],
    [
      ["--web.enable-lifecycle", "--web.enable-lifecycle"],
      "flag 'web.enable-lifecycle' cannot be repeated",
    ],
    [
      ["--web.enable-lifecycle", "--no-web.enable-lifecycle"],
      "flag 'web.enable-lifecycle' cannot be repeated",
    ],
    [["--log.level=foo", "--log.format=x"], 'unrecognized log level "foo"'],
    [["--log.format=x", "--log.level=foo"], 'unrecognized log format "x"'],
    [["--log.format=x", "--nope"], "unknown long flag '--nope'"],
    [
      ["--web.config.file=web.yml"],
      "--web.config.file is not supported yet: " +
      "this version serves plain HTTP without authentication",
    ],
    [
      ["--persistence.file=x", "--persistence.url=redis://h"],
      "--persistence.file and --persistence.url exclude each other",
    ],
    [["--persistence.file=x.data", "--log.level=foo"], 'unrecognized log level "foo"'],
    [["a\nb\x1b[31m\u2028"], "unexpected a\\u000ab\\u001b[31m\\u2028"],
  ];
  it.each(cases)("refuses %j", (args, message) => {
    expect(parse(...args)).toEqual({
      kind: "error",
      line: `narthex: error: ${message}, try --help`,
    });
  });

  it("names the program as it was called", () => {
    expect(parseFlags(["--nope"], "prometheus-pushgateway", BUILD)).toEqual({
      kind: "error",
      line: "prometheus-pushgateway: error: unknown long flag '--nope', try --help",
    });
  });

  it("never throws, and says what is wrong in one line", () => {
    const piece = fc.oneof(
      fc.constantFrom(...FLAG_NAMES.map((name) => `--${name}`)),
      fc.constantFrom(...FLAG_NAMES.map((name) => `--no-${name}`)),
      fc.constantFrom("--", "-", "=", "-h", "--version", "@x", "%zz", ":9091", "5m"),
      fc.string(),
    );
    const arg = fc.oneof(
      piece,
      fc.tuple(piece, piece).map(([name, value]) => `${name}=${value}`),
    );
    fc.assert(fc.property(fc.array(arg), (args) => {
      const parsed = parse(...args);
      if (parsed.kind !== "error") return;
      expect(parsed.line).toMatch(/^narthex: error: [^\n\r]*, try --help$/);
    }));
  });
});
