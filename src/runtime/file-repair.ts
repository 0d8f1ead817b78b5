/**
 * Opening a database that may be damaged. SQLite tells when its structure is, a checksum in each row when a value is. What can
 * still be read is carried over into a new database and served; the damaged one is kept aside, and the log says what is missing.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import type { Logger } from "../log/logger.ts";
import type { Clock } from "../model/clock.ts";
import type { PersistenceAdapter, StoredRecord } from "../persist/adapter.ts";
import { createSqlAdapter, readRecords, type SqlDriver } from "../persist/sql.ts";
import { copyAside, setAside } from "./set-aside.ts";
import { openDatabase, type SqliteModule, type Sync } from "./sqlite.ts";

/** What repairing needs to know. */
export interface RepairOptions {
  /** What a 200 promises. */
  readonly sync: Sync;
  /** Where it is told what was lost. */
  readonly logger: Logger;
  /** Dates what is set aside. */
  readonly clock: Clock;
}

/** A record that is there but not as it was written. */
export type Damaged = Pick<StoredRecord, "group" | "name">;

/** What every database begins with. */
export const HEADER = "SQLite format 3\0";
/** Records that are carried over in one transaction. */
const BATCH = 10_000;

/**
 * Opens a database; one with a damaged structure is replaced by a new one with what could be read.
 *
 * @throws PersistenceError as `openDatabase`.
 */
export function openRepaired(
  sqlite: SqliteModule,
  file: string,
  options: RepairOptions,
): SqlDriver {
  const opened = openSound(sqlite, file, options.sync);
  if (typeof opened !== "string") return opened;
  const kept = setAside(file, options.clock, "damaged");
  const { records, damaged } = rescue(sqlite, kept, `${file}.rescue`);
  const driver = openDatabase(sqlite, file, options.sync);
  writeAll(createSqlAdapter(driver), records);
  options.logger.error("the database is damaged: a new one has what could still be read", {
    file,
    kept,
    reason: opened,
    families: records.length,
    groups: new Set(records.map(({ group }) => group)).size,
    damaged: damaged.length,
  });
  for (const each of damaged) logLost(options.logger, each);
  return driver;
}

/**
 * Takes damaged records out of a database in use, once a copy of it is kept. Where there is no room for a copy they stay, and are
 * passed over at each start.
 */
export function removeDamaged(
  adapter: Pick<PersistenceAdapter, "write">,
  file: string,
  damaged: readonly Damaged[],
  { logger, clock }: Omit<RepairOptions, "sync">,
): void {
  for (const each of damaged) logLost(logger, each);
  try {
    const kept = copyAside(file, clock, "damaged");
    const records = damaged.map((each) => ({ ...each, text: undefined }));
    void adapter.write({ wipe: false, clear: [], records });
    logger.error("the database has damaged records: a copy of it is kept", { file, kept });
  } catch (error) {
    const err = error instanceof Error ? error.message : String(error);
    logger.error("the database has damaged records, of which no copy could be made", { file, err });
  }
}

function logLost(logger: Logger, { group, name }: Damaged): void {
  logger.error("lost: a stored family is damaged", { group, name });
}

const BROKEN_HEADER = "its first bytes are not those of a database";

/** Opens a database, or says what is wrong with it. */
function openSound(sqlite: SqliteModule, file: string, sync: Sync): SqlDriver | string {
  let driver: SqlDriver | undefined;
  try {
    if (existsSync(file) && statSync(file).size > 0 && !hasHeader(file)) return BROKEN_HEADER;
    driver = openDatabase(sqlite, file, sync);
    const [result] = driver.query("PRAGMA quick_check(1)");
    const verdict = String(result?.["quick_check"]);
    if (verdict === "ok") return driver;
    driver.close();
    return verdict;
  } catch (error) {
    driver?.close();
    const message = error instanceof Error ? error.message : String(error);
    if (message.includes("malformed") || message.includes("not a database")) return message;
    throw error;
  }
}

/** Whether a file begins as a database does. */
export function hasHeader(file: string): boolean {
  return readStart(file, HEADER.length) === HEADER;
}

/** The first bytes of a file as Latin-1. */
export function readStart(file: string, length: number): string {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.toString("latin1", 0, readSync(descriptor, bytes, 0, length, 0));
  } finally {
    closeSync(descriptor);
  }
}

interface Rescued {
  readonly records: readonly StoredRecord[];
  readonly damaged: readonly Damaged[];
}

/** Reads what can be read of a damaged database, from a copy: opening it may change it. */
function rescue(sqlite: SqliteModule, kept: string, copy: string): Rescued {
  try {
    for (const side of ["", "-wal"]) {
      if (existsSync(kept + side)) copyFileSync(kept + side, copy + side);
    }
    restoreHeader(copy);
    return readBothWays(openDatabase(sqlite, copy, "normal"));
  } catch {
    // Not even its list of tables can be read.
    return { records: [], damaged: [] };
  } finally {
    for (const side of ["", "-wal", "-shm"]) rmSync(copy + side, { force: true });
  }
}

function restoreHeader(file: string): void {
  const descriptor = openSync(file, "r+");
  try {
    writeSync(descriptor, HEADER, 0, "latin1");
  } finally {
    closeSync(descriptor);
  }
}

/** Reads from both ends up to where the damage is. */
function readBothWays(driver: SqlDriver): Rescued {
  const records = new Map<string, StoredRecord>();
  const damaged = new Map<string, Damaged>();
  const idOf = ({ group, name }: Damaged): string => JSON.stringify([group, name]);
  for (const order of ["ASC", "DESC"] as const) {
    try {
      const onDamaged = (group: string, name: string) => {
        damaged.set(idOf({ group, name }), { group, name });
      };
      for (const record of readRecords(driver, onDamaged, order)) records.set(idOf(record), record);
    } catch {
      // This way it goes no further.
    }
  }
  driver.close();
  const lost = [...damaged].filter(([id]) => !records.has(id)).map(([, each]) => each);
  return { records: [...records.values()], damaged: lost };
}

function writeAll(adapter: PersistenceAdapter, records: readonly StoredRecord[]): void {
  for (let at = 0; at < records.length; at += BATCH) {
    void adapter.write({ wipe: false, clear: [], records: records.slice(at, at + BATCH) });
  }
}
