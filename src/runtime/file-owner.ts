/**
 * One gateway a file. The claim is an exclusive transaction on a small database beside it, which the system ends with the process,
 * however that ends: nothing has to be cleaned up after a crash, and nobody has to guess whether a process is still alive.
 */
import { PersistenceError } from "../persist/adapter.ts";
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
    const database = new sqlite.DatabaseSync(side);
    try {
      database.exec("BEGIN EXCLUSIVE");
    } catch (error) {
      database.close();
      throw error;
    }
    return () => {
      if (database.isOpen) database.close();
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.includes("locked")
      ? "another gateway is using it"
      : `cannot open ${side}: ${message.split("\n", 1)[0]}`;
    throw new PersistenceError("failed", `file ${path}: ${reason}`, error);
  }
}
