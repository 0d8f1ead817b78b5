/**
 * What a batch does to each group that was touched, by what the store holds of it and by the form in which it is stored.
 *
 * A small group is written whole, whatever of it was touched. One that has become too large is cleared and its families are written; it
 * is written whole again when a push has replaced all of it by half of what would be too large.
 */

import { PUSH_FAILURE_TIME } from "../store/own-families.ts";
import type { Store } from "../store/store.ts";
import type { RecordWrite } from "./adapter.ts";
import { lengthInGroup, MAX_GROUP_LENGTH, renderGroup, renderSmallGroup } from "./group-record.ts";
import { renderRecord } from "./record.ts";
import type { Form, PlannedBatch, StoredForms } from "./stored-forms.ts";

/** What of a store is read to make a batch. */
export type StoreReader = Pick<Store, "has" | "family" | "familiesOf" | "countOf">;

/** A batch in the making. */
export class BatchPlan {
  readonly #store: StoreReader;
  readonly #forms: StoredForms;
  readonly #wipe: boolean;
  readonly #clear: string[] = [];
  readonly #records: RecordWrite[] = [];
  readonly #changes: (readonly [string, Form])[] = [];

  /**
   * Begins with nothing.
   *
   * @param wipe whether everything that is stored goes first.
   */
  constructor(store: StoreReader, forms: StoredForms, wipe: boolean) {
    this.#store = store;
    this.#forms = forms;
    this.#wipe = wipe;
  }

  /**
   * Adds a group.
   *
   * @param namesOf gives the names of its families that were touched, which may be there no more; most groups need none.
   */
  add(group: string, namesOf: () => Iterable<string>): void {
    const form = this.#wipe ? "whole" : this.#forms.of(group);
    if (!this.#store.has(group)) this.#remove(group, form);
    else if (form === "families") this.#addFamilies(group, namesOf());
    else this.#addAll(group, form);
  }

  /** What has come together. */
  finish(): PlannedBatch {
    const batch = { wipe: this.#wipe, clear: this.#clear, records: this.#records };
    return { batch, forms: this.#changes };
  }

  #remove(group: string, form: Form): void {
    if (this.#wipe) return;
    this.#clear.push(group);
    if (form !== "whole") this.#changes.push([group, "whole"]);
  }

  #addAll(group: string, form: Form): void {
    const records = renderGroup(group, this.#store.familiesOf(group));
    const next = records[0]?.name === "" ? "whole" : "families";
    if (next !== form) {
      if (!this.#wipe) this.#clear.push(group);
      this.#changes.push([group, next]);
    }
    for (const record of records) this.#records.push(record);
  }

  #addFamilies(group: string, names: Iterable<string>): void {
    const records = Array.from(names, (name): RecordWrite => {
      const family = this.#store.family(group, name);
      return { group, name, text: family === undefined ? undefined : renderRecord(family) };
    });
    const whole = this.#isSmallAgain(group, records)
      ? renderSmallGroup(group, this.#store.familiesOf(group))
      : undefined;
    if (whole === undefined) {
      for (const record of records) this.#records.push(record);
      return;
    }
    this.#clear.push(group);
    this.#changes.push([group, "whole"]);
    this.#records.push({ group, name: "", text: whole });
  }

  /**
   * Whether it is worth a look if the group can be written whole. It may turn out too long all the same: escaped, a name takes up to six
   * times its length. The failure time of a group is hardly ever touched, and is short.
   */
  #isSmallAgain(group: string, records: readonly RecordWrite[]): boolean {
    let length = group.length;
    let missing = this.#store.countOf(group);
    let hasFailureTime = false;
    for (const { name, text } of records) {
      if (text === undefined) continue;
      length += lengthInGroup(name, text);
      missing--;
      hasFailureTime ||= name === PUSH_FAILURE_TIME;
    }
    return length <= MAX_GROUP_LENGTH / 2 && missing <= (hasFailureTime ? 0 : 1);
  }
}
