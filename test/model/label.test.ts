import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelPair, labelText, parseLabelText, sortLabels } from "../../src/model/label.ts";
import { anyChar } from "./any-char.ts";

const name = fc.oneof(
  fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,5}$/),
  fc.string({
    unit: fc.oneof(fc.constantFrom("\\", '"', "\n", ",", "=", "a", "."), anyChar),
    minLength: 1,
  }),
);
const value = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\\", '"', "\n", ",", "=", "{", "}", " "),
    anyChar,
  ),
  maxLength: 20,
});
const labels = fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 8 })
  .map((pairs) => pairs.flat());

describe("labelText", () => {
  const cases: readonly (readonly [labels: string[], text: string])[] = [
    [[], ""],
    [["job", "a"], 'job="a"'],
    [["instance", "", "job", "a"], 'instance="",job="a"'],
    [["a", "x,y", "b", "{}="], 'a="x,y",b="{}="'],
    [["a", 'say "hi"'], 'a="say \\"hi\\""'],
    [["a", "C:\\"], 'a="C:\\\\"'],
    [["a", "\\n"], 'a="\\\\n"'],
    [["a", "\n"], 'a="\\n"'],
    [["a", "日本💩"], 'a="日本💩"'],
    [["b", "1", "a", "2"], 'b="1",a="2"'],
    [["my.label", "v"], '"my.label"="v"'],
    [["a:b", "v"], '"a:b"="v"'],
    [["1", "", "é", "="], '"1"="","é"="="'],
    [['a"="b', "c"], '"a\\"=\\"b"="c"'],
    [["a\\", "b", "\n", "c"], '"a\\\\"="b","\\n"="c"'],
    [["=", "=", ",", ","], '"="="=",","=","'],
  ];
  it.each(cases)("writes %j as %s", (list, text) => {
    expect(labelText(list)).toBe(text);
    expect(parseLabelText(text)).toEqual(list);
  });

  it("is read back", () => {
    fc.assert(fc.property(labels, (list) => {
      expect(parseLabelText(labelText(list))).toEqual(list);
    }));
  });

  it("is equal for equal lists only", () => {
    fc.assert(fc.property(labels, labels, (a, b) => {
      expect(labelText(a) === labelText(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }));
  });

  it("is made of pairs", () => {
    expect(labelText(["a", '"', "b", ""])).toBe(`${labelPair("a", '"')},${labelPair("b", "")}`);
  });

  it.each(["x", '="', '"a', '"a"', '"a"=', '"a"="', '"a\\"="b"', 'x="', 'x="\\"', '"', 'a="b",x'])(
    "comes to an end even on %j",
    (broken) => {
      expect(parseLabelText(broken)).toEqual(broken === 'a="b",x' ? ["a", "b"] : []);
    },
  );

  it("is read back with a value of 16 megabytes", () => {
    const list = ["a", "x".repeat(16 << 20), "b", '\\"'.repeat(1 << 20)];
    expect(parseLabelText(labelText(list)).map((part) => part.length)).toEqual([
      1,
      16 << 20,
      1,
      2 << 20,
    ]);
  });

  it("is read back with 100 000 labels", () => {
    const list = Array.from({ length: 200_000 }, (_, i) => i % 2 === 0 ? `l${i}` : `${i}`);
    expect(parseLabelText(labelText(list))).toEqual(list);
  });
});

describe("sortLabels", () => {
  const cases: readonly (readonly [labels: string[], sorted: string[]])[] = [
    [[], []],
    [["a", "1"], ["a", "1"]],
    [["b", "1", "a", "2"], ["a", "2", "b", "1"]],
    [["job", "j", "instance", "i", "zone", "z"], ["instance", "i", "job", "j", "zone", "z"]],
    [["a", "1", "A", "2", "_", "3", "a1", "4"], ["A", "2", "_", "3", "a", "1", "a1", "4"]],
  ];
  it.each(cases)("makes %j into %j", (list, sorted) => {
    expect(sortLabels(list)).toEqual(sorted);
  });

  it("returns what is sorted as it is", () => {
    const sorted = ["a", "9", "b", "1", "c", "0"];
    expect(sortLabels(sorted)).toBe(sorted);
  });

  it("sorts any list by name, keeps the pairs and leaves the list alone", () => {
    fc.assert(fc.property(labels, (list) => {
      const before = [...list];
      const sorted = sortLabels(list);
      const names = sorted.filter((_, index) => index % 2 === 0);
      expect(list).toEqual(before);
      expect(names).toEqual([...names].sort());
      expect(toObject(sorted)).toEqual(toObject(list));
      expect(sortLabels(sorted)).toBe(sorted);
    }));
  });
});

function toObject(list: readonly string[]): Record<string, string> {
  const object: Record<string, string> = Object.create(null);
  for (let i = 0; i < list.length; i += 2) object[list[i] as string] = list[i + 1] as string;
  return object;
}
