/**
 * Crashes: the process ends before or after any commit. Whatever batch it was at, the next gateway finds all of it or nothing, and
 * what was acknowledged is there. A crash during the start that follows changes nothing in that.
 */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Batch } from "../../src/persist/adapter.ts";
import { createFakeDatabase, type FakeDatabase } from "../contract/fake-deno-kv.ts";
import { runs } from "../support/runs.ts";
import { flush, type Gateway, takeOver, toBatch } from "./deno-kv-support.ts";

type Texts = Record<string, string>;

/** What a batch makes of what is stored. */
function applied(before: Texts, { wipe, clear, records }: Batch): Texts {
  const texts = wipe ? {} : { ...before };
  for (const id of Object.keys(texts)) {
    if (clear.includes(id.split("/")[0] ?? "")) delete texts[id];
  }
  for (const { group, name, text } of records) {
    if (text === undefined) delete texts[`${group}/${name}`];
    else texts[`${group}/${name}`] = text;
  }
  return texts;
}

/** Ends the process at its `nth` commit from now: with it done or not, and with none done after it. */
function crashAt(db: FakeDatabase, nth: number, isDone: boolean): { hasHappened: boolean } {
  const crash = { hasHappened: false };
  let commits = 0;
  db.decide = () => {
    if (++commits < nth) return "do";
    if (crash.hasHappened || !isDone) {
      crash.hasHappened = true;
      return { error: "the process is dead" };
    }
    crash.hasHappened = true;
    return "deaf";
  };
  return crash;
}

/** Starts anew; crashes at a commit of the start first, if there are so many. */
async function restart(db: FakeDatabase, crashNth: number, isDone: boolean): Promise<Gateway> {
  if (crashNth > 0) {
    crashAt(db, crashNth, isDone);
    await takeOver(db).catch(() => {});
    await flush();
  }
  db.decide = () => "do";
  return await takeOver(db);
}

/** Writes a batch and crashes on the way; checks what is there then, and returns it with whether there was a crash at all. */
async function writeAndCrash(
  db: FakeDatabase,
  gateway: Gateway,
  batch: Batch,
  { nth, isDone, again }: { nth: number; isDone: boolean; again: number },
): Promise<{ gateway: Gateway; hasCrashed: boolean }> {
  const before = gateway.loaded;
  const after = applied(before, batch);
  const crash = crashAt(db, nth, isDone);
  const isStored = await gateway.adapter.write(batch)?.then(() => true, () => false) ?? true;
  await flush();
  const next = await restart(db, again, isDone);
  const found = JSON.stringify(sorted(next.loaded));
  const expected = [after, ...isStored ? [] : [before]].map((each) => JSON.stringify(sorted(each)));
  // Compared as text and told by keys: the texts are megabytes.
  if (!expected.includes(found)) {
    expect(Object.keys(sorted(next.loaded))).toEqual(Object.keys(sorted(after)));
    expect.fail("some texts are neither from before the batch nor from after it");
  }
  return { gateway: next, hasCrashed: crash.hasHappened };
}

function sorted(texts: Texts): [string, string][] {
  return Object.entries(texts).sort(([a], [b]) => a < b ? -1 : 1);
}

/** Nothing is left but records of one epoch and the entries that say what is current. */
async function expectTidy(db: FakeDatabase): Promise<void> {
  for (let before = -1; before !== db.entries().length; await flush()) before = db.entries().length;
  const left = db.entries().map(({ key }) => key);
  expect(left.filter((key) => key[1] === "journal")).toEqual([]);
  expect(new Set(left.filter((key) => key[1] === "family").map((key) => key[2])).size)
    .toBeLessThan(2);
}

function many(count: number, text: string): Texts {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`g${i % 50}/m${i}`, text]));
}

const STORED: Texts = { ...many(500, "old"), "large/a": "old".repeat(300_000), "large/b": "1" };
const BATCHES: Readonly<Record<string, Batch>> = {
  "a small one": toBatch({ "g1/m1": "new", "g2/m2": undefined, "new/a": "1" }),
  "one that clears and writes": { ...toBatch({ "large/b": "new" }), clear: ["large", "g1"] },
  "a large record that grows": toBatch({ "large/a": "new".repeat(500_000) }),
  "a large record that shrinks": toBatch({ "large/a": "new", "g1/m1": undefined }),
  "many records": toBatch(many(1100, "new")),
  "many records in place of cleared ones": {
    ...toBatch(many(1100, "new")),
    clear: ["large", ...Array.from({ length: 50 }, (_, i) => `g${i}`)],
  },
  "a wipe": { ...toBatch({}), wipe: true },
  "a wipe and records": { ...toBatch({ "g1/m1": "new" }), wipe: true },
  "a wipe and many records": {
    ...toBatch({ ...many(800, "new"), "large/a": "n".repeat(1e6) }),
    wipe: true,
  },
};

describe("a crash at every commit of a batch", () => {
  it.each(Object.entries(BATCHES))("%s", async (_, batch) => {
    let crashes = 0;
    for (const isDone of [false, true]) {
      for (let nth = 1;; nth++) {
        const db = createFakeDatabase();
        await (await takeOver(db)).adapter.write(toBatch(STORED));
        const gateway = await takeOver(db);
        const { hasCrashed } = await writeAndCrash(db, gateway, batch, {
          nth,
          isDone,
          again: nth % 3,
        });
        await expectTidy(db);
        if (!hasCrashed) break;
        crashes++;
      }
    }
    expect(crashes).toBeGreaterThan(1);
  });
});

const arbitraryRecords = fc.dictionary(
  fc.tuple(fc.constantFrom("g", "h", "i"), fc.constantFrom("a", "b", "c")).map((id) =>
    id.join("/")
  ),
  fc.option(
    fc.oneof(
      { weight: 4, arbitrary: fc.string({ maxLength: 5 }) },
      fc.constantFrom(60_000, 300_000, 900_000).map((length) => "x".repeat(length)),
    ),
    { nil: undefined, freq: 4 },
  ),
  { maxKeys: 5 },
);
const arbitraryStep = fc.record({
  batch: fc.tuple(
    arbitraryRecords,
    fc.record({
      wipe: fc.integer({ min: 0, max: 6 }).map((n) => n === 0),
      clear: fc.subarray(["g", "h", "i"]),
    }),
  ).map(([records, rest]) => ({ ...toBatch(records), ...rest })),
  crash: fc.record({ nth: fc.integer({ min: 1, max: 9 }), isDone: fc.boolean(), again: fc.nat(4) }),
});

it("leaves what a model says, however many crashes there are in a row", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryStep, { minLength: 1, maxLength: 8 }), async (steps) => {
      const db = createFakeDatabase();
      let gateway = await takeOver(db);
      for (const { batch, crash } of steps) {
        ({ gateway } = await writeAndCrash(db, gateway, batch, crash));
      }
      await expectTidy(db);
    }),
    { numRuns: runs(15) },
  );
});
