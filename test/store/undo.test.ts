import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/model/error.ts";
import type { Change } from "../../src/store/change.ts";
import { runs } from "../support/runs.ts";
import { createStore, keyOf, push, scrape, write } from "./builders.ts";
import { anyWriteOrWipe, toWrite } from "./random-writes.ts";

const history = fc.array(anyWriteOrWipe, { minLength: 1, maxLength: 60, size: "max" });

describe("Store.undo", () => {
  it.each([true, false])(
    "leads back through every state there was (consistency check: %s)",
    (checkConsistency) => {
      fc.assert(
        fc.property(history, (writes) => {
          const { store } = createStore({ checkConsistency });
          const trail: { before: string; change: Change }[] = [];
          for (const [index, random] of writes.entries()) {
            const next = toWrite(random, index * 1000);
            if (next === undefined) continue;
            const before = scrape(store, { times: true });
            try {
              trail.push({ before, change: store.apply(next).change });
            } catch (error) {
              expect(error).toBeInstanceOf(GatewayError);
              expect(scrape(store, { times: true })).toBe(before);
            }
          }
          for (const { before, change } of trail.reverse()) {
            store.undo(change);
            expect(scrape(store, { times: true })).toBe(before);
          }
          expect(store.size).toBe(0);
        }),
        { numRuns: runs(40) },
      );
    },
  );

  it("brings back groups, times and all, after a wipe", () => {
    const { store } = createStore();
    for (let i = 0; i < 700; i++) push(store, "PUT", `job-${i}`, `x ${i}\ny ${i}\n`, i);
    const before = scrape(store, { times: true });
    const { change } = store.apply({ kind: "wipe" });
    expect([store.size, scrape(store, { times: true })]).toEqual([0, ""]);
    push(store, "PUT", "later", "x 1\n");
    store.undo(change);
    expect(store.size).toBe(700);
    expect(scrape(store, { times: true })).toBe(before);
  });

  it("takes back a refused push, which changed the failure time alone", () => {
    const { store } = createStore();
    push(store, "PUT", "a", "x 1\n", 1000);
    const before = scrape(store, { times: true });
    const { change, refused } = store.apply(write("PUT", "a", "x 1 1\n", 2000));
    expect(refused?.kind).toBe("inconsistent");
    expect(scrape(store, { times: true })).not.toBe(before);
    store.undo(change);
    expect(scrape(store, { times: true })).toBe(before);
  });

  it("has nothing to take back where a group to be deleted is not there", () => {
    const { store } = createStore();
    push(store, "PUT", "a", "x 1\n");
    const before = scrape(store, { times: true });
    const { change } = store.apply({ kind: "delete", key: keyOf("b") });
    store.undo(change);
    expect(scrape(store, { times: true })).toBe(before);
  });

  it("keeps scrapes valid when inconsistent families come back that were gone altogether", () => {
    const { store } = createStore({ checkConsistency: false });
    push(store, "PUT", "a", "# TYPE x counter\nx 1\n");
    push(store, "PUT", "b", "# TYPE x gauge\nx 1\n");
    const before = scrape(store);
    const changes = ["a", "b"].map((path) =>
      store.apply({ kind: "delete", key: keyOf(path) }).change
    );
    for (const change of changes.reverse()) store.undo(change);
    expect(scrape(store)).toBe(before);
    expect(before).toBe('# TYPE x counter\nx{instance="",job="a"} 1\n');
  });
});
