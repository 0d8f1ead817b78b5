import { describe, expect, it } from "vitest";
import { FlagError } from "../../src/cli/flag-error.ts";
import * as types from "../../src/cli/flag-types.ts";

const LEVEL = types.oneOf("log level", ["info", "warn"]);

const ADDRESS_HINT =
  "expected host:port with a numeric port, such as :9091, 127.0.0.1:9091 or [::1]:9091";
const SIZE_HINT = "expected bytes above 0, such as 64MiB or 1048576";

describe("parse", () => {
  const cases: readonly (readonly [text: string, parsed: unknown, value: unknown])[] = [
    ["true", types.SWITCH.parse("true"), true],
    ["false", types.SWITCH.parse("false"), false],
    ["any text", types.TEXT.parse(" x=--y "), " x=--y "],
    ["an empty text", types.TEXT.parse(""), ""],
    ["a URL", types.EXTERNAL_URL.parse("http://host/prom/"), "http://host/prom/"],
    ["a telemetry path", types.TELEMETRY_PATH.parse("m/"), "/m"],
    ["a duration", types.DURATION.parse("5m"), 300_000],
    ["a size", types.BYTE_SIZE.parse("1KiB"), 1024],
    ["an address", types.LISTEN_ADDRESS.parse("[::1]:1"), { hostname: "::1", port: 1 }],
    ["one of some words", LEVEL.parse("warn"), "warn"],
  ];
  it.each(cases)("reads %s", (_text, parsed, value) => {
    expect(parsed).toEqual(value);
  });

  const errors: readonly (readonly [type: types.FlagType<unknown>, text: string, error: string])[] =
    [
      [types.EXTERNAL_URL, "::", 'invalid URL: parse "::": missing protocol scheme'],
      [types.TELEMETRY_PATH, "/", 'invalid telemetry path "/": another endpoint is there'],
      [types.DURATION, "foo", 'time: invalid duration "foo"'],
      [types.DURATION, "", 'time: invalid duration ""'],
      [types.DURATION, "-5m", 'time: invalid duration "-5m"'],
      [types.DURATION, "5", 'time: missing unit in duration "5"'],
      [types.DURATION, "5.", 'time: missing unit in duration "5."'],
      [types.BYTE_SIZE, "many", `invalid size "many": ${SIZE_HINT}`],
      [types.BYTE_SIZE, "0", `invalid size "0": ${SIZE_HINT}`],
      [types.LISTEN_ADDRESS, ":http", `invalid listen address ":http": ${ADDRESS_HINT}`],
      [types.LISTEN_ADDRESS, "", `invalid listen address "": ${ADDRESS_HINT}`],
      [LEVEL, "INFO", 'unrecognized log level "INFO"'],
      [LEVEL, "", 'unrecognized log level ""'],
      [LEVEL, 'a"b', 'unrecognized log level "a\\"b"'],
    ];
  it.each(errors)("%# refuses %s", (type, text, error) => {
    expect(() => type.parse(text)).toThrow(new FlagError(error));
  });
});

describe("show", () => {
  const cases: readonly (readonly [what: string, shown: string, text: string])[] = [
    ["a switch", types.SWITCH.show(true, "true"), "true"],
    ["a text as given", types.TEXT.show("x", "x"), "x"],
    ["a telemetry path as given", types.TELEMETRY_PATH.show("/m", "m/"), "m/"],
    ["a URL as given", types.EXTERNAL_URL.show("http://h/", "http://h/"), "http://h/"],
    ["a duration as Go does", types.DURATION.show(300_000, "5m"), "5m0s"],
    ["a size in its largest unit", types.BYTE_SIZE.show(1048576, "1048576"), "1MiB"],
    ["an address", types.LISTEN_ADDRESS.show({ hostname: undefined, port: 1 }, ":01"), ":1"],
    ["a word", LEVEL.show("info", "info"), "info"],
  ];
  it.each(cases)("shows %s", (_what, shown, text) => {
    expect(shown).toBe(text);
  });
});
