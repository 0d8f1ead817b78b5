/** Rows as the gateway stores them, made into those of other groups and pushes. */

import { crc32 } from "node:zlib";

/** A row as the gateway stores one: a small group whole, or one family of another, or a part of that. */
export interface Row {
  /** The group. */
  readonly grouping_key: string;
  /** The family; empty when the row is a whole group. */
  readonly name: string;
  /** Number of the part, of a record that is stored in several. */
  readonly part: number;
  /** The family, or all families by name, as text. */
  readonly record: string;
  /** Checksum of it all. */
  readonly checksum: number;
}

/** The group whose rows are read, as in {@link groupPath}. */
export const SEEN_GROUP = 1;

/** Rows of the group {@link SEEN_GROUP} with another group in them. */
export function rowsOfGroup(rows: readonly Row[], group: number): Row[] {
  const seen = `host-${SEEN_GROUP}`;
  const host = `host-${group}`;
  return rows.map((row) => ({
    ...row,
    grouping_key: row.grouping_key.replaceAll(seen, host),
    record: row.record.replaceAll(seen, host),
  }));
}

/**
 * A row of the same group and length with other numbers in its record. SQLite notices when a row is written as it was and writes
 * no page; a loop over the same rows would sync nothing (seen: 29 000 commits/s, no fsync).
 */
export function withOtherNumbers(row: Row): Row {
  const other = (digits: string) => digits.replace(/\d/g, (digit) => String(9 - Number(digit)));
  return { ...row, record: row.record.replace(/(?<=[:,])\d+/g, other), checksum: row.checksum ^ 1 };
}

/** The rows that a row would be if each family had one of its own. */
export function rowsOfFamilies(row: Row): Row[] {
  if (row.name !== "") return [row];
  const families: Record<string, unknown> = JSON.parse(row.record);
  return Object.entries(families).map(([name, family]) => {
    const record = JSON.stringify(family);
    return { ...row, name, record, checksum: crc32(record) };
  });
}

/**
 * The rows of families among `after` that were not among `before`, each family for itself: of a group that is written whole, those that a
 * push has changed.
 */
export function changedFamilies(before: readonly Row[], after: readonly Row[]): Row[] {
  const known = new Set(before.flatMap(rowsOfFamilies).map((row) => JSON.stringify(row)));
  return after.flatMap(rowsOfFamilies).filter((row) => !known.has(JSON.stringify(row)));
}
