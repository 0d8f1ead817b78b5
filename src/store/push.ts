/**
 * What a push does to its group: checked against everything else that is held, and turned into the families that change.
 */

import { GatewayError } from "../model/error.ts";
import type { Family, MetricType } from "../model/family.ts";
import { copyText } from "../model/flatten.ts";
import type { Shape } from "../model/group-key.ts";
import {
  findInconsistencies,
  type Inconsistency,
  type SanitizedPush,
  type Surroundings,
} from "../validate/consistency.ts";
import { type SanitizedFamily, sanitizeFamily } from "../validate/sanitize.ts";
import type { FamilyChange, PushWrite } from "./change.ts";
import {
  createTimeFamily,
  isTimeFamily,
  type OwnFamilies,
  PUSH_FAILURE_TIME,
  PUSH_TIME,
} from "./own-families.ts";
import type { Group, Slot } from "./slot.ts";
import type { StoreState } from "./state.ts";

const REFUSED = "pushed metrics are invalid or inconsistent with existing metrics: ";

/** Labels the pushed families with their group. What is pushed under the names of the group's own times is left out. */
export function sanitizePush(state: StoreState, write: PushWrite): SanitizedPush {
  const key = state.keyOf(write.key);
  const slots = state.groups.get(key.id)?.slots;
  const families = new Map<string, SanitizedFamily>();
  for (const pushed of write.families) {
    if (isTimeFamily(pushed.name)) continue;
    const entry = state.names.get(pushed.name);
    const kept = {
      name: state.keptName(pushed.name),
      help: entry?.keptHelp(pushed.help) ?? copyText(pushed.help),
      forcedText: key.forcedText,
      previous: slots?.get(pushed.name)?.family,
    };
    families.set(kept.name, sanitizeFamily(pushed, write, kept));
  }
  return { key, families };
}

/** Why a push must be refused whether or not consistency is checked: it has timestamps. */
export function findTimestamp(write: PushWrite): GatewayError | undefined {
  if (!write.families.some((family) => family.timestamped)) return undefined;
  return new GatewayError("inconsistent", `${REFUSED}pushed metrics must not have timestamps`);
}

/** The error that tells a client of an inconsistency. */
export function refusal(reason: Inconsistency): GatewayError {
  return new GatewayError("inconsistent", REFUSED + reason.message);
}

/**
 * A group about which the same would be said as about another one, because its key differs only in an empty `instance`, can
 * not come into being: its push time would be the other's series.
 *
 * @throws GatewayError (malformed).
 */
export function assertNewKey(state: StoreState, write: PushWrite): void {
  if (state.groups.has(write.key.id)) return;
  const key = state.keyOf(write.key);
  const family = createTimeFamily(PUSH_TIME, key, write.at, write.at);
  const push = { key, families: new Map([[PUSH_TIME, { family, labelSets: [write.key.forced] }]]) };
  const [reason] = findInconsistencies(
    push,
    new StoreSurroundings(state, push, write, NO_OWN),
    false,
  );
  if (reason !== undefined) throw new GatewayError("malformed", REFUSED + reason.message);
}

const NO_OWN: OwnFamilies = new Map();

/** The families that an accepted push changes. */
export function acceptedChanges(
  state: StoreState,
  { key, families }: SanitizedPush,
  { replace, at }: PushWrite,
): FamilyChange[] {
  const slots = state.groups.get(key.id)?.slots;
  const changes: FamilyChange[] = [];
  if (replace && slots !== undefined) {
    for (const [name, slot] of slots) {
      if (families.has(name) || isTimeFamily(name)) continue;
      changes.push({ name, before: slot.family, after: undefined });
    }
  }
  for (const [name, { family }] of families) {
    changes.push({ name, before: slots?.get(name)?.family, after: family });
  }
  const after = createTimeFamily(PUSH_TIME, key, at, at);
  changes.push({ name: PUSH_TIME, before: slots?.get(PUSH_TIME)?.family, after });
  if (!slots?.has(PUSH_FAILURE_TIME)) {
    const never = createTimeFamily(PUSH_FAILURE_TIME, key, 0, at);
    changes.push({ name: PUSH_FAILURE_TIME, before: undefined, after: never });
  }
  return changes;
}

/** The families that a refused push changes: the failure time, and the push time when the group comes into being by it. */
export function refusedChanges(
  state: StoreState,
  { key }: SanitizedPush,
  { at }: PushWrite,
): FamilyChange[] {
  const before = state.groups.get(key.id)?.slots.get(PUSH_FAILURE_TIME)?.family;
  const changes: FamilyChange[] = [
    { name: PUSH_FAILURE_TIME, before, after: createTimeFamily(PUSH_FAILURE_TIME, key, at, at) },
  ];
  if (before === undefined) {
    const after = createTimeFamily(PUSH_TIME, key, 0, at);
    changes.push({ name: PUSH_TIME, before: undefined, after });
  }
  return changes;
}

/** What the check of one push asks of the store. */
export class StoreSurroundings implements Surroundings {
  readonly #state: StoreState;
  readonly #own: OwnFamilies;
  readonly #replace: boolean;
  readonly #pushed: SanitizedPush["families"];
  readonly #shape: Shape;
  readonly #slots: ReadonlyMap<string, Slot> | undefined;

  /** Looks at a state from the group that is pushed to. */
  constructor(
    state: StoreState,
    { key, families }: SanitizedPush,
    { replace }: PushWrite,
    own: OwnFamilies,
  ) {
    this.#state = state;
    this.#own = own;
    this.#replace = replace;
    this.#pushed = families;
    this.#shape = key.shape;
    this.#slots = state.groups.get(key.id)?.slots;
  }

  /** @inheritdoc */
  ownType(name: string): MetricType | undefined {
    return this.#own.get(name)?.type;
  }

  /** @inheritdoc */
  typesElsewhere(name: string): readonly MetricType[] {
    return this.#state.names.get(name)?.types(this.#slots?.get(name)?.family.type) ?? [];
  }

  /** @inheritdoc */
  typesRemaining(name: string): readonly MetricType[] {
    const held = this.#replace || this.#pushed.has(name)
      ? this.typesElsewhere(name)
      : this.#state.names.get(name)?.types() ?? [];
    const own = this.ownType(name);
    return own === undefined ? held : [...held, own];
  }

  /** @inheritdoc */
  shapesElsewhere(name: string): readonly Shape[] {
    return this.#state.names.get(name)?.shapes(this.#shape) ?? [];
  }

  /** @inheritdoc */
  hasSeries(groupId: string, name: string, text: string): boolean {
    return hasSeries(this.#state.groups.get(groupId), name, text);
  }
}

function hasSeries(group: Group | undefined, name: string, text: string): boolean {
  const family = group?.slots.get(name)?.family;
  if (family === undefined) return false;
  return family.labels.length < 8 ? family.labels.includes(text) : labelIndexOf(family).has(text);
}

/** Sets of label texts of large families. A stored family never changes, so its set is as good as long as it lives. */
const labelIndexes = new WeakMap<Family, ReadonlySet<string>>();

function labelIndexOf(family: Family): ReadonlySet<string> {
  let index = labelIndexes.get(family);
  if (index === undefined) {
    index = new Set(family.labels);
    labelIndexes.set(family, index);
  }
  return index;
}
