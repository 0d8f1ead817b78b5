import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeGoTime } from "../../src/persist/go-time.ts";
import { hex } from "../decode/hex.ts";

describe("decodeGoTime", () => {
  // Written with Go 1.26, but for those that say otherwise.
  it.each([
    ["a zone with seconds (version 2)", "020000000edd72228e075bcd15014a0f", 1709190030123.456789],
    ["the same in UTC", "010000000edd72228e075bcd15ffff", 1709190030123.456789],
    ["a zone in whole minutes", "010000000edd24680000000001fe20", 1704096000000.000001],
    ["the epoch", "010000000e7791f70000000000ffff", 0],
    ["a moment before it", "010000000e7791f6ff3b9ac9ffffff", -0.000001],
    ["the end of 9999", "01000000497786387f3b9ac9ffffff", 253402300799999.99],
    ["the year -5", "01fffffffff4b6280000000000ffff", -62324985600000],
    ["the zero time, which is none", "01000000000000000000000000ffff", 0],
    ["the second after it", "01000000000000000100000000ffff", -62135596799000],
  ])("%s", (_, bytes, expected) => {
    expect(decodeGoTime(hex(bytes))).toBeCloseTo(expected, 2);
  });

  it.each([
    ["nothing", ""],
    ["version 0", "000000000e7791f70000000000ffff"],
    ["version 3", "030000000e7791f70000000000ffff"],
    ["version 1 with a byte missing", "010000000e7791f70000000000ff"],
    ["version 1 with a byte too many", "010000000e7791f70000000000ffff00"],
    ["version 2 without its last byte", "020000000e7791f70000000000ffff"],
    ["a second of nanoseconds", "010000000e7791f7003b9aca00ffff"],
    ["a year that no Date has", "014000000e7791f6ff00000000ffff"],
    ["one in the past", "018000000000000000000000000fff"],
  ])("is none: %s", (_, bytes) => {
    expect(decodeGoTime(hex(bytes))).toBeUndefined();
  });

  it("reads what a Date can hold, to the fraction of a millisecond", () => {
    const any = fc.tuple(
      fc.integer({ min: -8_639_999_999_999, max: 8_639_999_999_999 }),
      fc.nat(999_999_999),
    );
    fc.assert(fc.property(any, ([seconds, nanos]) => {
      const view = new DataView(new ArrayBuffer(15));
      view.setUint8(0, 1);
      view.setBigInt64(1, BigInt(seconds) + 62_135_596_800n);
      view.setUint32(9, nanos);
      fc.pre(seconds !== -62_135_596_800 || nanos !== 0);
      const time = decodeGoTime(new Uint8Array(view.buffer)) ?? NaN;
      expect(time).toBe(seconds * 1000 + nanos / 1e6);
      expect(Number.isNaN(new Date(time).getTime())).toBe(false);
    }));
  });
});
