import { describe, expect, it, vi } from "vitest";
import type { PersistenceAdapter, StoredRecord } from "../../src/persist/adapter.ts";
import { loadStore } from "../../src/persist/load.ts";
import { renderRecord } from "../../src/persist/record.ts";
import { createMemoryAdapter, type MemoryStore } from "../contract/memory-adapter.ts";
import { createMemoryLogger, createStore, scrape } from "../store/builders.ts";

function record(group: string, name: string, value = 1): StoredRecord {
  const labels = [group === "" ? 'instance=""' : `instance="",${group}`];
  const family = { name, type: "gauge" as const, help: "", labels, samples: [value], pushedAt: 7 };
  return { group, name, text: renderRecord(family) };
}

function storeOf(...records: readonly StoredRecord[]): MemoryStore {
  return new Map(records.map((each, index) => [String(index), each]));
}

async function load(records: MemoryStore) {
  const { store } = createStore();
  const { logger, logged } = createMemoryLogger();
  const restored = vi.spyOn(store, "restored");
  const loaded = await loadStore(createMemoryAdapter({ store: records }), store, logger);
  expect(restored).toHaveBeenCalledOnce();
  return { store, logged, loaded };
}

describe("loadStore", () => {
  it("fills the store, piece by piece", async () => {
    const records = Array.from({ length: 250 }, (_, i) => record(`job="j${i}"`, "x", i));
    const { store, logged, loaded } = await load(storeOf(...records));
    expect([store.size, loaded, logged]).toEqual([250, { families: 250, unreadable: 0 }, []]);
    expect(scrape(store)).toContain('x{instance="",job="j249"} 249\n');
  });

  it("leaves out what cannot be read, tells of each, and leaves it stored", async () => {
    const records = storeOf(
      record('job="a"', "x"),
      { group: 'job="a"', name: "bad", text: '{"type":"gauge"' },
      { group: 'job="b"', name: "worse", text: "{}" },
    );
    const { store, logged, loaded } = await load(records);
    expect(scrape(store)).toBe('# TYPE x gauge\nx{instance="",job="a"} 1\n');
    expect(loaded).toEqual({ families: 1, unreadable: 2 });
    expect(logged).toEqual([
      ['job="a"', "bad", expect.stringMatching(/^no JSON: /)],
      ['job="b"', "worse", "unknown metric type"],
    ].map(([group, name, err]) => ({
      level: "error",
      msg: "a stored family cannot be read and is left out",
      fields: { group, name, err },
    })));
    expect(records.size).toBe(3);
  });

  it.each([
    "nonsense",
    'job="a',
    'job="a"x',
    'job="a",',
    'job="a" ',
    'job="b",a="1"',
    'job="a",job="b"',
    'job="a",job="a"',
    'a="\n",job="a"',
    "job=a",
    '"job"="a"',
  ])("leaves out a record of %j, which is no grouping key", async (group) => {
    const { store, logged, loaded } = await load(
      storeOf(record('job="a"', "x"), { ...record('job="a"', "y"), group }),
    );
    expect([store.size, loaded]).toEqual([1, { families: 1, unreadable: 1 }]);
    expect(logged).toMatchObject([{ fields: { group, name: "y", err: "not a grouping key" } }]);
  });

  it.each(["", 'a="\\"\\\\\\n,",job="ä💩"', '"a.b"="c",job="a"', 'instance="",job="a"'])(
    "takes a record of %j",
    async (group) => {
      const { store, loaded } = await load(storeOf(record(group, "x"), record(group, "y")));
      expect(loaded).toEqual({ families: 2, unreadable: 0 });
      expect(store.groups().map(({ key }) => key.id)).toEqual([group]);
    },
  );

  it("leaves out a family without a name", async () => {
    const { store, logged } = await load(storeOf(record('job="a"', "")));
    expect([store.size, logged[0]?.fields["err"]]).toEqual([0, "no name"]);
  });

  it("takes the last of two records of one family", async () => {
    const { store } = await load(storeOf(record('job="a"', "x", 1), record('job="a"', "x", 2)));
    expect(scrape(store)).toBe('# TYPE x gauge\nx{instance="",job="a"} 2\n');
  });

  it("fails when the adapter does", async () => {
    const adapter: PersistenceAdapter = {
      ...createMemoryAdapter(),
      load: async function* () {
        yield [record('job="a"', "x")];
        await Promise.resolve();
        throw new Error("disk on fire");
      },
    };
    const { store } = createStore();
    await expect(loadStore(adapter, store, createMemoryLogger().logger)).rejects
      .toThrow("disk on fire");
  });
});
