/**
 * Rows of the tables, and the records they are. Every row carries a checksum: SQLite notices when its own structure is damaged, but not
 * when a byte within a value is.
 */

import { PersistenceError, type StoredRecord } from "./adapter.ts";
import type { SqlDriver, SqlRow } from "./sql-driver.ts";
import { FAMILIES_TABLE, GROUPS_TABLE, hasGroups } from "./sql-schema.ts";

/** Integers as text: damage can make them larger than a number of JavaScript, which is an error of its own. */
export const SELECT_FAMILIES: string =
  "SELECT grouping_key, name, CAST(part AS TEXT) AS part, record, CAST(checksum AS TEXT) AS checksum " +
  "FROM families ORDER BY grouping_key, name, families.part";
/** In the order in which they lie there: any other would jump from page to page. */
export const SELECT_GROUPS: string =
  "SELECT grouping_key, families, CAST(checksum AS TEXT) AS checksum FROM groups";

/** A record as it was found, without text when it is not as it was written. */
export type FoundRow = Omit<StoredRecord, "text"> & { readonly text: string | undefined };

/** A column of a row as text; `null` and `undefined` where there is none. */
type RawText = string | null | undefined;

/**
 * Writes NUL in another way: Deno 2.9 reads a text from SQLite only up to the first one. A record has none, since JSON escapes it,
 * and names hardly ever do.
 */
export function hideNul(text: string): string {
  // deno-lint-ignore no-control-regex -- it is about them
  return /[\0\x1a]/.test(text) ? text.replaceAll("\x1a", "\x1a1").replaceAll("\0", "\x1a0") : text;
}

function showNul(text: string): string {
  return text.includes("\x1a") ? text.replaceAll("\x1a0", "\0").replaceAll("\x1a1", "\x1a") : text;
}

/** The checksum of a row; `null` where there is none. */
export function checksum(
  { checksum }: Pick<SqlDriver, "checksum">,
  group: string,
  name: string,
  part: number | string,
  text: string,
): number | null {
  return checksum?.(`${group}\0${name}\0${part}\0${text}`) ?? null;
}

/**
 * Reads a row of either table as it was found in a damaged database. A row of `groups` has three columns; in one of `families` the
 * record must be in one part.
 */
export function fromRow(columns: readonly RawText[], crc: (text: string) => number): FoundRow {
  const [group, name, part, text, stored] = columns.length === 3
    ? [columns[0], "", "0", columns[1], columns[2]]
    : columns;
  const sum = checksum({ checksum: crc }, group ?? "", name ?? "", 0, text ?? "");
  const isSound = part === "0" && stored === String(sum);
  return {
    group: showNul(group ?? ""),
    name: showNul(name ?? ""),
    text: isSound ? showNul(text ?? "") : undefined,
  };
}

/**
 * Reads all records and joins the parts of each; one of which a part is damaged or missing is passed over whole.
 *
 * @param onDamaged called with each record that is passed over; the name is empty when it is a group.
 * @throws PersistenceError when there are rows that cannot be read, and whatever the driver does.
 */
export function* readRecords(
  driver: SqlDriver,
  onDamaged: (group: string, name: string) => void,
): Generator<StoredRecord> {
  if (hasGroups(driver)) yield* readGroups(driver, onDamaged);
  yield* readFamilies(driver, onDamaged);
}

function* readGroups(
  driver: SqlDriver,
  onDamaged: (group: string, name: string) => void,
): Generator<StoredRecord> {
  for (const row of queryAll(driver, SELECT_GROUPS, GROUPS_TABLE)) {
    const group = String(row["grouping_key"]);
    const text = String(row["families"]);
    if (isSound(driver, row, group, "", 0, text)) {
      yield { group: showNul(group), name: "", text: showNul(text) };
    } else onDamaged(showNul(group), "");
  }
}

function* readFamilies(
  driver: SqlDriver,
  onDamaged: (group: string, name: string) => void,
): Generator<StoredRecord> {
  let current:
    | { group: string; name: string; text: string; parts: number; sound: boolean }
    | undefined;
  const finish = function* () {
    if (current === undefined) return;
    const { group, name, text, sound } = current;
    if (sound) yield { group: showNul(group), name: showNul(name), text: showNul(text) };
    else onDamaged(showNul(group), showNul(name));
  };
  for (const row of queryAll(driver, SELECT_FAMILIES, FAMILIES_TABLE)) {
    const group = String(row["grouping_key"]);
    const name = String(row["name"]);
    if (current === undefined || current.group !== group || current.name !== name) {
      yield* finish();
      current = { group, name, text: "", parts: 0, sound: true };
    }
    const text = String(row["record"]);
    current.sound &&= row["part"] === String(current.parts) &&
      isSound(driver, row, group, name, current.parts, text);
    current.text = current.text === "" ? text : current.text + text;
    current.parts++;
  }
  yield* finish();
}

/** Gives all rows of a table. */
function* queryAll(driver: SqlDriver, sql: string, table: string): Generator<SqlRow> {
  let rows = 0;
  for (const row of driver.query(sql)) {
    rows++;
    yield row;
  }
  if (!driver.mayEndEarly) return;
  const [count] = driver.query(`SELECT count(*) AS rows FROM ${table}`);
  if (count?.["rows"] === rows) return;
  throw new PersistenceError("failed", `${driver.description}: rows of ${table} cannot be read`);
}

function isSound(
  driver: SqlDriver,
  row: SqlRow,
  group: string,
  name: string,
  part: number,
  text: string,
): boolean {
  const sum = checksum(driver, group, name, part, text);
  return row["checksum"] === (sum === null ? null : String(sum));
}
