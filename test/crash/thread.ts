/**
 * Stores by a thread, as on a slow disk, which a clock pretends there is. Runs by itself, in a runtime that has SQLite, and prints
 * what it found as JSON: `bun test/crash/thread.ts`.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { ROOT } from "../../scripts/bundle.ts";
import type { Logger } from "../../src/log/logger.ts";
import type { PersistenceAdapter } from "../../src/persist/adapter.ts";
import { createSystemClock } from "../../src/runtime/clock.ts";
import { openFileStore } from "../../src/runtime/file-store.ts";

/** What was found. */
export interface ThreadResult {
  /** Batches that were stored at once and by the thread. */
  readonly atOnce: number;
  /** See {@link ThreadResult.atOnce}. */
  readonly byThread: number;
  /** What became of a batch that cannot be stored. */
  readonly refusal: string;
  /** Whether a write under way was stored when the store was closed. */
  readonly settled: boolean;
  /** Records in the store at the end. */
  readonly records: number;
  /** What was logged. */
  readonly logged: readonly string[];
}

const BATCHES = 300;
const folder = mkdtempSync(join(tmpdir(), "narthex-thread-"));
const logged: string[] = [];
const log = (message: string): void => void logged.push(message);
const logger: Logger = { debug: log, info: log, warn: log, error: log };
let now = 0;
const clock = { ...createSystemClock(), monotonic: () => now += 50 };

async function open(): Promise<PersistenceAdapter> {
  const entry = join(ROOT, "src/main.ts");
  const file = join(folder, "narthex.db");
  const adapter = await openFileStore(file, { sync: "normal", logger, clock, entry });
  for await (const _ of adapter.load());
  return adapter;
}

function write(adapter: PersistenceAdapter, group: string): void | Promise<void> {
  return adapter.write({ wipe: false, clear: [], records: [{ group, name: "m", text: group }] });
}

try {
  const adapter = await open();
  let atOnce = 0;
  let byThread = 0;
  while (byThread < BATCHES) {
    const result = write(adapter, `g${atOnce + byThread}`);
    if (result === undefined) atOnce++;
    else {
      await result;
      byThread++;
    }
    // The quick clock of the thread would move commits back.
    for (let i = 0; i < 3 && byThread === 0; i++) await new Promise((r) => setTimeout(r, 10));
    if (atOnce > 10_000) break;
  }
  const refused = { group: "g", name: null as unknown as string, text: "" };
  const refusal = await Promise.resolve()
    .then(() => adapter.write({ wipe: false, clear: [], records: [refused] }))
    .then(() => "", (error) => `${error.name} ${error.outcome}`);
  const writing = Promise.resolve(write(adapter, "last"));
  await adapter.close();
  const settled = await Promise.race([
    writing.then(() => true),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 5000)),
  ]);
  const again = await open();
  let records = 0;
  for await (const piece of again.load()) records += piece.length;
  await again.close();
  const result: ThreadResult = { atOnce, byThread, refusal, settled, records, logged };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
