import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderLogfmt } from "../../src/log/logfmt.ts";

// The cases marked = were rendered by go-logfmt 0.6.0 with the same result.
describe("renderLogfmt, values", () => {
  const cases: readonly (readonly [value: string | number | boolean, rendered: string])[] = [
    ["", ""], // =
    ["null", '"null"'], // =
    ["a b", '"a b"'], // =
    ["a=b", '"a=b"'], // =
    ['a"b', '"a\\"b"'], // =
    ["a\\b", "a\\b"], // =
    ["a \\b", '"a \\\\b"'], // =
    ["a\nb", '"a\\nb"'], // =
    ["a\tb", '"a\\tb"'], // =
    ["a\rb", '"a\\rb"'], // =
    ["a\0b", '"a\\u0000b"'], // =
    ["a\b\fb", '"a\\u0008\\u000cb"'], // =
    ["a\x1bb", '"a\\u001bb"'], // =
    ["\ufffd", '"\\ufffd"'], // =
    ["ü", "ü"], // =
    ["<a>&", "<a>&"], // =
    ["'", "'"], // =
    ["{}", "{}"], // =
    ["a\u00a0b", "a\u00a0b"], // =
    ["😀", "😀"], // =
    ["a\x7fb", '"a\\u007fb"'],
    ["a\x85b", '"a\\u0085b"'],
    ["a\x9bb", '"a\\u009bb"'],
    ["a\u2028b\u2029", '"a\\u2028b\\u2029"'],
    ["a\ud83db", '"a\\ufffdb"'],
    ["\ude00\ud83d", '"\\ufffd\\ufffd"'],
    ["127.0.0.1:9091", "127.0.0.1:9091"],
    [42, "42"],
    [0.5, "0.5"],
    [NaN, "NaN"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
    [true, "true"],
    [false, "false"],
  ];
  it.each(cases)("renders %j as %s", (value, rendered) => {
    expect(renderLogfmt([["k", value]])).toBe(`k=${rendered}`);
  });
});

describe("renderLogfmt, keys", () => {
  const cases: readonly (readonly [key: string, rendered: string])[] = [
    ["a_b.c-d", "a_b.c-d"], // =
    ["a b", "ab"], // =
    ["a=b", "ab"], // =
    ['a"b', "ab"], // =
    ["a\nb", "ab"], // =
    ["a\\b", "a\\b"], // =
    ["ü", "ü"], // =
    ["a\x7f\u2028b", "ab"],
    ["a\ud83d", "a"],
    ["", "_"],
    [" = ", "_"],
  ];
  it.each(cases)("renders %j as %s", (key, rendered) => {
    expect(renderLogfmt([[key, "v"]])).toBe(`${rendered}=v`);
  });
});

describe("renderLogfmt", () => {
  it("keeps the order and separates by one blank", () => {
    expect(renderLogfmt([["b", "1"], ["a", "x y"], ["c", 3]])).toBe('b=1 a="x y" c=3');
  });

  it("renders nothing for nothing", () => {
    expect(renderLogfmt([])).toBe("");
  });

  it("is one line of printable characters, whatever goes in", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
      expect(renderLogfmt(pairs)).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
    }));
  });

  it("can be read back: quotes are balanced and no value ends early", () => {
    const text = fc.string({ unit: fc.constantFrom("a", " ", "=", '"', "\\", "\n", "ü") });
    fc.assert(fc.property(fc.array(text, { minLength: 1 }), (values) => {
      const line = renderLogfmt(values.map((value) => ["k", value]));
      expect(readValues(line)).toEqual(values);
    }));
  });
});

/** Reads the values of a logfmt line whose keys are all `k`. */
function readValues(line: string): string[] {
  const field = /k=(?:"((?:[^"\\]|\\.)*)"|([^ "]*))(?: |$)/y;
  const values: string[] = [];
  while (field.lastIndex < line.length || values.length === 0) {
    const match = field.exec(line);
    if (match === null) throw new Error(`not logfmt: ${line}`);
    values.push(match[1] === undefined ? match[2] ?? "" : JSON.parse(`"${match[1]}"`));
    if (!match[0].endsWith(" ")) break;
  }
  return values;
}
