/**
 * Commits of Deno KV: what fits into one, and what is known when one fails.
 *
 * Limits: https://docs.deno.com/deploy/kv/transactions/ and, what that page leaves out, Deno's own checks (ext/kv): 1000 changes,
 * 800 KiB in all, in which the keys of what is set count twice, and 80 KiB of keys of what is set.
 */

import type { Clock } from "../model/clock.ts";
import { PersistenceError } from "./adapter.ts";
import type { Kv, KvAtomic, KvCheck, KvKey } from "./deno-kv-api.ts";

/** One change of one entry. */
export interface Mutation {
  /** Key of the entry. */
  readonly key: KvKey;
  /** What becomes its value; `undefined` deletes it. */
  readonly value?: unknown;
}

/** Bytes a value may have, with some to spare: the limit is 64 KiB. */
export const MAX_VALUE_BYTES = 60_000;

/**
 * What one commit may hold. The rest up to Deno's limits is for what is added to a commit of these: the check of the owner and the
 * entry that says what is current.
 */
const MAX_MUTATIONS = 990;
const MAX_COMMIT_BYTES = 790 * 1024;
const MAX_KEY_BYTES = 76 * 1024;

/** What values that are not bytes take at most: they are small objects of our own. */
const OBJECT_BYTES = 1024;

/** Distributes changes over as few commits as keep to the limits, in their order. None when there is nothing to change. */
export function splitCommits(mutations: readonly Mutation[]): Mutation[][] {
  const commits: Mutation[][] = [];
  let current: Mutation[] = [];
  let bytes = 0;
  let keyBytes = 0;
  for (const mutation of mutations) {
    const key = countKeyBytes(mutation.key);
    const sets = mutation.value !== undefined;
    const size = sets ? 2 * key + countValueBytes(mutation.value) : key;
    const fits = current.length < MAX_MUTATIONS && bytes + size <= MAX_COMMIT_BYTES &&
      keyBytes + key <= MAX_KEY_BYTES;
    if (current.length === 0 || !fits) {
      commits.push(current = []);
      bytes = keyBytes = 0;
    }
    current.push(mutation);
    bytes += size;
    if (sets) keyBytes += key;
  }
  return commits;
}

function countValueBytes(value: unknown): number {
  return value instanceof Uint8Array ? value.length : OBJECT_BYTES;
}

/** Bytes of a key as Deno encodes it: each part begins with its type, texts and bytes end with a NUL and have theirs doubled. */
function countKeyBytes(key: KvKey): number {
  let bytes = 0;
  for (const part of key) bytes += typeof part === "number" ? 9 : 2 + countPartBytes(part);
  return bytes;
}

function countPartBytes(part: string | Uint8Array): number {
  let bytes = 0;
  if (typeof part !== "string") {
    for (const byte of part) bytes += byte === 0 ? 2 : 1;
    return bytes;
  }
  for (let i = 0; i < part.length; i++) {
    const unit = part.charCodeAt(i);
    // The halves of a pair, of which the character takes four bytes, are counted as three each.
    bytes += unit === 0 ? 2 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
  }
  return bytes;
}

/**
 * How long to wait for an answer, in milliseconds: a bit longer than SQLite waits for the lock of its file, because its refusal says
 * for sure that nothing was stored.
 */
export const PATIENCE_MS = 6000;

/**
 * Commits, if `check` holds.
 *
 * @returns the new versionstamp, or undefined when the check does not hold and nothing was done.
 * @throws PersistenceError (`failed` or `unknown`).
 */
export async function commit(
  kv: Kv,
  clock: Clock,
  check: KvCheck,
  mutations: readonly Mutation[],
): Promise<string | undefined> {
  let sent: ReturnType<KvAtomic["commit"]>;
  try {
    const atomic = kv.atomic().check(check);
    for (const { key, value } of mutations) {
      if (value === undefined) atomic.delete(key);
      else atomic.set(key, value);
    }
    sent = atomic.commit();
  } catch (error) {
    throw explain(error, "failed");
  }
  const result = await settle(clock, sent, "unknown");
  return result.ok ? result.versionstamp : undefined;
}

/**
 * Waits for something that Deno KV does, but not longer than {@link PATIENCE_MS}.
 *
 * @param outcome what is known of the batch when there is no answer, or one that says nothing.
 * @throws PersistenceError.
 */
export function settle<T>(
  clock: Clock,
  promise: Promise<T>,
  outcome: "failed" | "unknown",
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = clock.every(PATIENCE_MS, () => {
      stop();
      reject(
        new PersistenceError(outcome, `no answer from Deno KV within ${PATIENCE_MS / 1000} s`),
      );
    });
    promise.then((value) => {
      stop();
      resolve(value);
    }, (error: unknown) => {
      stop();
      reject(explain(error, outcome));
    });
  });
}

/**
 * Errors after which nothing is stored: Deno's limits, refused before anything is sent, and what SQLite rolls back. Not among them is
 * SQLite's "disk I/O error", which may come after the whole commit is in its log.
 */
const NOTHING_STORED =
  /too large|too many|database is locked|disk is full|read-?only|malformed|not a database|are disabled|bad resource|requires .* access/i;

function explain(error: unknown, outcome: "failed" | "unknown"): PersistenceError {
  const text = error instanceof Error ? error.message : String(error);
  const message = text.split("\n", 1)[0] ?? "";
  return new PersistenceError(NOTHING_STORED.test(message) ? "failed" : outcome, message, error);
}
