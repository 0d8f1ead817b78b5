/**
 * What a batch changes, entry by entry. For that it must be known what is there: which records a group has that is cleared, and how
 * many parts a record has that gets shorter. Asking the database before every push would double its time, so it is kept in mind:
 * the names and numbers of parts of every record that is stored or may be. Where an outcome is not known it names more than there
 * is, never less; to delete what is not there is no error.
 */

import type { Batch, StoredRecord } from "./adapter.ts";
import type { KvKey } from "./deno-kv-api.ts";
import type { Mutation } from "./deno-kv-commit.ts";
import { deleteParts, recordKey, writeParts } from "./deno-kv-record.ts";

/** What may be stored. */
export class Inventory {
  /** By group and name, the most parts that the record may have. */
  #groups = new Map<string, Map<string, number>>();
  /** One string for a name, however many groups have it. */
  #names = new Map<string, string>();

  /** How many parts of a record there may be at most. */
  parts(group: string, name: string): number {
    return this.#groups.get(group)?.get(name) ?? 0;
  }

  /** The names and most parts of a group's records. */
  group(group: string): Iterable<readonly [name: string, parts: number]> {
    return this.#groups.get(group) ?? [];
  }

  /** Notes that a record of so many parts may be stored now. */
  add(group: string, name: string, parts: number): void {
    this.#set(group, name, Math.max(parts, this.parts(group, name)));
  }

  /** Notes that a batch is stored: what it deletes is gone, and its records have the parts that `planned` says. */
  settle({ wipe, clear, records }: Batch, planned: Plan): void {
    if (wipe) this.#groups.clear();
    for (const group of clear) this.#groups.delete(group);
    records.forEach(({ group, name }, i) => this.#set(group, name, planned.parts[i] ?? 0));
  }

  #set(group: string, name: string, parts: number): void {
    const records = this.#groups.get(group);
    if (parts > 0) {
      if (records === undefined) this.#groups.set(group, new Map([[this.#intern(name), parts]]));
      else records.set(this.#intern(name), parts);
    } else if (records?.delete(name) && records.size === 0) this.#groups.delete(group);
  }

  #intern(name: string): string {
    const known = this.#names.get(name);
    if (known === undefined) this.#names.set(name, name);
    return known ?? name;
  }
}

/** What a batch does. */
export interface Plan {
  /** The changes; no entry is changed twice. */
  readonly mutations: readonly Mutation[];
  /** How many parts each record of the batch will have, in the order of the batch. */
  readonly parts: readonly number[];
}

/**
 * Works out what to change for a batch, and notes in `inventory` what may be stored from now on.
 *
 * @param epoch the epoch that the records will be in; of a batch that wipes, a new one.
 */
export async function planBatch(batch: Batch, epoch: number, inventory: Inventory): Promise<Plan> {
  const mutations = batch.wipe ? [] : await planClear(batch, epoch, inventory);
  const parts: number[] = [];
  for (const { group, name, text } of batch.records) {
    const pending = recordKey(epoch, group, name);
    const key: KvKey = pending instanceof Promise ? await pending : pending;
    const written = text === undefined
      ? []
      : writeParts(key, { group, name, text } as StoredRecord);
    const old = batch.wipe ? 0 : inventory.parts(group, name);
    mutations.push(...written, ...deleteParts(key, written.length, old));
    parts.push(written.length);
    inventory.add(group, name, written.length);
  }
  return { mutations, parts };
}

/** The deletions of groups that go, but for the records that come in their place. */
async function planClear(
  { clear, records }: Batch,
  epoch: number,
  inventory: Inventory,
): Promise<Mutation[]> {
  const mutations: Mutation[] = [];
  const replaced = new Map(clear.map((group) => [group, new Set<string>()]));
  for (const { group, name } of records) replaced.get(group)?.add(name);
  for (const [group, names] of replaced) {
    for (const [name, parts] of inventory.group(group)) {
      if (!names.has(name)) {
        mutations.push(...deleteParts(await recordKey(epoch, group, name), 0, parts));
      }
    }
  }
  return mutations;
}
