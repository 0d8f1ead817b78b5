/**
 * What a push does to its group: checked against everything else that is held, and turned into the families that change.
 */

import { GatewayError } from "../model/error.ts";
import { copyText } from "../model/flatten.ts";
import type { PushKey } from "../model/group-key.ts";
import { labelText } from "../model/label.ts";
import type { Inconsistency, SanitizedPush } from "../validate/consistency.ts";
import { describeSeries } from "../validate/describe.ts";
import { type SanitizedFamily, sanitizeFamily } from "../validate/sanitize.ts";
import type { FamilyChange, PushWrite } from "./change.ts";
import { createTimeFamily, isTimeFamily, PUSH_FAILURE_TIME, PUSH_TIME } from "./own-families.ts";
import type { StoreState } from "./state.ts";

const REFUSED = "pushed metrics are invalid or inconsistent with existing metrics: ";

/** Labels the pushed families with their group. What is pushed under the names of the group's own times is left out. */
export function sanitizePush(state: StoreState, write: PushWrite): SanitizedPush {
  const key = state.keyOf(write.key);
  const group = state.groups.get(key.id);
  const forcedText: readonly [string] = [copyText(write.key.forcedText)];
  const families = new Map<string, SanitizedFamily>();
  for (const pushed of write.families) {
    if (isTimeFamily(pushed.name)) continue;
    const entry = state.names.get(pushed.name);
    const kept = {
      name: state.keptName(pushed.name),
      help: entry?.keptHelp(pushed.help) ?? copyText(pushed.help),
      forcedText,
      previous: group?.record(pushed.name),
    };
    families.set(kept.name, sanitizeFamily(pushed, write, kept));
  }
  return { key, families };
}

/** Why a push must be refused whether or not consistency is checked: it has timestamps. */
export function findTimestamp(write: PushWrite): GatewayError | undefined {
  for (const { timestamped } of write.families) {
    if (!timestamped) continue;
    return new GatewayError("inconsistent", `${REFUSED}pushed metrics must not have timestamps`);
  }
  return undefined;
}

/** The error that tells a client of an inconsistency. */
export function refusal(reason: Inconsistency): GatewayError {
  return new GatewayError("inconsistent", REFUSED + reason.message);
}

/**
 * A group about which the same would be said as about another one, because its key differs only in an empty `instance`, can not
 * come into being: its push time would be the other's series.
 *
 * @throws GatewayError (malformed).
 */
export function assertNewKey(state: StoreState, { key, at }: PushWrite): void {
  if (state.groups.has(key.id)) return;
  const twin = twinOf(key);
  if (twin === undefined || !state.groups.has(twin)) return;
  const family = createTimeFamily(PUSH_TIME, state.keyOf(key), at, at);
  const series = describeSeries(family, key.forced, 0);
  const message = `${series} was collected before with the same name and label values`;
  throw new GatewayError("malformed", REFUSED + message);
}

/** The id of the only other key that forces the same labels: the one with an empty `instance` more or less. */
function twinOf({ forced, forcedText: text, id, names }: PushKey): string | undefined {
  if (text !== id) return text;
  const instance = 2 * names.indexOf("instance");
  if (forced[instance + 1] !== "") return undefined;
  return labelText([...forced.slice(0, instance), ...forced.slice(instance + 2)]);
}

/** The families that an accepted push changes. */
export function acceptedChanges(
  state: StoreState,
  { key, families }: SanitizedPush,
  { replace, at }: PushWrite,
): FamilyChange[] {
  const group = state.groups.get(key.id);
  const changes: FamilyChange[] = [];
  if (replace) {
    for (const name of group?.names() ?? []) {
      if (families.has(name) || isTimeFamily(name)) continue;
      changes.push({ name, before: group?.family(name), after: undefined });
    }
  }
  for (const [name, { family }] of families) {
    changes.push({ name, before: group?.family(name), after: family });
  }
  const after = createTimeFamily(PUSH_TIME, key, at, at);
  changes.push({ name: PUSH_TIME, before: group?.family(PUSH_TIME), after });
  if (group?.traits(PUSH_FAILURE_TIME) === undefined) {
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
  const group = state.groups.get(key.id);
  const before = group?.family(PUSH_FAILURE_TIME);
  const changes: FamilyChange[] = [
    { name: PUSH_FAILURE_TIME, before, after: createTimeFamily(PUSH_FAILURE_TIME, key, at, at) },
  ];
  if (group?.traits(PUSH_TIME) === undefined) {
    const after = createTimeFamily(PUSH_TIME, key, 0, at);
    changes.push({ name: PUSH_TIME, before: undefined, after });
  }
  return changes;
}
