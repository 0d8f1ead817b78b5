/**
 * Which records the storage has to be told about. It is only remembered *what* was touched; what is to be stored of it is read from
 * memory when the batch is made (`batch-plan.ts`). So a batch carries the last state of each record once, however often it changed, and
 * what is owed since an earlier batch failed joins the next one by the same way.
 */

import type { Change, GroupChange } from "../store/change.ts";
import type { Store } from "../store/store.ts";
import { BatchPlan, type StoreReader } from "./batch-plan.ts";
import type { PlannedBatch, StoredForms } from "./stored-forms.ts";

/** A set of touched records. */
export class Touched {
  #wiped = false;
  /** The names of the touched families; mostly there was one change, which need not be asked for them. */
  readonly #groups = new Map<string, Set<string> | GroupChange>();

  /** Whether nothing was touched. */
  get isEmpty(): boolean {
    return !this.#wiped && this.#groups.size === 0;
  }

  /** Whether records of a group were touched. */
  touches(group: string): boolean {
    return this.#wiped || this.#groups.has(group);
  }

  /** Adds what a change of the store touched. */
  add(change: Change): void {
    if (change.kind === "none") return;
    if (change.kind === "wipe") {
      this.#wiped = true;
      this.#groups.clear();
      return;
    }
    const group = change.key.id;
    if (!this.#groups.has(group)) {
      this.#groups.set(group, change);
      return;
    }
    const names = this.#namesOf(group);
    for (const name of namesIn(change)) names.add(name);
  }

  /** Adds what another set has, as if it had been touched before what this one has. */
  addEarlier({ wiped, groups }: TouchedSnapshot): void {
    if (this.#wiped) return;
    this.#wiped = wiped;
    for (const [group, touched] of groups) {
      const names = this.#namesOf(group);
      for (const name of touched) names.add(name);
    }
  }

  /** What is in the set now, as it stays whatever is added later. */
  snapshot(): TouchedSnapshot {
    return {
      wiped: this.#wiped,
      groups: [...this.#groups].map(([group, touched]) => [group, [...namesIn(touched)]]),
    };
  }

  /** The batch that makes the storage hold of these records what the store holds. */
  toBatch(store: StoreReader, forms: StoredForms): PlannedBatch {
    const plan = new BatchPlan(store, forms, this.#wiped);
    for (const [group, touched] of this.#groups) plan.add(group, () => namesIn(touched));
    return plan.finish();
  }

  #namesOf(group: string): Set<string> {
    const touched = this.#groups.get(group);
    if (touched instanceof Set) return touched;
    const names = new Set(touched && namesIn(touched));
    this.#groups.set(group, names);
    return names;
  }
}

function namesIn(touched: Set<string> | GroupChange): Iterable<string> {
  if (touched instanceof Set) return touched;
  return touched.names ?? touched.families.map(({ name }) => name);
}

/** The content of a set of touched records. */
export interface TouchedSnapshot {
  /** Whether everything that is stored must go first. */
  readonly wiped: boolean;
  /** The names of the touched families of each group. */
  readonly groups: readonly (readonly [group: string, names: readonly string[]])[];
}

/** Everything that a store holds, for a storage of which nobody knows what it holds. */
export function touchAll(store: Pick<Store, "groups">): TouchedSnapshot {
  return {
    wiped: true,
    groups: store.groups().map((group) => [group.key.id, group.names()]),
  };
}
