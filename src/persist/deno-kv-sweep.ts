/**
 * Deletes what a wipe left behind. A wipe begins a new epoch, which is one commit however much was stored; the records of older
 * epochs are not read any more, and go little by little in the background while pushes go on.
 */

import type { Logger } from "../log/logger.ts";
import type { Clock } from "../model/clock.ts";
import { toPersistenceError } from "./adapter.ts";
import type { Kv } from "./deno-kv-api.ts";
import { type Mutation, settle, splitCommits } from "./deno-kv-commit.ts";
import type { Lease } from "./deno-kv-lease.ts";
import { FAMILIES } from "./deno-kv-record.ts";

/** Deletes older epochs in the background. */
export interface Sweeper {
  /** Begins to delete everything before `epoch`. */
  start(epoch: number): void;
  /** Resolves when it is at rest; what is left is for the next start. */
  stop(): Promise<void>;
}

/** How much goes at a time: little, as a push may wait for it. */
const PAGE = 250;

/** Makes a sweeper at rest. */
export function createSweeper(kv: Kv, lease: Lease, clock: Clock, logger: Logger): Sweeper {
  let end = 0;
  let isStopped = false;
  let sweeping: Promise<void> | undefined;

  async function sweep(): Promise<void> {
    try {
      while (!isStopped) {
        const page = await settle(clock, readPage(kv, end), "failed");
        if (page.length === 0) return;
        for (const mutations of splitCommits(page)) await lease.commit(mutations);
      }
    } catch (error) {
      logger.warn("cannot delete what was wiped; it is tried again at the next wipe or start", {
        err: toPersistenceError(error).message,
      });
    }
  }

  return {
    start: (epoch) => {
      end = epoch;
      sweeping ??= sweep().finally(() => sweeping = undefined);
    },
    stop: async () => {
      isStopped = true;
      await sweeping;
    },
  };
}

async function readPage(kv: Kv, end: number): Promise<Mutation[]> {
  const page: Mutation[] = [];
  const selector = { prefix: FAMILIES, end: [...FAMILIES, end] };
  for await (const { key } of kv.list(selector, { limit: PAGE, batchSize: PAGE })) {
    page.push({ key: key as Mutation["key"] });
  }
  return page;
}
