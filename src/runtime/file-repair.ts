/**
 * Opening a database that may be damaged. SQLite tells when its structure is, a checksum in each row when a value is, and the log
 * beside it is looked at before SQLite drops what it does not like. What can still be read goes into a new database and is served;
 * the damaged one is set aside as it is, and our log says what is missing.
 *
 * The new database is complete before anything is moved, under a name that the next start knows, so that a crash or a full disk on
 * the way costs nothing.
 */
import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import type { Clock } from "../model/clock.ts";
import type { RecordWrite } from "../persist/adapter.ts";
import { kindOf } from "../persist/group-record.ts";
import { checkStatements, createSqlAdapter } from "../persist/sql.ts";
import type { SqlDriver } from "../persist/sql-driver.ts";
import { readRecords } from "../persist/sql-rows.ts";
import { hasItsRoots, schemaVersion } from "../persist/sql-schema.ts";
import { toFileError } from "./file-error.ts";
import { hasHeader, readLogOf } from "./file-kind.ts";
import { rescueRecords } from "./file-rescue.ts";
import { setAside } from "./set-aside.ts";
import {
  isShortRead,
  openDatabase,
  type OpenOptions,
  openToRead,
  openUnshared,
  type SqliteModule,
} from "./sqlite.ts";

/** What repairing needs to know. */
export interface RepairOptions extends OpenOptions {
  /** Dates what is set aside. */
  readonly clock: Clock;
}

/** A new database that is not complete, and one that is but has not taken its place. */
const UNFINISHED = ".repairing";
const FINISHED = ".repaired";

/**
 * Opens a database of ours, or makes a new one; one that is damaged is replaced by a new one with what could be read.
 *
 * @throws PersistenceError as `openDatabase`, or when there is no room to repair; then everything is where it was.
 */
export function openRepaired(
  sqlite: SqliteModule,
  file: string,
  options: RepairOptions,
): SqlDriver {
  finishRepair(file, options.clock);
  const opened = openSound(sqlite, file, options);
  if (typeof opened !== "string") return opened;
  repair(sqlite, file, opened, options);
  return openDatabase(sqlite, file, options);
}

/**
 * Replaces a database, which nobody has open, by a new one with what could be read of it.
 *
 * @param reason what is wrong with it, for the log.
 * @throws PersistenceError or Error of the file system when that cannot be done; then everything is where it was.
 */
function repair(
  sqlite: SqliteModule,
  file: string,
  reason: string,
  { clock, logger }: RepairOptions,
): void {
  const { records, damaged, unreadablePages } = rescueRecords(file);
  writeDatabase(sqlite, file + UNFINISHED, records);
  renameSync(file + UNFINISHED, file + FINISHED);
  const kept = finishRepair(file, clock);
  logger.error("the database is damaged: a new one has what could still be read", {
    file,
    kept,
    reason,
    records: records.length,
    groups: new Set(records.map(({ group }) => group)).size,
    damaged: damaged.length,
    unreadable_pages: unreadablePages,
  });
  for (const { group, name } of damaged) {
    logger.error(`lost: a stored ${kindOf(name)} is damaged`, { group, name });
  }
}

/**
 * Writes a database of ours with these records, closed and synced.
 *
 * @param path where it goes; what an earlier attempt left there is overwritten.
 */
export function writeDatabase(
  sqlite: SqliteModule,
  path: string,
  records: readonly RecordWrite[],
): void {
  for (const side of ["", "-journal"]) rmSync(path + side, { force: true });
  const driver = openUnshared(sqlite, path);
  try {
    void createSqlAdapter(driver).write({ wipe: false, clear: [], records });
  } catch (error) {
    driver.close();
    for (const side of ["", "-journal"]) rmSync(path + side, { force: true });
    throw error;
  }
  driver.close();
}

/** Puts a repaired database, if there is one, in the place of the damaged one, and that one aside. Returns where that is. */
function finishRepair(file: string, clock: Clock): string {
  if (!existsSync(file + FINISHED)) return "";
  const kept = setAside(file, clock, "damaged");
  renameSync(file + FINISHED, file);
  return kept;
}

/** Opens a database, or says what is wrong with it. */
function openSound(sqlite: SqliteModule, file: string, options: OpenOptions): SqlDriver | string {
  const isNew = !existsSync(file) || statSync(file).size === 0;
  const log = readLogOf(file);
  if (isNew && log !== undefined) return "the database is gone, but its log is not";
  if (isNew) return openDatabase(sqlite, file, options);
  if (!hasHeader(file)) return "its first bytes are not those of a database";
  if (log?.damage !== undefined) return log.damage;
  if (log?.isTorn) options.logger.warn("the last commit is not complete and is left out", { file });
  const wrong = findDamage(sqlite, file);
  return wrong ?? openDatabase(sqlite, file, options);
}

/**
 * What is wrong with a database, its records included. It is only read: SQLite lays the log over a database that it closes, which
 * would make the damage worse.
 */
function findDamage(sqlite: SqliteModule, file: string): string | undefined {
  let driver: SqlDriver | undefined;
  try {
    driver = openToRead(sqlite, file);
    const [result] = driver.query("PRAGMA quick_check(1)");
    const verdict = String(result?.["quick_check"]);
    if (verdict !== "ok") return verdict;
    const version = schemaVersion(driver);
    // Made a moment before somebody pulled the plug.
    if (version === 0) return undefined;
    checkStatements(driver, version);
    if (!hasItsRoots(driver)) return "a table does not begin where it should";
    let isDamaged = false;
    const records = readRecords(driver, () => isDamaged = true);
    while (!isDamaged && !records.next().done);
    return isDamaged ? "some of its records are damaged" : undefined;
  } catch (error) {
    if (isShortRead(error)) return "the file is shorter than it should be";
    const { message } = driver?.explain(error) ?? toFileError(file, error);
    // A full disk has no room for what it takes to read beside others; the database may still be opened alone.
    if (message.includes("disk I/O error")) return undefined;
    // Nor is a mistake of ours a reason to replace a database.
    if (NO_DAMAGE.test(message) || error instanceof TypeError || error instanceof ReferenceError) {
      throw error;
    }
    return message;
  } finally {
    driver?.close();
  }
}

/** Trouble of the disk, of access or of versions: nothing that a new database would mend. */
const NO_DAMAGE =
  /disk I\/O error|disk is full|locked|readonly|unable to open|out of memory|later version|\bE[A-Z]+: /;
