/** An adapter that stores in a Map, for tests of the contract itself and of those who use it. It can be told to fail. */

import type {
  Batch,
  PersistenceAdapter,
  PersistenceError,
  StoredRecord,
} from "../../src/persist/adapter.ts";

/** What survives the adapter: hand it to the next one to reopen. */
export type MemoryStore = Map<string, StoredRecord>;

/** An adapter whose failures a test decides on. */
export interface MemoryAdapter extends PersistenceAdapter {
  /** Fails every write and probe while it is set; with `stores` the batch is stored all the same. */
  trouble: { readonly error: PersistenceError; readonly stores?: boolean } | undefined;
  /** The batches that were stored, in order. */
  readonly batches: Batch[];
}

/** How a memory adapter behaves. */
export interface MemoryOptions {
  /** What is stored already, and where changes go. */
  readonly store?: MemoryStore;
  /** Makes writes and probes resolve when this does; without it they are synchronous. */
  readonly wait?: () => Promise<void>;
}

/** Makes an adapter that stores in a Map. */
export function createMemoryAdapter(
  { store = new Map(), wait }: MemoryOptions = {},
): MemoryAdapter {
  const adapter: MemoryAdapter = {
    description: "memory",
    trouble: undefined,
    batches: [],
    async *load() {
      const records = [...store.values()];
      for (let at = 0; at < records.length; at += 100) yield records.slice(at, at + 100);
    },
    write: (batch) => wait === undefined ? settle(batch) : wait().then(() => settle(batch)),
    probe: () => wait === undefined ? fail() : wait().then(fail),
    size: () => undefined,
    close: () => Promise.resolve(),
  };
  return adapter;

  function fail(): void {
    if (adapter.trouble !== undefined) throw adapter.trouble.error;
  }

  function settle(batch: Batch): void {
    if (adapter.trouble === undefined || adapter.trouble.stores) storeBatch(store, batch);
    fail();
    adapter.batches.push(batch);
  }
}

function storeBatch(store: MemoryStore, { wipe, clear, records }: Batch): void {
  if (wipe) store.clear();
  const gone = new Set(clear);
  for (const [id, { group }] of store) if (gone.has(group)) store.delete(id);
  for (const { group, name, text } of records) {
    const id = JSON.stringify([group, name]);
    if (text === undefined) store.delete(id);
    else store.set(id, { group, name, text });
  }
}
