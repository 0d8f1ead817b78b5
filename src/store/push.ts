/**
 * What a push does to its group: checked against everything else that is held, and turned into the families that change.
 */

import { GatewayError } from "../model/error.ts";
import type { Family, MetricType } from "../model/family.ts";
import { copyText } from "../model/flatten.ts";
import type { GroupKey, Shape } from "../model/group-key.ts";
import {
  findInconsistencies,
  type Inconsistency,
  type SanitizedPush,
  type Surroundings,
} from "../validate/consistency.ts";
import { type SanitizedFamily, sanitizeFamily } from "../validate/sanitize.ts";
import type { FamilyChange, PushWrite, StoredFamily } from "./change.ts";
import {
  createTimeFamily,
  isTimeFamily,
  type OwnFamilies,
  PUSH_FAILURE_TIME,
  PUSH_TIME,
} from "./own-families.ts";
import type { Group } from "./slot.ts";
import type { StoreState } from "./state.ts";

const REFUSED = "pushed metrics are invalid or inconsistent with existing metrics: ";

/** Labels the pushed families with their group. What is pushed under the names of the group's own times is left out. */
export function sanitizePush(state: StoreState, write: PushWrite): SanitizedPush {
  const group = state.groups.get(write.key.id);
  const key = group?.key ?? write.key;
  const families = new Map<string, SanitizedFamily>();
  for (const pushed of write.families) {
    if (isTimeFamily(pushed.name)) continue;
    const entry = state.names.get(pushed.name);
    const kept = {
      name: state.keptName(pushed.name),
      help: entry?.keptHelp(pushed.help) ?? copyText(pushed.help),
      previous: group?.slots.get(pushed.name)?.family,
    };
    families.set(kept.name, sanitizeFamily(pushed, key, kept));
  }
  return { key, families };
}

/** Why a push must be refused whether or not consistency is checked: it has timestamps. */
export function findTimestamp(write: PushWrite): GatewayError | undefined {
  if (!write.families.some((family) => family.timestamped && !isTimeFamily(family.name))) {
    return undefined;
  }
  return new GatewayError("inconsistent", `${REFUSED}pushed metrics must not have timestamps`);
}

/** What stands against a push, most important first. */
export function findReasons(
  state: StoreState,
  push: SanitizedPush,
  write: PushWrite,
  own: OwnFamilies,
): Generator<Inconsistency> {
  return findInconsistencies(push, surroundingsOf(state, push, write, own));
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
  const { family } = createTimeFamily(PUSH_TIME, write.key, write.at, write.at);
  const families = new Map([[PUSH_TIME, { family, labelSets: [write.key.forced] }]]);
  const push = { key: write.key, families };
  for (const reason of findReasons(state, push, write, new Map())) {
    throw new GatewayError("malformed", REFUSED + reason.message);
  }
}

/** The families that an accepted push changes. */
export function acceptedChanges(
  state: StoreState,
  push: SanitizedPush,
  write: PushWrite,
): FamilyChange[] {
  const slots = state.groups.get(push.key.id)?.slots;
  const changes: FamilyChange[] = [];
  const change = (name: string, after: StoredFamily | undefined) => {
    changes.push({ name, before: storedIn(state, push.key, name), after });
  };
  if (write.replace) {
    for (const name of slots?.keys() ?? []) {
      if (!push.families.has(name) && !isTimeFamily(name)) change(name, undefined);
    }
  }
  for (const [name, { family }] of push.families) change(name, { family, pushedAt: write.at });
  change(PUSH_TIME, createTimeFamily(PUSH_TIME, push.key, write.at, write.at));
  if (!slots?.has(PUSH_FAILURE_TIME)) {
    change(PUSH_FAILURE_TIME, createTimeFamily(PUSH_FAILURE_TIME, push.key, 0, write.at));
  }
  return changes;
}

/** The families that a refused push changes: the failure time, and the push time when the group comes into being by it. */
export function refusedChanges(state: StoreState, write: PushWrite): FamilyChange[] {
  const { key, at } = write;
  const before = storedIn(state, key, PUSH_FAILURE_TIME);
  const changes: FamilyChange[] = [
    { name: PUSH_FAILURE_TIME, before, after: createTimeFamily(PUSH_FAILURE_TIME, key, at, at) },
  ];
  if (before === undefined) {
    const after = createTimeFamily(PUSH_TIME, key, 0, at);
    changes.push({ name: PUSH_TIME, before: undefined, after });
  }
  return changes;
}

/** What a group holds under a name. */
export function storedIn(state: StoreState, key: GroupKey, name: string): StoredFamily | undefined {
  const slot = state.groups.get(key.id)?.slots.get(name);
  return slot && { family: slot.family, pushedAt: slot.pushedAt };
}

function surroundingsOf(
  state: StoreState,
  push: SanitizedPush,
  write: PushWrite,
  own: OwnFamilies,
): Surroundings {
  const { key } = push;
  const group = state.groups.get(key.id);
  const typesElsewhere = (name: string): readonly MetricType[] =>
    state.names.get(name)?.types(group?.slots.get(name)?.family.type) ?? [];
  return {
    ownType: (name) => own.get(name)?.type,
    typesElsewhere,
    typesRemaining: (name) => {
      const ownType = own.get(name)?.type;
      const others = write.replace ? typesElsewhere(name) : state.names.get(name)?.types() ?? [];
      return ownType === undefined ? others : [...others, ownType];
    },
    shapesElsewhere: (name) => otherShapes(state, name, key.shape),
    hasSeries: (groupId, name, text) => hasSeries(state.groups.get(groupId), name, text),
  };
}

function* otherShapes(state: StoreState, name: string, shape: Shape): Generator<Shape> {
  for (const other of state.names.get(name)?.shapes() ?? []) {
    if (other.id !== shape.id) yield other;
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
