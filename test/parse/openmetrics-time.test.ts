import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRealNumber, parseTime } from "../../src/parse/openmetrics-time.ts";

describe("parseTime", () => {
  it.each([
    ["0", 0, 0],
    ["-0", 0, 0],
    ["1520430000.123", 1520430000, 123_000_000],
    ["+1520430000.", 1520430000, 0],
    [".5", 0, 500_000_000],
    ["1604676851.123456789", 1604676851, 123_456_789],
    ["1604676851.1234567899", 1604676851, 123_456_789],
    ["1.520430000123e+09", 1520430000, 123_000_000],
    ["1E-7", 0, 100],
    ["1e-300", 0, 0],
    ["-1.5", -2, 500_000_000],
    ["-62135596800", -62135596800, 0],
    ["253402300799.999999999", 253402300799, 999_999_999],
  ])("reads %s", (text, seconds, nanos) => {
    expect(parseTime(text)).toEqual({ seconds, nanos });
  });

  it.each(["", "x", "nan", "inf", "1e400", "0x1", "1 ", "-62135596801", "253402300800", "1e30"])(
    "refuses %j",
    (text) => expect(parseTime(text)).toBeUndefined(),
  );

  it("keeps every nanosecond", () => {
    const nanos = fc.bigInt({ min: 0n, max: 253402300799_999999999n });
    fc.assert(fc.property(nanos, (total) => {
      const text = `${total / 1_000_000_000n}.${String(total % 1_000_000_000n).padStart(9, "0")}`;
      const time = parseTime(text) ?? { seconds: NaN, nanos: NaN };
      expect(BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanos)).toBe(total);
    }));
  });
});

describe("isRealNumber", () => {
  it.each(["1", "-1.5e3", "1.", ".5"])("takes %s", (text) => {
    expect(isRealNumber(text)).toBe(true);
  });

  it.each(["", ".", "nan", "-inf", "1e400", "e5", "1e"])("refuses %j", (text) => {
    expect(isRealNumber(text)).toBe(false);
  });
});
