import { describe, expect, it } from "vitest";
import { escapeText, toPrintable } from "../../src/log/escape.ts";

describe("escapeText", () => {
  it("leaves printable text as it is", () => {
    expect(escapeText("Zürich 😀 <a>&'/")).toBe("Zürich 😀 <a>&'/");
  });

  it("keeps a pair of surrogates and replaces lone ones", () => {
    expect(escapeText("\ud83d\ude00|\ud83d|\ude00")).toBe("😀|\\ufffd|\\ufffd");
  });
});

describe("toPrintable", () => {
  const refusing = {
    toString(): string {
      throw new Error("no");
    },
  };
  const cases: readonly (readonly [name: string, value: unknown, printable: unknown])[] = [
    ["a string", "a", "a"],
    ["a number", 1.5, 1.5],
    ["a boolean", false, false],
    ["NaN", NaN, "NaN"],
    ["infinity", Infinity, "+Inf"],
    ["undefined", undefined, "undefined"],
    ["null", null, "null"],
    ["a bigint", 10n, "10"],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    ["an error", new TypeError("bad"), "TypeError: bad"],
    ["an object without prototype", Object.create(null), "unprintable"],
    ["an object that refuses", refusing, "unprintable"],
  ];
  it.each(cases)("handles %s", (_name, value, printable) => {
    expect(toPrintable(value)).toBe(printable);
  });
});
