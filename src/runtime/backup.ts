/**
 * `narthex backup`: a copy of the database as it is at one moment, made while a gateway may be writing to it. It appears under its
 * name when it is whole and synced.
 */
import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { PersistenceError } from "../persist/adapter.ts";
import { assertOurs } from "../persist/sql-schema.ts";
import { loadSqlite, openToRead } from "./sqlite.ts";

/**
 * Copies a database.
 *
 * @param file the database.
 * @param to where the copy goes; must not exist.
 * @throws PersistenceError with the reason.
 */
export async function backup(file: string, to: string): Promise<void> {
  const sqlite = await loadSqlite();
  if (!existsSync(file)) {
    throw new PersistenceError("failed", `file ${file}: there is no such file`);
  }
  if (existsSync(to)) throw new PersistenceError("failed", `file ${to}: there is one already`);
  const partial = `${to}.partial`;
  const driver = openToRead(sqlite, file);
  try {
    assertOurs(driver);
    rmSync(partial, { force: true });
    // As private as the database itself; SQLite takes an empty file for none.
    closeSync(openSync(partial, "wx", 0o600));
    driver.run("VACUUM INTO ?", partial);
    syncPath(partial);
    // Unlike a rename, this does not replace what has come meanwhile.
    linkSync(partial, to);
    syncPath(dirname(to));
  } catch (error) {
    throw error instanceof PersistenceError ? error : driver.explain(error);
  } finally {
    driver.close();
    rmSync(partial, { force: true });
  }
}

function syncPath(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
