/**
 * `--persistence.file`: a database of ours, a file that the reference wrote, or something broken. Whatever it is, nothing that was
 * in it is thrown away: the reference's file is kept as a backup, a broken one is set aside under a dated name.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  realpathSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Clock } from "../model/clock.ts";
import { type PersistenceAdapter, PersistenceError } from "../persist/adapter.ts";
import { kindOf } from "../persist/group-record.ts";
import { createSqlAdapter } from "../persist/sql.ts";
import { startCommitThread } from "./commit-thread.ts";
import { codeOf, toFileError } from "./file-error.ts";
import { findKind } from "./file-kind.ts";
import { claimFile } from "./file-owner.ts";
import { warnOfPlace } from "./file-place.ts";
import { openRepaired } from "./file-repair.ts";
import { importReference } from "./reference-import.ts";
import { setAside } from "./set-aside.ts";
import { withSlowDisk } from "./slow-disk.ts";
import { loadSqlite, type OpenOptions, type SqliteModule } from "./sqlite.ts";

/** What a file store is opened with. */
export interface FileStoreOptions extends OpenOptions {
  /** Dates what is set aside, and measures commits. */
  readonly clock: Clock;
  /** Path of the program, for a thread that commits on a slow disk; without it there is none. */
  readonly entry?: string;
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
    assertAccess(file);
    prepareFile(sqlite, file, options);
    const adapter = createFileAdapter(sqlite, file, options, release);
    const { entry, sync } = options;
    if (entry === undefined) return adapter;
    const startThread = () => startCommitThread(entry, file, sync);
    return withSlowDisk(adapter, { ...options, startThread });
  } catch (error) {
    release();
    throw toFileError(file, error);
  }
}

/** Says in the system's words what SQLite does not tell: the log and more are made in the folder. */
function assertAccess(file: string): void {
  accessSync(dirname(file), constants.W_OK);
  // Deno 2.9 goes by the mode alone, which on a read-only file system says nothing.
  if (existsSync(file)) closeSync(openSync(file, "r+"));
}

/** The file that a path leads to, so that two paths to one file are one claim. */
function resolvePath(path: string): string {
  const folder = dirname(path);
  try {
    // A link that leads to where nothing is yet.
    if (isLink(path) && !existsSync(path)) closeSync(openSync(path, "a", 0o600));
    if (!existsSync(path)) return join(realpathSync(folder), basename(path));
    if (statSync(path).isFile()) return realpathSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") {
      throw new PersistenceError("failed", `file ${path}: there is no folder ${folder}`);
    }
    throw toFileError(path, error);
  }
  throw new PersistenceError("failed", `file ${path}: is not a file`);
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** Makes sure that what is at the path, if anything, is a database of ours: imports, or sets aside, what is none. */
function prepareFile(sqlite: SqliteModule, file: string, options: FileStoreOptions): void {
  const { logger, clock } = options;
  const kind = findKind(file);
  if (kind === "foreign") {
    throw new PersistenceError("failed", `file ${file} is a database, but not one of narthex`);
  }
  if (kind !== "other") return;
  const reason = importReference(sqlite, file, options);
  if (reason === undefined) return;
  const kept = setAside(file, clock, "damaged");
  logger.error("the file cannot be read: starting empty", { file, kept, reason });
}

function createFileAdapter(
  sqlite: SqliteModule,
  file: string,
  options: FileStoreOptions,
  release: () => void,
): PersistenceAdapter {
  const adapter = createSqlAdapter(openRepaired(sqlite, file, options), {
    // Found sound a moment ago: whatever this is, there is more of it than a new database would mend.
    onDamaged: (group, name) => {
      const what = `a stored ${kindOf(name)} is damaged and is left out`;
      options.logger.error(what, { file, group, name });
    },
  });
  return {
    ...adapter,
    close: async () => {
      await adapter.close();
      release();
    },
  };
}
