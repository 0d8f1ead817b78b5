/**
 * The adapter for SQLite, wherever it is: in a file through node:sqlite, or in the storage of a Durable Object. All it knows of
 * either is a driver that runs statements.
 *
 * One row is one family, rows are ordered by group, and a view shows single numbers:
 *
 * ```sql
 * SELECT grouping_key, name, labels, value FROM series WHERE name = 'push_time_seconds';
 * ```
 *
 * Every row carries a checksum: SQLite notices when its own structure is damaged, but not when a byte within a value is.
 */

import type { Batch, PersistenceAdapter, RecordWrite, StoredRecord } from "./adapter.ts";
import { PersistenceError } from "./adapter.ts";

/** What SQLite stores. */
export type SqlValue = string | number | null;
/** A row by the names of its columns. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Runs statements on one database, synchronously. */
export interface SqlDriver {
  /** See {@link PersistenceAdapter.description}. */
  readonly description: string;
  /** Runs a statement that gives no rows. */
  run(sql: string, ...values: readonly SqlValue[]): void;
  /** Runs a query; rows are read as they are asked for. */
  query(sql: string, ...values: readonly SqlValue[]): Iterable<SqlRow>;
  /** Runs `work` in one transaction, which is durable when this returns. Rolls back when it throws, and throws on. */
  transaction(work: () => void): void;
  /** Turns what the database throws into an error that says whether anything was stored. */
  explain(error: unknown): PersistenceError;
  /** A checksum of a text, an integer, where the database is not trusted to notice damage. */
  checksum?(text: string): number;
  /** Bytes of the database. */
  size(): number | undefined;
  /** Closes the database. */
  close(): void;
}

/** How an adapter for SQLite works. */
export interface SqlOptions {
  /** Largest value of one row, in UTF-16 units. Longer records are stored in parts. */
  readonly maxPart?: number;
  /** What brings older schemas up to date; {@link MIGRATIONS} unless a test has its own. */
  readonly migrations?: readonly (readonly string[])[];
  /** Called with a row that is damaged, before it is passed over. */
  readonly onDamaged?: (group: string, name: string) => void;
}

const CREATE: readonly string[] = [
  "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
  `CREATE TABLE families (
    grouping_key TEXT NOT NULL,
    name TEXT NOT NULL,
    part INTEGER NOT NULL,
    record TEXT NOT NULL,
    checksum INTEGER,
    PRIMARY KEY (grouping_key, name, part)
  ) WITHOUT ROWID`,
  `CREATE VIEW series AS SELECT
    grouping_key,
    name,
    json_extract(record, '$.type') AS type,
    json_extract(each.value, '$[0]') AS labels,
    json_extract(each.value, '$[1]') AS value
  FROM families, json_each(record, '$.series') AS each`,
];

/** The table with the records, and the page that is its root in every file that was made with the first version. */
export const FAMILIES_TABLE = "families";
/** See {@link FAMILIES_TABLE}. */
export const FAMILIES_ROOT = 3;

/** What brings a schema of each version, from none (0) on, to the next one. */
export const MIGRATIONS: readonly (readonly string[])[] = [CREATE];

const UPSERT = `INSERT INTO families (grouping_key, name, part, record, checksum)
  VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET record = excluded.record, checksum = excluded.checksum`;
const DELETE_REST = "DELETE FROM families WHERE grouping_key = ? AND name = ? AND part >= ?";
const DELETE_GROUP = "DELETE FROM families WHERE grouping_key = ?";
const DELETE_ALL = "DELETE FROM families";
/** Integers as text: damage can make them larger than a number of JavaScript, which is an error of its own. */
const SELECT_ALL =
  "SELECT grouping_key, name, CAST(part AS TEXT) AS part, record, CAST(checksum AS TEXT) AS checksum " +
  "FROM families ORDER BY grouping_key, name, families.part";
// Cloudflare has a table of its own in the database of a Durable Object.
const COUNT_TABLES = `SELECT
    count(*) AS all_of_them,
    sum(type = 'table' AND name IN ('meta', 'families')) AS ours
  FROM sqlite_schema WHERE name NOT LIKE '\\_%' ESCAPE '\\'`;
const SET_META =
  "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";

/**
 * Has a database of the current version compile every statement of the adapter: a schema that was damaged may still be SQL.
 *
 * @throws whatever the driver does when one does not fit the schema.
 */
export function checkStatements(driver: SqlDriver): void {
  const all = [UPSERT, DELETE_REST, DELETE_GROUP, DELETE_ALL, SELECT_ALL, SET_META];
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
  prepareSchema(driver, options.migrations ?? MIGRATIONS);
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

function prepareSchema(driver: SqlDriver, migrations: readonly (readonly string[])[]): void {
  attempt(driver, () => {
    if (isUpToDate(driver, migrations)) return;
    const version = readVersion(driver);
    for (const statement of migrations.slice(version).flat()) driver.run(statement);
    driver.run(SET_META, "schema_version", String(migrations.length));
  });
}

/**
 * Whether a database has the schema of the current version.
 *
 * @throws PersistenceError when it has that of a later one.
 */
export function isUpToDate(driver: SqlDriver, migrations: typeof MIGRATIONS = MIGRATIONS): boolean {
  const version = readVersion(driver);
  if (version <= migrations.length) return version === migrations.length;
  throw new PersistenceError(
    "failed",
    `${driver.description} has schema version ${version}, which a later version of narthex wrote; ` +
      `this one knows versions up to ${migrations.length}`,
  );
}

/**
 * Makes sure that a database is one of ours, whatever its version. SQLite takes a file of hardly any bytes for an empty one.
 *
 * @throws PersistenceError when it is not, and whatever the driver does when it cannot be read.
 */
export function assertOurs(driver: SqlDriver): void {
  if (readVersion(driver) > 0) return;
  throw new PersistenceError("failed", `${driver.description} is not a database of narthex`);
}

/** The version of the schema that a database has; 0 when it is empty. */
function readVersion(driver: SqlDriver): number {
  const [found] = driver.query(COUNT_TABLES);
  if (found?.["all_of_them"] === 0) return 0;
  const [row] = found?.["ours"] === 2
    ? driver.query("SELECT value FROM meta WHERE key = 'schema_version'")
    : [];
  const version = Number(row?.["value"]);
  if (Number.isInteger(version) && version > 0) return version;
  throw new PersistenceError(
    "failed",
    `${driver.description} is a database, but not one of narthex`,
  );
}

/** Does something in one transaction and tells failures as the contract wants them. */
function attempt(driver: SqlDriver, work: () => void): void {
  try {
    driver.transaction(work);
  } catch (error) {
    throw error instanceof PersistenceError ? error : driver.explain(error);
  }
}

function writeBatch(driver: SqlDriver, { wipe, clear, records }: Batch, maxPart: number): void {
  if (wipe) driver.run(DELETE_ALL);
  for (const group of clear) driver.run(DELETE_GROUP, hideNul(group));
  for (const record of records) writeRecord(driver, record, maxPart);
}

function writeRecord(driver: SqlDriver, { group, name, text }: RecordWrite, maxPart: number): void {
  const keptGroup = hideNul(group);
  const keptName = hideNul(name);
  if (text === undefined) {
    driver.run(DELETE_REST, keptGroup, keptName, 0);
    return;
  }
  const parts = splitText(hideNul(text), maxPart);
  parts.forEach((part, index) => {
    const sum = checksum(driver, keptGroup, keptName, index, part);
    driver.run(UPSERT, keptGroup, keptName, index, part, sum);
  });
  // Without a limit there is never a second part to delete.
  if (maxPart !== Infinity) driver.run(DELETE_REST, keptGroup, keptName, parts.length);
}

/**
 * Writes NUL in another way: Deno 2.9 reads a text from SQLite only up to the first one. A record has none, since JSON escapes it,
 * and names hardly ever do.
 */
function hideNul(text: string): string {
  // deno-lint-ignore no-control-regex -- it is about them
  return /[\0\x1a]/.test(text) ? text.replaceAll("\x1a", "\x1a1").replaceAll("\0", "\x1a0") : text;
}

function showNul(text: string): string {
  return text.includes("\x1a") ? text.replaceAll("\x1a0", "\0").replaceAll("\x1a1", "\x1a") : text;
}

function checksum(
  { checksum }: Pick<SqlDriver, "checksum">,
  group: string,
  name: string,
  part: number | string,
  text: string,
): number | null {
  return checksum?.(`${group}\0${name}\0${part}\0${text}`) ?? null;
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

/** A row as its columns read, all as text. */
export interface RawRow {
  /** `grouping_key`. */
  readonly group: string | null | undefined;
  /** `name`. */
  readonly name: string | null | undefined;
  /** `part`. */
  readonly part: string | null | undefined;
  /** `record`. */
  readonly text: string | null | undefined;
  /** `checksum`. */
  readonly checksum: string | null | undefined;
}

/**
 * Reads a row of a record that is in one part, as it was found in a damaged database.
 *
 * @returns the record; without text when it is not as it was written.
 */
export function fromRow(
  { group, name, part, text, checksum: stored }: RawRow,
  crc: (text: string) => number,
): Omit<StoredRecord, "text"> & { readonly text: string | undefined } {
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
 * @param onDamaged called with each record that is passed over.
 */
export function* readRecords(
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
  for (const row of driver.query(SELECT_ALL)) {
    const group = String(row["grouping_key"]);
    const name = String(row["name"]);
    if (current === undefined || current.group !== group || current.name !== name) {
      yield* finish();
      current = { group, name, text: "", parts: 0, sound: true };
    }
    const text = String(row["record"]);
    const sum = checksum(driver, group, name, current.parts, text);
    current.sound &&= row["part"] === String(current.parts) &&
      row["checksum"] === (sum === null ? null : String(sum));
    current.text = current.text === "" ? text : current.text + text;
    current.parts++;
  }
  yield* finish();
}
