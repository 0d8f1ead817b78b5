/**
 * Fills a store with what an adapter has stored. A record that cannot be read is logged and left where it is, so that nothing is
 * lost that somebody might still read; everything else is served.
 */

import type { Logger } from "../log/logger.ts";
import type { StoredFamily } from "../model/family.ts";
import { labelText, parseLabelText } from "../model/label.ts";
import type { Store } from "../store/store.ts";
import type { PersistenceAdapter, StoredRecord } from "./adapter.ts";
import { parseRecord } from "./record.ts";

/** What was loaded. */
export interface Loaded {
  /** Number of families. */
  readonly families: number;
  /** Number of records that could not be read. */
  readonly unreadable: number;
}

/** Loads everything. Rejects with a PersistenceError when the adapter cannot read at all. */
export async function loadStore(
  adapter: Pick<PersistenceAdapter, "load">,
  store: Pick<Store, "restore" | "restored">,
  logger: Logger,
): Promise<Loaded> {
  let families = 0;
  let unreadable = 0;
  const isGroupKey = createKeyCheck();
  // Most adapters yield what belongs to one group side by side, and to add it at once is cheaper.
  let group = "";
  let together: StoredFamily[] = [];
  const restoreTogether = (): void => {
    if (together.length > 0) store.restore(group, together);
    together = [];
  };
  for await (const piece of adapter.load()) {
    for (const record of piece) {
      if (record.group !== group) restoreTogether();
      group = record.group;
      try {
        together.push(readRecord(record, isGroupKey));
        families++;
      } catch (error) {
        unreadable++;
        const { name } = record;
        const err = error instanceof Error ? error.message : String(error);
        logger.error("a stored family cannot be read and is left out", { group, name, err });
      }
    }
  }
  restoreTogether();
  store.restored();
  return { families, unreadable };
}

function readRecord(
  { group, name, text }: StoredRecord,
  isGroupKey: (text: string) => boolean,
): StoredFamily {
  if (!isGroupKey(group)) throw new Error("not a grouping key");
  if (name === "") throw new Error("no name");
  return parseRecord(name, text);
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
