/**
 * Fills a store with what an adapter has stored. What cannot be read of it is logged and left where it is until its group is pushed
 * to, so that nothing is lost that somebody might still read; everything else is served.
 */

import type { Logger } from "../log/logger.ts";
import type { StoredFamily } from "../model/family.ts";
import { labelText, parseLabelText } from "../model/label.ts";
import type { Store } from "../store/store.ts";
import type { PersistenceAdapter, StoredRecord } from "./adapter.ts";
import { kindOf, latestOf, type ReadFamily, readRecord } from "./group-record.ts";
import { FormFinder, type StoredForms } from "./stored-forms.ts";

/** What was loaded. */
export interface Loaded {
  /** Number of families. */
  readonly families: number;
  /** Number of families, and of groups of which nobody knows what they have, that could not be read. */
  readonly unreadable: number;
  /** In which form the groups are stored. */
  readonly forms: StoredForms;
}

/** Loads everything. Rejects with a PersistenceError when the adapter cannot read at all. */
export async function loadStore(
  adapter: Pick<PersistenceAdapter, "load">,
  store: Pick<Store, "restore" | "restored" | "family">,
  logger: Logger,
): Promise<Loaded> {
  let families = 0;
  let unreadable = 0;
  const isGroupKey = createKeyCheck();
  const forms = new FormFinder();
  // Most adapters yield what belongs to one group side by side, and to add it at once is cheaper.
  let group = "";
  let together: StoredFamily[] = [];
  const restoreTogether = (): void => {
    families += together.length;
    // No group should be there in both forms. One that was moved just before the store was damaged may be; then the later counts.
    if (forms.isMixed(group)) {
      const before = together.flatMap(({ name }) => store.family(group, name) ?? []);
      together = latestOf([...before, ...together]);
    }
    if (together.length > 0) store.restore(group, together);
    together = [];
  };
  for await (const piece of adapter.load()) {
    for (const record of piece) {
      if (record.group !== group) restoreTogether();
      group = record.group;
      const read = readFamilies(record, isGroupKey);
      const found = read.flatMap(({ family }) => family ?? []);
      // Of what was pushed at once, what has a record of its own counts.
      if (record.name === "") together.unshift(...found);
      else together.push(...found);
      unreadable += read.length - found.length;
      forms.add(record, found.length === read.length);
      if (found.length < read.length) report(logger, record, read);
    }
  }
  restoreTogether();
  store.restored();
  return { families, unreadable, forms: forms.finish() };
}

function readFamilies(record: StoredRecord, isGroupKey: (text: string) => boolean): ReadFamily[] {
  if (isGroupKey(record.group)) return readRecord(record);
  return [{ name: record.name, reason: "not a grouping key" }];
}

function report(
  logger: Logger,
  { group, name: recordName }: StoredRecord,
  read: readonly ReadFamily[],
): void {
  for (const each of read) {
    if (each.family !== undefined) continue;
    const { name, reason: err } = each;
    // Of a group that is no object nothing is known but that it is there.
    const kind = read.length === 1 && name === recordName ? kindOf(name) : "family";
    logger.error(`a stored ${kind} cannot be read and is left out`, { group, name, err });
  }
}

/**
 * Tells whether a text is the id of a grouping key. A group under any other text would be held under the id that its labels have,
 * and never be deleted from where it is stored. Records of one group mostly come one after the other.
 */
function createKeyCheck(): (text: string) => boolean {
  let last: string | undefined;
  return (text) => {
    if (text === last) return true;
    const labels = parseLabelText(text);
    if (labelText(labels) !== text) return false;
    for (let i = 2; i < labels.length; i += 2) {
      if ((labels[i - 2] as string) >= (labels[i] as string)) return false;
    }
    last = text;
    return true;
  };
}
