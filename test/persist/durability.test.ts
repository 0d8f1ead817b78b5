import { describe, expect, it } from "vitest";
import { type PersistenceAdapter, PersistenceError } from "../../src/persist/adapter.ts";
import { createDurability } from "../../src/persist/durability.ts";
import { renderRecord } from "../../src/persist/record.ts";
import { createMemoryAdapter } from "../contract/memory-adapter.ts";
import { createMemoryLogger, createStore, seriesOf, write } from "../store/builders.ts";
import { createFakeClock } from "../support/fake-clock.ts";

const STORED = {
  group: 'job="a"',
  name: "x",
  text: renderRecord({
    name: "x",
    type: "gauge",
    help: "",
    labels: ['instance="",job="a"'],
    samples: [1],
    pushedAt: 7,
  }),
};

const GAUGE = "# TYPE x gauge\nx 2\n";

/** Storage that opens when a test says so. */
function setUp(parts: Partial<PersistenceAdapter> = {}) {
  const { store } = createStore();
  const { logger, logged } = createMemoryLogger();
  const clock = createFakeClock();
  const closed: string[] = [];
  const memory = createMemoryAdapter({ store: new Map([["", STORED]]) });
  const adapter: PersistenceAdapter = {
    ...memory,
    size: () => 4096,
    close: () => {
      closed.push("closed");
      return Promise.resolve();
    },
    ...parts,
  };
  let open = (): void => {};
  let fail = (_: Error): void => {};
  const opened = new Promise<PersistenceAdapter>((resolve, reject) => {
    open = () => resolve(adapter);
    fail = reject;
  });
  const durability = createDurability({
    open: () => opened,
    store,
    clock,
    logger,
    defer: (work) => work(),
    observer: { committed: () => {}, failed: () => {}, health: () => {} },
    onLost: () => {},
  });
  return { durability, open, fail, store, clock, logged, closed, memory };
}

describe("createDurability", () => {
  it("loads, says so, and is ready then", async () => {
    const { durability, open, store, clock, logged } = setUp();
    expect([durability.isReady, durability.size()]).toEqual([false, undefined]);
    clock.stall(1500);
    open();
    await durability.ready;
    expect([durability.isReady, durability.size()]).toEqual([true, 4096]);
    expect(seriesOf(store)).toEqual(['x{instance="",job="a"} 1']);
    expect(logged).toEqual([{
      level: "info",
      msg: "stored metrics are loaded",
      fields: { storage: "memory", groups: 1, families: 1, seconds: "1.500" },
    }]);
  });

  it("tells how many records could not be read", async () => {
    const { durability, open, logged } = setUp({
      load: async function* () {
        await Promise.resolve();
        yield [STORED, { ...STORED, name: "y", text: "" }];
      },
    });
    open();
    await durability.ready;
    expect(logged.at(-1)?.fields).toMatchObject({ families: 1, unreadable: 1 });
  });

  it("does not fail where the storage cannot tell its size", async () => {
    const { durability, open } = setUp({
      size: () => {
        throw new Error("disk I/O error");
      },
    });
    open();
    await durability.ready;
    expect(durability.size()).toBeUndefined();
  });

  it("carries out writes that come early once everything is loaded", async () => {
    const { durability, open, store, memory } = setUp();
    const written = durability.write(write("PUT", "b", GAUGE));
    expect(store.size).toBe(0);
    open();
    expect((await written).refused).toBeUndefined();
    expect(seriesOf(store)).toEqual(['x{instance="",job="a"} 1', 'x{instance="",job="b"} 2']);
    expect(memory.batches).toHaveLength(1);
    await durability.write({ kind: "wipe" });
    expect(store.size).toBe(0);
  });

  it("stores a group whole that came family by family, once it is written to", async () => {
    const { durability, open, memory, store } = setUp();
    open();
    await durability.ready;
    await durability.write(write("POST", "a", "y 2\n"));
    const stored = [];
    for await (const piece of memory.load()) stored.push(...piece);
    expect(stored.map(({ group, name }) => [group, name])).toEqual([['job="a"', ""]]);
    expect(seriesOf(store)).toEqual(['x{instance="",job="a"} 1', 'y{instance="",job="a"} 2']);
    await durability.write(write("POST", "a", "y 3\n"));
    expect(memory.batches.map(({ clear }) => clear)).toEqual([['job="a"'], []]);
  });

  it("fails when the storage cannot be opened", async () => {
    const { durability, fail, closed } = setUp();
    const written = durability.write({ kind: "wipe" });
    fail(new PersistenceError("failed", "no such disk"));
    for (const promise of [durability.ready, written, durability.write({ kind: "wipe" })]) {
      await expect(promise).rejects.toMatchObject({ message: "no such disk", outcome: "failed" });
    }
    expect(durability.isReady).toBe(false);
    await durability.close();
    expect(closed).toEqual([]);
  });

  it("fails with a PersistenceError of one line, whatever the reason", async () => {
    const { durability, fail } = setUp();
    fail(new TypeError("no such\nthing"));
    await expect(durability.ready).rejects
      .toMatchObject({ name: "PersistenceError", message: "no such" });
  });

  it("fails when the storage cannot be read, and closes it", async () => {
    const { durability, open, closed } = setUp({
      // deno-lint-ignore require-yield -- it fails before
      load: async function* () {
        await Promise.resolve();
        throw new PersistenceError("failed", "unreadable");
      },
    });
    open();
    await expect(durability.ready).rejects.toThrow("unreadable");
    expect(durability.isReady).toBe(false);
    await durability.close();
    expect(closed).toEqual(["closed"]);
  });

  it("closes once everything is loaded and stored, however often it is told to", async () => {
    const { durability, open, memory, closed } = setUp();
    const written = durability.write(write("PUT", "b", GAUGE));
    const closing = [durability.close(), durability.close()];
    open();
    await Promise.all([...closing, durability.close()]);
    expect((await written).refused).toBeUndefined();
    expect(memory.batches).toHaveLength(1);
    expect(closed).toEqual(["closed"]);
  });
});
