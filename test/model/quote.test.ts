import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quote, quoteChar } from "../../src/model/quote.ts";
import { anyChar } from "./any-char.ts";

describe("quote", () => {
  // What strconv.Quote of Go 1.26 prints.
  const cases: readonly (readonly [text: string, quoted: string])[] = [
    ["", '""'],
    ["foo", '"foo"'],
    ["a b", '"a b"'],
    ["it's", `"it's"`],
    ['say "hi"', '"say \\"hi\\""'],
    ["C:\\dir", '"C:\\\\dir"'],
    ["{}[]~!#", '"{}[]~!#"'],
    ["\x07\b\f\n\r\t\v", '"\\a\\b\\f\\n\\r\\t\\v"'],
    ["\0\x01\x1b\x1f", '"\\x00\\x01\\x1b\\x1f"'],
    ["\x7f", '"\\x7f"'],
    ["\x80\x9f", '"\\u0080\\u009f"'],
    ["\xa0", '"\\u00a0"'],
    ["\xad", '"\\u00ad"'],
    ["é½µ", '"é½µ"'],
    ["e\u0301", '"e\u0301"'],
    ["日本語", '"日本語"'],
    ["\u200b\u2028\u2029", '"\\u200b\\u2028\\u2029"'],
    ["\ufeff", '"\\ufeff"'],
    ["\ufffd", '"\ufffd"'],
    ["\ue000", '"\\ue000"'],
    ["💩", '"💩"'],
    ["\u{e0001}", '"\\U000e0001"'],
    ["\u{10ffff}", '"\\U0010ffff"'],
  ];
  it.each(cases)("quotes %j", (text, quoted) => {
    expect(quote(text)).toBe(quoted);
  });

  it("quotes up to 1024 characters whole", () => {
    const text = "x".repeat(1024);
    expect(quote(text)).toBe(`"${text}"`);
  });

  it("cuts what is longer", () => {
    expect(quote("x".repeat(1025))).toBe(`"${"x".repeat(1024)}…"`);
  });

  it("does not cut a surrogate pair in two", () => {
    expect(quote(`${"x".repeat(1023)}💩💩`)).toBe(`"${"x".repeat(1023)}…"`);
    expect(quote(`${"x".repeat(1022)}💩💩`)).toBe(`"${"x".repeat(1022)}💩…"`);
  });

  it("returns a few kilobytes at most, whatever comes in", () => {
    expect(quote("\x01".repeat(1 << 20)).length).toBeLessThan(5000);
    expect(quote("\u{e0001}".repeat(1 << 20)).length).toBeLessThan(6000);
  });

  it("is read by JSON where Go and JSON agree", () => {
    const agreed = fc.string({
      unit: fc.constantFrom(..."aZ9 _{}'é日💩", '"', "\\", "\n", "\r", "\t", "\b", "\f", "\u200b"),
      maxLength: 100,
    });
    fc.assert(fc.property(agreed, (text) => {
      expect(JSON.parse(quote(text))).toBe(text);
    }));
  });

  it("leaves nothing invisible", () => {
    fc.assert(fc.property(fc.string({ unit: anyChar, maxLength: 100 }), (text) => {
      expect(quote(text)).toMatch(/^"[\p{L}\p{M}\p{N}\p{P}\p{S} ]*"$/u);
    }));
  });
});

describe("quoteChar", () => {
  // What strconv.QuoteRune of Go 1.26 prints.
  const cases: readonly (readonly [char: string, quoted: string])[] = [
    ["a", "'a'"],
    ["'", "'\\''"],
    ['"', "'\"'"],
    ["\\", "'\\\\'"],
    ["\n", "'\\n'"],
    ["\t", "'\\t'"],
    ["\0", "'\\x00'"],
    ["é", "'é'"],
    ["💩", "'💩'"],
    ["\u200b", "'\\u200b'"],
  ];
  it.each(cases)("quotes %j", (char, quoted) => {
    expect(quoteChar(char)).toBe(quoted);
  });
});
