/**
 * The parts of `Deno.Kv` that are used here. Whoever has one hands it in, so that nothing below `runtime/` needs Deno, and a test
 * can be the database.
 *
 * Spec: https://docs.deno.com/api/deno/~/Deno.Kv
 */

/** A key: parts that are ordered one after the other. A prefix of it is a folder. */
export type KvKey = readonly (string | number | Uint8Array)[];

/** What stands under a key. */
export interface KvEntry {
  /** The key; its parts may be of other types when others wrote them. */
  readonly key: readonly unknown[];
  /** What was set. */
  readonly value: unknown;
  /** Changes with every change of the entry. */
  readonly versionstamp: string;
}

/** What stands under a key, or that nothing does. */
export type KvMaybeEntry = KvEntry | {
  /** The key that was asked for. */
  readonly key: readonly unknown[];
  /** Nothing. */
  readonly value: null;
  /** Nothing. */
  readonly versionstamp: null;
};

/** What an entry must look like for a commit to happen; `null` when there must be none. */
export interface KvCheck {
  /** Key of the entry. */
  readonly key: KvKey;
  /** Its versionstamp. */
  readonly versionstamp: string | null;
}

/** Changes that are made together, if all checks hold. */
export interface KvAtomic {
  /** Adds a check. */
  check(check: KvCheck): KvAtomic;
  /** Adds an entry to write. */
  set(key: KvKey, value: unknown): KvAtomic;
  /** Adds an entry to delete. */
  delete(key: KvKey): KvAtomic;
  /** Does it, unless a check fails. */
  commit(): Promise<{ readonly ok: true; readonly versionstamp: string } | { readonly ok: false }>;
}

/** Which entries to list: those below `prefix`, and of those the ones before `end`. */
export interface KvSelector {
  /** The beginning of their keys. */
  readonly prefix: KvKey;
  /** The first key that is not listed. */
  readonly end?: KvKey;
}

/** How to list. */
export interface KvListOptions {
  /** Most entries that are listed. */
  readonly limit?: number;
  /** How many are fetched at a time, at most 1000. */
  readonly batchSize?: number;
}

/** A database: `Deno.Kv`. */
export interface Kv {
  /** Reads up to ten entries in one snapshot. */
  getMany(keys: readonly KvKey[]): Promise<readonly KvMaybeEntry[]>;
  /** Lists entries in the order of their keys. Every page is a snapshot of its own. */
  list(selector: KvSelector, options?: KvListOptions): AsyncIterable<KvEntry>;
  /** Begins a commit. */
  atomic(): KvAtomic;
  /** Closes the database. */
  close(): void;
}
