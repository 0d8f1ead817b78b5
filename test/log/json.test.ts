import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderJson } from "../../src/log/json.ts";

describe("renderJson", () => {
  const cases: readonly (readonly [value: string | number | boolean, rendered: string])[] = [
    ["", '""'],
    ["null", '"null"'],
    ["a b", '"a b"'],
    ['a"\\b', '"a\\"\\\\b"'],
    ["a\r\n\tb", '"a\\r\\n\\tb"'],
    ["a\b\f\0\x1b", '"a\\u0008\\u000c\\u0000\\u001b"'],
    ["\x7f\x9b\u2028\u2029", '"\\u007f\\u009b\\u2028\\u2029"'],
    ["ü😀", '"ü😀"'],
    ["\ud83d", '"\\ufffd"'],
    [42, "42"],
    [-0.5, "-0.5"],
    [1e21, "1e+21"],
    [NaN, '"NaN"'],
    [Infinity, '"+Inf"'],
    [-Infinity, '"-Inf"'],
    [true, "true"],
    [false, "false"],
  ];
  it.each(cases)("renders %j as %s", (value, rendered) => {
    expect(renderJson([["k", value]])).toBe(`{"k":${rendered}}`);
  });

  it("keeps the order", () => {
    expect(renderJson([["b", 1], ["a", "x"]])).toBe('{"b":1,"a":"x"}');
  });

  it("renders nothing as an empty object", () => {
    expect(renderJson([])).toBe("{}");
  });

  it("escapes keys", () => {
    expect(renderJson([['a"\n', 1]])).toBe('{"a\\"\\n":1}');
  });

  it("is read back by JSON.parse, on one line", () => {
    const text = fc.string({ unit: "grapheme" }).filter((value) => value !== "__proto__");
    const value = fc.oneof(text, fc.boolean(), fc.integer());
    fc.assert(fc.property(fc.dictionary(text, value, { noNullPrototype: true }), (fields) => {
      const line = renderJson(Object.entries(fields));
      expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(JSON.parse(line)).toEqual(fields);
    }));
  });
});
