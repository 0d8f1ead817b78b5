/**
 * A group and its families as the store holds them.
 */

import type { StoredFamily } from "../model/family.ts";
import type { GroupKey } from "../model/group-key.ts";
import type { Block } from "./blocks.ts";

/** One group. It exists as long as it holds a family. */
export interface Group {
  /** Its grouping key. */
  readonly key: GroupKey;
  /** Its families by name. */
  readonly slots: Map<string, Slot>;
}

/** The place of one family in one group: families are swapped in it. */
export interface Slot {
  /** The group. */
  readonly group: Group;
  /** What the group holds now. */
  family: StoredFamily;
  /** The block in which the family is rendered; kept here so that a swap need not search for it. */
  block: Block | undefined;
}
