/**
 * The storage of a Durable Object for the SQL adapter. Nothing is awaited between a statement and its commit: a transaction runs
 * within the turn that asks for it, and Cloudflare's output gate holds back every answer until it is on several disks. Should
 * that fail later, the object is reset and the answer never goes out, so a write that returns is as good as stored.
 *
 * Spec: https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/
 */

import type { DurableObjectStorage } from "@cloudflare/workers-types";
import type { PersistenceAdapter } from "../persist/adapter.ts";
import { PersistenceError } from "../persist/adapter.ts";
import type { SqlDriver, SqlValue } from "../persist/sql-driver.ts";
import { createSqlAdapter, type SqlOptions } from "../persist/sql.ts";

/** The members of a Durable Object's storage that are used here. */
export type SqlStorage = Pick<DurableObjectStorage, "sql" | "transactionSync">;

/**
 * Largest part of a record, in UTF-16 units. A row takes 2 MB; a unit comes to 3 bytes of UTF-8 at most, which leaves 200 kB for
 * the grouping key and the name beside it.
 */
const MAX_PART = 600_000;

/** Makes an adapter over the storage of a Durable Object whose class is backed by SQLite. */
export function createDurableObjectAdapter(
  storage: SqlStorage,
  options: Pick<SqlOptions, "onDamaged"> = {},
): PersistenceAdapter {
  return createSqlAdapter(createDriver(storage), { ...options, maxPart: MAX_PART });
}

/** There is no checksum: the storage is replicated and checked below SQLite, unlike a file on somebody's disk. */
function createDriver(storage: SqlStorage): SqlDriver {
  const { sql } = storage;
  return {
    description: "Durable Object storage",
    run: (statement, ...values) => void sql.exec(statement, ...values),
    query: (statement, ...values) => sql.exec<Record<string, SqlValue>>(statement, ...values),
    transaction: (work) => storage.transactionSync(work),
    explain: (error) => {
      const message = error instanceof Error ? error.message : String(error);
      // The transaction was rolled back: none of it is stored.
      return new PersistenceError("failed", `Durable Object storage: ${firstLine(message)}`, error);
    },
    size: () => sql.databaseSize,
    close: () => {},
  };
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
