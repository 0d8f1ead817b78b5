import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyText } from "../../src/model/flatten.ts";
import { anyChar } from "./any-char.ts";

describe("copyText", () => {
  const cases: readonly (readonly [what: string, text: string])[] = [
    ["nothing", ""],
    ["a name", "some_metric"],
    ["a byte order mark", "\ufeffa"],
    ["NUL", "a\0b"],
    ["two and three bytes a character", "é日本語"],
    ["surrogate pairs", "💩\u{10ffff}"],
    ["what just fits the scratch space", "x".repeat(5461)],
    ["what just does not", "x".repeat(5462)],
    ["what just fits, three bytes a character", "日".repeat(5461)],
    ["a megabyte", "é".repeat(1 << 20)],
  ];
  it.each(cases)("copies %s", (_, text) => {
    expect(copyText(text)).toBe(text);
  });

  it("copies any text", () => {
    fc.assert(fc.property(fc.string({ unit: anyChar, maxLength: 300 }), (text) => {
      expect(copyText(text)).toBe(text);
    }));
  });

  it("leaves earlier copies alone", () => {
    const first = copyText("first");
    copyText("other");
    expect(first).toBe("first");
  });
});
