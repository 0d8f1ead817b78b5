/**
 * node:sqlite as a driver for the SQL adapter: in Bun, Deno and Node ≥ 22.13. What SQLite says when something goes wrong is told
 * apart by its texts, which are the same everywhere; Deno 2.9 passes no error codes on.
 */
import { closeSync, openSync, statSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { Logger } from "../log/logger.ts";
import { PersistenceError } from "../persist/adapter.ts";
import type { SqlDriver, SqlRow, SqlValue } from "../persist/sql-driver.ts";

/** What a 200 promises: that the change survives a crash of the machine, or only one of the process. */
export type Sync = "full" | "normal";

/** The module, where the runtime has it. */
export type SqliteModule = typeof import("node:sqlite");

/** Loads node:sqlite. Rejects with a PersistenceError that says which runtimes have it. */
export async function loadSqlite(): Promise<SqliteModule> {
  try {
    return await import("node:sqlite");
  } catch {
    throw new PersistenceError(
      "failed",
      "this runtime has no SQLite: storing in a file needs Bun, Deno or Node 22.13 and later",
    );
  }
}

/**
 * Marks a database as one of ours in its header, at byte 68 and following ("Nrtx"), so that neither damage nor the file of another
 * program is taken for the other.
 */
export const APPLICATION_ID = 0x4e727478;

/** How a database is opened. */
export interface OpenOptions {
  /** What a 200 promises. */
  readonly sync: Sync;
  /** Where it is told what is not as it should be. */
  readonly logger: Logger;
}

/**
 * Opens a database for writing: WAL, so that others can read while the gateway writes, and a commit that is synced once. Whose
 * database it is must be known already.
 *
 * @throws PersistenceError with the reason in SQLite's words.
 */
export function openDatabase(
  sqlite: SqliteModule,
  path: string,
  { sync, logger }: OpenOptions,
): SqlDriver {
  try {
    return openForWriting(sqlite, path, ["PRAGMA journal_mode = WAL"], sync);
  } catch (error) {
    // A full disk has no room for the index to the log that processes share, but what is stored can be read without it.
    if (!(error instanceof PersistenceError && error.outcome === "unknown")) throw error;
    const alone = ["PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = WAL"];
    const driver = openForWriting(sqlite, path, alone, sync);
    logger.warn(
      "is the disk full? nobody else can read the database until the gateway is restarted",
      {
        file: path,
        err: error.message,
      },
    );
    return driver;
  }
}

/**
 * Opens a database that nobody else knows of yet. All of it is in one file once it is closed, however full the disk is.
 *
 * @throws PersistenceError with the reason in SQLite's words.
 */
export function openUnshared(sqlite: SqliteModule, path: string): SqlDriver {
  return openForWriting(sqlite, path, ["PRAGMA journal_mode = DELETE"], "full");
}

function openForWriting(
  sqlite: SqliteModule,
  path: string,
  modes: readonly string[],
  sync: Sync,
): SqlDriver {
  const description = `file ${path}`;
  let database: DatabaseSync | undefined;
  try {
    // Metrics are their owner's business, as in the reference's file. What SQLite keeps beside the file gets the same mode.
    closeSync(openSync(path, "a", 0o600));
    const isNew = statSync(path).size === 0;
    database = new sqlite.DatabaseSync(path);
    database.exec("PRAGMA busy_timeout = 2000");
    if (isNew) database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    for (const mode of modes) database.exec(mode);
    database.exec(`PRAGMA synchronous = ${sync}`);
    return createDriver(database, description);
  } catch (error) {
    database?.close();
    throw explain(description, error);
  }
}

/** Opens a database that somebody else may be writing to, to read it. */
export function openToRead(sqlite: SqliteModule, path: string): SqlDriver {
  const description = `file ${path}`;
  let database: DatabaseSync | undefined;
  try {
    database = new sqlite.DatabaseSync(path, { readOnly: true });
    database.exec("PRAGMA busy_timeout = 2000");
    return createDriver(database, description);
  } catch (error) {
    database?.close();
    throw explain(description, error);
  }
}

function createDriver(database: DatabaseSync, description: string): SqlDriver {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, statement = database.prepare(sql));
    return statement;
  };
  return {
    description,
    run: (sql, ...values) => void prepare(sql).run(...values),
    query: (sql, ...values) => readRows(prepare(sql), values),
    // Deno 2.9 ends it in silence at an error.
    mayEndEarly: true,
    transaction: (work) => runTransaction(database, work),
    explain: (error) => explain(description, error),
    checksum: crc32,
    size: () => sizeOf(prepare("PRAGMA page_count"), prepare("PRAGMA page_size")),
    close: () => {
      if (database.isOpen) database.close();
    },
  };
}

function* readRows(statement: StatementSync, values: readonly SqlValue[]): Generator<SqlRow> {
  for (const row of statement.iterate(...values)) yield row as SqlRow;
}

function runTransaction(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    // Some errors have ended the transaction already.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function sizeOf(count: StatementSync, size: StatementSync): number | undefined {
  const pages = Number(count.get()?.["page_count"]);
  const bytes = Number(size.get()?.["page_size"]);
  return Number.isFinite(pages * bytes) ? pages * bytes : undefined;
}

/** Whether SQLite found less in a file than there should be; to its text it is an error of the disk. Deno 2.9 does not tell. */
export function isShortRead(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SHORT_READ;
}

/** SQLITE_IOERR_SHORT_READ. */
const SHORT_READ = 522;

/**
 * An error of the disk may come when all is written but not known to be synced, so that a crash may bring the change back or not.
 * All others come before anything that counts is written.
 */
function explain(description: string, error: unknown): PersistenceError {
  if (error instanceof PersistenceError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const outcome = message.includes("disk I/O error") ? "unknown" : "failed";
  return new PersistenceError(outcome, `${description}: ${message.split("\n", 1)[0]}`, error);
}
