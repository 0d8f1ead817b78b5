/**
 * The contract between the gateway and whatever stores its groups. An adapter keeps records, each of one family of a group or of a small
 * group whole, and knows nothing of what is in them; `group-record.ts` makes them. It is built from what it is handed (a path, a binding, a client), and opening
 * it claims the store: a second gateway on the same store is refused.
 *
 * Order of calls: `load` once and to its end, then `write` and `probe`, one at a time (the next only when the one before has
 * settled), then `close`, which may come at any moment, also during a write: that write still settles.
 */

/** One family of one group as it is stored, or all of them. */
export interface StoredRecord {
  /** Label text of the grouping key, labels sorted by name: `instance="a",job="b"`. Any UTF-8. */
  readonly group: string;
  /** Name of the family, any UTF-8; empty when the record is a small group whole, which has a text of 4000 UTF-16 units at most. */
  readonly name: string;
  /** What `group-record.ts` made of it: JSON. */
  readonly text: string;
}

/** What becomes of one record. */
export interface RecordWrite extends Omit<StoredRecord, "text"> {
  /** The new text; `undefined` deletes the record, whether or not it is there. */
  readonly text: string | undefined;
}

/** Changes that are stored together or not at all. What is deleted whole is deleted first, so that records may follow in its place. */
export interface Batch {
  /** Whether all that is stored goes. */
  readonly wipe: boolean;
  /** Groups all of whose records go, each once, whether or not they are there. */
  readonly clear: readonly string[];
  /** Records to write, none of them twice. */
  readonly records: readonly RecordWrite[];
}

/** A store of records. */
export interface PersistenceAdapter {
  /** What it is and where, for logs and errors, without secrets: `file /var/lib/narthex.db`. */
  readonly description: string;
  /**
   * Yields all records, some at a time, in no particular order. What is damaged is set aside and logged, not yielded.
   *
   * @throws PersistenceError when nothing can be read.
   */
  load(): AsyncIterable<readonly StoredRecord[]>;
  /**
   * Stores a batch. Once it returns or resolves, the batch survives a crash of the process, and as far as the store promises that,
   * of the machine. An adapter that returns no promise has done it all within the call.
   *
   * @throws PersistenceError, or a promise that rejects with one; any other error is taken for one whose outcome is unknown.
   */
  write(batch: Batch): void | Promise<void>;
  /** Finds out whether a write would succeed now, by writing something that no `load` yields. Fails as `write` does. */
  probe(): void | Promise<void>;
  /** Bytes that the store takes, where that is known at no cost. */
  size(): number | undefined;
  /** Gives the store back, once a write under way has settled. Does not throw. */
  close(): Promise<void>;
}

/**
 * What is known of a batch that could not be stored:
 *
 * - `failed`: nothing of it is stored.
 * - `unknown`: it may or may not be stored, now or later (a time-out, a connection that broke).
 * - `lost`: nothing of it is stored, and nothing ever will be by this process, because the store belongs to another gateway now.
 */
export type Outcome = "failed" | "unknown" | "lost";

/** The store did not do what it was asked to. The message says why, in one line and without secrets. */
export class PersistenceError extends Error {
  /** What became of the batch. */
  readonly outcome: Outcome;

  /** Makes an error that tells `message`. */
  constructor(outcome: Outcome, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "PersistenceError";
    this.outcome = outcome;
  }
}

/** Any error as a PersistenceError, with only the first line of its message. */
export function toPersistenceError(error: unknown): PersistenceError {
  if (error instanceof PersistenceError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new PersistenceError("unknown", message.split("\n", 1)[0] ?? "", error);
}
