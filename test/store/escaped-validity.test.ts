/**
 * Whatever is held, a scrape under any escaping is one that Prometheus takes, and tells how many series it lacks.
 */

import fc from "fast-check";
import { expect, it } from "vitest";
import { isScalarType, type PushedFamily } from "../../src/model/family.ts";
import { type Escaping, ESCAPINGS } from "../../src/model/name-escaping.ts";
import { labelText, sortLabels } from "../../src/model/label.ts";
import { parseText } from "../../src/parse/text.ts";
import { createTextFormat } from "../../src/render/text.ts";
import type { Store } from "../../src/store/store.ts";
import { runs } from "../support/runs.ts";
import { createStore, keyOf } from "./builders.ts";
import { ownFamily, typesOf } from "./spy-format.ts";

/** Names of which many are the same once escaped. */
const metric = fc.constantFrom(
  "a_b",
  "a.b",
  "a b",
  "a-b",
  "a_b_count",
  "a.b_count",
  "a_b.count",
  "a.b_bucket",
  "a__b",
  "a_dot_b",
  "U__a",
  "own_x",
  "own.x",
);
const label = fc.constantFrom("l_m", "l.m", "l m", "l:m", "l__m", "..name__", "x");
const TYPES = ["gauge", "counter", "histogram", "summary"] as const;
const family = fc.record({
  name: metric,
  type: fc.constantFrom(...TYPES),
  series: fc.array(
    fc.uniqueArray(fc.tuple(label, fc.constantFrom("1", "2")), {
      selector: ([name]) => name,
      maxLength: 3,
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
const write = fc.record({
  path: fc.constantFrom("j", "k", "j/l_m/1", "j/l.m/1", "j/l%20m/2"),
  families: fc.uniqueArray(family, { selector: ({ name }) => name, minLength: 1, maxLength: 4 }),
});
type RandomWrite = typeof write extends fc.Arbitrary<infer T> ? T : never;

/** Not by way of a text body, in which some of these would fold into each other. */
function apply(store: Store, { path, families }: RandomWrite): void {
  store.apply({
    kind: "push",
    key: keyOf(path),
    families: families.map(pushedOf),
    replace: true,
    at: 1000,
  });
}

function pushedOf({ name, type, series }: RandomWrite["families"][number]): PushedFamily {
  const head = { name, help: "", timestamped: false, utf8: true };
  const labels = series.map((pairs) => pairs.flat());
  if (isScalarType(type)) {
    return { ...head, type, series: labels.map((list) => ({ labels: list, sample: 1 })) };
  }
  const sample = { count: 1, sum: 1, points: [], values: [] };
  return { ...head, type, series: labels.map((list) => ({ labels: list, sample })) };
}

const own = [ownFamily("own_x", "ours")];

function hold(writes: readonly RandomWrite[], checkConsistency: boolean): Store {
  const { store } = createStore({ checkConsistency, own: typesOf(own) });
  for (const each of writes) apply(store, each);
  return store;
}

function scrape(store: Store, escaping: Escaping): { text: string; dropped: number } {
  const { chunks, dropped } = store.gather(createTextFormat(escaping), { own });
  const text = chunks.map((chunk) => new TextDecoder().decode(chunk)).join("");
  return { text, dropped: dropped.reduce((sum, { series }) => sum + series, 0) };
}

/** Reads a scrape, holding it to what Prometheus asks for, and counts its series. */
function countSeries(text: string, escaping: Escaping): number {
  const utf8Names = escaping === "allow-utf-8";
  const families = [...parseText(new TextEncoder().encode(text), { utf8Names })];
  const heads = [...text.matchAll(/^# TYPE (.*) \w+$/gm)].map(([, name]) => name);
  expect(new Set(heads).size, "one TYPE a name").toBe(heads.length);
  expect(families.length, "no line without its TYPE").toBe(heads.length);
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const series = lines.map((line) => identityOf(line, escaping));
  expect(series.filter((one, at) => series.indexOf(one) !== at), "no series twice").toEqual([]);
  return families.reduce((sum, { series }) => sum + series.length, 0);
}

/** A line's name and sorted labels; that no label is there twice is for the parser to find. */
function identityOf(line: string, escaping: Escaping): string {
  const [only] = parseText(new TextEncoder().encode(line), {
    utf8Names: escaping === "allow-utf-8",
  });
  return `${only?.name}{${labelText(sortLabels(only?.series[0]?.labels ?? []))}}`;
}

function heldSeries(store: Store): number {
  let count = own.length;
  for (const group of store.groups()) {
    for (const family of group.families()) count += family.labels.length;
  }
  return count;
}

for (const checkConsistency of [true, false]) {
  it(`is valid and complete but for what it says; checked when pushed: ${checkConsistency}`, () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 5 }), (writes) => {
        const store = hold(writes, checkConsistency);
        for (const escaping of ESCAPINGS) {
          const { text, dropped } = scrape(store, escaping);
          expect(countSeries(text, escaping) + dropped).toBe(heldSeries(store));
          const loses = !checkConsistency || escaping === "underscores" || escaping === "dots";
          if (!loses) expect(dropped).toBe(0);
        }
      }),
      { numRuns: runs(150) },
    );
  });
}

it("depends on what is held and not on how it came", () => {
  const writes = fc.uniqueArray(write, { selector: ({ path }) => path, maxLength: 5 })
    .chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))
    );
  fc.assert(fc.property(writes, ([one, other]) => {
    for (const escaping of ESCAPINGS) {
      expect(scrape(hold(one, false), escaping)).toEqual(scrape(hold(other, false), escaping));
    }
  }));
});

it("is the same whether or not it was scraped in between", () => {
  fc.assert(fc.property(fc.array(write, { maxLength: 5 }), (writes) => {
    const { store } = createStore({ own: typesOf(own) });
    for (const each of writes) {
      apply(store, each);
      for (const escaping of ESCAPINGS) scrape(store, escaping);
    }
    for (const escaping of ESCAPINGS) {
      expect(scrape(store, escaping)).toEqual(scrape(hold(writes, true), escaping));
    }
  }));
});
