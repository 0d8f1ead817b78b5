import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StoredFamily } from "../../src/model/family.ts";
import {
  lengthInGroup,
  MAX_GROUP_LENGTH,
  readRecord,
  renderGroup,
  renderSmallGroup,
} from "../../src/persist/group-record.ts";
import { renderRecord } from "../../src/persist/record.ts";
import { utf8Family } from "../render/arbitrary-family.ts";
import { runs } from "../support/runs.ts";

const GROUP = 'job="a"';

function gauge(name: string, help = ""): StoredFamily {
  return {
    name,
    type: "gauge",
    help,
    labels: ['instance="",job="a"'],
    samples: [1],
    pushedAt: 1000,
  };
}

/** Two families whose record is exactly so long, with the grouping key. */
function familiesOfLength(length: number): StoredFamily[] {
  const short = renderSmallGroup(GROUP, [gauge("a"), gauge("b")]) ?? "";
  return [gauge("a"), gauge("b", "h".repeat(length - GROUP.length - short.length))];
}

/** The families that a group comes back with, by name. */
function reread(group: string, families: readonly StoredFamily[]): Map<string, StoredFamily> {
  const read = renderGroup(group, families).flatMap(({ name, text = "" }) =>
    readRecord({ group, name, text })
  );
  return new Map(read.map(({ name, family }) => [name, family as StoredFamily]));
}

const AWKWARD = ["__proto__", "constructor", "toJSON", "123", "0", "-1", '"', "\0", "ä💩", " "];

describe("a group's records", () => {
  it("are one for a small group, with each family as its own record has it", () => {
    const families = [gauge("a", "one"), gauge("b")];
    expect(renderGroup(GROUP, families)).toEqual([{
      group: GROUP,
      name: "",
      text: `{"a":${renderRecord(gauge("a", "one"))},"b":${renderRecord(gauge("b"))}}`,
    }]);
  });

  it("are one for each family of a large one", () => {
    const families = familiesOfLength(MAX_GROUP_LENGTH + 1);
    expect(renderGroup(GROUP, families)).toEqual(
      families.map((family) => ({ group: GROUP, name: family.name, text: renderRecord(family) })),
    );
    expect(renderGroup(GROUP, familiesOfLength(MAX_GROUP_LENGTH))).toHaveLength(1);
  });

  it("count the grouping key, which every row has too", () => {
    const long = `job="${"j".repeat(MAX_GROUP_LENGTH)}"`;
    expect(renderGroup(long, [gauge("a")])).toMatchObject([{ name: "a" }]);
  });

  it("of many series are not rendered to find out that they are too many", () => {
    const family: StoredFamily = {
      name: "a",
      type: "gauge",
      help: "",
      pushedAt: 0,
      labels: Array.from({ length: 1000 }, (_, i) => `i="${i}",job="a"`),
      get samples(): number[] {
        throw new Error("looked at");
      },
    };
    expect(renderSmallGroup(GROUP, [family])).toBeUndefined();
  });

  it("have the length that their families add up to", () => {
    for (const families of [[gauge("a")], [gauge("a", "one"), gauge("bcd"), gauge("e", "two")]]) {
      const text = renderSmallGroup(GROUP, families) ?? "";
      const sum = families.reduce(
        (sum, family) => sum + lengthInGroup(family.name, renderRecord(family)),
        0,
      );
      // A brace at either end, and a comma less than families.
      expect(text.length).toBe(sum + 1);
    }
  });

  it.each(AWKWARD)("keep a family of the name %j", (name) => {
    const families = [gauge("a"), gauge(name), gauge("z")];
    expect(reread(GROUP, families))
      .toEqual(new Map(families.map((family) => [family.name, family])));
  });

  it("lose nothing", () => {
    const text = fc.string({ unit: "binary", minLength: 1, maxLength: 9 });
    const name = fc.oneof(fc.constantFrom(...AWKWARD), text);
    const families = fc.uniqueArray(
      fc.tuple(utf8Family, name).map(([family, name]) => ({ ...family, name, pushedAt: 7.5 })),
      { minLength: 1, maxLength: 6, selector: ({ name }) => name },
    );
    fc.assert(
      fc.property(families, (families) => {
        expect([...reread(GROUP, families)].sort(byName)).toStrictEqual(
          families.map((family) => [family.name, family] as const).sort(byName),
        );
      }),
      { numRuns: runs(300) },
    );
  });
});

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

describe("readRecord", () => {
  it("leaves out of a group what cannot be read, and says why", () => {
    const text = `{"a":${renderRecord(gauge("a"))},"b":{"type":"new"},"c":7,"":${
      renderRecord(gauge("x"))
    }}`;
    expect(readRecord({ group: GROUP, name: "", text })).toEqual([
      { name: "a", family: gauge("a") },
      { name: "b", reason: "unknown metric type" },
      { name: "c", reason: "not an object" },
      { name: "", reason: "no name" },
    ]);
  });

  it.each([
    ["", /^no JSON: /],
    ["{", /^no JSON: /],
    ["7", /^not an object$/],
    ["null", /^not an object$/],
  ])("says why nothing of a group can be read: %j", (text, reason) => {
    expect(readRecord({ group: GROUP, name: "", text }))
      .toEqual([{ name: "", reason: expect.stringMatching(reason) }]);
  });

  it("reads the record of a family", () => {
    const text = renderRecord(gauge("a"));
    expect(readRecord({ group: GROUP, name: "b", text }))
      .toEqual([{ name: "b", family: gauge("b") }]);
    expect(readRecord({ group: GROUP, name: "b", text: "{}" }))
      .toEqual([{ name: "b", reason: "unknown metric type" }]);
  });
});
