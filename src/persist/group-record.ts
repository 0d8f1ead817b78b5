/**
 * How a group is stored: a small one as one record without a name, which has all its families, a larger one as a record for each.
 *
 * ```json
 * {"rows":{"type":"gauge","help":"Rows.","pushed_at":1795806000123.5,"series":[["instance=\"\",job=\"a\"",3.14]]},"push_time_seconds":{…}}
 * ```
 *
 * Most groups are a handful of gauges, and nearly every push replaces all of them. To write one row instead of six doubles what
 * SQLite takes in, and a Durable Object is billed by the row. A push into a larger group must cost what it carries, not what the group
 * holds, so there each family is written for itself.
 */

import type { StoredFamily } from "../model/family.ts";
import type { RecordWrite, StoredRecord } from "./adapter.ts";
import {
  asObject,
  fromJsonFamily,
  type JsonFamily,
  parseJson,
  parseRecord,
  renderRecord,
  toJsonFamily,
} from "./record.ts";

/**
 * The longest a record of a group may be, with its grouping key, in UTF-16 units, which nearly always are bytes. A row of SQLite lies on
 * one page of 4096 bytes up to a length of 4061.
 */
export const MAX_GROUP_LENGTH = 3900;

/** A family that a record has, or what is wrong with it. */
export type ReadFamily =
  | { readonly name: string; readonly family: StoredFamily }
  | { readonly name: string; readonly family?: undefined; readonly reason: string };

/** The records that a group is stored as when nothing of it is stored yet. */
export function renderGroup(group: string, families: readonly StoredFamily[]): RecordWrite[] {
  const text = renderSmallGroup(group, families);
  if (text !== undefined) return [{ group, name: "", text }];
  return families.map((family) => ({ group, name: family.name, text: renderRecord(family) }));
}

/** Renders all families of a group as one record; `undefined` when it would be too long. */
export function renderSmallGroup(
  group: string,
  families: readonly StoredFamily[],
): string | undefined {
  if (isTooLong(group, families)) return undefined;
  // Without a prototype `__proto__` is a name like any other. All at once takes half as long as one after the other.
  const all: Record<string, JsonFamily> = Object.create(null);
  for (const family of families) all[family.name] = toJsonFamily(family);
  const text = JSON.stringify(all);
  return group.length + text.length <= MAX_GROUP_LENGTH ? text : undefined;
}

/** What a record of this name has, for logs. */
export function kindOf(name: string): "group" | "family" {
  return name === "" ? "group" : "family";
}

/** What a family adds to the length of a record of its group: it stands there in quotes, behind a comma or brace, before a colon. */
export function lengthInGroup(name: string, record: string): number {
  return name.length + record.length + 4;
}

/** Whether names and label texts alone are too long, so that nothing large is rendered to find out. */
function isTooLong(group: string, families: readonly StoredFamily[]): boolean {
  let length = group.length;
  for (const { name, labels } of families) {
    length += name.length;
    for (const text of labels) length += text.length;
    if (length > MAX_GROUP_LENGTH) return true;
  }
  return false;
}

/** Reads a record of either kind. What cannot be read of one that has several families costs no other. */
export function readRecord({ name, text }: StoredRecord): ReadFamily[] {
  if (name !== "") return [tryToRead(name, () => parseRecord(name, text))];
  let values: Record<string, unknown>;
  try {
    values = asObject(parseJson(text));
  } catch (error) {
    return [{ name, reason: messageOf(error) }];
  }
  return Object.keys(values).map((each) =>
    tryToRead(each, () => {
      if (each === "") throw new Error("no name");
      return fromJsonFamily(each, values[each]);
    })
  );
}

/**
 * Of families the one of each name that was pushed last; of two that were pushed at once, the one that comes later. There is more than
 * one only of a group that is there in both forms, as none is but in what could be read of a damaged store.
 */
export function latestOf(families: Iterable<StoredFamily>): StoredFamily[] {
  const latest = new Map<string, StoredFamily>();
  for (const family of families) {
    const other = latest.get(family.name);
    if (other === undefined || other.pushedAt <= family.pushedAt) latest.set(family.name, family);
  }
  return [...latest.values()];
}

function tryToRead(name: string, read: () => StoredFamily): ReadFamily {
  try {
    return { name, family: read() };
  } catch (error) {
    return { name, reason: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
