/**
 * One gateway a file. The claim is an exclusive transaction on a small database beside it, which the system ends with the process,
 * however that ends: nothing has to be cleaned up after a crash, and nobody has to guess whether a process is still alive.
 */
import { accessSync, closeSync, constants, existsSync, openSync } from "node:fs";
import { PersistenceError } from "../persist/adapter.ts";
import { describeFileError } from "./file-error.ts";
import type { SqliteModule } from "./sqlite.ts";

/** What is put behind the name of the file. */
export const OWNER_SUFFIX = "-owner";

/**
 * Claims a file.
 *
 * @returns gives the claim back; once is enough, but more does no harm.
 * @throws PersistenceError when another gateway has it, or nothing can be written beside it.
 */
export function claimFile(sqlite: SqliteModule, path: string): () => void {
  const side = `${path}${OWNER_SUFFIX}`;
  try {
    // Both say better than SQLite why it cannot be used. Only SQLite may open one that is there: closing a file ends all claims that
    // the process has on it.
    if (existsSync(side)) accessSync(side, constants.R_OK | constants.W_OK);
    else closeSync(openSync(side, "a", 0o600));
    const database = new sqlite.DatabaseSync(side);
    try {
      // A journal in a file would need room on a disk that may be full, for a transaction that writes nothing.
      database.exec("PRAGMA journal_mode = MEMORY");
      database.exec("BEGIN EXCLUSIVE");
    } catch (error) {
      database.close();
      throw error;
    }
    return () => {
      if (database.isOpen) database.close();
    };
  } catch (error) {
    const why = describeFileError(error);
    const reason = why.includes("locked")
      ? "another gateway is using it"
      : `cannot open ${side}: ${why}`;
    throw new PersistenceError("failed", `file ${path}: ${reason}`, error);
  }
}
