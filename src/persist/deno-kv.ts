/**
 * The adapter for Deno KV: a SQLite file on Deno, the managed database on Deno Deploy. All it knows of either is the interface of
 * `Deno.Kv`, which it is handed.
 *
 * One record is one entry, or several where it is longer than a value may be (`deno-kv-record.ts`). What a batch changes is worked
 * out entry by entry (`deno-kv-plan.ts`). Nearly every batch fits into one commit of Deno KV (`deno-kv-commit.ts`), which is
 * atomic, and that is all there is to it. One that does not goes through a journal (`deno-kv-journal.ts`): stored whole first, made
 * valid by one commit, then applied. This also holds for a record of several parts, so that no part needs a generation of its own:
 * either all of them change in one commit, or the journal finishes what was begun. A wipe is one change of one entry; the records
 * are in an epoch that ends with it, and go in the background (`deno-kv-sweep.ts`).
 *
 * Only the owner can commit anything (`deno-kv-lease.ts`). What is current, and what is left to do after a crash, one entry says
 * (`deno-kv-store.ts`).
 *
 * What a commit promises: on Deno Deploy the database is FoundationDB, strongly consistent and replicated before it answers. The local
 * one is SQLite in WAL mode with `synchronous=FULL`, which Deno's build has by default: one fsync of the log a commit, before it
 * answers (seen with strace in Deno 2.9.5, and held by a test).
 */

import type { Batch, PersistenceAdapter } from "./adapter.ts";
import { PersistenceError, toPersistenceError } from "./adapter.ts";
import type { Kv } from "./deno-kv-api.ts";
import { claimLease, type LeaseHost } from "./deno-kv-lease.ts";
import { DenoKvStore } from "./deno-kv-store.ts";

/** What the adapter needs besides the database. */
export interface DenoKvHost extends LeaseHost {
  /** Bytes of the database, where that is known at no cost. */
  readonly size?: () => number | undefined;
}

/**
 * Makes an adapter over a database, which it owns from then on and closes at the end, also when this fails. Waits for the lease of an
 * owner who may be dead, which takes eleven seconds at most.
 *
 * @throws PersistenceError when somebody else owns the database, or when it cannot be read.
 */
export async function createDenoKvAdapter(kv: Kv, host: DenoKvHost): Promise<PersistenceAdapter> {
  const { description, clock, logger } = host;
  const lease = await claimLease(kv, host).catch((error) => {
    kv.close();
    throw error;
  });
  const store = new DenoKvStore({ kv, lease, description, clock, logger });
  const close = async () => {
    await store.close();
    await lease.release();
    try {
      kv.close();
    } catch (error) {
      logger.warn("cannot close the store", {
        store: description,
        err: toPersistenceError(error).message,
      });
    }
  };
  try {
    await store.open();
  } catch (error) {
    await close();
    throw toPersistenceError(error);
  }
  return createAdapter(store, host, close);
}

function createAdapter(
  store: DenoKvStore,
  { description, size }: DenoKvHost,
  release: () => Promise<void>,
): PersistenceAdapter {
  let underWay: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;
  /** Lets `close` wait for work that has begun, and refuses what would begin after. */
  const begin = (work: () => Promise<void>): Promise<void> => {
    if (closing !== undefined) {
      return Promise.reject(new PersistenceError("failed", `${description} is closed`));
    }
    const working = work();
    underWay = working.catch(() => {});
    return working;
  };
  return {
    description,
    load: () => store.load(),
    write: (batch: Batch) => begin(() => store.write(batch)),
    probe: () => begin(() => store.probe()),
    size: () => size?.(),
    close: () => closing ??= underWay.then(release),
  };
}
