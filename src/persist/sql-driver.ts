/** What the adapter for SQLite asks of a database: that it runs statements. */

import type { PersistenceError } from "./adapter.ts";

/** What SQLite stores. */
export type SqlValue = string | number | null;
/** A row by the names of its columns. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Runs statements on one database, synchronously. */
export interface SqlDriver {
  /** See {@link PersistenceAdapter.description}. */
  readonly description: string;
  /** Runs a statement that gives no rows. */
  run(sql: string, ...values: readonly SqlValue[]): void;
  /** Runs a query; rows are read as they are asked for. */
  query(sql: string, ...values: readonly SqlValue[]): Iterable<SqlRow>;
  /** Whether a query may end at a row that cannot be read as if it were the last, so that rows must be counted. */
  readonly mayEndEarly?: boolean;
  /** Runs `work` in one transaction, which is durable when this returns. Rolls back when it throws, and throws on. */
  transaction(work: () => void): void;
  /** Turns what the database throws into an error that says whether anything was stored. */
  explain(error: unknown): PersistenceError;
  /** A checksum of a text, an integer, where the database is not trusted to notice damage. */
  checksum?(text: string): number;
  /** Bytes of the database. */
  size(): number | undefined;
  /** Closes the database. */
  close(): void;
}
