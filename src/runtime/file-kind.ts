/** What a file is, found out from its bytes before SQLite gets to see it, which may change what is not ours or not sound. */
import { Buffer } from "node:buffer";
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { isReferenceFile } from "../persist/reference-file.ts";
import { type DatabaseLog, readLog } from "./file-log.ts";
import { APPLICATION_ID } from "./sqlite.ts";

/**
 * What a file is:
 *
 * - `nothing`: not there, or empty, with nothing beside it either.
 * - `ours`: a database of ours, sound or damaged, or what is left of one.
 * - `foreign`: the database of another program.
 * - `other`: anything else.
 */
export type FileKind = "nothing" | "ours" | "foreign" | "other";

/** What every database begins with. */
export const HEADER = "SQLite format 3\0";
/** Where the versions for writing and for reading are, and the last that there is. */
const VERSIONS_AT = [18, 19] as const;
const LAST_VERSION = 2;
/** What the log of a database is called. */
const LOG_SUFFIX = "-wal";
/** Bytes of the smallest page. */
const MIN_PAGE = 512;
/** Bytes of a page of ours. */
export const OUR_PAGE = 4096;
/** Enough of a log to hold the tables, which are the first that is written to it. */
const LOG_HEAD = 16 * OUR_PAGE;
/** Where the header has the mark of the program, and what stands in our schema alone. */
const MARK_AT = 68;
const SCHEMA = "grouping_key TEXT NOT NULL";

/** Finds out what is at a path. Damage of a few bytes does not change the answer. */
export function findKind(file: string): FileKind {
  const size = existsSync(file) ? statSync(file).size : 0;
  if (size === 0) return hasLog(file) ? "ours" : "nothing";
  const start = readStart(file, OUR_PAGE);
  const mark = Buffer.alloc(4);
  mark.writeUInt32BE(APPLICATION_ID);
  const isMarked = start.startsWith(mark.toString("latin1"), MARK_AT) || start.includes(SCHEMA);
  if (isMarked) return "ours";
  // A log beside the reference's file belongs to a database that was there before somebody went back to the reference.
  if (isReferenceFile(Buffer.from(start, "latin1"))) return "other";
  if (hasLog(file) && readStart(file + LOG_SUFFIX, LOG_HEAD).includes(SCHEMA)) return "ours";
  return start.startsWith(HEADER) && size >= MIN_PAGE ? "foreign" : "other";
}

/** Whether a file begins as a database does that may be written to: a number that SQLite does not know keeps it from writing. */
export function hasHeader(file: string): boolean {
  const start = readStart(file, HEADER.length + 4);
  const isKnown = VERSIONS_AT.every((at) => start.charCodeAt(at) <= LAST_VERSION);
  return start.startsWith(HEADER) && isKnown;
}

/** The log of a database; `undefined` when there is nothing in it. */
export function readLogOf(file: string): DatabaseLog | undefined {
  return hasLog(file) ? readLog(readFileSync(file + LOG_SUFFIX), OUR_PAGE) : undefined;
}

function hasLog(file: string): boolean {
  const log = file + LOG_SUFFIX;
  return existsSync(log) && statSync(log).size > 0;
}

/** The first bytes of a file as Latin-1. */
function readStart(file: string, length: number): string {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.toString("latin1", 0, readSync(descriptor, bytes, 0, length, 0));
  } finally {
    closeSync(descriptor);
  }
}
