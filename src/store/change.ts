/**
 * What goes into the store and what comes out of it: a write asks for something, a change tells what became of it, exactly
 * enough to store it elsewhere or to take it back.
 */

import type { GatewayError } from "../model/error.ts";
import type { PushedFamily, StoredFamily } from "../model/family.ts";
import type { GroupKey, PushKey } from "../model/group-key.ts";
import type { StoreState } from "./state.ts";

/** A push: PUT when `replace` is set, POST otherwise. */
export interface PushWrite {
  /** Tells the writes apart. */
  readonly kind: "push";
  /** The group. */
  readonly key: PushKey;
  /** The families in the body; may be none. */
  readonly families: Iterable<PushedFamily>;
  /** Whether the group's other families go away. */
  readonly replace: boolean;
  /** When it came, in milliseconds since the Unix epoch. */
  readonly at: number;
}

/** A write to the store. */
export type Write =
  | PushWrite
  | { readonly kind: "delete"; readonly key: Pick<GroupKey, "id"> }
  | { readonly kind: "wipe" };

/** One family before and after a write. */
export interface FamilyChange {
  /** Metric name. */
  readonly name: string;
  /** What the group held under that name before. */
  readonly before: StoredFamily | undefined;
  /** What it holds after. */
  readonly after: StoredFamily | undefined;
}

/** The families of one group that a write replaced, added or removed. */
export interface GroupChange {
  /** Tells the changes apart. */
  readonly kind: "group";
  /** The group. A group exists as long as it holds a family; its push time is one. */
  readonly key: GroupKey;
  /** Each family that changed. */
  readonly families: readonly FamilyChange[];
  /** Their names, where these are known without making the families. */
  readonly names?: readonly string[];
}

/** Everything is gone. */
export interface WipeChange {
  /** Tells the changes apart. */
  readonly kind: "wipe";
  /** What there was. */
  readonly previous: StoreState;
}

/** Nothing happened: what was to be deleted is not there. */
export interface NoChange {
  /** Tells the changes apart. */
  readonly kind: "none";
}

/** The effect of one write on the store. */
export type Change = GroupChange | WipeChange | NoChange;

/** What became of a write, for who asked for it. */
export interface Outcome {
  /** Why a push was refused. */
  readonly refused?: GatewayError;
}

/** What became of a write, for who has to store it or to take it back. */
export interface Applied extends Outcome {
  /** What it changed. A refused push still changes the failure time of its group. */
  readonly change: Change;
}
