/** Random batches over Redis against a Map, and a server that is killed in the middle of them. A test that fails tells its seed. */

import { afterEach, expect, it } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import type { Batch, PersistenceAdapter, RecordWrite } from "../../src/persist/adapter.ts";
import { createMemoryAdapter, type MemoryStore } from "../contract/memory-adapter.ts";
import { batch, openStore, readAdapter } from "../contract/redis-host.ts";
import { DURABLE, type RedisServer, startRedis } from "../contract/redis-server.ts";
import { describeWith, redisServer } from "../e2e/tools.ts";

/** Limits under which most random batches are large. */
const SMALL = {
  step: { operations: 7, units: 200 },
  stage: { operations: 12, units: 400 },
};

/** Limits under which a batch of some thousand operations takes a while. */
const MEDIUM = {
  step: { operations: 20, units: 10_000 },
  stage: { operations: 40, units: 10_000 },
};

type Random = () => number;

/** Numbers from 0 to 1 that a seed decides on (mulberry32). */
function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A test with a seed of its own, which is told when it fails. */
function withSeed(test: (random: Random) => Promise<void>): () => Promise<void> {
  return async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    try {
      await test(createRandom(seed));
    } catch (error) {
      throw new Error(`with seed ${seed}: ${String(error)}`, { cause: error });
    }
  };
}

/** A batch over `groups` groups of up to four records, with about `size` operations. */
function randomBatch(random: Random, groups: number, size: number): Batch {
  const pick = (count: number) => Math.floor(random() * count);
  const clear = new Set<string>();
  const records = new Map<string, RecordWrite>();
  for (let count = pick(size); count > 0; count--) {
    const group = `g${pick(groups)}`;
    const name = `n${pick(4)}`;
    const text = random() < 0.3 ? undefined : `${pick(1e9)}`.repeat(1 + pick(9));
    if (random() < 0.2) clear.add(group);
    else records.set(`${group} ${name}`, { group, name, text });
  }
  return batch({ wipe: random() < 0.1, clear: [...clear], records: [...records.values()] });
}

/** What a Map holds after a batch. */
async function applyTo(store: MemoryStore, changes: Batch): Promise<Record<string, string>> {
  const model = createMemoryAdapter({ store });
  await model.write(changes);
  return await readAdapter(model);
}

describeWith([redisServer], "random batches over Redis", () => {
  let server: RedisServer;
  let adapter: PersistenceAdapter | undefined;
  afterEach(async () => {
    await adapter?.close();
    await server.stop("SIGKILL");
  });

  it(
    "leave what they leave in a Map",
    withSeed(async (random) => {
      server = await startRedis("--appendonly", "no");
      const store: MemoryStore = new Map();
      let expected: Record<string, string> = {};
      for (let round = 0; round < 40; round++) {
        adapter = await openStore(server.url, { limits: SMALL });
        expect(await readAdapter(adapter), `round ${round}`).toEqual(expected);
        for (let count = Math.floor(random() * 12); count > 0; count--) {
          const changes = randomBatch(random, 20, random() < 0.5 ? 12 : 120);
          await adapter.write(changes);
          expected = await applyTo(store, changes);
        }
        // What is left to tidy is left to the next owner.
        await adapter.close();
      }
    }),
  );

  it(
    "are stored whole or not at all when the server is killed",
    withSeed(async (random) => {
      server = await startRedis(...DURABLE);
      let before: Record<string, string> = {};
      for (let round = 0; round < 14; round++) {
        adapter = await openStore(server.url, { limits: MEDIUM });
        expect(await readAdapter(adapter)).toEqual(before);
        const changes = randomBatch(random, 400, 3000);
        const after = await applyTo(toStore(before), changes);
        const writing = adapter.write(changes);
        const outcome: Promise<string> = Promise.resolve(writing)
          .then(() => "stored", (error) => error.outcome);
        await sleep(random() * 150);
        await server.stop("SIGKILL");
        await server.start();
        await adapter.close();
        adapter = await openStore(server.url);
        const found = await readAdapter(adapter);
        await adapter.close();
        const possible = { stored: [after], failed: [before] }[await outcome];
        expect(possible ?? [before, after], `round ${round}, ${await outcome}`)
          .toContainEqual(found);
        before = found;
      }
    }),
  );
});

function toStore(content: Record<string, string>): MemoryStore {
  return new Map(
    Object.entries(content).map(([id, text]) => {
      const [group = "", name = ""] = id.split("/");
      return [JSON.stringify([group, name]), { group, name, text }];
    }),
  );
}
