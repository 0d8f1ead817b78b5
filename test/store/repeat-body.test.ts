import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RepeatedBody } from "../../src/model/repeated-body.ts";
import type { Change } from "../../src/store/change.ts";
import { LimitedStore } from "../../src/store/limited-store.ts";
import { runs } from "../support/runs.ts";
import { createStore, keyOf, scrape, write } from "./builders.ts";

/** Bodies that are known once they came twice; some share families, one holds a time that the group has itself. */
const KINDS: readonly ((value: number) => string)[] = [
  (value) => `# kind 0\na ${value}\nb{l="2"} ${value + 1}\nb{l="1"} ${value + 2}\n`,
  (value) => `# kind 1\nb{l="1"} ${value}\nb{l="2"} ${value + 1}\na ${value + 2}\n`,
  (value) => `# kind 2\n# TYPE a counter\na ${value}\n`,
  (value) => `# kind 3\na ${value}\npush_time_seconds ${value}\n`,
  (value) => `# kind 4\nb{l="1",job="x"} ${value}\nc{instance="i"} ${value}\n`,
  (value) =>
    `# kind 5\n${Array.from({ length: 40 }, (_, i) => `big{n="${i}"} ${value + i}\n`).join("")}`,
  (value) => `# kind 6\na ${value}\na ${value}\n`,
];
const PATHS = ["a", "b", "a/instance/i", "a/l/1"];

const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.nat(KINDS.length - 1),
      path: fc.constantFrom(...PATHS),
      method: fc.constantFrom("PUT" as const, "POST" as const),
      isTakenBack: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ gone: fc.constantFrom(...PATHS) }) },
  { weight: 1, arbitrary: fc.constantFrom("wipe" as const, "wipe and back" as const) },
);

/** A body of every kind as often as it takes to be known. */
function learnKinds(): void {
  for (const kind of KINDS) for (let i = 0; i < 3; i++) write("PUT", "a", kind(i));
}

describe("a body that came before with other numbers", () => {
  it("is known", () => {
    learnKinds();
    const known = KINDS.map((kind) => write("PUT", "a", kind(7)).families);
    expect(known.every((families) => families instanceof RepeatedBody)).toBe(true);
  });

  it.each([true, false])("does what its families do (check: %s)", (checkConsistency) => {
    learnKinds();
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { store } = createStore({ checkConsistency });
        const { store: other } = createStore({ checkConsistency });
        let at = 0;
        for (const next of steps) {
          if (typeof next === "string") {
            const changes = [store, other].map((each) => each.apply({ kind: "wipe" }).change);
            if (next === "wipe") continue;
            [store, other].forEach((each, i) => each.undo(changes[i] as Change));
          } else if ("gone" in next) {
            const gone = { kind: "delete" as const, key: keyOf(next.gone) };
            store.accept(gone);
            other.apply(gone);
          } else {
            const body = (KINDS[next.kind] as typeof KINDS[number])(++at * 10);
            const known = write(next.method, next.path, body, at);
            const plain = { ...known, families: [...known.families] };
            if (next.isTakenBack) {
              const before = scrape(store, { times: true });
              const { change, refused } = store.apply(known);
              expect(refused?.message).toBe(other.apply(plain).refused?.message);
              expect(scrape(store, { times: true })).toBe(scrape(other, { times: true }));
              store.undo(change);
              expect(scrape(store, { times: true })).toBe(before);
            }
            expect(store.accept(known).refused?.message).toBe(other.apply(plain).refused?.message);
          }
          expect(store.size).toBe(other.size);
        }
        expect(scrape(store, { times: true })).toBe(scrape(other, { times: true }));
      }),
      { numRuns: runs(200) },
    );
  });

  it("is counted where there are limits", () => {
    learnKinds();
    const { store: plain } = createStore();
    const limits = { groups: 1, series: Infinity, size: Infinity };
    const { logger } = { logger: { debug() {}, info() {}, warn() {}, error() {} } };
    const store = new LimitedStore({ checkConsistency: true, own: new Map(), logger }, limits);
    for (const at of [1, 2, 3]) {
      const next = write("PUT", "a", `# kind 0\na ${at}\nb{l="2"} 1\nb{l="1"} 1\n`, at);
      store.accept(next);
      plain.accept(next);
    }
    expect(store.usage.series).toBe(5);
    expect(() => store.accept(write("PUT", "b", "x 1\n"))).toThrow("more than 1 groups");
    expect(scrape(store, { times: true })).toBe(scrape(plain, { times: true }));
  });
});
