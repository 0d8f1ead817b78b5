/**
 * What becomes of a database whose bytes are damaged. Runs by itself, in one process of a runtime that has SQLite, and prints what it
 * found as JSON: `bun test/crash/damage.ts --seed=1 --trials=300`.
 *
 * Every record that was ever written is remembered, so that it can be told whether what is served is one of them, and whether it is
 * the last of its name.
 */

import { Buffer } from "node:buffer";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { createLogger } from "../../src/log/create-logger.ts";
import type { Batch, PersistenceAdapter, RecordWrite } from "../../src/persist/adapter.ts";
import { createSqlAdapter } from "../../src/persist/sql.ts";
import { MIGRATIONS } from "../../src/persist/sql-schema.ts";
import { createSystemClock } from "../../src/runtime/clock.ts";
import { openFileStore } from "../../src/runtime/file-store.ts";
import { loadSqlite, openUnshared } from "../../src/runtime/sqlite.ts";
import { createRandom, type Random } from "./random.ts";

/** What became of many damaged databases of one kind. */
export interface DamageResult {
  /** What was damaged, and how. */
  readonly kind: string;
  /** How many. */
  readonly trials: number;
  /** Why some could not be opened. */
  readonly errors: readonly string[];
  /** Records that were served although nobody ever wrote them, or whose group was deleted. */
  readonly invented: readonly string[];
  /** Records that were served as they had been before they were written again. */
  readonly stale: number;
  /** Databases from which something was missing although nothing was logged. */
  readonly silent: readonly string[];
  /** Damaged files that were not set aside with every byte they had. */
  readonly altered: readonly string[];
  /** Databases that still had damage at the second start. */
  readonly unmended: readonly string[];
  /** Share of the records that was served with its last text: on average, and in the worst case. */
  readonly share: { readonly mean: number; readonly worst: number };
}

/** A database as it lies on the disk. */
interface Snapshot {
  /** Its files by what is behind its name. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** What it holds. */
  readonly records: ReadonlyMap<string, string>;
}

const GROUPS = 250;
const NAMES = ["requests_total", "push_time_seconds", "push_failure_time_seconds"];
const FILE = "narthex.db";
// What is tested here is not the disk: memory is quicker.
const memory = "/dev/shm";
const root = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), "narthex-damage-"));
const clock = createSystemClock();
const everWritten = new Map<string, Set<string>>();
const sqlite = await loadSqlite();

async function openIn(
  folder: string,
  log: (line: string) => void = () => {},
): Promise<PersistenceAdapter> {
  const logger = createLogger({ format: "logfmt", level: "warn", clock, write: log });
  return await openFileStore(join(folder, FILE), { sync: "normal", logger, clock });
}

/** What is stored, as far as it was written by this. */
class Content {
  readonly records = new Map<string, string>();

  /** Writes a batch and takes note of it. */
  write(adapter: PersistenceAdapter, batch: Batch): void {
    void adapter.write(batch);
    for (const [id] of this.records) {
      if (batch.clear.some((group) => JSON.parse(id)[0] === group)) this.records.delete(id);
    }
    for (const { group, name, text } of batch.records) {
      const id = JSON.stringify([group, name]);
      if (text === undefined) continue;
      this.records.set(id, text);
      everWritten.set(id, (everWritten.get(id) ?? new Set()).add(text));
    }
  }
}

/**
 * Makes a database that has grown in the ordinary way, half of its groups being stored whole; with a log of many commits, and as it is
 * once closed.
 */
async function createSnapshots(random: Random): Promise<{ running: Snapshot; closed: Snapshot }> {
  const folder = join(root, "origin");
  mkdirSync(folder);
  const content = new Content();
  const adapter = await openIn(folder);
  for await (const _ of adapter.load());
  for (let group = 0; group < GROUPS; group++) {
    content.write(adapter, push(group, isWhole(group), random));
  }
  await adapter.close();
  return await useFor(folder, content, random);
}

/** Makes a database of the first version, and what becomes of it when it is then used by this one. */
async function createMigrated(random: Random): Promise<{ old: Snapshot; closed: Snapshot }> {
  const folder = join(root, "migrated");
  mkdirSync(folder);
  const content = new Content();
  const driver = openUnshared(sqlite, join(folder, FILE));
  for (const statement of MIGRATIONS[0] ?? []) driver.run(statement);
  driver.run("INSERT INTO meta VALUES ('schema_version', '1')");
  // Writes nothing to the table that is not there yet.
  const adapter = createSqlAdapter(driver, { migrations: MIGRATIONS.slice(0, 1) });
  for (let group = 0; group < GROUPS; group++) {
    content.write(adapter, push(group, false, random));
  }
  await adapter.close();
  const old = { files: readFiles(folder), records: new Map(content.records) };
  const { closed } = await useFor(folder, content, random);
  return { old, closed };
}

/** Pushes to groups, some of which change their form, and deletes some. */
async function useFor(folder: string, content: Content, random: Random) {
  const adapter = await openIn(folder);
  for await (const _ of adapter.load());
  for (let i = 0; i < 60; i++) {
    const group = random.below(GROUPS);
    const changes = random.chance(0.3);
    const { records } = push(group, isWhole(group) !== changes, random);
    content.write(adapter, { wipe: false, clear: [groupOf(group)], records });
    if (i % 20 === 0) {
      const gone = groupOf(random.below(GROUPS));
      content.write(adapter, { wipe: false, clear: [gone], records: [] });
    }
  }
  const records = new Map(content.records);
  const running = { files: readFiles(folder), records };
  await adapter.close();
  return { running, closed: { files: readFiles(folder), records } };
}

function isWhole(group: number): boolean {
  return group % 2 === 0;
}

function groupOf(group: number): string {
  return `instance="host-${group}.example:9100",job="batch"`;
}

function push(number: number, isWhole: boolean, random: Random): Batch {
  const group = groupOf(number);
  const texts = NAMES.map((): string => {
    const series = Array.from({ length: 1 + random.below(4) }, (_, i) => [
      `${group},code="${i}"`,
      random.below(1e9),
    ]);
    // Some rows go on beyond their page.
    const help = number % 25 < 2 ? "ä".repeat(1500) : "";
    return JSON.stringify({ type: "gauge", help, pushed_at: 1, series });
  });
  const whole = `{${texts.map((text, i) => `"${NAMES[i]}":${text}`)}}`;
  const records: RecordWrite[] = isWhole
    ? [{ group, name: "", text: whole }]
    : texts.map((text, i) => ({ group, name: NAMES[i] ?? "", text }));
  return { wipe: false, clear: [], records };
}

function readFiles(folder: string): Map<string, Buffer> {
  const names = readdirSync(folder).filter((name) => /^narthex\.db(-wal)?$/.test(name));
  return new Map(names.map((name) => [name.slice(FILE.length), readFileSync(join(folder, name))]));
}

/** Damages a copy of a database, opens it, and looks at what is served. */
async function tryOne(snapshot: Snapshot, damage: (files: Map<string, Buffer>) => void) {
  const folder = join(root, "trial");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const files = new Map([...snapshot.files].map(([side, bytes]) => [side, Buffer.from(bytes)]));
  damage(files);
  for (const [side, bytes] of files) writeFileSync(join(folder, FILE + side), bytes);
  const log: string[] = [];
  const served = await readAll(folder, log);
  const again: string[] = [];
  const servedAgain = await readAll(folder, again);
  const same = JSON.stringify([...served].sort()) === JSON.stringify([...servedAgain].sort());
  return {
    served,
    log,
    altered: findAltered(folder, files, log),
    unmended: same
      ? again.join("\n")
      : `${served.size} records, then ${servedAgain.size}: ${log.join("; ")}`,
  };
}

async function readAll(folder: string, log: string[]): Promise<Map<string, string>> {
  const adapter = await openIn(folder, (line) => log.push(line));
  const served = new Map<string, string>();
  try {
    for await (const piece of adapter.load()) {
      for (const { group, name, text } of piece) served.set(JSON.stringify([group, name]), text);
    }
    await adapter.probe();
  } finally {
    await adapter.close();
  }
  return served;
}

/** What was set aside must be what was there. */
function findAltered(folder: string, files: Map<string, Buffer>, log: string[]): string {
  const [kept] = readdirSync(folder).filter((name) => /\.damaged-\w+$/.test(name));
  if (kept === undefined) return log.length > 0 && !existsSync(join(folder, FILE)) ? "gone" : "";
  for (const [side, bytes] of files) {
    const path = join(folder, kept + side);
    if (!existsSync(path) || !readFileSync(path).equals(bytes)) return `${kept}${side}`;
  }
  return "";
}

async function runTrials(
  kind: string,
  snapshot: Snapshot,
  trials: number,
  damage: (files: Map<string, Buffer>, trial: number) => string,
): Promise<DamageResult> {
  const result = {
    kind,
    trials,
    errors: [] as string[],
    invented: [] as string[],
    stale: 0,
    silent: [] as string[],
    altered: [] as string[],
    unmended: [] as string[],
  };
  const shares: number[] = [];
  for (let trial = 0; trial < trials; trial++) {
    let what = "";
    try {
      const { served, log, altered, unmended } = await tryOne(snapshot, (files) => {
        what = damage(files, trial);
      });
      let right = 0;
      for (const [id, text] of served) {
        if (snapshot.records.get(id) === text) right++;
        else if (everWritten.get(id)?.has(text)) result.stale++;
        else result.invented.push(`${what}: ${id} ${text}`);
      }
      shares.push(right / snapshot.records.size);
      if (right < snapshot.records.size && log.length === 0) result.silent.push(what);
      if (altered !== "") result.altered.push(`${what}: ${altered}`);
      if (unmended !== "") result.unmended.push(`${what}: ${unmended}`);
    } catch (error) {
      shares.push(0);
      result.errors.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const mean = shares.reduce((all, each) => all + each, 0) / shares.length;
  return { ...result, share: { mean, worst: Math.min(...shares) } };
}

/** Changes one bit, or a whole byte. */
function flip(files: Map<string, Buffer>, side: string, random: Random, below?: number): string {
  const bytes = files.get(side) ?? Buffer.alloc(0);
  const at = random.below(Math.min(below ?? Infinity, bytes.length));
  const mask = random.chance(0.5) ? 1 << random.below(8) : 1 + random.below(255);
  bytes[at] = (bytes[at] ?? 0) ^ mask;
  return `flip ${side} byte ${at} of ${bytes.length} by ${mask}`;
}

function truncate(files: Map<string, Buffer>, side: string, random: Random): string {
  const bytes = files.get(side) ?? Buffer.alloc(0);
  const length = random.below(bytes.length);
  files.set(side, bytes.subarray(0, length));
  return `truncate ${side} to ${length} of ${bytes.length}`;
}

/** Bits anywhere in a database without a log, and in its first page alone, where the schema is. */
async function runFlips(
  suffix: string,
  snapshot: Snapshot,
  trials: number,
  random: Random,
): Promise<DamageResult[]> {
  const run = (where: string, limit?: number) =>
    runTrials(
      `flip in ${where}${suffix}`,
      snapshot,
      trials,
      (files) => flip(files, "", random, limit),
    );
  return [await run("closed"), await run("first page", 4096)];
}

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, trials: { type: "string", default: "100" } },
});
const trials = Number(values.trials);
const random = createRandom(Number(values.seed));
try {
  const { running, closed } = await createSnapshots(random);
  const migrated = await createMigrated(random);
  const results = [
    ...await runFlips("", closed, trials, random),
    ...await runFlips(", version 1", migrated.old, trials, random),
    ...await runFlips(", once version 1", migrated.closed, trials, random),
    await runTrials(
      "flip in main, log beside",
      running,
      trials,
      (files) => flip(files, "", random),
    ),
    await runTrials("flip in log", running, trials, (files) => flip(files, "-wal", random)),
    await runTrials("truncated", closed, trials, (files) => truncate(files, "", random)),
    await runTrials(
      "truncated, log beside",
      running,
      trials,
      (files) => truncate(files, "", random),
    ),
    await runTrials("truncated log", running, trials, (files) => truncate(files, "-wal", random)),
    await runTrials("main gone", running, 1, (files) => (files.delete(""), "main gone")),
    await runTrials("log gone", running, 1, (files) => (files.delete("-wal"), "log gone")),
  ];
  process.stdout.write(`${JSON.stringify(results, null, 1)}\n`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
