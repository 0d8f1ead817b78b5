/** Reading what can be read of a damaged database and its log. Neither is opened by SQLite, changed or copied. */
import { Buffer } from "node:buffer";
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { StoredRecord } from "../persist/adapter.ts";
import { type FoundRow, fromRow } from "../persist/sql-rows.ts";
import { FAMILIES_ROOT, FAMILIES_TABLE, GROUPS_ROOT, GROUPS_TABLE } from "../persist/sql-schema.ts";
import { OUR_PAGE, readLogOf } from "./file-kind.ts";
import {
  type Column,
  findRoot,
  isRowPage,
  isTreePage,
  readFreePages,
  type ReadPage,
  walkTable,
} from "./file-tree.ts";

/** A record that is there but not as it was written. */
export type Damaged = Pick<StoredRecord, "group" | "name">;

/** What is left of a database. */
export interface Rescued {
  /** The records that are as they were written. */
  readonly records: readonly StoredRecord[];
  /** Those that are not. */
  readonly damaged: readonly Damaged[];
  /** Pages of which something cannot be read; nobody knows what was there. */
  readonly unreadablePages: number;
}

/**
 * Reads a database and its log.
 *
 * @throws Error of the file system when they cannot be read.
 */
export function rescueRecords(file: string): Rescued {
  const pages = openPages(file);
  try {
    const records = new Map<string, StoredRecord>();
    const damaged = new Map<string, Damaged>();
    const unreadable = new Set<number>();
    const seen = new Set<number>();
    const free = readFreePages(pages.read);
    for (const root of findRoots(pages.read, free)) {
      walkTable(pages.read, root, {
        onRow: (columns) => {
          const record = toRecord(columns);
          if (record.text === undefined) damaged.set(idOf(record), record);
          else records.set(idOf(record), { ...record, text: record.text });
        },
        onUnreadable: (page) => unreadable.add(page),
      }, seen);
    }
    if (free !== undefined) addOrphans(pages, free, seen, records);
    const lost = [...damaged].filter(([id]) => !records.has(id));
    return {
      records: [...records.values()],
      damaged: lost.map(([, { group, name }]) => ({ group, name })),
      unreadablePages: unreadable.size,
    };
  } finally {
    pages.close();
  }
}

/**
 * The roots of both tables. Should the schema be damaged: each is always on the same page, but for that of the groups in a file that is
 * older than their table, where something else may be there.
 */
function findRoots(read: ReadPage, free: ReadonlySet<number> | undefined): Set<number> {
  const first = read(1);
  const roots = new Set([FAMILIES_ROOT]);
  for (const table of [FAMILIES_TABLE, GROUPS_TABLE]) {
    const named = first && findRoot(first, table);
    if (named !== undefined) roots.add(named);
  }
  if (isRowPage(read(GROUPS_ROOT)) && !free?.has(GROUPS_ROOT)) roots.add(GROUPS_ROOT);
  return roots;
}

/** Adds what is in pages that are in use although nothing leads to them any more. Entries of indexes and other rows are no records. */
function addOrphans(
  { read, count }: Pages,
  free: ReadonlySet<number>,
  seen: Set<number>,
  records: Map<string, StoredRecord>,
): void {
  const onRow = (columns: readonly Column[]): void => {
    const record = toRecord(columns);
    const id = idOf(record);
    if (record.text !== undefined && !records.has(id)) {
      records.set(id, { ...record, text: record.text });
    }
  };
  for (const page of free) seen.add(page);
  for (let number = 2; number <= count; number++) {
    const page = seen.has(number) ? undefined : read(number);
    if (page === undefined || !isTreePage(page)) continue;
    walkTable(read, number, { onRow, onUnreadable: () => {} }, seen);
  }
}

function toRecord(columns: readonly Column[]): FoundRow {
  return fromRow(columns.map((column) => column === null ? null : String(column)), crc32);
}

/** The pages of a database as its log leaves them. */
interface Pages {
  readonly read: ReadPage;
  /** The highest number there is. */
  readonly count: number;
  close(): void;
}

function openPages(file: string): Pages {
  const log = readLogOf(file);
  const size = log?.pageSize ?? OUR_PAGE;
  const newer = new Map<number, Uint8Array>();
  log?.replay((number, page) => newer.set(number, page));
  const descriptor = existsSync(file) ? openSync(file, "r") : undefined;
  const length = descriptor === undefined ? 0 : fstatSync(descriptor).size;
  return {
    count: [...newer.keys()].reduce(
      (most, page) => Math.max(most, page),
      Math.floor(length / size),
    ),
    read: (number) => {
      const page = newer.get(number);
      if (page !== undefined) return page;
      if (descriptor === undefined || number < 1 || number * size > length) return undefined;
      const bytes = Buffer.alloc(size);
      return readSync(descriptor, bytes, 0, size, (number - 1) * size) === size ? bytes : undefined;
    },
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor);
    },
  };
}

function idOf({ group, name }: Damaged): string {
  return JSON.stringify([group, name]);
}
