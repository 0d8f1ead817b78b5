/**
 * Batches that are too large for one commit. Such a batch is first written whole to a journal, in as many commits as it takes, under
 * `["narthex", "journal", id, chunk]`; then one commit writes into the `state` entry that this journal is complete, and with that
 * commit the batch is stored. Only then it is applied, again in several commits, and after that the journal is removed.
 *
 * Whoever finds a journal in `state`, after a crash or a failure, applies it once more: a batch says what its records are, not how
 * they change, so doing it twice or from the middle ends in the same. Chunks that `state` does not name are left of a batch that
 * never was stored.
 */

import { concatBytes } from "../decode/bytes.ts";
import { crc32c } from "../decode/crc32c.ts";
import type { Clock } from "../model/clock.ts";
import type { Batch } from "./adapter.ts";
import type { Kv, KvEntry, KvKey } from "./deno-kv-api.ts";
import { MAX_VALUE_BYTES, type Mutation, settle, splitCommits } from "./deno-kv-commit.ts";
import type { Lease } from "./deno-kv-lease.ts";

/** Where a batch is. */
export interface JournalRef {
  /** Tells its chunks from those of others. */
  readonly id: string;
  /** How many chunks there are. */
  readonly chunks: number;
  /** Checksum of all of them. */
  readonly checksum: number;
}

const JOURNAL = ["narthex", "journal"] as const;

/** Writes a batch to a journal, which counts for nothing until `state` names it. */
export async function writeJournal(lease: Lease, batch: Batch): Promise<JournalRef> {
  const bytes = new TextEncoder().encode(JSON.stringify(batch));
  const id = crypto.randomUUID();
  const chunks: Mutation[] = [];
  for (let at = 0; at < bytes.length; at += MAX_VALUE_BYTES) {
    const value = bytes.subarray(at, at + MAX_VALUE_BYTES);
    chunks.push({ key: [...JOURNAL, id, chunks.length], value });
  }
  for (const mutations of splitCommits(chunks)) await lease.commit(mutations);
  return { id, chunks: chunks.length, checksum: crc32c(bytes) };
}

/** Reads the batch of a journal; undefined when it is damaged. */
export async function readJournal(
  kv: Kv,
  clock: Clock,
  ref: JournalRef,
): Promise<Batch | undefined> {
  const chunks: Uint8Array[] = [];
  for await (const { value } of listPatiently(kv, clock, [...JOURNAL, ref.id])) {
    if (value instanceof Uint8Array) chunks.push(value);
  }
  const bytes = concatBytes(chunks);
  if (chunks.length !== ref.chunks || crc32c(bytes) !== ref.checksum) return undefined;
  return JSON.parse(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)) as Batch;
}

/** The deletions of a journal's chunks. */
export function deleteJournal({ id, chunks }: JournalRef): Mutation[] {
  return Array.from({ length: chunks }, (_, chunk) => ({ key: [...JOURNAL, id, chunk] }));
}

/** The deletions of all chunks there are. */
export async function deleteLeftovers(kv: Kv, clock: Clock): Promise<Mutation[]> {
  const mutations: Mutation[] = [];
  for await (const { key } of listPatiently(kv, clock, JOURNAL)) {
    mutations.push({ key: key as Mutation["key"] });
  }
  return mutations;
}

/** How many chunks are fetched at a time. */
const PAGE = 10;

/** Lists entries; gives up when the database does not answer, however many it has given before. */
async function* listPatiently(kv: Kv, clock: Clock, prefix: KvKey): AsyncGenerator<KvEntry> {
  const entries = kv.list({ prefix }, { batchSize: PAGE })[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await settle(clock, entries.next(), "failed");
    if (done) return;
    yield value;
  }
}
