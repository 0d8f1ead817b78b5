/**
 * The least that durable pushes cost: a loop around SQLite that writes rows and commits, with nothing before it and nothing behind.
 * WAL and synchronous=FULL, as the gateway has it; the same statements on tables of the same shape.
 */

import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { type Row, rowsOfGroup, withOtherNumbers } from "./stored-row.ts";

/** What a loop did. */
export interface LoopResult {
  /** Pushes per second. */
  readonly rate: number;
  /** Processor time of a push in microseconds. */
  readonly cost: number;
}

/** A database and the loop around it. */
export interface SqliteLoop {
  /** Commits `pushes` at a time for some seconds. */
  run(pushes: number, seconds: number): LoopResult;
  /** Closes the database. */
  close(): void;
}

const CREATE_GROUPS =
  "CREATE TABLE groups (grouping_key TEXT NOT NULL UNIQUE, families TEXT NOT NULL, checksum INTEGER)";
const UPSERT_GROUP = `INSERT INTO groups VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET families = excluded.families, checksum = excluded.checksum`;
const CREATE_FAMILIES = `CREATE TABLE families (
  grouping_key TEXT NOT NULL, name TEXT NOT NULL, part INTEGER NOT NULL, record TEXT NOT NULL, checksum INTEGER,
  PRIMARY KEY (grouping_key, name, part)
) WITHOUT ROWID`;
const UPSERT_FAMILY = `INSERT INTO families VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET record = excluded.record, checksum = excluded.checksum`;

/** Reads the rows of the groups whose key has `part` in quotes. The file may be in use. */
export function readRows(file: string, part: string): Row[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const query = `SELECT grouping_key, '' AS name, 0 AS part, families AS record, checksum
        FROM groups WHERE grouping_key LIKE ?1
      UNION ALL SELECT grouping_key, name, part, record, checksum
        FROM families WHERE grouping_key LIKE ?1
      ORDER BY name, part`;
    return database.prepare(query).all(`%"${part}"%`) as unknown as Row[];
  } finally {
    database.close();
  }
}

/** Makes a database with `rows` for each of some groups. */
export function createLoop(file: string, rows: readonly Row[], groups: number): SqliteLoop {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  database.exec(CREATE_GROUPS);
  database.exec(CREATE_FAMILIES);
  const upsertGroup = database.prepare(UPSERT_GROUP);
  const upsertFamily = database.prepare(UPSERT_FAMILY);
  const variants = [rows, rows.map(withOtherNumbers)].map((each) =>
    Array.from({ length: groups }, (_, group) => rowsOfGroup(each, group))
  );
  let writes = 0;
  const write = (group: number) => {
    // All groups get one variant, then all get the other.
    const all = variants[Math.floor(writes++ / groups) % 2] ?? [];
    for (const { grouping_key: key, name, part, record, checksum } of all[group] ?? []) {
      if (name === "") upsertGroup.run(key, record, checksum);
      else upsertFamily.run(key, name, part, record, checksum);
    }
  };
  const commit = (work: () => void) => {
    database.exec("BEGIN IMMEDIATE");
    work();
    database.exec("COMMIT");
  };
  commit(() => {
    for (let group = 0; group < groups; group++) write(group);
  });
  let group = 0;
  return {
    run: (pushes, seconds) => {
      let done = 0;
      const used = process.cpuUsage();
      const started = performance.now();
      while (performance.now() - started < seconds * 1000) {
        commit(() => {
          for (let i = 0; i < pushes; i++) write(group = (group + 7919) % groups);
        });
        done += pushes;
      }
      const { user, system } = process.cpuUsage(used);
      return { rate: done * 1000 / (performance.now() - started), cost: (user + system) / done };
    },
    close: () => database.close(),
  };
}
