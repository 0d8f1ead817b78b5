import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatFloat, parseFloatText, parseFloatWithin } from "../../src/model/number.ts";
import { runs } from "../support/runs.ts";
import { GO_FLOATS } from "./go-floats.ts";

const double = fc.double();
/** Every bit pattern alike, so that subnormals and huge numbers are as common as any. */
const anyBits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(fromBits);

describe("formatFloat", () => {
  const special: readonly (readonly [value: number, text: string])[] = [
    [0, "0"],
    [-0, "0"],
    [NaN, "NaN"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
  ];
  it.each(special)("prints %d as %s", (value, text) => {
    expect(formatFloat(value)).toBe(text);
  });

  it.each(GO_FLOATS)("prints the float64 of bits %s as %s", (bits, text) => {
    expect(formatFloat(fromBits(bits))).toBe(text);
  });

  it("follows the rule", () => {
    fc.assert(
      fc.property(fc.oneof(double, anyBits), (value) => {
        expect(formatFloat(value)).toBe(naiveFormat(value));
      }),
      { numRuns: runs(2000) },
    );
  });

  it("uses the exponent form exactly below 1e-04 and from 1e+06 on", () => {
    const finite = fc.oneof(double, anyBits).filter((value) => Number.isFinite(value));
    fc.assert(fc.property(finite, (value) => {
      const size = Math.abs(value);
      const text = formatFloat(value);
      if (size === 0 || (size >= 1e-4 && size < 1e6)) expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/);
      else expect(text).toMatch(/^-?[1-9](\.\d*[1-9])?e[+-]\d{2,3}$/);
    }));
  });

  it("prints no more digits than it takes to read the number back", () => {
    fc.assert(fc.property(anyBits.filter(Number.isFinite), (value) => {
      const digits = formatFloat(value).replace(/e.*$/, "").replace(/[-.]/g, "").replace(/^0+/, "")
        .replace(/0+$/, "").length;
      expect(Number(formatFloat(value))).toBe(value === 0 ? 0 : value);
      if (digits > 1) expect(Number(value.toPrecision(digits - 1))).not.toBe(value);
    }));
  });
});

describe("parseFloatText", () => {
  const numbers: readonly (readonly [text: string, value: number])[] = [
    ["0", 0],
    ["-0", -0],
    ["+0", 0],
    ["3.14", 3.14],
    ["+3.14", 3.14],
    ["-3.14", -3.14],
    ["1.", 1],
    [".5", 0.5],
    ["-.5", -0.5],
    ["00012", 12],
    ["1e6", 1e6],
    ["1E6", 1e6],
    ["1e+06", 1e6],
    ["1.5e-07", 1.5e-7],
    [".5e1", 5],
    ["5.e1", 50],
    ["1e-400", 0],
    ["-1e-400", -0],
    ["0e99999999999", 0],
    ["1e-99999999999", 0],
    ["1.7976931348623157e308", Number.MAX_VALUE],
    ["1.7976931348623158e308", Number.MAX_VALUE],
    ["4.9e-324", Number.MIN_VALUE],
    ["9007199254740993", 9007199254740992],
    ["nan", NaN],
    ["NaN", NaN],
    ["NAN", NaN],
    ["inf", Infinity],
    ["Inf", Infinity],
    ["+Inf", Infinity],
    ["-inf", -Infinity],
    ["infinity", Infinity],
    ["INFINITY", Infinity],
    ["+Infinity", Infinity],
    ["-InFiNiTy", -Infinity],
  ];
  it.each(numbers)("reads %s as %d", (text, value) => {
    expect(parseFloatText(text)).toBe(value);
  });

  // JavaScript's Number() takes most of these.
  const refused = [
    "",
    " ",
    " 1",
    "1 ",
    "1\n",
    "+",
    "-",
    ".",
    "-.",
    "e5",
    ".e5",
    "1e",
    "1e+",
    "1e-",
    "1e5.5",
    "1.2.3",
    "--1",
    "+-1",
    "0x10",
    "0x1p4",
    "0b1",
    "0o7",
    "1_000",
    "1,5",
    "1n",
    "1f",
    "١",
    "１",
    "1e400",
    "-1e400",
    "1e99999999999",
    "1.7976931348623159e308",
    "+nan",
    "-nan",
    "nanx",
    "in",
    "infi",
    "infinit",
    "infinityx",
    "inf ",
    "null",
    "true",
    "undefined",
  ];
  it.each(refused)("refuses %j", (text) => {
    expect(parseFloatText(text)).toBeUndefined();
  });

  it("reads what formatFloat prints", () => {
    fc.assert(fc.property(fc.oneof(double, anyBits), (value) => {
      expect(parseFloatText(formatFloat(value))).toBe(value === 0 ? 0 : value);
    }));
  });

  it("reads whatever JavaScript prints of a number", () => {
    fc.assert(fc.property(fc.oneof(double, anyBits), (value) => {
      expect(parseFloatText(String(value))).toBe(Object.is(value, -0) ? 0 : value);
    }));
  });

  it.each(["", "x", ".", ".5", ".5x", "e5", "e5x", "e400", "e"])(
    "takes a megabyte of digits with %j behind",
    (end) => {
      const digits = "1".repeat(1 << 20);
      expect(parseFloatText(`${digits}${end}`)).toBeUndefined();
      expect(parseFloatText(`0.${digits}${end}`)).toBe(
        ["", "e5"].includes(end) ? Number(`0.1111111111111111111${end}`) : undefined,
      );
    },
  );
});

function fromBits(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** The rule in words: take the shortest digits and the decimal exponent, then write one of the two forms. */
function naiveFormat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === 0) return "0";
  const sign = value < 0 ? "-" : "";
  if (Math.abs(value) === Infinity) return `${sign || "+"}Inf`;
  const { digits, exponent } = shortestDigits(Math.abs(value));
  if (exponent < -4 || exponent >= 6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Tries one digit, two, … until they read back; `exponent` is that of the first digit. */
function shortestDigits(value: number): { digits: string; exponent: number } {
  for (let count = 1;; count++) {
    const rounded = roundTo(count, value);
    if (Number(`${rounded.digits}e${rounded.exponent - rounded.digits.length + 1}`) === value) {
      return { ...rounded, digits: rounded.digits.replace(/0+$/, "") };
    }
  }
}

/** Rounds to so many digits, a half to the even one, which toExponential does not. */
function roundTo(count: number, value: number): { digits: string; exponent: number } {
  const [digits = "", exponent = ""] = value.toExponential(100).replace(".", "").split("e");
  const head = BigInt(digits.slice(0, count));
  const tail = digits.slice(count);
  const half = "5".padEnd(tail.length, "0");
  const up = tail > half || (tail === half && head % 2n === 1n);
  const rounded = String(up ? head + 1n : head);
  return { digits: rounded, exponent: Number(exponent) + rounded.length - count };
}

describe("parseFloatWithin", () => {
  const within = (text: string) => parseFloatWithin(`1${text}2`, 1, 1 + text.length);

  it("reads every text as parseFloatText does", () => {
    const plain = fc.string({ unit: fc.constantFrom(..."00123459.-+"), maxLength: 18 });
    const any = fc.oneof(fc.double().map(String), fc.string({ maxLength: 4 }), plain);
    fc.assert(
      fc.property(any, (text) => {
        expect(within(text)).toBe(parseFloatText(text));
      }),
      { numRuns: runs(5000) },
    );
  });

  it("does not look behind the end", () => {
    expect(parseFloatWithin("-1", 0, 0)).toBeUndefined();
    expect(parseFloatWithin("1-1", 1, 1)).toBeUndefined();
    expect(parseFloatWithin("12", 0, 1)).toBe(1);
  });

  it.each([
    "0",
    "-0",
    "-0.0",
    "5.",
    ".5",
    "-.5",
    ".",
    "-",
    "",
    "1.2.3",
    "--1",
    "1-",
    "+1",
    "1e3",
    "NaN",
    "Inf",
    "999999999999999",
    "9999999999999999",
    "0.000000000000001",
    "0.0000000000000001",
    "123456789.012345",
    "1797035678.123",
    "0.1",
    "0.3",
    "4.35",
    "2.675",
    "00000000000000000001",
  ])("reads %j", (text) => {
    expect(within(text)).toBe(parseFloatText(text));
  });
});
