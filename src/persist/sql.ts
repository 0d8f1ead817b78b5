/**
 * The adapter for SQLite, wherever it is: in a file through node:sqlite, or in the storage of a Durable Object. All it knows of
 * either is a driver that runs statements.
 *
 * `sql-schema.ts` has the tables, `sql-rows.ts` how records are read from their rows; a view shows single numbers:
 *
 * ```sql
 * SELECT grouping_key, name, labels, value FROM series WHERE name = 'push_time_seconds';
 * ```
 */

import type { Batch, PersistenceAdapter, RecordWrite, StoredRecord } from "./adapter.ts";
import { PersistenceError } from "./adapter.ts";
import type { SqlDriver } from "./sql-driver.ts";
import { checksum, hideNul, readRecords, SELECT_FAMILIES, SELECT_GROUPS } from "./sql-rows.ts";
import { MIGRATIONS, prepareSchema, schemaVersion, SET_META } from "./sql-schema.ts";

/** How an adapter for SQLite works. */
export interface SqlOptions {
  /** Largest value of one row, in UTF-16 units. Longer records of families are stored in parts; those of groups never are so long. */
  readonly maxPart?: number;
  /** What brings older schemas up to date; {@link MIGRATIONS} unless a test has its own. */
  readonly migrations?: typeof MIGRATIONS;
  /** Called with a row that is damaged, before it is passed over. */
  readonly onDamaged?: (group: string, name: string) => void;
}

const UPSERT_GROUP = `INSERT INTO groups (grouping_key, families, checksum)
  VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET families = excluded.families, checksum = excluded.checksum`;
const UPSERT_FAMILY = `INSERT INTO families (grouping_key, name, part, record, checksum)
  VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET record = excluded.record, checksum = excluded.checksum`;
const DELETE_REST = "DELETE FROM families WHERE grouping_key = ? AND name = ? AND part >= ?";
const DELETE_GROUP = "DELETE FROM groups WHERE grouping_key = ?";
const DELETE_FAMILIES = "DELETE FROM families WHERE grouping_key = ?";
const DELETE_ALL = ["DELETE FROM groups", "DELETE FROM families"] as const;

/** What only touches the tables that a schema of version 1 has, and what came after. */
const STATEMENTS: readonly (readonly string[])[] = [
  [UPSERT_FAMILY, DELETE_REST, DELETE_FAMILIES, DELETE_ALL[1], SELECT_FAMILIES, SET_META],
  [UPSERT_GROUP, DELETE_GROUP, DELETE_ALL[0], SELECT_GROUPS],
];

/**
 * Has a database compile every statement of the adapter: a schema that was damaged may still be SQL.
 *
 * @param version of its schema.
 * @throws whatever the driver does when one does not fit the schema.
 */
export function checkStatements(driver: SqlDriver, version: number): void {
  const all = STATEMENTS.slice(0, version).flat();
  for (const statement of all) for (const _ of driver.query(`EXPLAIN ${statement}`));
}

/** Rows that are read before others get a turn. */
const ROWS_PER_PIECE = 1000;
/** Length of texts that are read before others get a turn: a Durable Object has 128 MB for everything. */
const LENGTH_PER_PIECE = 1_000_000;

/**
 * Makes an adapter over a database; creates the tables in an empty one and brings an older schema up to date.
 *
 * @throws PersistenceError when the schema is of a later version than this code knows.
 */
export function createSqlAdapter(driver: SqlDriver, options: SqlOptions = {}): PersistenceAdapter {
  bringUpToDate(driver, options.migrations ?? MIGRATIONS);
  let probes = 0;
  return {
    description: driver.description,
    load: () => load(driver, options),
    write: (batch) => attempt(driver, () => writeBatch(driver, batch, options.maxPart ?? Infinity)),
    probe: () => attempt(driver, () => driver.run(SET_META, "probe", String(++probes))),
    size: () => driver.size(),
    close: () => {
      driver.close();
      return Promise.resolve();
    },
  };
}

/** Waits for nobody where there is nothing to do: a thread starts while somebody else commits without a pause. */
function bringUpToDate(driver: SqlDriver, migrations: typeof MIGRATIONS): void {
  const version = explain(driver, () => schemaVersion(driver, migrations));
  if (version < migrations.length) attempt(driver, () => prepareSchema(driver, migrations));
}

/** Does something in one transaction and tells failures as the contract wants them. */
function attempt(driver: SqlDriver, work: () => void): void {
  explain(driver, () => driver.transaction(work));
}

function explain<T>(driver: SqlDriver, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof PersistenceError ? error : driver.explain(error);
  }
}

function writeBatch(driver: SqlDriver, { wipe, clear, records }: Batch, maxPart: number): void {
  if (wipe) { for (const statement of DELETE_ALL) driver.run(statement); }
  for (const group of clear) clearGroup(driver, hideNul(group));
  for (const record of records) {
    if (record.name === "") writeGroup(driver, record);
    else writeFamily(driver, record, maxPart);
  }
}

function clearGroup(driver: SqlDriver, keptGroup: string): void {
  driver.run(DELETE_GROUP, keptGroup);
  driver.run(DELETE_FAMILIES, keptGroup);
}

function writeGroup(driver: SqlDriver, { group, text }: RecordWrite): void {
  const keptGroup = hideNul(group);
  if (text === undefined) {
    driver.run(DELETE_GROUP, keptGroup);
    return;
  }
  const keptText = hideNul(text);
  driver.run(UPSERT_GROUP, keptGroup, keptText, checksum(driver, keptGroup, "", 0, keptText));
}

function writeFamily(driver: SqlDriver, { group, name, text }: RecordWrite, maxPart: number): void {
  const keptGroup = hideNul(group);
  const keptName = hideNul(name);
  if (text === undefined) {
    driver.run(DELETE_REST, keptGroup, keptName, 0);
    return;
  }
  const parts = splitText(hideNul(text), maxPart);
  parts.forEach((part, index) => {
    const sum = checksum(driver, keptGroup, keptName, index, part);
    driver.run(UPSERT_FAMILY, keptGroup, keptName, index, part, sum);
  });
  // Without a limit there is never a second part to delete.
  if (maxPart !== Infinity) driver.run(DELETE_REST, keptGroup, keptName, parts.length);
}

/** Cuts a text into parts of at most `maxPart` UTF-16 units, never within a character. */
function splitText(text: string, maxPart: number): string[] {
  if (text.length <= maxPart) return [text];
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = at + maxPart;
    const cutsPair = end < text.length && (text.charCodeAt(end) & 0xfc00) === 0xdc00;
    parts.push(text.slice(at, cutsPair ? end - 1 : end));
    at = cutsPair ? end - 1 : end;
  }
  return parts;
}

async function* load(
  driver: SqlDriver,
  { onDamaged }: SqlOptions,
): AsyncGenerator<readonly StoredRecord[]> {
  let piece: StoredRecord[] = [];
  let length = 0;
  for (const record of readRecords(driver, onDamaged ?? (() => {}))) {
    piece.push(record);
    length += record.text.length;
    if (piece.length < ROWS_PER_PIECE && length < LENGTH_PER_PIECE) continue;
    yield piece;
    piece = [];
    length = 0;
  }
  if (piece.length > 0) yield piece;
}
