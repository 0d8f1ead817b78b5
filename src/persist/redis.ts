/**
 * The adapter for Redis. A group is a hash of its records, of which a small group has one without a name, and a set names the groups:
 *
 * ```
 * redis-cli --raw HGETALL 'narthex:group:0:instance="",job="backup"'
 * ```
 *
 * `redis-scripts.ts` has the whole layout and what makes a batch atomic, `redis-lease.ts` who owns a store, `redis-settings.ts` what a
 * server must be told so that it keeps what it is given.
 */

import type { Logger } from "../log/logger.ts";
import type { Clock } from "../model/clock.ts";
import {
  type Batch,
  type PersistenceAdapter,
  PersistenceError,
  type StoredRecord,
} from "./adapter.ts";
import { encodeBatch, onlyDeletes, REDIS_LIMITS, type RedisLimits } from "./redis-batch.ts";
import type { LeaseOwner } from "./lease-owner.ts";
import { explainRedis, type RedisCommands } from "./redis-commands.ts";
import { claimStore } from "./redis-lease.ts";
import { loadRecords, type LoadSource } from "./redis-load.ts";
import { loadScripts } from "./redis-scripts.ts";
import { createSession } from "./redis-session.ts";
import { checkSettings } from "./redis-settings.ts";
import { createTidier, type Tidier } from "./redis-tidy.ts";

/** How an adapter for Redis works. */
export interface RedisOptions {
  /** What all keys begin with. Gateways that share a database need one each. */
  readonly prefix: string;
  /** Who this gateway is. */
  readonly owner: LeaseOwner;
  /** Whether an owner is known to be gone for good, so that its lease need not be waited for. */
  readonly isDead?: (owner: LeaseOwner) => boolean;
  /** Times the lease. */
  readonly clock: Clock;
  /** Hears of settings that are not safe, of other owners and of what is damaged. */
  readonly logger: Logger;
  /** Milliseconds that a lease lives. By default 10 seconds. */
  readonly leaseMs?: number;
  /** How much is done at once. */
  readonly limits?: RedisLimits;
}

const LEASE_MS = 10_000;
/** Milliseconds after which a batch that was staged and never made to count goes by itself. */
const STAGED_MS = 600_000;

/** A store that is ours, and what works on it. */
interface Store extends LoadSource {
  readonly tidier: Tidier;
  readonly limits: RedisLimits;
  /** Makes a key for the next large batch. */
  readonly nameJournal: () => string;
}

/**
 * Claims a store and makes an adapter over it. Closing the adapter closes `commands`, and so does a failure.
 *
 * @throws PersistenceError, in one line.
 */
export async function createRedisAdapter(
  commands: RedisCommands,
  options: RedisOptions,
): Promise<PersistenceAdapter> {
  try {
    return createAdapter(await openStore(commands, options));
  } catch (error) {
    commands.close();
    throw explainRedis(error, commands.description);
  }
}

async function openStore(commands: RedisCommands, options: RedisOptions): Promise<Store> {
  const { description } = commands;
  const { prefix, logger, owner, leaseMs = LEASE_MS, limits = REDIS_LIMITS } = options;
  const run = await loadScripts(commands, prefix);
  await checkSettings(commands, logger);
  const claim = await claimStore(run, { ...options, description, leaseMs });
  const session = createSession(run, claim, {
    ...options,
    description,
    leaseMs,
    onRenewed: () => tidier.resume(),
  });
  const tidier = createTidier(session, limits.step, description, logger);
  try {
    // Also without memory, so that what is stored can be served.
    await session.run("probe", [1]);
  } catch (error) {
    await session.release();
    throw error;
  }
  let journals = 0;
  const nameJournal = () => `${prefix}journal:${owner.token}:${claim.epoch}:${++journals}`;
  return { commands, session, prefix, logger, tidier, limits, nameJournal };
}

function createAdapter(store: Store): PersistenceAdapter {
  const { commands, session, tidier } = store;
  const { description } = commands;
  let underWay: Promise<void> | undefined;
  let closing: Promise<void> | undefined;

  function settle(work: () => Promise<void>): Promise<void> {
    if (closing !== undefined) {
      return Promise.reject(new PersistenceError("failed", `${description} is closed`));
    }
    const working = work();
    underWay = working.catch(() => {});
    return working;
  }

  async function close(): Promise<void> {
    await Promise.all([underWay, tidier.close()]);
    await session.release();
    commands.close();
  }

  return {
    description,
    load: () => load(store),
    write: (batch) => settle(() => writeBatch(store, batch)),
    probe: () => settle(async () => void await session.run("probe", [0])),
    size: () => undefined,
    close: () => closing ??= close(),
  };
}

async function* load(store: Store): AsyncGenerator<readonly StoredRecord[]> {
  try {
    await store.tidier.finish();
    yield* loadRecords(store);
    // Who lost the store meanwhile has read a mixture.
    await store.session.run("renew", []);
  } catch (error) {
    throw explainRedis(error, store.commands.description);
  }
}

async function writeBatch(store: Store, batch: Batch): Promise<void> {
  const { session, tidier, limits } = store;
  const wipes = batch.wipe ? 1 : 0;
  const frees = onlyDeletes(batch) ? 1 : 0;
  const [first = [], second] = encodeBatch(batch, limits.step);
  if (second === undefined) {
    tidier.note(await session.commit("write", [wipes, frees, ...first]));
    return;
  }
  const pieces = encodeBatch(batch, limits.stage);
  if (!batch.wipe) await asFailed(tidier.finish());
  const journal = store.nameJournal();
  await asFailed(stage(store, journal, [wipes, frees], pieces));
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  tidier.note(await session.commit("commit", [wipes, journal, length]));
}

async function stage(
  { session, commands }: Store,
  journal: string,
  flags: readonly number[],
  pieces: readonly (readonly string[])[],
): Promise<void> {
  try {
    for (const piece of pieces) {
      await session.run("stage", [journal, ...flags, STAGED_MS, ...piece]);
    }
  } catch (error) {
    // It would go by itself, later; whether this succeeds makes no difference.
    commands.send(["UNLINK", journal]).catch(() => {});
    throw error;
  }
}

/** What fails before a batch counts leaves nothing of it, however it failed. */
async function asFailed(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof PersistenceError) || error.outcome !== "unknown") throw error;
    throw new PersistenceError("failed", error.message);
  }
}
