import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyTable } from "../../src/store/key-table.ts";
import { runs } from "../support/runs.ts";

/** Texts that get in each other's way: equal beginnings, all lengths modulo a word, NUL, and what UTF-8 takes 1 to 4 bytes for. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", "\0"), maxLength: 9 }),
  fc.string({ unit: fc.constantFrom("a", "é", "€", "😀"), maxLength: 6 }),
  fc.integer({ min: 0, max: 300 }).map((i) => `instance="host-${i}",job="batch"`),
  fc.integer({ min: 60, max: 300 }).map((length) => "x".repeat(length)),
);

type Step =
  | { readonly kind: "add"; readonly text: string }
  | { readonly kind: "remove"; readonly text: string }
  | { readonly kind: "remove any"; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), text }),
  fc.record({ kind: fc.constant("remove" as const), text }),
  fc.record({ kind: fc.constant("remove any" as const), which: fc.nat() }),
);

/** A table and what must be in it. */
interface Kept {
  readonly number: number;
  readonly minor: number;
}

function check(table: KeyTable, model: ReadonlyMap<string, Kept>): void {
  expect(table.size).toBe(model.size);
  for (const [text, { number, minor }] of model) {
    expect(table.find(text)).toBe(number);
    expect([table.major(number), table.minor(number)]).toEqual([number + 1, minor]);
    expect(table.text(number)).toBe(text);
  }
  // Without one that was found just before.
  for (const { number, minor } of model.values()) expect(table.minor(number)).toBe(minor);
  const numbers = new Set([...model.values()].map(({ number }) => number));
  expect(numbers.size).toBe(model.size);
}

describe("KeyTable", () => {
  it("knows what a map knows, whatever is added and removed", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const table = new KeyTable();
        const model = new Map<string, Kept>();
        const remove = (text: string) => {
          const kept = model.get(text);
          expect(table.find(text)).toBe(kept?.number ?? -1);
          if (kept === undefined) return;
          table.remove(kept.number);
          model.delete(text);
          expect(table.find(text)).toBe(-1);
        };
        steps.forEach((step, at) => {
          if (step.kind === "add") {
            const number = table.add(step.text);
            table.setPlace(number, number + 1, at);
            model.set(step.text, { number, minor: at });
          } else if (step.kind === "remove") remove(step.text);
          else remove([...model.keys()][step.which % Math.max(1, model.size)] ?? "");
        });
        check(table, model);
      }),
      { numRuns: runs(500) },
    );
  });

  it("gives numbers again, and stays as small as what is in it", () => {
    const table = new KeyTable();
    const model = new Map<string, Kept>();
    for (let i = 0; i < 20_000; i++) {
      const number = table.add(`instance="${i}",job="j"`);
      expect(number).toBeLessThan(100);
      table.setPlace(number, number + 1, i);
      model.set(`instance="${i}",job="j"`, { number, minor: i });
      if (model.size < 100) continue;
      const [oldest, { number: gone }] = [...model][i % 50] as [string, Kept];
      table.remove(gone);
      model.delete(oldest);
    }
    check(table, model);
  });

  it("holds many", () => {
    const table = new KeyTable();
    const texts = Array.from({ length: 50_000 }, (_, i) => `instance="host-${i}",job="batch"`);
    for (const [i, text] of texts.entries()) expect(table.add(text)).toBe(i);
    for (const [i, text] of texts.entries()) expect(table.find(text)).toBe(i);
    for (let i = 0; i < texts.length; i += 2) table.remove(i);
    for (const [i, text] of texts.entries()) expect(table.find(text)).toBe(i % 2 === 0 ? -1 : i);
    expect(table.size).toBe(25_000);
  });

  it("becomes smaller once most are gone, and costs no more than what is in it", () => {
    const table = new KeyTable();
    const model = new Map<string, Kept>();
    for (let i = 0; i < 20_000; i++) {
      const number = table.add(`instance="host-${i}",job="batch"`);
      table.setPlace(number, number + 1, i);
      model.set(`instance="host-${i}",job="batch"`, { number, minor: i });
    }
    expect(table.room).toBeGreaterThanOrEqual(20_000);
    for (const [text, { number }] of model) {
      if (model.size === 100) break;
      table.remove(number);
      model.delete(text);
    }
    expect(table.room).toBeLessThan(1000);
    check(table, model);
    for (const { number } of model.values()) table.remove(number);
    expect(table.size).toBe(0);
  });

  it("orders texts as JavaScript does", () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const table = new KeyTable();
        expect(table.isAfter(table.add(one), other)).toBe(one > other);
      }),
      { numRuns: runs(2000) },
    );
  });

  it("remembers texts for as long as it is told to", () => {
    const table = new KeyTable();
    const [a, b] = [table.add("a"), table.add("b")];
    const texts = table.remembering(() => {
      table.text(a);
      table.text(b);
      table.remove(a);
      const again = table.add("c");
      return [again, table.text(again), table.text(b)];
    });
    expect(texts).toEqual([a, "c", "b"]);
    expect(table.text(a)).toBe("c");
    const fail = () => {
      throw new Error("no");
    };
    expect(() => table.remembering(fail)).toThrow("no");
    expect(table.text(b)).toBe("b");
  });
});
