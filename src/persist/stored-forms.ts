/**
 * In which form each group is stored (`group-record.ts`), so that a write replaces all of what is there and reads nothing first. Only
 * the exceptions are remembered; any other group is stored whole, or not at all, which makes no difference to a write.
 */

import type { Batch, StoredRecord } from "./adapter.ts";
import { lengthInGroup, MAX_GROUP_LENGTH } from "./group-record.ts";

/**
 * How a group is stored:
 *
 * - `whole`: as one record, or not at all.
 * - `families`: as a record for each of its families.
 * - `unknown`: in one form or the other, or in the one that it should not have.
 */
export type Form = "whole" | "families" | "unknown";

/** A batch, and the forms that differ once it is stored. */
export interface PlannedBatch {
  /** What is to be stored. */
  readonly batch: Batch;
  /** The forms that groups have then. */
  readonly forms: readonly (readonly [group: string, form: Form])[];
}

/** The forms of all groups. */
export class StoredForms {
  readonly #exceptions = new Map<string, Form>();

  /** The form of a group. */
  of(group: string): Form {
    return this.#exceptions.get(group) ?? "whole";
  }

  /** Takes note of the form of a group. */
  set(group: string, form: Form): void {
    if (form === "whole") this.#exceptions.delete(group);
    else this.#exceptions.set(group, form);
  }

  /** Takes note that a batch is stored. */
  settle({ batch, forms }: PlannedBatch): void {
    if (batch.wipe) this.#exceptions.clear();
    for (const [group, form] of forms) this.set(group, form);
  }

  /** Takes note that a batch may be stored or not. One that wipes is followed by another, before which forms are of no account. */
  doubt({ batch: { wipe, clear, records } }: PlannedBatch): void {
    if (wipe) return;
    for (const group of clear) this.set(group, "unknown");
    for (const { group } of records) this.set(group, "unknown");
  }
}

/** Finds out in which form groups are stored, from all records that are. */
export class FormFinder {
  readonly #whole = new Set<string>();
  /** The lengths of groups whose families have records, as if they were written whole; infinite where they must not be. */
  readonly #lengths = new Map<string, number>();

  /**
   * Takes note of a record.
   *
   * @param isRead whether it could be read; what could not be stays for as long as its group need not be cleared.
   */
  add({ group, name, text }: StoredRecord, isRead: boolean): void {
    if (name === "") {
      this.#whole.add(group);
      return;
    }
    const before = this.#lengths.get(group) ?? group.length;
    this.#lengths.set(group, isRead ? before + lengthInGroup(name, text) : Infinity);
  }

  /** Whether a group is there in both forms, as far as is known yet. */
  isMixed(group: string): boolean {
    return this.#lengths.has(group) && this.#whole.has(group);
  }

  /** The forms of all groups. One that could be stored whole is as good as unknown, so that the next write makes it so. */
  finish(): StoredForms {
    const forms = new StoredForms();
    for (const [group, length] of this.#lengths) {
      const isLarge = length > MAX_GROUP_LENGTH && !this.#whole.has(group);
      forms.set(group, isLarge ? "families" : "unknown");
    }
    return forms;
  }
}
