import { describe, expect, it, vi } from "vitest";
import type { PersistenceAdapter, StoredRecord } from "../../src/persist/adapter.ts";
import { loadStore } from "../../src/persist/load.ts";
import { renderRecord } from "../../src/persist/record.ts";
import { createMemoryAdapter, type MemoryStore } from "../contract/memory-adapter.ts";
import { createMemoryLogger, createStore, scrape, seriesOf } from "../store/builders.ts";

function record(group: string, name: string, value = 1, pushedAt = 7): StoredRecord {
  const labels = [group === "" ? 'instance=""' : `instance="",${group}`];
  const family = { name, type: "gauge" as const, help: "", labels, samples: [value], pushedAt };
  return { group, name, text: renderRecord(family) };
}

/** A record of a whole group, with families that have records. */
function whole(...records: readonly StoredRecord[]): StoredRecord {
  const [{ group } = record("", "")] = records;
  return { group, name: "", text: `{${records.map(({ name, text }) => `"${name}":${text}`)}}` };
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
    expect([store.size, loaded.families, loaded.unreadable, logged]).toEqual([250, 250, 0, []]);
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
    expect(loaded).toMatchObject({ families: 1, unreadable: 2 });
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
    expect([store.size, loaded]).toMatchObject([1, { families: 1, unreadable: 1 }]);
    expect(logged).toMatchObject([{ fields: { group, name: "y", err: "not a grouping key" } }]);
  });

  it.each(["", 'a="\\"\\\\\\n,",job="ä💩"', '"a.b"="c",job="a"', 'instance="",job="a"'])(
    "takes a record of %j",
    async (group) => {
      const { store, loaded } = await load(storeOf(record(group, "x"), record(group, "y")));
      expect(loaded).toMatchObject({ families: 2, unreadable: 0 });
      expect(store.groups().map(({ key }) => key.id)).toEqual([group]);
    },
  );

  it("takes groups that are stored whole, beside others", async () => {
    const { store, logged, loaded } = await load(storeOf(
      whole(record('job="a"', "x", 1), record('job="a"', "__proto__", 2)),
      record('job="b"', "x", 3),
    ));
    expect(loaded).toMatchObject({ families: 3, unreadable: 0 });
    expect(scrape(store)).toBe(
      '# TYPE __proto__ gauge\n__proto__{instance="",job="a"} 2\n' +
        '# TYPE x gauge\nx{instance="",job="a"} 1\nx{instance="",job="b"} 3\n',
    );
    expect([loaded.forms.of('job="a"'), loaded.forms.of('job="b"'), logged])
      .toEqual(["whole", "unknown", []]);
  });

  it("leaves out of a group what cannot be read, and tells of each", async () => {
    const bad = { group: 'job="a"', name: "bad", text: "{}" };
    const { store, logged, loaded } = await load(storeOf(
      whole(record('job="a"', "x"), bad, record('job="a"', "")),
      { group: 'job="b"', name: "", text: "[" },
      { ...whole(record('job="a"', "x")), group: "nonsense" },
    ));
    expect(scrape(store)).toBe('# TYPE x gauge\nx{instance="",job="a"} 1\n');
    expect(loaded).toMatchObject({ families: 1, unreadable: 4 });
    expect(logged.map(({ msg }) => msg.split(" ")[2])).toEqual([
      "family",
      "family",
      "group",
      "group",
    ]);
    expect(logged.map(({ fields }) => [fields["group"], fields["name"], fields["err"]])).toEqual([
      ['job="a"', "bad", "unknown metric type"],
      ['job="a"', "", "no name"],
      ['job="b"', "", expect.stringMatching(/^no JSON: /)],
      ["nonsense", "", "not a grouping key"],
    ]);
  });

  it.each([false, true])(
    "takes a family's own record where a group is there in both forms (%s)",
    async (isFirst) => {
      const both = [whole(record('job="a"', "x", 1), record('job="a"', "y", 1))];
      both.splice(isFirst ? 0 : 1, 0, record('job="a"', "x", 2));
      const { store, loaded } = await load(storeOf(...both));
      expect(seriesOf(store)).toEqual(['x{instance="",job="a"} 2', 'y{instance="",job="a"} 1']);
      expect(loaded.forms.of('job="a"')).toBe("unknown");
    },
  );

  it.each<[how: string, order: readonly number[]]>([
    ["side by side", [0, 1, 2, 3]],
    ["side by side, families first", [1, 2, 0, 3]],
    ["apart", [0, 3, 1, 2]],
  ])("takes what was pushed last where a group is there in both forms: %s", async (_, order) => {
    const [a, b] = ['job="a"', 'job="b"'];
    const records = [
      whole(record(a, "x", 1, 8), record(a, "y", 1, 8)),
      record(a, "x", 2, 7),
      record(a, "y", 2, 9),
      whole({ ...record(b, "x", 3), group: b }),
    ];
    const { store, loaded } = await load(
      storeOf(...order.map((at) => records[at] as StoredRecord)),
    );
    expect(seriesOf(store).filter((line) => line.includes(a))).toEqual([
      'x{instance="",job="a"} 1',
      'y{instance="",job="a"} 2',
    ]);
    expect(loaded.forms.of(a)).toBe("unknown");
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
