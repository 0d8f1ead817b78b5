/**
 * The in-memory truth. It is synchronous and has a single writer: `apply` never awaits, is atomic, and returns a change that can
 * be undone, so that whoever makes changes durable can take back the ones that did not become so.
 *
 * Changes are undone in reverse order: the store does not remember what came after them.
 */

import type { Logger } from "../log/logger.ts";
import type { GatewayError } from "../model/error.ts";
import { findInconsistencies, type Inconsistency } from "../validate/consistency.ts";
import type { StoredFamily } from "../model/family.ts";
import { createGroupKey } from "../model/group-key.ts";
import { parseLabelText } from "../model/label.ts";
import type { Format } from "../render/format.ts";
import type {
  Applied,
  Change,
  FamilyChange,
  GroupChange,
  NoChange,
  Outcome,
  PushWrite,
  Write,
} from "./change.ts";
import type { OwnFamilies } from "./own-families.ts";
import { type GatherOptions, gatherScrape, type Scrape } from "./gather.ts";
import {
  acceptedChanges,
  assertNewKey,
  findTimestamp,
  refusal,
  refusedChanges,
  sanitizePush,
} from "./push.ts";
import type { Group } from "./group.ts";
import { learnPush, repeatPush } from "./repeat.ts";
import { findSuspects, shareKept } from "./restore.ts";
import { StoreSurroundings } from "./surroundings.ts";
import { StoreState } from "./state.ts";

/** What a store is made with. */
export interface StoreOptions {
  /** Whether a push that would make the scrape inconsistent is refused. */
  readonly checkConsistency: boolean;
  /** Types and help texts of the gateway's own families; a push may add series to them but not contradict them. */
  readonly own: OwnFamilies;
  /** Where differing help texts are reported. */
  readonly logger: Logger;
}

const ACCEPTED: Outcome = {};

/** Holds all groups. */
export class Store {
  readonly #options: StoreOptions;
  #state = new StoreState();

  /** Makes an empty store. */
  constructor(options: StoreOptions) {
    this.#options = options;
  }

  /** How many groups there are. */
  get size(): number {
    return this.#state.groups.size;
  }

  /** All groups, ordered by their key. */
  groups(): Group[] {
    const all = Array.from(this.#state.groups.values(), (group) => ({ group, id: group.id }));
    return all.sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ group }) => group);
  }

  /** Whether there is a group with this key. */
  has(groupId: string): boolean {
    return this.#state.groups.has(groupId);
  }

  /** The family of a name in a group. */
  family(groupId: string, name: string): StoredFamily | undefined {
    return this.#state.groups.get(groupId)?.family(name);
  }

  /** How many families a group has; 0 when it is not there. */
  countOf(groupId: string): number {
    return this.#state.groups.get(groupId)?.size ?? 0;
  }

  /** All families of a group; none when it is not there. */
  familiesOf(groupId: string): readonly StoredFamily[] {
    return this.#state.groups.get(groupId)?.families() ?? [];
  }

  /**
   * Adds families that were stored elsewhere; what the group holds under their names is replaced. Nothing is checked:
   * {@link Store.restored} must follow once all are added.
   *
   * @param groupId the label text of the group's key.
   */
  restore(groupId: string, families: readonly StoredFamily[]): void {
    const state = this.#state;
    const key = state.groups.get(groupId)?.key ??
      state.keyOf(createGroupKey(parseLabelText(groupId)));
    const changes = families.map((family): FamilyChange => ({
      name: family.name,
      before: undefined,
      after: shareKept(state, family),
    }));
    state.redo(key, changes);
  }

  /**
   * Finds what cannot be exposed together among the families that were restored: they may stem from a time when the check was
   * disabled. It looks at all names, but only at those in doubt series by series.
   */
  restored(): void {
    this.#mark(findSuspects(this.#state, this.#options.own));
  }

  /**
   * Carries out a write.
   *
   * @returns what it changed and, for a push that was refused, why. A refused push changes nothing but its group's failure time.
   * @throws GatewayError (malformed) when a push would bring a group into being that repeats another one; nothing is changed.
   */
  apply(write: Write): Applied {
    if (write.kind === "push") {
      const change = this.#repeat(write, true);
      return typeof change === "object" ? { change } : this.#push(write);
    }
    if (write.kind === "delete") return { change: this.#delete(write.key.id) };
    const previous = this.#state;
    this.#state = new StoreState();
    return { change: { kind: "wipe", previous } };
  }

  /**
   * As {@link Store.apply} for who neither stores the change nor takes it back: of most pushes none is made.
   */
  accept(write: Write): Outcome {
    if (write.kind !== "push") return this.apply(write);
    return this.#repeat(write, false) ? ACCEPTED : this.#push(write);
  }

  /** Takes back the latest change that was not taken back yet. */
  undo(change: Change): void {
    if (change.kind === "wipe") this.#state = change.previous;
    else if (change.kind === "group") this.#undoGroup(change);
  }

  /** Assembles a scrape of everything held. Nothing in it may be modified. */
  gather(format: Format, options: GatherOptions): Scrape {
    const state = this.#state;
    return state.withIds(() => gatherScrape(state, this.#options.own, format, options));
  }

  /** Carries out a push that brings its group nothing but other numbers. Returns whether it is one and, if asked for, the change. */
  #repeat(write: PushWrite, isChangeWanted: boolean): GroupChange | boolean {
    const number = this.#state.groups.numberOf(write.key.id);
    if (number < 0 || (this.#options.checkConsistency && this.#state.isSuspect)) return false;
    return repeatPush(this.#state, number, write, isChangeWanted);
  }

  #push(write: PushWrite): Applied {
    const { checkConsistency, own } = this.#options;
    assertNewKey(this.#state, write);
    const push = sanitizePush(this.#state, write);
    let refused: GatewayError | undefined = findTimestamp(write);
    let reasons: readonly Inconsistency[] = [];
    if (refused === undefined) {
      const around = new StoreSurroundings(this.#state, push, write, own);
      reasons = findInconsistencies(push, around, !checkConsistency);
      if (checkConsistency && reasons[0] !== undefined) refused = refusal(reasons[0]);
    }
    const families = refused === undefined
      ? acceptedChanges(this.#state, push, write)
      : refusedChanges(this.#state, push, write);
    const change: GroupChange = { kind: "group", key: push.key, families };
    this.#state.redo(push.key, families);
    if (refused === undefined) {
      this.#mark(reasons.flatMap(({ names }) => names));
      learnPush(this.#state.groups.get(push.key.id), write, push);
    }
    this.#reportHelpConflicts(push.families.keys());
    return refused === undefined ? { change } : { change, refused };
  }

  #delete(id: string): GroupChange | NoChange {
    const group = this.#state.groups.get(id);
    if (group === undefined) return { kind: "none" };
    const { key } = group;
    const families = group.families()
      .map((before) => ({ name: before.name, before, after: undefined }));
    this.#state.redo(key, families);
    return { kind: "group", key, families };
  }

  /** Names that come back may have been inconsistent, which was forgotten when the last family of the name went away. */
  #undoGroup({ key, families }: GroupChange): void {
    const names = families.map(({ name }) => name)
      .filter((name) => this.#state.names.get(name) === undefined);
    this.#state.undo(key, families);
    if (this.#state.isSuspect) this.#mark(names);
  }

  /** Marks names whose families cannot all be exposed, so that scrapes look at each of their series. */
  #mark(names: readonly string[]): void {
    for (const name of names) {
      const entry = this.#state.names.get(name);
      if (entry === undefined) continue;
      entry.suspect = true;
      this.#state.isSuspect = true;
    }
  }

  #reportHelpConflicts(names: Iterable<string>): void {
    for (const name of names) {
      const entry = this.#state.names.get(name);
      if (entry === undefined || entry.helpConflictLogged) continue;
      const exposed = this.#options.own.get(name)?.help ?? entry.help;
      if (!entry.hasHelpConflict && exposed === entry.help) continue;
      entry.helpConflictLogged = true;
      this.#options.logger.info("metric families have inconsistent help strings", {
        name,
        exposed,
      });
    }
  }
}
