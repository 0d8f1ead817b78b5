import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGroupKey, createShape, type PushKey } from "../../src/model/group-key.ts";
import { parseLabelText } from "../../src/model/label.ts";
import { anyChar } from "./any-char.ts";

/** All that a key tells, also what it works out only when asked. */
function partsOf({ id, names, forced, utf8, forcedPairs, forcedText }: PushKey): PushKey {
  return { id, names, forced, utf8, forcedPairs, forcedText };
}

describe("createGroupKey", () => {
  // The labels of the path, the key's id, its label names, the labels forced on every series.
  const cases: readonly (readonly [
    labels: string[],
    id: string,
    names: string[],
    forced: string,
  ])[] = [
    [["job", "a"], 'job="a"', ["job"], 'instance="",job="a"'],
    [
      ["job", "a", "zone", "z"],
      'job="a",zone="z"',
      ["job", "zone"],
      'instance="",job="a",zone="z"',
    ],
    [
      ["zone", "z", "job", "a"],
      'job="a",zone="z"',
      ["job", "zone"],
      'instance="",job="a",zone="z"',
    ],
    [["job", "a", "b", "1"], 'b="1",job="a"', ["b", "job"], 'b="1",instance="",job="a"'],
    [
      ["job", "a", "instance", "i"],
      'instance="i",job="a"',
      ["instance", "job"],
      'instance="i",job="a"',
    ],
    [
      ["job", "a", "instance", ""],
      'instance="",job="a"',
      ["instance", "job"],
      'instance="",job="a"',
    ],
    [["job", 'x"\\\n'], 'job="x\\"\\\\\\n"', ["job"], 'instance="",job="x\\"\\\\\\n"'],
  ];
  it.each(cases)("makes a key of %j", (labels, id, names, forced) => {
    const key = createGroupKey(labels);
    expect(key.id).toBe(id);
    expect(key.names).toEqual(names);
    expect(key.forcedText).toBe(forced);
    expect(key.forcedPairs.join(",")).toBe(forced);
    expect(key.forced).toEqual(parseLabelText(forced));
  });

  it("tells a key with an empty instance from one without", () => {
    const without = createGroupKey(["job", "a"]);
    const empty = createGroupKey(["job", "a", "instance", ""]);
    expect(empty.id).not.toBe(without.id);
    expect(empty.forcedText).toEqual(without.forcedText);
  });

  it("does not look at the order of the labels", () => {
    const name = fc.stringMatching(/^[a-z]{1,3}$/);
    const pairs = fc.uniqueArray(fc.tuple(name, fc.string({ unit: anyChar, maxLength: 4 })), {
      selector: ([key]) => key,
      maxLength: 5,
    });
    const shuffled = pairs.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
      )
    );
    fc.assert(fc.property(shuffled, ([list, other]) => {
      expect(partsOf(createGroupKey(other.flat()))).toEqual(partsOf(createGroupKey(list.flat())));
    }));
  });
});

describe("createShape", () => {
  it("is equal exactly for equal names", () => {
    expect(createShape(["a", "job"])).toEqual(createShape(["a", "job"]));
    expect(createShape(["a", "job"]).id).not.toBe(createShape(["a,job"]).id);
    expect(createShape(["a", "job"]).id).not.toBe(createShape(["job"]).id);
  });

  it("knows its names", () => {
    expect(createShape(["a", "job"]).names).toEqual(["a", "job"]);
  });
});
