import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../src/model/duration.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("parseDuration", () => {
  const valid: readonly (readonly [text: string, milliseconds: number])[] = [
    ["0", 0],
    ["0s", 0],
    ["0d", 0],
    ["300ms", 300],
    ["5m", 5 * MINUTE],
    ["00005m", 5 * MINUTE],
    ["1.5h", 90 * MINUTE],
    ["2h45m", 165 * MINUTE],
    ["1h0m0.5s", HOUR + 500],
    ["1h1h", 2 * HOUR],
    [".5s", 500],
    ["5.s", 5 * SECOND],
    ["0.1s", 100],
    ["0.3ms", 0.3],
    ["1us", 0.001],
    ["1\u00b5s", 0.001],
    ["1\u03bcs", 0.001],
    ["1ns", 0.000001],
    ["0.000000001s", 0.000001],
    ["0.0000000001s", 0],
    ["1d", DAY],
    ["1.5d", 36 * HOUR],
    ["1w", 7 * DAY],
    ["1y", 365 * DAY],
    ["1d12h", 36 * HOUR],
    ["1w2d3h", 219 * HOUR],
    ["3h1w", 171 * HOUR],
    ["9223372036854775807ns", 9223372036854.775807],
  ];
  it.each(valid)("reads %s", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  const invalid = [
    "",
    "5",
    "00",
    "5.",
    ".",
    ".s",
    "s",
    "foo",
    "5x",
    "5M",
    "5 m",
    " 5m",
    "5m ",
    "5m\n",
    "-5m",
    "+5m",
    "1e3s",
    "1_000s",
    "1..5s",
    "1.5.5s",
    "5ms5",
    "٥m",
    "100000000h",
    "9223372036854775808ns",
    "300y",
  ];
  it.each(invalid)("refuses %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it("refuses a long run of digits without going over it again and again", () => {
    expect(parseDuration("1".repeat(100_000))).toBeUndefined();
  });
});

describe("formatDuration", () => {
  const cases: readonly (readonly [milliseconds: number, text: string])[] = [
    [0, "0s"],
    [0.0000001, "0s"],
    [0.000001, "1ns"],
    [0.000999, "999ns"],
    [0.0015, "1.5\u00b5s"],
    [0.1, "100\u00b5s"],
    [1, "1ms"],
    [1.5, "1.5ms"],
    [300, "300ms"],
    [999.999999, "999.999999ms"],
    [1000, "1s"],
    [1500, "1.5s"],
    [59_999, "59.999s"],
    [MINUTE, "1m0s"],
    [5 * MINUTE, "5m0s"],
    [HOUR, "1h0m0s"],
    [90 * MINUTE, "1h30m0s"],
    [HOUR + 500, "1h0m0.5s"],
    [26 * HOUR, "26h0m0s"],
    [7 * DAY, "168h0m0s"],
  ];
  it.each(cases)("prints %d ms as %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it("is undone by parseDuration for whole milliseconds, up to the longest duration", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 9_223_372_036_854 }), (milliseconds) => {
      expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
    }));
  });

  it("is undone by parseDuration for whole nanoseconds, up to a day", () => {
    fc.assert(fc.property(
      fc.integer({ min: 0, max: DAY }),
      fc.integer({ min: 0, max: 999_999 }),
      (whole, nanoseconds) => {
        const milliseconds = whole + nanoseconds / 1e6;
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      },
    ));
  });
});
