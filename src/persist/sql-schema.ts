/**
 * The tables of a database, and what brings older ones up to date.
 *
 * A row of `groups` is a small group whole, a row of `families` is one family of a larger one, or a part of it. The first is an
 * ordinary table, in which a row may fill its page; in the second, whose rows lie in the index itself, one of more than a quarter of a
 * page goes on elsewhere and takes twice as long to write. Schema version 1 had no `groups`; what such a file holds moves there
 * group by group, as each is written to.
 */

import { PersistenceError } from "./adapter.ts";
import type { SqlDriver } from "./sql-driver.ts";

const VERSION_1: readonly string[] = [
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

/** The table with a row for each small group. */
export const GROUPS_TABLE = "groups";
/** The page that is its root in every file that did not have version 1 before. */
export const GROUPS_ROOT = 4;
/** The table with a row for each family of the others. */
export const FAMILIES_TABLE = "families";
/** The page that is its root in every file. */
export const FAMILIES_ROOT = 3;

/** Where `meta` says which page is the root of `groups` if it is another one. */
const ROOT_KEY = "groups_root";

const VERSION_2: readonly string[] = [
  `CREATE TABLE groups (
    grouping_key TEXT NOT NULL UNIQUE,
    families TEXT NOT NULL,
    checksum INTEGER
  )`,
  // It may be there under a name that damage gave it.
  "DROP VIEW IF EXISTS series",
  `CREATE VIEW series AS SELECT
    grouping_key,
    family.key AS name,
    json_extract(family.value, '$.type') AS type,
    json_extract(each.value, '$[0]') AS labels,
    json_extract(each.value, '$[1]') AS value
  FROM groups, json_each(families) AS family, json_each(family.value, '$.series') AS each
  UNION ALL SELECT
    grouping_key,
    name,
    json_extract(record, '$.type'),
    json_extract(each.value, '$[0]'),
    json_extract(each.value, '$[1]')
  FROM families, json_each(record, '$.series') AS each`,
  `INSERT INTO meta (key, value) SELECT '${ROOT_KEY}', rootpage FROM sqlite_schema
    WHERE name = '${GROUPS_TABLE}' AND rootpage <> ${GROUPS_ROOT}`,
];

/** What brings a schema of each version, from none (0) on, to the next one. */
export const MIGRATIONS: readonly (readonly string[])[] = [VERSION_1, VERSION_2];

// Cloudflare has a table of its own in the database of a Durable Object.
const COUNT_TABLES = `SELECT
    count(*) AS all_of_them,
    sum(type = 'table' AND name IN ('meta', 'families')) AS ours
  FROM sqlite_schema WHERE name NOT LIKE '\\_%' ESCAPE '\\'`;
/** Sets a value in `meta` by its key. */
export const SET_META =
  "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";

/**
 * Creates the tables in an empty database and brings an older schema up to date, within a transaction of the caller's.
 *
 * @throws PersistenceError when the schema is of a later version than this code knows.
 */
export function prepareSchema(driver: SqlDriver, migrations: typeof MIGRATIONS): void {
  const version = schemaVersion(driver, migrations);
  if (version === migrations.length) return;
  for (const statement of migrations.slice(version).flat()) driver.run(statement);
  driver.run(SET_META, "schema_version", String(migrations.length));
}

/**
 * The version of the schema that a database has; 0 when it is empty.
 *
 * @throws PersistenceError when it is a later one than this code knows, or the database is not one of ours.
 */
export function schemaVersion(
  driver: SqlDriver,
  migrations: typeof MIGRATIONS = MIGRATIONS,
): number {
  const version = readVersion(driver);
  if (version <= migrations.length) return version;
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

/** Whether there is a table of small groups. */
export function hasGroups(driver: SqlDriver): boolean {
  return readVersion(driver) > 1;
}

/** Whether the tables begin where they should: a part of a table is as good a root to SQLite, and the rest of the table is gone. */
export function hasItsRoots(driver: SqlDriver): boolean {
  const rootOf = (table: string): unknown => {
    const [row] = driver.query("SELECT rootpage FROM sqlite_schema WHERE name = ?", table);
    return row?.["rootpage"];
  };
  if (rootOf(FAMILIES_TABLE) !== FAMILIES_ROOT) return false;
  if (!hasGroups(driver)) return true;
  const root = rootOf(GROUPS_TABLE);
  const [moved] = driver.query("SELECT value FROM meta WHERE key = ?", ROOT_KEY);
  return root === GROUPS_ROOT || (moved !== undefined && String(root) === moved["value"]);
}

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
