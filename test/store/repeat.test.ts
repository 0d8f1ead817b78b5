import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/model/error.ts";
import type { Change, Write } from "../../src/store/change.ts";
import type { Store } from "../../src/store/store.ts";
import { runs } from "../support/runs.ts";
import { createStore, keyOf, push, scrape, write } from "./builders.ts";

/** What a push leaves behind must not depend on whether the same series were there before. */

const SERIES = [
  "",
  'l="1"',
  'l="2"',
  'm="1",l="1"',
  'l="1",m="1"',
  'job="x"',
  'instance="i"',
  'l="a\\\\n"',
  'l="a\\n"',
];
const PATHS = ["a", "a/instance/i", "a/k/1/z/2", "a/m/1"];

/** A family by the indexes of its series; enough others are added to make it a large one when it is to be. */
interface Pushed {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly series: readonly number[];
  readonly isLarge: boolean;
}

const family: fc.Arbitrary<Pushed> = fc.record({
  name: fc.constantFrom("x", "y"),
  type: fc.constantFrom("gauge", "gauge", "gauge", "counter", "summary", "histogram"),
  help: fc.constantFrom("", "", "help"),
  series: fc.subarray(SERIES.map((_, index) => index), { minLength: 1 })
    .chain((list) => fc.shuffledSubarray(list, { minLength: list.length })),
  isLarge: fc.boolean(),
});

function textOf({ name, type, help, series, isLarge }: Pushed, value: number): string {
  const labels = series.map((index) => SERIES[index] as string);
  if (isLarge) labels.push(...Array.from({ length: 40 }, (_, i) => `n="${(i * 7) % 40}"`));
  const lines = labels.map((text, index) => {
    if (type === "summary") return `${name}{${text}} ${value + index}\n`.replace("{", "_sum{");
    if (type === "histogram") {
      return `${name}_bucket{${text}${text && ","}le="1"} ${value + index}\n`;
    }
    return `${name}{${text}} ${value + index}\n`;
  });
  return `${help && `# HELP ${name} ${help}\n`}# TYPE ${name} ${type}\n${lines.join("")}`;
}

const one = fc.record({
  method: fc.constantFrom("PUT" as const, "POST" as const),
  path: fc.constantFrom(...PATHS),
  families: fc.uniqueArray(family, { selector: ({ name }) => name, maxLength: 2 }),
  times: fc.integer({ min: 1, max: 3 }),
});

/** Why a push was refused, if it was. */
function answer(store: Store, method: "PUT" | "POST", path: string, body: string, at: number) {
  try {
    return push(store, method, path, body, at);
  } catch (error) {
    return String(error);
  }
}

describe("a push of the same series again", () => {
  it.each([true, false])(
    "does what it does where others came in between (check: %s)",
    (checkConsistency) => {
      fc.assert(
        fc.property(fc.array(one, { maxLength: 12 }), (pushes) => {
          const { store } = createStore({ checkConsistency });
          const { store: other } = createStore({ checkConsistency });
          let at = 0;
          for (const { method, path, families, times } of pushes) {
            for (let time = 0; time < times; time++) {
              const body = families.map((each) => textOf(each, ++at * 100)).join("");
              const said = answer(store, method, path, body, at);
              // A family that holds other series in between is never pushed again with the same.
              const held = other.groups().find(({ key }) =>
                key.id === write(method, path, "").key.id
              );
              const apart = families.filter(({ name }) => held?.traits(name)?.type !== undefined);
              for (const { name } of apart) {
                if (said === "") {
                  push(other, "POST", path, `# TYPE ${name} untyped\n${name}{tmp="1"} 0\n`, at);
                }
              }
              expect(answer(other, method, path, body, at)).toBe(said);
              if (said === "") expect(scrape(store)).toBe(scrape(other));
            }
          }
        }),
        { numRuns: runs(50) },
      );
    },
  );

  it("is in a scrape, whenever the last one was", () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: one },
      fc.constantFrom("scrape" as const, "undo" as const),
      fc.record({ gone: fc.constantFrom(...PATHS) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { store } = createStore();
        const { store: other } = createStore();
        let last: [Change, Change] | undefined;
        let at = 0;
        const both = (next: Write) => {
          last = [store.apply(next).change, other.apply(next).change];
        };
        for (const next of steps) {
          if (next === "scrape") scrape(store);
          else if (next === "undo") {
            if (last !== undefined) {
              [store, other].forEach((each, i) => each.undo(last?.[i] as Change));
            }
            last = undefined;
          } else if ("gone" in next) both({ kind: "delete", key: keyOf(next.gone) });
          else {
            for (let time = 0; time < next.times; time++) {
              const body = next.families.map((each) => textOf(each, ++at * 100)).join("");
              try {
                both(write(next.method, next.path, body, at));
              } catch (error) {
                expect(error).toBeInstanceOf(GatewayError);
              }
            }
          }
        }
        expect(scrape(store, { times: true })).toBe(scrape(other, { times: true }));
      }),
      { numRuns: runs(100) },
    );
  });

  it("is in a scrape after the group got other families, too", () => {
    const { store } = createStore();
    push(store, "PUT", "a", "x 1\ny 1\n");
    scrape(store);
    push(store, "POST", "a", "y 2\n");
    push(store, "POST", "a", 'x{l="1"} 1\n');
    expect(scrape(store)).toContain('y{instance="",job="a"} 2\n');
  });

  it("tells what changed, before and after", () => {
    const { store } = createStore();
    const large = Array.from({ length: 50 }, (_, i) => `big{n="${i}"} 1\n`).join("");
    for (const at of [500, 1000]) push(store, "PUT", "a", `x 1\ny{l="1"} 2\n${large}`, at);
    const body = `x 3\ny{l="1"} 4\n${large.replaceAll(" 1\n", " 2\n")}`;
    const { change } = store.apply(write("PUT", "a", body, 2000));
    if (change.kind !== "group") throw new Error("nothing changed");
    const values = change.families.map(({ name, before, after }) => [
      name,
      before?.samples[0],
      after?.samples[0],
      before?.pushedAt,
      after?.pushedAt,
    ]);
    expect(values.sort()).toEqual([
      ["big", 1, 2, 1000, 2000],
      ["push_time_seconds", 1, 2, 1000, 2000],
      ["x", 1, 3, 1000, 2000],
      ["y", 2, 4, 1000, 2000],
    ]);
    expect(change.names?.toSorted()).toEqual(["big", "push_time_seconds", "x", "y"]);
    const after = scrape(store, { times: true });
    store.undo(change);
    expect(scrape(store, { times: true })).not.toBe(after);
    push(store, "PUT", "a", body, 2000);
    expect(scrape(store, { times: true })).toBe(after);
  });

  it("is seen in a group of very many families, too", () => {
    const { store } = createStore();
    const body = (value: number) =>
      Array.from({ length: 400 }, (_, i) => `x${i} ${value}\ny${i}{l="1"} ${value + i}\n`).join("");
    for (let time = 1; time <= 3; time++) push(store, "PUT", "a", body(time), time);
    const { change } = store.apply(write("PUT", "a", body(7), 7));
    expect(change.kind === "group" ? change.names?.length : 0).toBe(801);
    const { store: other } = createStore();
    push(other, "PUT", "a", body(7), 7);
    expect(scrape(store, { times: true })).toBe(scrape(other, { times: true }));
    store.undo(change);
    push(other, "PUT", "a", body(3), 3);
    expect(scrape(store, { times: true })).toBe(scrape(other, { times: true }));
  });

  it("takes nothing for the same that only looks so", () => {
    const { store } = createStore();
    const other = Array.from({ length: 40 }, (_, i) => `x{n="${i}"} 1\n`).join("");
    push(store, "PUT", "a", `${other}x{l="a\\n"} 1\n`);
    push(store, "PUT", "a", `${other}x{l="a\\n"} 1\n`);
    push(store, "PUT", "a", `${other}x{l="a\\\\n"} 1\n`);
    expect(scrape(store)).toContain('l="a\\\\n"');
    push(store, "PUT", "b", `${other}x{l="ab"} 1\n`);
    push(store, "PUT", "b", `${other}x{l="a"} 1\n`);
    expect(scrape(store)).toContain('job="b",l="a"}');
  });
});
