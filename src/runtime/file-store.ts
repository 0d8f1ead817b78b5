/**
 * `--persistence.file`: a database of ours, a file that the reference wrote, or something broken. Whatever it is, nothing that was
 * in it is thrown away: the reference's file is kept as a backup, a broken one is set aside under a dated name.
 */
import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Logger } from "../log/logger.ts";
import type { Clock } from "../model/clock.ts";
import { type PersistenceAdapter, PersistenceError } from "../persist/adapter.ts";
import { createSqlAdapter, type SqlDriver } from "../persist/sql.ts";
import { hasHeader, openRepaired, readStart, removeDamaged } from "./file-repair.ts";
import { claimFile } from "./file-owner.ts";
import { warnOfPlace } from "./file-place.ts";
import { importReference } from "./reference-import.ts";
import { setAside } from "./set-aside.ts";
import { loadSqlite, type SqliteModule, type Sync } from "./sqlite.ts";

/** What a file store is opened with. */
export interface FileStoreOptions {
  /** What a 200 promises. */
  readonly sync: Sync;
  /** Where it is told what was imported or lost. */
  readonly logger: Logger;
  /** Dates what is set aside. */
  readonly clock: Clock;
}

/**
 * Opens a file and claims it.
 *
 * @param path where it is; the folder must exist, the file need not.
 * @throws PersistenceError when it cannot be read or written at all, or belongs to another gateway or program.
 */
export async function openFileStore(
  path: string,
  options: FileStoreOptions,
): Promise<PersistenceAdapter> {
  const sqlite = await loadSqlite();
  const file = resolvePath(path);
  const release = claimFile(sqlite, file);
  try {
    warnOfPlace(file, options.logger);
    prepareFile(sqlite, file, options);
    const driver = openRepaired(sqlite, file, options);
    return createFileAdapter(driver, file, options, release);
  } catch (error) {
    release();
    throw toFileError(file, error);
  }
}

/** The file that a path leads to, so that two paths to one file are one claim. */
function resolvePath(path: string): string {
  const folder = dirname(path);
  try {
    if (existsSync(path)) return realpathSync(path);
    return join(realpathSync(folder), basename(path));
  } catch (error) {
    if (codeOf(error) === "ENOENT") {
      throw new PersistenceError("failed", `file ${path}: there is no folder ${folder}`);
    }
    throw toFileError(path, error);
  }
}

/** Makes sure that what is at the path, if anything, is a database: imports, or sets aside, what is none. */
function prepareFile(sqlite: SqliteModule, file: string, options: FileStoreOptions): void {
  const { logger, clock } = options;
  if (!existsSync(file) || statSync(file).size === 0) {
    // A log without its database is all that is left of what somebody deleted or truncated.
    const left = `${file}-wal`;
    if (existsSync(left) && statSync(left).size > 0) {
      const kept = setAside(file, clock, "orphaned");
      logger.error("the database is gone but its log is not: set aside", { file, kept });
    }
    return;
  }
  if (!statSync(file).isFile()) {
    throw new PersistenceError("failed", `file ${file}: is not a file`);
  }
  if (isDatabase(file)) return;
  const reason = importReference(sqlite, file, logger);
  if (reason === undefined) return;
  const kept = setAside(file, clock, "damaged");
  logger.error("the file cannot be read: starting empty", { file, kept, reason });
}

/** Whether a file is a database, or was one before its first bytes were damaged. */
function isDatabase(file: string): boolean {
  return hasHeader(file) || readStart(file, SCHEMA_BYTES).includes("CREATE TABLE families");
}

/** Where the statements that made the tables stand in a database. */
const SCHEMA_BYTES = 4096;

function createFileAdapter(
  driver: SqlDriver,
  file: string,
  { logger, clock }: FileStoreOptions,
  release: () => void,
): PersistenceAdapter {
  const damaged: { readonly group: string; readonly name: string }[] = [];
  const adapter = createSqlAdapter(driver, {
    onDamaged: (group, name) => damaged.push({ group, name }),
  });
  return {
    ...adapter,
    load: async function* () {
      yield* adapter.load();
      if (damaged.length > 0) removeDamaged(adapter, file, damaged, { logger, clock });
    },
    close: async () => {
      await adapter.close();
      release();
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Errors of the file system in one line. */
function toFileError(file: string, error: unknown): PersistenceError {
  if (error instanceof PersistenceError) return error;
  const reason = REASONS[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
  return new PersistenceError("failed", `file ${file}: ${reason.split("\n", 1)[0]}`, error);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "read-only file system",
  ENOSPC: "no space left on device",
};
