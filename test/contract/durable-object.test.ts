/** The contract over the storage of Durable Objects in workerd, each store an object of its own. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle, BUNDLES } from "../../scripts/bundle.ts";
import {
  type Batch,
  type PersistenceAdapter,
  PersistenceError,
} from "../../src/persist/adapter.ts";
import { type RunningWorker, startWorker } from "../runtime/workerd.ts";
import { describeAdapter } from "./suite.ts";

let worker: RunningWorker;
beforeAll(async () => {
  const options = { ...BUNDLES["worker.mjs"], entryPoints: ["test/contract/durable-object.ts"] };
  worker = await startWorker(await bundle(options));
});
afterAll(() => worker?.stop());

let objects = 0;

describeAdapter("Durable Object storage", () => {
  const store = createStore();
  let isOpen = false;
  return Promise.resolve({
    open: async () => {
      // What the object had in memory is gone, as after an eviction; only the storage is left.
      if (isOpen) await expect(store.ask("/abort")).rejects.toThrow();
      isOpen = true;
      await store.ask("/open");
      return store.adapter;
    },
    breakWrites: async () => {
      await store.ask("/break");
      return async () => void await store.ask("/mend");
    },
    dispose: () => Promise.resolve(),
  });
});

describe("Durable Object storage", () => {
  it("cuts records so that a row of any UTF-8 stays below 2 MB", async () => {
    const { ask, adapter } = createStore();
    const text = "€".repeat(1_300_000);
    await adapter.write(batchOf('job="€"', text));
    expect(await ask("/rows")).toEqual([600_000, 600_000, 100_000].map((length, part) => ({
      part,
      length,
    })));
  });

  it("says that nothing is stored of a record that no row can hold", async () => {
    const { ask, adapter } = createStore();
    const writing = adapter.write(batchOf("x".repeat(3_000_000), "1"));
    await expect(writing).rejects.toMatchObject({
      outcome: "failed",
      message: expect.stringMatching(/^Durable Object storage: .*too big/),
    });
    expect(await ask("/load")).toEqual([]);
  });

  it("tells the size of the database", async () => {
    const { ask } = createStore();
    expect(await ask("/size")).toBeGreaterThan(4096);
  });
});

function batchOf(group: string, text: string): Batch {
  return { wipe: false, clear: [], records: [{ group, name: "m", text }] };
}

/** A new object, and its adapter as seen from here. */
function createStore() {
  const object = `store ${++objects}`;
  const ask = async (path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(worker.url + path, {
      method: "POST",
      headers: { object },
      body: JSON.stringify(body ?? null),
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    const { message, outcome } = answer as PersistenceError;
    throw new PersistenceError(outcome, message);
  };
  const adapter: PersistenceAdapter = {
    description: "Durable Object storage",
    load: async function* () {
      yield await ask("/load") as [];
    },
    write: async (batch) => void await ask("/write", batch),
    probe: async () => void await ask("/probe"),
    size: () => undefined,
    close: async () => void await ask("/close"),
  };
  return { ask, adapter };
}
