import { describe, expect, it } from "vitest";
import { readCommandLine } from "../../src/cli/command-line.ts";
import { FlagError } from "../../src/cli/flag-error.ts";

// What the reference says of these command lines was read off kingpin 2.4 and a running 1.5.1.

describe("readCommandLine, flags", () => {
  const cases: readonly (readonly [args: readonly string[], given: readonly string[]])[] = [
    [[], []],
    [["--log.level=debug"], ["log.level=debug"]],
    [["--log.level", "debug"], ["log.level=debug"]],
    [["--log.level=debug", "--log.format=json"], ["log.level=debug", "log.format=json"]],
    [["--log.level=a", "--log.level=b"], ["log.level=a", "log.level=b"]],
    [["--persistence.file="], ["persistence.file="]],
    [["--persistence.file", ""], ["persistence.file="]],
    [["--persistence.file=a=b"], ["persistence.file=a=b"]],
    [["--persistence.file=--x"], ["persistence.file=--x"]],
    [["--persistence.file=-"], ["persistence.file=-"]],
    [["--persistence.file=@x"], ["persistence.file=@x"]],
    [["--persistence.file=a\nb"], ["persistence.file=a\nb"]],
    [["--web.listen-address", ":1", "--web.listen-address=:2"], [
      "web.listen-address=:1",
      "web.listen-address=:2",
    ]],
    [["--web.enable-lifecycle"], ["web.enable-lifecycle=true"]],
    [["--no-web.enable-lifecycle"], ["web.enable-lifecycle=false"]],
    [["--web.enable-lifecycle", "--log.level", "warn"], [
      "web.enable-lifecycle=true",
      "log.level=warn",
    ]],
    [["--"], []],
    [["--log.level=warn", "--"], ["log.level=warn"]],
    [["--log.level", "--", "warn"], ["log.level=warn"]],
    [["--persistence.file", "--", "-x"], ["persistence.file=-x"]],
    [["--persistence.file", "--", "@x"], ["persistence.file=@x"]],
  ];
  it.each(cases)("reads %j", (args, given) => {
    expect(readCommandLine(args)).toEqual({
      kind: "flags",
      given: given.map((pair) => {
        const equals = pair.indexOf("=");
        return { name: pair.slice(0, equals), text: pair.slice(equals + 1) };
      }),
    });
  });
});

describe("readCommandLine, help and version", () => {
  const cases: readonly (readonly [args: readonly string[], kind: "help" | "version"])[] = [
    [["--help"], "help"],
    [["-h"], "help"],
    [["--no-help"], "help"],
    [["--help", "--help"], "help"],
    [["-hh"], "help"],
    [["--help", "--log.level=foo"], "help"],
    [["--log.level=debug", "--log.level=info", "--help"], "help"],
    [["--version"], "version"],
    [["--no-version"], "version"],
    [["--version=1"], "version"],
    [["--version", "--nope"], "version"],
    [["--version", "foo"], "version"],
    [["--help", "--version"], "version"],
    [["--version", "--help"], "version"],
    [["--log.level=foo", "--version"], "version"],
  ];
  it.each(cases)("takes %j for %s", (args, kind) => {
    expect(readCommandLine(args)).toEqual({ kind });
  });
});

describe("readCommandLine, mistakes", () => {
  const cases: readonly (readonly [args: readonly string[], message: string])[] = [
    [["--nope"], "unknown long flag '--nope'"],
    [["--nope=x"], "unknown long flag '--nope'"],
    [["--no-nope"], "unknown long flag '--no-nope'"],
    [["--no-web.telemetry-path"], "unknown long flag '--no-web.telemetry-path'"],
    [["--no-web.route-prefix=x"], "unknown long flag '--no-web.route-prefix'"],
    [["--no-no-web.enable-lifecycle"], "unknown long flag '--no-no-web.enable-lifecycle'"],
    [["--web.telem=x"], "unknown long flag '--web.telem'"],
    [["--Log.level=debug"], "unknown long flag '--Log.level'"],
    [["---help"], "unknown long flag '---help'"],
    [["--__proto__=x"], "unknown long flag '--__proto__'"],
    [["--constructor", "x"], "unknown long flag '--constructor'"],
    [["--web.local-assets=/usr/share"], "unknown long flag '--web.local-assets'"],
    [["--help", "--nope"], "unknown long flag '--nope'"],
    [["--nope", "--help"], "unknown long flag '--nope'"],
    [["--nope", "--version"], "unknown long flag '--nope'"],
    [["-x"], "unknown short flag '-x'"],
    [["-hx"], "unknown short flag '-x'"],
    [["-xh"], "unknown short flag '-x'"],
    [["-h=1"], "unknown short flag '-='"],
    [["foo"], "unexpected foo"],
    [["foo", "bar"], "unexpected foo"],
    [["foo", "--help"], "unexpected foo"],
    [["foo", "--version"], "unexpected foo"],
    [[""], "unexpected "],
    [["-"], "unexpected -"],
    [["--", "foo"], "unexpected foo"],
    [["--", "--version"], "unexpected --version"],
    [["--", "--"], "unexpected --"],
    [["--", "@x"], "unexpected @x"],
    [["@x"], "files with arguments are not supported: @x"],
    [["--log.level", "@x"], "files with arguments are not supported: @x"],
    [["--web.enable-lifecycle=true"], "unexpected true"],
    [["--web.enable-lifecycle="], "unexpected "],
    [["--web.enable-lifecycle", "true"], "unexpected true"],
    [["--no-web.enable-lifecycle=false"], "unexpected false"],
    [["--help=1"], "unexpected 1"],
    [["--web.telemetry-path"], "expected argument for flag '--web.telemetry-path'"],
    [["--web.telemetry-path", "--help"], "expected argument for flag '--web.telemetry-path'"],
    [["--web.telemetry-path", "--version"], "expected argument for flag '--web.telemetry-path'"],
    [["--web.telemetry-path", "-x"], "expected argument for flag '--web.telemetry-path'"],
    [["--web.telemetry-path", "-"], "expected argument for flag '--web.telemetry-path'"],
    [["--web.telemetry-path", "--"], "expected argument for flag '--web.telemetry-path'"],
    [["--help", "--web.telemetry-path"], "expected argument for flag '--web.telemetry-path'"],
  ];
  it.each(cases)("refuses %j", (args, message) => {
    expect(() => readCommandLine(args)).toThrow(new FlagError(message));
  });
});

describe("readCommandLine", () => {
  it("leaves its argument alone", () => {
    const args = Object.freeze(["--log.level", "warn", "--", "x"]);
    expect(() => readCommandLine(args)).toThrow(new FlagError("unexpected x"));
    expect(args).toEqual(["--log.level", "warn", "--", "x"]);
  });
});
