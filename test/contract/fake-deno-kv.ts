/**
 * Deno KV in memory, for every runtime: keys in Deno's order, versionstamps, checks, pages that are snapshots of their own, and the
 * limits of a commit to the byte. A test decides what becomes of a commit.
 *
 * Spec of keys and limits: denoland/denokv, proto/codec.rs and proto/limits.rs; ext/kv of Deno 2.9.
 */

import { serialize } from "node:v8";
import type {
  Kv,
  KvAtomic,
  KvCheck,
  KvEntry,
  KvKey,
  KvListOptions,
  KvMaybeEntry,
  KvSelector,
} from "../../src/persist/deno-kv-api.ts";

/** A commit that is about to happen. */
export interface FakeCommit {
  /** What it checks. */
  readonly checks: readonly KvCheck[];
  /** What it changes. */
  readonly changes: readonly FakeChange[];
}

/** One change of a commit. */
export interface FakeChange {
  /** Key of the entry. */
  readonly key: KvKey;
  /** What is set; undefined deletes. */
  readonly value: unknown;
}

/**
 * What becomes of a commit: `do` it; throw an `error` without doing it; do it and throw (`deaf`); never answer (`hang`), and do it
 * only when {@link FakeDatabase.arrive} is called; do it twice and answer the second time (`again`), as a client does that lost the
 * first answer and sent it once more.
 */
export type Fate = "do" | "deaf" | "hang" | "again" | { readonly error: string };

/** What several processes share. */
export interface FakeDatabase {
  /** Opens it once more, as another process would. */
  open(): Kv;
  /** Decides what becomes of a commit; all are done by default. */
  decide: (commit: FakeCommit) => Fate;
  /** Whether reads never answer. */
  isMute: boolean;
  /** Lets the commits happen that were left hanging, in their order. */
  arrive(): void;
  /** Every entry, in order. */
  entries(): KvEntry[];
  /** Changes an entry behind everybody's back; undefined deletes it. */
  tamper(key: readonly unknown[], value: unknown): void;
}

const MAX_KEY = 2048;
const MAX_VALUE = 65_536;
const MAX_CHECKS = 100;
const MAX_CHANGES = 1000;
const MAX_TOTAL = 819_200;
const MAX_TOTAL_KEYS = 81_920;

/** Makes an empty database. */
export function createFakeDatabase(): FakeDatabase {
  const stored = new Map<string, KvEntry>();
  const hanging: FakeCommit[] = [];
  /** All keys in order, and perhaps some that are gone; undefined when keys were added. */
  let sorted: string[] | undefined;
  let version = 0;

  const db: FakeDatabase = {
    decide: () => "do",
    isMute: false,
    arrive: () => hanging.splice(0).forEach(perform),
    entries: () => [...ordered()].flatMap((id) => stored.get(id) ?? []),
    tamper: (key, value) => change(key as KvKey, value, nextVersion()),
    open: () => open(),
  };
  return db;

  function ordered(): readonly string[] {
    return sorted ??= [...stored.keys()].sort();
  }

  function nextVersion(): string {
    version += 1 + version % 3;
    return version.toString(16).padStart(16, "0") + "0000";
  }

  function change(key: KvKey, value: unknown, versionstamp: string): void {
    const id = encodeKey(key);
    if (value === undefined) {
      stored.delete(id);
      return;
    }
    if (!stored.has(id)) sorted = undefined;
    stored.set(id, { key, value, versionstamp });
  }

  function perform({ checks, changes }: FakeCommit): string | undefined {
    const holds = checks.every(({ key, versionstamp }) =>
      (stored.get(encodeKey(key))?.versionstamp ?? null) === versionstamp
    );
    if (!holds) return undefined;
    const versionstamp = nextVersion();
    for (const { key, value } of changes) change(key, value, versionstamp);
    return versionstamp;
  }

  async function settle(commit: FakeCommit): ReturnType<KvAtomic["commit"]> {
    checkLimits(commit);
    const fate = db.decide(commit);
    await Promise.resolve();
    if (typeof fate === "object") throw new TypeError(fate.error);
    if (fate === "hang") {
      hanging.push(commit);
      return await new Promise(() => {});
    }
    if (fate === "again") perform(commit);
    const versionstamp = perform(commit);
    if (fate === "deaf") throw new Error("connection reset");
    return versionstamp === undefined ? { ok: false } : { ok: true, versionstamp };
  }

  function open(): Kv {
    let isOpen = true;
    const checkOpen = () => {
      if (!isOpen) throw new Error("Bad resource ID");
    };
    return {
      getMany: async (keys) => {
        checkOpen();
        if (db.isMute) return await new Promise(() => {});
        await Promise.resolve();
        return keys.map((key): KvMaybeEntry =>
          stored.get(encodeKey(key)) ?? { key, value: null, versionstamp: null }
        );
      },
      list: (selector, options) => list(selector, options, checkOpen),
      atomic: () => {
        checkOpen();
        return createAtomic(settle);
      },
      close: () => {
        checkOpen();
        isOpen = false;
      },
    };
  }

  async function* list(
    { prefix, end }: KvSelector,
    { limit = Infinity, batchSize = 100 }: KvListOptions = {},
    checkOpen: () => void,
  ): AsyncGenerator<KvEntry> {
    let from = encodeKey(prefix) + "\0";
    const to = end === undefined ? encodeKey(prefix) + "\xff" : encodeKey(end);
    for (let left = limit; left > 0;) {
      checkOpen();
      if (db.isMute) await new Promise(() => {});
      await Promise.resolve();
      const page = readPage(from, to, Math.min(left, batchSize));
      for (const [, entry] of page) yield entry;
      if (page.length < batchSize) return;
      left -= page.length;
      from = (page.at(-1)?.[0] ?? "") + "\0";
    }
  }

  function readPage(from: string, to: string, size: number): [string, KvEntry][] {
    const keys = ordered();
    const page: [string, KvEntry][] = [];
    for (let i = firstAtLeast(keys, from); i < keys.length && page.length < size; i++) {
      const id = keys[i] ?? "";
      if (id >= to) break;
      const entry = stored.get(id);
      if (entry !== undefined) page.push([id, entry]);
    }
    return page;
  }
}

function firstAtLeast(sorted: readonly string[], key: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function createAtomic(settle: (commit: FakeCommit) => ReturnType<KvAtomic["commit"]>): KvAtomic {
  const checks: KvCheck[] = [];
  const changes: FakeChange[] = [];
  const atomic: KvAtomic = {
    check: (check) => (checks.push(check), atomic),
    set: (key, value) => (changes.push({ key, value: copy(value) }), atomic),
    delete: (key) => (changes.push({ key, value: undefined }), atomic),
    commit: () => settle({ checks, changes }),
  };
  return atomic;
}

/** As it is when it is set: not what becomes of it later, and of a view not all that is behind it. */
function copy(value: unknown): unknown {
  return value instanceof Uint8Array ? value.slice() : structuredClone(value);
}

/** Throws what Deno throws; and for what no adapter should do: to change an entry twice, whatever the order then is. */
function checkLimits({ checks, changes }: FakeCommit): void {
  if (checks.length > MAX_CHECKS) throw new TypeError(`Too many checks (max ${MAX_CHECKS})`);
  if (changes.length > MAX_CHANGES) {
    throw new TypeError(`Too many mutations (max ${MAX_CHANGES})`);
  }
  let total = 0;
  let totalKeys = 0;
  for (const { key } of [...checks, ...changes]) total += keySize(key);
  for (const { key, value } of changes) {
    if (value === undefined) continue;
    total += keySize(key) + valueSize(value);
    totalKeys += keySize(key);
  }
  if (total > MAX_TOTAL) {
    throw new TypeError(`Total mutation size too large (max ${MAX_TOTAL} bytes)`);
  }
  if (totalKeys > MAX_TOTAL_KEYS) {
    throw new TypeError(`Total key size too large (max ${MAX_TOTAL_KEYS} bytes)`);
  }
  const ids = new Set(changes.map(({ key }) => encodeKey(key)));
  if (ids.size !== changes.length) throw new Error("a commit changes an entry twice");
}

function keySize(key: KvKey): number {
  const size = encodeKey(key).length;
  if (size > MAX_KEY) throw new TypeError(`Key too large for write (max ${MAX_KEY} bytes)`);
  return size;
}

function valueSize(value: unknown): number {
  const size = value instanceof Uint8Array ? value.length : serialize(value).length;
  if (size > MAX_VALUE) throw new TypeError(`Value too large (max ${MAX_VALUE} bytes)`);
  return size;
}

const encoded = new WeakMap<KvKey, string>();

/** A key as bytes whose order is that of keys, each byte one character. */
function encodeKey(key: KvKey): string {
  let id = encoded.get(key);
  if (id === undefined) encoded.set(key, id = encodeParts(key));
  return id;
}

function encodeParts(key: KvKey): string {
  return key.map((part) => {
    if (typeof part === "number") return "\x21" + encodeNumber(part);
    if (part instanceof Uint8Array) return "\x01" + escape(part) + "\0";
    return "\x02" + (isPlain(part) ? part : escape(encoder.encode(part))) + "\0";
  }).join("");
}

const encoder = new TextEncoder();

/** Whether a text is the same as bytes. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

function escape(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte === 0 ? "\0\xff" : String.fromCharCode(byte);
  return text;
}

function encodeNumber(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  view.setBigUint64(0, bits >> 63n === 1n ? ~bits : bits | 1n << 63n);
  return String.fromCharCode(...new Uint8Array(view.buffer));
}
