/**
 * Commits in a thread of their own, for a disk that is slow. It runs the same program as the process, so that a single file is all
 * there is of each way to install the gateway; `main` asks {@link isCommitThread} first of all.
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { Logger } from "../log/logger.ts";
import {
  type Batch,
  type Outcome,
  PersistenceError,
  toPersistenceError,
} from "../persist/adapter.ts";
import { createSqlAdapter } from "../persist/sql.ts";
import { loadSqlite, openDatabase, type Sync } from "./sqlite.ts";

/** What a thread is told when it starts. */
interface ThreadData {
  /** Tells it from threads that others may start. */
  readonly task: "narthex commits";
  readonly file: string;
  readonly sync: Sync;
}

/** What to do: store a batch, find out whether one could be stored, or end. */
type Order =
  | { readonly kind: "write"; readonly batch: Batch }
  | { readonly kind: "probe" | "close" };

/** What became of it. */
type Report =
  | { readonly kind: "done"; readonly milliseconds: number }
  | { readonly kind: "failed"; readonly outcome: Outcome; readonly message: string };

/** A thread that commits. */
export interface CommitThread {
  /** Whether it can be given anything to do. */
  isAlive(): boolean;
  /** Stores a batch. Resolves with the milliseconds that it took; rejects as {@link PersistenceAdapter.write} does. */
  write(batch: Batch): Promise<number>;
  /** Finds out whether a batch could be stored. Resolves and rejects as `write`. */
  probe(): Promise<number>;
  /** Resolves when the thread has closed the database and ended. */
  close(): Promise<void>;
}

/**
 * Starts a thread that commits to a database that the process has open and owns.
 *
 * @param entry path of the program, which calls {@link runCommitThread}.
 * @throws PersistenceError when the thread cannot be started or cannot open the database.
 */
export async function startCommitThread(
  entry: string,
  file: string,
  sync: Sync,
): Promise<CommitThread> {
  const data: ThreadData = { task: "narthex commits", file, sync };
  const worker = new Worker(entry, { workerData: data });
  /** Those who wait for a report, in the order of their orders. */
  const waiting: ((report: Report) => void)[] = [];
  let isAlive = true;
  const end = (reason: string): void => {
    isAlive = false;
    const report: Report = { kind: "failed", outcome: "unknown", message: reason };
    for (const settle of waiting.splice(0)) settle(report);
  };
  worker.on("message", (report: Report) => waiting.shift()?.(report));
  worker.on("error", (error: unknown) => end(`the thread that commits failed: ${String(error)}`));
  worker.on("exit", () => end("the thread that commits has ended"));
  const nextReport = async (): Promise<number> => {
    const report = await new Promise<Report>((resolve) => waiting.push(resolve));
    if (report.kind === "done") return report.milliseconds;
    throw new PersistenceError(report.outcome, report.message);
  };
  const give = (order: Order): Promise<number> => {
    const report = nextReport();
    worker.postMessage(order);
    return report;
  };
  await nextReport();
  return {
    isAlive: () => isAlive,
    write: (batch) => give({ kind: "write", batch }),
    probe: () => give({ kind: "probe" }),
    close: async () => {
      if (isAlive) await give({ kind: "close" }).catch(() => {});
      await worker.terminate();
    },
  };
}

/** Whether this is a thread that {@link startCommitThread} has started. */
export function isCommitThread(): boolean {
  return !isMainThread && (workerData as Partial<ThreadData> | null)?.task === "narthex commits";
}

/** Opens the database and carries out orders until the last. */
export async function runCommitThread(): Promise<void> {
  const { file, sync } = workerData as ThreadData;
  const tell = (report: Report): void => parentPort?.postMessage(report);
  try {
    const sqlite = await loadSqlite();
    const driver = openDatabase(sqlite, file, { sync, logger: SILENT });
    driver.run(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
    const adapter = createSqlAdapter(driver);
    parentPort?.on("message", (order: Order) => {
      const started = performance.now();
      try {
        if (order.kind === "write") void adapter.write(order.batch);
        else if (order.kind === "probe") void adapter.probe();
        else void adapter.close();
        tell({ kind: "done", milliseconds: performance.now() - started });
      } catch (error) {
        tell(describeFailure(error));
      }
    });
    tell({ kind: "done", milliseconds: 0 });
  } catch (error) {
    tell(describeFailure(error));
  }
}

/**
 * Pages in the log before they are taken over into the database, which takes several syncs more than a commit: with four times as many
 * as SQLite's own choice it is rare enough that hardly a push waits for it.
 */
const LOG_PAGES = 4000;

function describeFailure(error: unknown): Report {
  const { outcome, message } = toPersistenceError(error);
  return { kind: "failed", outcome, message };
}

/** The process has said all there is to say about the database. */
const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };
