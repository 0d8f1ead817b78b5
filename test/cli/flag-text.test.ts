import { describe, expect, it } from "vitest";
import { FlagError } from "../../src/cli/flag-error.ts";
import { readFlagText } from "../../src/cli/flag-text.ts";

describe("readFlagText", () => {
  it.each<[string, [string, string][]]>([
    ["", []],
    [" \n\t ", []],
    ["--log.level=debug", [["log.level", "debug"]]],
    ["--log.level debug", [["log.level", "debug"]]],
    ["--push.enable-utf8-names\n --no-web.enable-admin-api", [
      ["push.enable-utf8-names", "true"],
      ["web.enable-admin-api", "false"],
    ]],
    ["--web.external-url='https://host/a b'", [["web.external-url", "https://host/a b"]]],
    ['--web.external-url "it\'s"', [["web.external-url", "it's"]]],
    ['"--web.external-url=a b"', [["web.external-url", "a b"]]],
    ["--web.telemetry-path=/a=b", [["web.telemetry-path", "/a=b"]]],
    ["--web.external-url=", [["web.external-url", ""]]],
    ["--web.external-url ''", [["web.external-url", ""]]],
  ])("reads %j", (text, flags) => {
    expect(readFlagText(text)).toEqual(flags.map(([name, value]) => ({ name, text: value })));
  });

  it.each([
    ["--log.level", "expected argument for flag '--log.level'"],
    ["--log.level --push.enable-utf8-names", "expected argument for flag '--log.level'"],
    ["--nonsense", "unknown long flag '--nonsense'"],
    ["-x", "unknown short flag '-x'"],
    ["--", "unknown long flag '--'"],
    ["log.level=debug", "unexpected log.level=debug"],
    ["--push.enable-utf8-names=true", "unexpected true"],
    ["--log.level='debug", "a quote has no partner"],
    ["--help", "--help shows nothing here"],
    ["--version", "--version shows nothing here"],
  ])("refuses %j", (text, message) => {
    expect(() => readFlagText(text)).toThrow(new FlagError(message));
  });
});
