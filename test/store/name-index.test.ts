import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Family, FamilyExtras, MetricType, StoredFamily } from "../../src/model/family.ts";
import { createShape } from "../../src/model/group-key.ts";
import type { Escaping } from "../../src/model/name-escaping.ts";
import { NameEntry, NameIndex } from "../../src/store/name-index.ts";
import type { Group } from "../../src/store/group.ts";
import { holderOf } from "./builders.ts";

const TYPES: readonly MetricType[] = ["counter", "gauge", "untyped", "summary"];

let last = 0;

/** A family in a group of its own. */
function held(
  family: Partial<Pick<Family, "type" | "help" | "extras">> = {},
  labels: string[] = [],
): Group {
  return holderOf(["job", String(++last), ...labels], family);
}

/** Swaps the family of a group for that of another, or for one with other extras. */
function swap(entry: NameEntry, group: Group, other: Group, extras?: FamilyExtras): void {
  const family = { ...familyOf(other), ...(extras && { extras }) };
  entry.swap(group, family);
  group.change(group.layout, new Map([["x", family]]));
}

function familyOf(group: Group): StoredFamily {
  const family = group.family("x");
  if (family === undefined) throw new Error("The group holds no x");
  return family;
}

function entryOf(...groups: Group[]): NameEntry {
  const entry = new NameEntry("x");
  for (const group of groups) entry.add(group);
  return entry;
}

function helped(...helps: string[]): NameEntry {
  return entryOf(...helps.map((help) => held({ help })));
}

describe("NameEntry.types", () => {
  it.each<[string, MetricType[], MetricType | undefined, MetricType[]]>([
    ["nobody", [], undefined, []],
    ["nobody, without a type", [], "gauge", []],
    ["one", ["gauge"], undefined, ["gauge"]],
    ["one, without it", ["gauge"], "gauge", []],
    ["two of a type, without one of them", ["gauge", "gauge"], "gauge", ["gauge"]],
    ["two types, without one", ["gauge", "counter"], "gauge", ["counter"]],
    ["two types, without neither", ["gauge", "counter"], undefined, ["counter", "gauge"]],
    ["three, without one of two", ["gauge", "counter", "gauge"], "gauge", ["counter", "gauge"]],
  ])("knows those of %s", (_, types, without, expected) => {
    const entry = entryOf(...types.map((type) => held({ type })));
    expect([...entry.types(without)].sort()).toEqual(expected);
  });

  it("counts what is added, swapped and removed, as a list of all of them would", () => {
    const type = fc.constantFrom(...TYPES);
    const operation = fc.record({
      what: fc.constantFrom("add", "swap", "remove"),
      at: fc.nat(),
      type,
    });
    fc.assert(fc.property(fc.array(operation), type, (operations, without) => {
      const entry = new NameEntry("x");
      const groups: Group[] = [];
      for (const { what, at, type } of operations) {
        const index = at % Math.max(groups.length, 1);
        const group = groups[index];
        if (what === "add" || group === undefined) {
          groups.push(held({ type }));
          entry.add(groups.at(-1) as Group);
        } else if (what === "swap") swap(entry, group, held({ type }));
        else entry.remove(...groups.splice(index, 1) as [Group]);
      }
      const types = groups.map((group) => familyOf(group).type);
      expect(new Set(entry.types())).toEqual(new Set(types));
      expect(entry.isEmpty).toBe(types.length === 0);
      // The group that asks must hold a family of the type it wants left out.
      if (!types.includes(without)) return;
      types.splice(types.indexOf(without), 1);
      expect(new Set(entry.types(without))).toEqual(new Set(types));
    }));
  });
});

describe("NameEntry.shapes", () => {
  const shapesOf = (entry: NameEntry, ...without: string[]) =>
    entry.shapes(createShape(without)).map(({ names }) => names.join()).sort();

  it("gives each shape once, less the one asked from", () => {
    const entry = entryOf(held(), held(), held({}, ["a", "1"]), held({}, ["a", "", "b", "2"]));
    expect(shapesOf(entry, "job")).toEqual(["a,b,job", "a,job"]);
    expect(shapesOf(entry, "a", "job")).toEqual(["a,b,job", "job"]);
    expect(shapesOf(entry, "c", "job")).toEqual(["a,b,job", "a,job", "job"]);
  });

  it.each([["job"], ["other"]])("gives none when nobody else is there (asked from %s)", (name) => {
    expect(shapesOf(entryOf(), name)).toEqual([]);
  });

  it("gives the only one to a group of another", () => {
    expect(shapesOf(entryOf(held()), "a", "job")).toEqual(["job"]);
  });

  it("forgets a shape with its last group", () => {
    const [one, two] = [held({}, ["a", "1"]), held({}, ["a", "2"])];
    const entry = entryOf(held(), one, two);
    entry.remove(one);
    expect(shapesOf(entry, "job")).toEqual(["a,job"]);
    entry.remove(two);
    expect(shapesOf(entry, "job")).toEqual([]);
  });

  it("tells names apart that read the same when joined", () => {
    const entry = entryOf(holderOf(["a", "", "b,c", ""]), holderOf(["a,b", "", "c", ""]));
    expect(entry.shapes(createShape(["job"]))).toHaveLength(2);
  });
});

describe("NameEntry.help", () => {
  it.each([
    [[], ""],
    [[""], ""],
    [["one"], "one"],
    [["one", "two", "two"], "two"],
    [["two", "one"], "one"],
    [["b", "b", "a", "a", "c"], "a"],
    [["", "", "", "one"], "one"],
    [["", "", "two", "one", "two", ""], "two"],
  ])("is the one that most groups have, then the smallest: %j gives %j", (helps, expected) => {
    expect(helped(...helps).help).toBe(expected);
    expect(helped(...helps.toReversed()).help).toBe(expected);
  });

  it("follows what is held", () => {
    const [one, two] = [held({ help: "one" }), held({ help: "two" })];
    const entry = entryOf(one, two, held({ help: "two" }));
    expect(entry.help).toBe("two");
    entry.remove(two);
    expect(entry.help).toBe("one");
    swap(entry, one, held({ help: "three" }));
    expect(entry.help).toBe("three");
  });

  it.each([[["a"], false], [["a", "a"], false], [["a", "b"], true], [["a", ""], true]])(
    "is in conflict where texts differ: %j",
    (helps, conflict) => expect(helped(...helps).hasHelpConflict).toBe(conflict),
  );

  it("is no longer in conflict when the one that differs is gone", () => {
    const other = held({ help: "b" });
    const entry = entryOf(held({ help: "a" }), other);
    swap(entry, other, held({ help: "a" }));
    expect(entry.hasHelpConflict).toBe(false);
  });

  it("keeps one copy of equal texts and an own copy of others", () => {
    expect(helped("one").keptHelp("one")).toBe("one");
    expect(helped("one").keptHelp("two\u2028ä")).toBe("two\u2028ä");
  });
});

describe("NameIndex", () => {
  const names = (index: NameIndex) => index.sorted().map((entry) => entry.name);

  it("lists names in order, also those that come and go between two looks", () => {
    const index = new NameIndex();
    for (const name of ["b", "a_b", "a", "B"]) index.ensure(name).add(held());
    expect(names(index)).toEqual(["B", "a", "a_b", "b"]);
    index.ensure("aa");
    expect(names(index)).toEqual(["B", "a", "a_b", "aa", "b"]);
    index.dropIfEmpty(index.ensure("aa"));
    expect(names(index)).toEqual(["B", "a", "a_b", "b"]);
  });

  it("has one entry a name, and keeps it as long as somebody holds it", () => {
    const index = new NameIndex();
    const entry = index.ensure("x");
    const group = held();
    entry.add(group);
    expect(index.ensure("x")).toBe(entry);
    index.dropIfEmpty(entry);
    expect(index.get("x")).toBe(entry);
    entry.remove(group);
    index.dropIfEmpty(entry);
    expect(index.get("x")).toBeUndefined();
  });

  it("lists names as they are shown, with those that need no escaping first", () => {
    const index = new NameIndex();
    const shown = (escaping: Escaping) =>
      index.exposed(escaping).map(({ name, entries }) => [name, ...entries.map((e) => e.name)]);
    for (const name of ["b", "a_c", "a"]) index.ensure(name).add(held());
    expect(index.isChangedBy("underscores")).toBe(false);
    expect(index.exposed("underscores")).toBe(index.exposed("values"));
    for (const name of ["a.c", "a c", "é"]) index.ensure(name).add(held());
    expect(index.isChangedBy("underscores")).toBe(true);
    expect(index.isChangedBy("allow-utf-8")).toBe(false);
    expect(shown("underscores")).toEqual([
      ["_", "é"],
      ["a", "a"],
      ["a_c", "a_c", "a c", "a.c"],
      ["b", "b"],
    ]);
    expect(shown("allow-utf-8").flat()).toEqual(
      index.sorted().flatMap(({ name }) => [name, name]),
    );
    expect(index.exposed("dots")).toBe(index.exposed("dots"));
  });

  it("knows whether names of families or labels need escaping", () => {
    const index = new NameIndex();
    expect(index.ensure("a.b").hasUtf8).toBe(true);
    const entry = index.ensure("x");
    const [plain, utf8] = [held(), held({ extras: { unit: "", wire: [], utf8: true } })];
    entry.add(plain);
    expect(entry.hasUtf8).toBe(false);
    entry.add(utf8);
    expect(entry.hasUtf8).toBe(true);
    swap(entry, utf8, plain);
    expect(entry.hasUtf8).toBe(false);
    swap(entry, utf8, plain, { unit: "", wire: [], utf8: true });
    expect(entry.hasUtf8).toBe(true);
    entry.remove(utf8);
    expect(entry.hasUtf8).toBe(false);
  });

  it("sorts only when names came or went", () => {
    const index = new NameIndex();
    index.ensure("x").add(held());
    const sorted = index.sorted();
    index.ensure("x").add(held());
    expect(index.sorted()).toBe(sorted);
  });
});
