import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  escapeHelp,
  escapeLabelValue,
  findClosingQuote,
  unescapeText,
} from "../../src/model/escape.ts";
import { anyChar } from "./any-char.ts";

const refuse = (char: string): never => {
  throw new Error(`unknown ${JSON.stringify(char)}`);
};

/** Text full of what is escaped, and some of what is not. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\\", '"', "\n", "n", "\r", "\0", "a", "é", "💩"),
    anyChar,
  ),
  maxLength: 60,
});

describe("escaping", () => {
  // The text, then as label value, then as HELP.
  const cases: readonly (readonly [text: string, value: string, help: string])[] = [
    ["", "", ""],
    ["plain", "plain", "plain"],
    ["a\\b", "a\\\\b", "a\\\\b"],
    ["a\nb", "a\\nb", "a\\nb"],
    ['a"b', 'a\\"b', 'a"b'],
    ["\\n", "\\\\n", "\\\\n"],
    ["\\\n", "\\\\\\n", "\\\\\\n"],
    ["\r\t\0", "\r\t\0", "\r\t\0"],
    ["é💩\u2028", "é💩\u2028", "é💩\u2028"],
  ];
  it.each(cases)("writes %j as %j in a label value, as %j in HELP", (plain, value, help) => {
    expect(escapeLabelValue(plain)).toBe(value);
    expect(escapeHelp(plain)).toBe(help);
    expect(unescapeText(value, refuse)).toBe(plain);
    expect(unescapeText(help, refuse)).toBe(plain);
  });

  it("is undone", () => {
    fc.assert(fc.property(text, (plain) => {
      expect(unescapeText(escapeLabelValue(plain), refuse)).toBe(plain);
      expect(unescapeText(escapeHelp(plain), refuse)).toBe(plain);
      expect(escapeLabelValue(plain)).not.toContain("\n");
      expect(escapeHelp(plain)).not.toContain("\n");
    }));
  });

  // Pieces are 16 384 long: every way in which an escape can lie across the cut.
  const filler = "x".repeat(16_380);
  const across = [0, 1, 2, 3, 4, 5, 6].map((length) => `${filler}${"y".repeat(length)}`);
  it.each(across)("is undone across the cut between two pieces, %#", (start) => {
    for (const specials of ["\n", '"', "\\", "\\\\\\\\\\\\", '\\\n\\"\\\n\\"', "💩💩💩"]) {
      const plain = `${start}${specials}z`.repeat(3);
      expect(unescapeText(escapeLabelValue(plain), refuse)).toBe(plain);
      expect(unescapeText(escapeHelp(plain), refuse)).toBe(plain);
    }
  });

  it.each(["\\", '"', "\n"])("takes half a megabyte of %j", (char) => {
    const plain = char.repeat(1 << 19);
    expect(unescapeText(escapeLabelValue(plain), refuse) === plain).toBe(true);
  });
});

describe("unescapeText", () => {
  const unknown: readonly (readonly [escaped: string, char: string])[] = [
    ["\\x", "x"],
    ["\\ ", " "],
    ["\\t", "t"],
    ["\\'", "'"],
    ["\\é", "é"],
    ["\\💩", "💩"],
    ["\\\n", "\n"],
    ["\\\0", "\0"],
    ["\\", ""],
    ["a\\\\\\", ""],
    ["\\n\\\\\\x", "x"],
  ];
  it.each(unknown)("asks what %j is", (escaped, char) => {
    expect(() => unescapeText(escaped, refuse)).toThrow(`unknown ${JSON.stringify(char)}`);
  });

  it("puts in what it is told", () => {
    expect(unescapeText("a\\xb\\\\\\", (char) => `<${char}>`)).toBe("a<x>b\\<>");
  });

  it("does not ask about what is known", () => {
    expect(unescapeText('\\\\\\n\\"\\\\n', refuse)).toBe('\\\n"\\n');
  });
});

describe("findClosingQuote", () => {
  // The text after the opening quote, the index of the closing one.
  const cases: readonly (readonly [text: string, close: number])[] = [
    ['"', 0],
    ['abc"', 3],
    ['a"b"', 1],
    ['\\""', 2],
    ['\\\\"', 2],
    ['\\\\\\""', 4],
    ['\\n"', 2],
    ["", -1],
    ["abc", -1],
    ['\\"', -1],
    ['\\\\\\"', -1],
  ];
  it.each(cases)("finds the end of %j at %i", (escaped, close) => {
    expect(findClosingQuote(escaped, 0)).toBe(close);
    // A backslash in front of the value belongs to something else.
    const moved = findClosingQuote(`\\${escaped}`, 1);
    expect(moved).toBe(close < 0 ? -1 : close + 1);
  });

  it("finds the end of any escaped value", () => {
    fc.assert(fc.property(text, text, (value, rest) => {
      const escaped = escapeLabelValue(value);
      expect(findClosingQuote(`${escaped}"${rest}`, 0)).toBe(escaped.length);
    }));
  });
});
