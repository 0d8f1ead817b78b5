import { describe, expect, it } from "vitest";
import { KeyTable } from "../../src/store/key-table.ts";
import type { Store } from "../../src/store/store.ts";
import type { Write } from "../../src/store/change.ts";
import { createStore, keyOf, push, write } from "./builders.ts";

/**
 * A push costs what it carries, never what the gateway holds. Shown by counting: everything that is done to a map, a set or the ids, and
 * how many items the methods of arrays are called on.
 */

interface Work {
  /** Calls on maps and sets, the steps of their iterators included. */
  lookUps: number;
  /** Items in the arrays that were walked, cut or sorted. */
  items: number;
}

const MAP_METHODS = [
  "get",
  "has",
  "set",
  "delete",
  "forEach",
  "keys",
  "values",
  "entries",
] as const;
const SET_METHODS = ["has", "add", "delete", "forEach", "values"] as const;
const KEY_METHODS = ["find", "add", "remove", "text", "setPlace"] as const;
const ARRAY_METHODS = [
  "map",
  "filter",
  "flatMap",
  "forEach",
  "some",
  "every",
  "find",
  "includes",
  "indexOf",
  "reduce",
  "slice",
  "splice",
  "sort",
  "concat",
  "join",
] as const;

/** Counts what `task` does. */
function countWork(task: () => void): Work {
  const work: Work = { lookUps: 0, items: 0 };
  const undo: (() => void)[] = [];
  const count = (prototype: object, methods: readonly string[], note: (self: unknown) => void) => {
    for (const method of methods) {
      const original: unknown = Reflect.get(prototype, method);
      if (typeof original !== "function") throw new Error(`There is no ${method}`);
      undo.push(() => Reflect.set(prototype, method, original));
      Reflect.set(prototype, method, function (this: unknown, ...args: unknown[]): unknown {
        note(this);
        return Reflect.apply(original, this, args);
      });
    }
  };
  const lookUp = () => {
    work.lookUps++;
  };
  try {
    count(Object.getPrototypeOf(new Map().keys()), ["next"], lookUp);
    count(Object.getPrototypeOf(new Set().keys()), ["next"], lookUp);
    count(Map.prototype, MAP_METHODS, lookUp);
    count(Set.prototype, SET_METHODS, lookUp);
    count(KeyTable.prototype, KEY_METHODS, lookUp);
    const noted = (self: unknown) => {
      work.items += (self as readonly unknown[]).length;
    };
    count(Array.prototype, ARRAY_METHODS, noted);
    task();
  } finally {
    for (let i = undo.length - 1; i >= 0; i--) undo[i]?.();
  }
  return work;
}

/** Groups of two shapes, all of which hold the same families. */
function holding(groups: number): Store {
  const { store } = createStore();
  for (let i = 0; i < groups; i++) {
    const path = i % 2 === 0 ? `j${i}` : `j${i}/instance/i${i % 7}`;
    push(store, "PUT", path, `# HELP x help\nx{l="1"} ${i}\n# TYPE h histogram\nh_count ${i}\n`);
  }
  return store;
}

const BODY = '# HELP x help\nx{l="1"} 1\nx{l="2",instance="7"} 2\n# TYPE h histogram\nh_count 1\n';

function deletion(path: string): Write {
  return { kind: "delete", key: keyOf(path) };
}

describe("the cost of a write", () => {
  const [few, many] = [holding(10), holding(10_000)];

  it.each<[string, () => Write]>([
    ["a push to a new group", () => write("PUT", "new", BODY)],
    ["the same again", () => write("PUT", "new", BODY)],
    ["a POST of one family", () => write("POST", "new", "x 1\n")],
    ["a push that empties a group", () => write("PUT", "new", "")],
    ["another type", () => write("PUT", "new", "# TYPE x counter\nx 1\n")],
    ["a duplicate", () => write("PUT", "j1", 'x{instance="i1",l="1"} 1\n')],
    ["a collision", () => write("PUT", "new", "h_bucket 1\n")],
    ["a deletion", () => deletion("new")],
    ["the deletion of an old group", () => deletion("j4")],
    ["the deletion of nothing", () => deletion("nobody")],
  ])("does not depend on how many groups are held: %s", (_, write) => {
    const [before, after] = [few, many].map((store) => {
      // Bodies are read before: that one came before makes a difference there.
      const next = write();
      return countWork(() => store.apply(next));
    });
    expect(before?.lookUps).toBeGreaterThan(0);
    expect(after?.lookUps).toBe(before?.lookUps);
    // What is cut and joined is a block of at most 256 groups and the list of blocks, for each of four families.
    expect(after?.items).toBeLessThan((before?.items ?? 0) + 4 * 2 * (256 + 10_000 / 64));
  });

  it("is no more where nobody wants the change", () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `x{l="${index}"} 1\n`).join("");
    const [applied, accepted] = (["apply", "accept"] as const).map((method) => {
      const { store } = createStore();
      for (let i = 0; i < 2; i++) push(store, "PUT", "a", lines);
      const next = write("PUT", "a", `${lines.slice(0, -'4999"} 1\n'.length)}other"} 1\n`);
      return countWork(() => store[method](next));
    });
    expect(accepted?.lookUps).toBe(applied?.lookUps);
  });

  it("is that of its series, in a large family of another shape too", () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, index) => `x{l="${index}"} 1\n`).join("");
    const countFor = (held: number) => {
      const { store } = createStore();
      push(store, "PUT", "a", lines(held));
      // The first look makes an index of the held family, which lasts as long as that.
      push(store, "PUT", "a/m/1", lines(10));
      const next = write("PUT", "a/m/1", lines(10));
      return countWork(() => store.apply(next));
    };
    expect(countFor(5000)).toEqual(countFor(50));
  });
});
