import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StoredFamily } from "../../src/model/family.ts";
import { GatewayError } from "../../src/model/error.ts";
import { parseRecord, renderRecord } from "../../src/persist/record.ts";
import { touchAll } from "../../src/persist/touched.ts";
import { textFormat } from "../../src/render/text.ts";
import type { Change, Write } from "../../src/store/change.ts";
import type { OwnFamilies } from "../../src/store/own-families.ts";
import type { Store } from "../../src/store/store.ts";
import { runs } from "../support/runs.ts";
import { createStore, del, keyOf, push, scrape, timesOf, write } from "./builders.ts";
import { anyWriteOrWipe, type RandomWrite, toWrite } from "./random-writes.ts";
import { OWN } from "./scraped.ts";
import { createSpyFormat } from "./spy-format.ts";

const OWN_FAMILIES = OWN as OwnFamilies;

/** All families of a store as they come back from where they are stored, in another order. */
function* storedIn(store: Store): Generator<readonly [group: string, family: StoredFamily]> {
  for (const [group, names] of touchAll(store).groups.toReversed()) {
    for (const name of names.toReversed()) {
      const family = store.family(group, name) as StoredFamily;
      yield [group, parseRecord(name, renderRecord(family))];
    }
  }
}

/** Another store with the content of one. */
function restore(store: Store, { checkConsistency = true, own = OWN_FAMILIES } = {}): Store {
  const { store: other } = createStore({ checkConsistency, own });
  for (const [group, family] of storedIn(store)) other.restore(group, [family]);
  other.restored();
  return other;
}

/** A scrape with what was left out of it and why. */
function exposed(store: Store) {
  const { dropped } = store.gather(textFormat, { own: [] });
  return { text: scrape(store, { times: true }), dropped };
}

/** Carries out a write; says how it ended. */
function step(store: Store, write: Write): { readonly answer: string; readonly change: Change } {
  try {
    const { refused, change } = store.apply(write);
    return { answer: refused?.message ?? "", change };
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    return { answer: String(error), change: { kind: "none" } };
  }
}

function writesOf(history: readonly RandomWrite[]): Write[] {
  return history.flatMap((random, index) => toWrite(random, index * 1500) ?? []);
}

const history = fc.array(anyWriteOrWipe, { maxLength: 40, size: "max" });

describe("a store that was restored", () => {
  it.each([true, false])(
    "exposes what the original does, after any history (check: %s)",
    (checkConsistency) => {
      fc.assert(
        fc.property(history, (history) => {
          const { store } = createStore({ checkConsistency, own: OWN_FAMILIES });
          for (const write of writesOf(history)) step(store, write);
          const before = exposed(store);
          expect(exposed(restore(store, { checkConsistency }))).toEqual(before);
          // Also when pushes are checked from now on.
          expect(exposed(restore(store))).toEqual(before);
        }),
        { numRuns: runs(40) },
      );
    },
  );

  it.each([[true, true], [false, false], [false, true]])(
    "goes on as the original does (check before: %s, after: %s), and back",
    (before, after) => {
      fc.assert(
        fc.property(history, history, (earlier, later) => {
          const { store } = createStore({ checkConsistency: before, own: OWN_FAMILIES });
          for (const write of writesOf(earlier)) step(store, write);
          const restored = restore(store, { checkConsistency: after });
          const trail = writesOf(later).map((write) => {
            const state = exposed(restored);
            const { answer, change } = step(restored, write);
            if (before === after) {
              expect(answer).toBe(step(store, write).answer);
              expect(exposed(restored)).toEqual(exposed(store));
            }
            return { state, change };
          });
          for (const { state, change } of trail.reverse()) {
            restored.undo(change);
            expect(exposed(restored)).toEqual(state);
          }
        }),
        { numRuns: runs(20) },
      );
    },
  );

  it("keeps scrapes valid when what was stored unchecked is deleted and comes back", () => {
    const { store: original } = createStore({ checkConsistency: false });
    push(original, "PUT", "a", "# TYPE x counter\nx 1\n");
    push(original, "PUT", "b", "# TYPE x gauge\nx 1\n");
    const store = restore(original);
    const before = exposed(store);
    expect(before.text).toContain('# TYPE x counter\nx{instance="",job="a"} 1\n');
    const changes = ["a", "b"].map((path) =>
      store.apply({ kind: "delete", key: keyOf(path) }).change
    );
    for (const change of changes.reverse()) store.undo(change);
    expect(exposed(store)).toEqual(before);
  });

  it("exposes the times once of two groups that differ in an empty instance, also when they come back", () => {
    // The reference stores such groups; here they cannot come into being.
    const { store } = createStore();
    for (const path of ["a", "a/instance@base64/="]) {
      const { store: single } = createStore();
      push(single, "PUT", path, "x 1\n", 1000);
      for (const [group, family] of storedIn(single)) store.restore(group, [family]);
    }
    store.restored();
    expect(store.size).toBe(2);
    const before = exposed(store);
    expect(timesOf(store)).toEqual([
      'push_failure_time_seconds{instance="",job="a"} 0',
      'push_time_seconds{instance="",job="a"} 1',
    ]);
    const changes = store.groups().map(({ key }) => store.apply({ kind: "delete", key }).change);
    for (const change of changes.reverse()) store.undo(change);
    expect(exposed(store)).toEqual(before);
  });

  it("takes families from its caches that nothing is wrong with", () => {
    const { store: original } = createStore();
    for (let i = 0; i < 20; i++) push(original, "PUT", `j${i}/a/${i}`, "x 1\n");
    push(original, "PUT", "j", '# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 1\nh_count 1\n');
    push(original, "PUT", "other", "x 1\n");
    const store = restore(original);
    const format = createSpyFormat();
    store.gather(format, { own: [] });
    expect(format.take()["x"]).toBe(21);
    store.gather(format, { own: [] });
    expect(format.take()).toEqual({});
  });

  it("holds a group of which some families are missing, its times among them", () => {
    const { store: original } = createStore();
    push(original, "PUT", "a", "x 1\n", 1000);
    push(original, "PUT", "b", "x 1\n", 1000);
    const { store } = createStore();
    for (const [group, family] of storedIn(original)) {
      const lost = group === 'job="a"' ? "push_failure_time_seconds" : "push_time_seconds";
      if (family.name !== lost) store.restore(group, [family]);
    }
    store.restored();
    const before = scrape(store, { times: true });
    const changes = ["a", "b"].map((path) =>
      store.apply(write("POST", path, "x 1 1\n", 2000)).change
    );
    expect(timesOf(store)).toEqual([
      'push_failure_time_seconds{instance="",job="a"} 2',
      'push_failure_time_seconds{instance="",job="b"} 2',
      'push_time_seconds{instance="",job="a"} 1',
      'push_time_seconds{instance="",job="b"} 0',
    ]);
    for (const change of changes.reverse()) store.undo(change);
    expect(scrape(store, { times: true })).toBe(before);
    expect([push(store, "POST", "a", "x 2\n", 3000), push(store, "POST", "b", "x 2\n", 3000)])
      .toEqual(["", ""]);
    expect(timesOf(store)).toEqual([
      'push_failure_time_seconds{instance="",job="a"} 0',
      'push_failure_time_seconds{instance="",job="b"} 0',
      'push_time_seconds{instance="",job="a"} 3',
      'push_time_seconds{instance="",job="b"} 3',
    ]);
  });
});

describe("Store.restore", () => {
  it("replaces what the group holds under the name", () => {
    const { store: original } = createStore();
    push(original, "PUT", "a", "# HELP x one\nx 1\n");
    const [[group, family] = ["", undefined]] = [...storedIn(original)].filter(([, { name }]) =>
      name === "x"
    );
    const { store } = createStore();
    store.restore(group, [{ ...family, help: "other", samples: [7] } as StoredFamily]);
    store.restore(group, [family as StoredFamily]);
    store.restored();
    expect([store.size, scrape(store)])
      .toEqual([1, '# HELP x one\n# TYPE x untyped\nx{instance="",job="a"} 1\n']);
  });
});

describe("Store.has and Store.family", () => {
  it("tell what is held", () => {
    const { store } = createStore();
    push(store, "PUT", "a", "x 1\n", 1000);
    expect([store.has('job="a"'), store.has('job="b"')]).toEqual([true, false]);
    expect(store.family('job="a"', "x")).toMatchObject({ name: "x", samples: [1], pushedAt: 1000 });
    expect(store.family('job="a"', "y")).toBeUndefined();
    expect(store.family('job="b"', "x")).toBeUndefined();
    del(store, "a");
    expect([store.has('job="a"'), store.family('job="a"', "x")]).toEqual([false, undefined]);
  });
});
