import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGroupKey, createShape, forcedTextOf } from "../../src/model/group-key.ts";
import { expandPattern, ownLabelsOf, patternOf } from "../../src/model/label-pattern.ts";
import { mergeLabels } from "../../src/validate/merge-labels.ts";
import { runs } from "../support/runs.ts";

const name = fc.constantFrom("a", "b", "inst", "instance", "job", "k", "z", "my.name", "x,job");
/** Values that look like label texts, beside others. */
const value = fc.oneof(
  fc.constantFrom("", "a", ",b=", "x,job=", 'x,job="a"', "\\", '"', "\n", ',a="', "=,="),
  fc.string({ unit: "grapheme", maxLength: 3 }),
);
const labels = (min: number) =>
  fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, minLength: min, maxLength: 5 })
    .map((pairs) => pairs.flat());

function keyOf(list: readonly string[], suffix = "") {
  return createGroupKey([
    "job",
    `j${suffix}`,
    ...list.map((text, i) => i % 2 ? text + suffix : text),
  ]);
}

const keyLabels = labels(0).map((list) =>
  list.flatMap((text, i) => i % 2 || text === "job" ? [] : [text, list[i + 1] ?? ""])
);

describe("patternOf", () => {
  it.each([
    ['instance="h",job="a"', 'instance="h",job="a"', "\n"],
    ['instance="h",job="a",kind="io"', 'instance="h",job="a"', '\n,kind="io"'],
    ['a="1",instance="h",job="a",kind="io"', 'instance="h",job="a"', 'a="1",\n,kind="io"'],
    ['instance="h",j="1",job="a"', 'instance="h",job="a"', '\n,j="1",\n'],
    ['instance="",job="a"', 'job="a"', 'instance="",\n'],
    ['a="x,job=",b="1",instance="",job=",b="', 'job=",b="', 'a="x,job=",b="1",instance="",\n'],
  ])("takes the labels of the group out: %s", (text, id, pattern) => {
    expect(patternOf(text, id)).toBe(pattern);
    expect(expandPattern(pattern, id)).toBe(text);
  });

  it.each([['job="b"', 'job="a"'], ['xjob="a"', 'job="a"'], ["", 'job="a"'], [
    'a="1"',
    'a="1",b="2"',
  ]])(
    "has nothing to say of a series without them: %s of %s",
    (text, id) => expect(patternOf(text, id)).toBeUndefined(),
  );

  it("is undone by the key, says what is not the group's, and is the same for every group of a shape", () => {
    fc.assert(
      fc.property(keyLabels, labels(0), fc.constantFrom("", "2", 'x"\\'), (ofKey, own, suffix) => {
        const [key, other] = [keyOf(ofKey), keyOf(ofKey, suffix)];
        const { text, labels } = mergeLabels(own, key);
        const pattern = patternOf(text, key.id) ?? "none";
        expect(expandPattern(pattern, key.id)).toBe(text);
        expect(patternOf(mergeLabels(own, other).text, other.id)).toBe(pattern);
        const rest = labels.filter((_, i) => !key.names.includes(labels[i - i % 2] ?? ""));
        expect(ownLabelsOf(pattern)).toEqual(rest);
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe("forcedTextOf", () => {
  it("is what the key forces on a series without labels", () => {
    fc.assert(fc.property(keyLabels, (ofKey) => {
      const key = keyOf(ofKey);
      expect(forcedTextOf({ id: key.id, shape: createShape(key.names) })).toBe(key.forcedText);
    }));
  });
});
