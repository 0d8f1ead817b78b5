/**
 * What holds for every adapter, by the contract in src/persist/adapter.ts. An adapter's own test file calls {@link describeAdapter}
 * with a way to open it; each test gets a store of its own.
 */

import { afterEach, describe, expect, it } from "vitest";
import type { Batch, PersistenceAdapter, RecordWrite } from "../../src/persist/adapter.ts";

/** One store that can be opened again and again. */
export interface Harness {
  /** Opens the store. The adapter opened before is closed by then, but for the test that a second owner is refused. */
  open(): Promise<PersistenceAdapter>;
  /** Makes every write fail until the returned function is called, where a test can do that to this store. */
  breakWrites?(): Promise<() => Promise<void>>;
  /** Whether there can be a second owner, whom {@link Harness.open} must refuse while the first is there. */
  readonly refusesSecond?: boolean;
  /** Removes the store. */
  dispose(): Promise<void>;
}

/** Runs the contract over an adapter. */
export function describeAdapter(name: string, createHarness: () => Promise<Harness>): void {
  describe(`the contract: ${name}`, () => {
    const cleanups: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    });

    /** A store to work on. `reopen` closes the adapter and opens the store again. */
    async function start() {
      const harness = await createHarness();
      cleanups.push(() => harness.dispose());
      let adapter = await harness.open();
      cleanups.push(() => adapter.close());
      await readAll(adapter);
      return {
        harness,
        write: async (batch: Partial<Batch>) => await adapter.write({ ...EMPTY, ...batch }),
        probe: async () => await adapter.probe(),
        adapter: () => adapter,
        reopen: async () => {
          await adapter.close();
          adapter = await harness.open();
          return await readAll(adapter);
        },
      };
    }

    it("loads nothing from a new store", async () => {
      const { reopen } = await start();
      expect(await reopen()).toEqual(new Map());
    });

    it("loads what was written", async () => {
      const { write, reopen } = await start();
      await write({ records: [record("g1", "a", "1"), record("g1", "b", "2")] });
      await write({ records: [record("g2", "a", "3")] });
      expect(await reopen()).toEqual(stored(["g1", "a", "1"], ["g1", "b", "2"], ["g2", "a", "3"]));
      expect(await reopen()).toEqual(stored(["g1", "a", "1"], ["g1", "b", "2"], ["g2", "a", "3"]));
    });

    it("replaces and deletes records", async () => {
      const { write, reopen } = await start();
      await write({
        records: [record("g", "a", "1"), record("g", "b", "2"), record("g", "c", "3")],
      });
      await write({ records: [record("g", "a", "new"), record("g", "b", undefined)] });
      expect(await reopen()).toEqual(stored(["g", "a", "new"], ["g", "c", "3"]));
      await write({ records: [record("g", "never", undefined), record("none", "a", undefined)] });
      expect(await reopen()).toEqual(stored(["g", "a", "new"], ["g", "c", "3"]));
    });

    it("clears groups before it writes records", async () => {
      const { write, reopen } = await start();
      await write({
        records: [record("g", "a", "1"), record("g", "b", "2"), record("h", "a", "3")],
      });
      await write({ clear: ["g", "unknown"], records: [record("g", "c", "4")] });
      expect(await reopen()).toEqual(stored(["g", "c", "4"], ["h", "a", "3"]));
    });

    it("keeps the record of a whole group, which has no name, beside others", async () => {
      const { write, reopen } = await start();
      await write({ records: [record("g", "", "1"), record("h", "a", "2"), record("i", "", "3")] });
      expect(await reopen()).toEqual(stored(["g", "", "1"], ["h", "a", "2"], ["i", "", "3"]));
      await write({ records: [record("g", "", "new and longer"), record("i", "", undefined)] });
      expect(await reopen()).toEqual(stored(["g", "", "new and longer"], ["h", "a", "2"]));
      await write({ records: [record("h", "", undefined), record("none", "", undefined)] });
      expect(await reopen()).toEqual(stored(["g", "", "new and longer"], ["h", "a", "2"]));
    });

    it("stores a group in the other form once it is cleared", async () => {
      const { write, reopen } = await start();
      await write({
        records: [record("g", "", "1"), record("h", "a", "2"), record("h", "b", "3")],
      });
      await write({
        clear: ["g", "h"],
        records: [record("g", "a", "4"), record("g", "b", "5"), record("h", "", "6")],
      });
      expect(await reopen()).toEqual(stored(["g", "a", "4"], ["g", "b", "5"], ["h", "", "6"]));
      await write({ clear: ["g"], records: [record("g", "", "7")] });
      await write({ clear: ["h"] });
      expect(await reopen()).toEqual(stored(["g", "", "7"]));
      await write({ wipe: true, records: [record("h", "", "8")] });
      expect(await reopen()).toEqual(stored(["h", "", "8"]));
    });

    it("keeps whole groups of the length that they may have, under keys of any length", async () => {
      const { write, reopen } = await start();
      const text = "€".repeat(4000);
      const groups = ["g", `job="${"ä".repeat(150)}"`, `job="${"j".repeat(5000)}"`];
      await write({ records: groups.map((group) => record(group, "", text)) });
      expect(await reopen()).toEqual(
        stored(...groups.map((group): [string, string, string] => [group, "", text])),
      );
      await write({ clear: groups });
      expect(await reopen()).toEqual(new Map());
    });

    it("does not take one group for another that begins alike", async () => {
      const { write, reopen } = await start();
      const groups = ['job="a"', 'job="a",z="1"', 'job="a"x', 'job="', ""];
      await write({ records: groups.map((group) => record(group, "m", group)) });
      await write({ clear: ['job="a"'] });
      expect([...(await reopen()).values()].sort()).toEqual(groups.slice(1).sort());
    });

    it("wipes everything before it writes records", async () => {
      const { write, reopen } = await start();
      await write({ records: numbered(50) });
      await write({ wipe: true, records: [record("after", "a", "1")] });
      expect(await reopen()).toEqual(stored(["after", "a", "1"]));
      await write({ wipe: true });
      expect(await reopen()).toEqual(new Map());
      await write({ records: [record("again", "a", "1")] });
      expect(await reopen()).toEqual(stored(["again", "a", "1"]));
    });

    it("keeps any UTF-8 in keys, names and texts", async () => {
      const { write, reopen } = await start();
      const records = AWKWARD.flatMap((text) => [
        record(`job="${text}"`, "m", text),
        record(`whole="${text}"`, "", text),
        record("g", `n${text}`, text),
      ]);
      await write({ records });
      expect(await reopen()).toEqual(new Map(records.map((each) => [idOf(each), each.text])));
      await write({ records: records.map((each) => ({ ...each, text: undefined })) });
      expect(await reopen()).toEqual(new Map());
    });

    it.each(["m", ""])("keeps 10 000 groups with a record of the name '%s'", async (name) => {
      const { write, reopen } = await start();
      const records = numbered(10_000, name);
      await write({ records });
      await write({ clear: ["g7"], records: [record("g8", name, "changed")] });
      const loaded = await reopen();
      expect(loaded.size).toBe(9_999);
      expect(loaded.get(idOf(record("g8", name, "")))).toBe("changed");
      expect(loaded.get(idOf(record("g9999", name, "")))).toBe("value 9999");
      await write({ wipe: true });
      expect((await reopen()).size).toBe(0);
    });

    it("keeps records of 5 MB, grows and shrinks them", async () => {
      const { write, reopen } = await start();
      const large = "äb💩\0c".repeat(700_000);
      await write({ records: [record("g", "large", large), record("g", "small", "1")] });
      expect((await reopen()).get(idOf(record("g", "large", ""))) === large).toBe(true);
      await write({ records: [record("g", "large", "now small"), record("g", "small", large)] });
      const loaded = await reopen();
      expect(loaded.get(idOf(record("g", "large", "")))).toBe("now small");
      expect(loaded.get(idOf(record("g", "small", ""))) === large).toBe(true);
      await write({ clear: ["g"] });
      expect(await reopen()).toEqual(new Map());
    });

    it("settles a write that is under way when it is closed", async () => {
      const { adapter, reopen, write } = await start();
      const writing = write({ records: numbered(500) });
      await adapter().close();
      const outcome = await writing.then(() => "stored", () => "refused");
      expect((await reopen()).size).toBe(outcome === "stored" ? 500 : 0);
    });

    it("stores nothing that load would yield when it probes", async () => {
      const { write, probe, reopen } = await start();
      await write({ records: [record("g", "a", "1")] });
      await probe();
      await probe();
      expect(await reopen()).toEqual(stored(["g", "a", "1"]));
    });

    it("says what it is without line breaks", async () => {
      const { adapter } = await start();
      expect(adapter().description).toMatch(/^[^\n]+$/);
    });

    it("stores nothing of a batch that fails, and recovers", async ({ skip }) => {
      const { harness, write, probe, reopen } = await start();
      if (harness.breakWrites === undefined) return skip("this store cannot be made to fail here");
      await write({ records: [record("g", "a", "1")] });
      const mend = await harness.breakWrites();
      const batch = { clear: ["g"], records: [record("i", "", "3"), record("h", "b", "2")] };
      await expect(write(batch)).rejects.toMatchObject({ name: "PersistenceError" });
      await expect(probe()).rejects.toMatchObject({ name: "PersistenceError" });
      await mend();
      await probe();
      expect(await reopen()).toEqual(stored(["g", "a", "1"]));
      await write(batch);
      expect(await reopen()).toEqual(stored(["i", "", "3"], ["h", "b", "2"]));
    });

    it("refuses a second owner, and is free again once closed", async ({ skip }) => {
      const { harness, adapter, reopen } = await start();
      if (!harness.refusesSecond) return skip("there is nobody else who could open this store");
      await expect(harness.open()).rejects.toThrow();
      await adapter().close();
      expect(await reopen()).toEqual(new Map());
    });
  });
}

const EMPTY: Batch = { wipe: false, clear: [], records: [] };

const AWKWARD = [
  "",
  " ",
  "\0",
  "\n\r\t",
  '\\"',
  "/:*?[]{}^",
  "ä€💩",
  "\uffff",
  "\ud7ff\ue000",
  "%2F..",
  "é",
];

function record(group: string, name: string, text: string | undefined): RecordWrite {
  return { group, name, text };
}

function numbered(count: number, name = "m"): RecordWrite[] {
  return Array.from({ length: count }, (_, i) => record(`g${i}`, name, `value ${i}`));
}

function idOf({ group, name }: Pick<RecordWrite, "group" | "name">): string {
  return JSON.stringify([group, name]);
}

function stored(
  ...records: readonly [group: string, name: string, text: string][]
): Map<string, string> {
  return new Map(records.map(([group, name, text]) => [idOf({ group, name }), text]));
}

/** All records by group and name. */
export async function readAll(adapter: PersistenceAdapter): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for await (const piece of adapter.load()) {
    for (const { group, name, text } of piece) {
      expect(all.has(idOf({ group, name }))).toBe(false);
      all.set(idOf({ group, name }), text);
    }
  }
  return all;
}
