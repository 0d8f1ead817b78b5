/**
 * Sets a broken file aside under a dated name: never overwritten, never deleted, for whoever may still get something out of it.
 */
import { existsSync, renameSync } from "node:fs";
import type { Clock } from "../model/clock.ts";

/** What SQLite keeps beside a database. */
const LOG_FILES = ["-wal", "-shm"] as const;
const SIDE_FILES = ["", ...LOG_FILES] as const;

/**
 * Moves a database and what belongs to it out of the way.
 *
 * @param word what is wrong with it; part of the new name.
 * @returns the new path, `FILE.damaged-20261127T192400Z`.
 */
export function setAside(file: string, clock: Clock, word: string): string {
  return move(file, SIDE_FILES, freeName(file, clock, word));
}

/**
 * Moves the log of a database that is no more out of the way of the one that takes its place: SQLite would lay it over that.
 *
 * @returns the new path, `FILE.left-20261127T192400Z-wal`; `undefined` when there is no log.
 */
export function setLogAside(file: string, clock: Clock): string | undefined {
  if (LOG_FILES.every((side) => !existsSync(file + side))) return undefined;
  return `${move(file, LOG_FILES, freeName(file, clock, "left"))}-wal`;
}

function move(file: string, sides: readonly string[], kept: string): string {
  for (const side of sides) {
    if (existsSync(file + side)) renameSync(file + side, kept + side);
  }
  return kept;
}

function freeName(file: string, clock: Clock, word: string): string {
  const date = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, "");
  const name = `${file}.${word}-${date}`;
  for (let attempt = 1;; attempt++) {
    const candidate = attempt === 1 ? name : `${name}-${attempt}`;
    if (SIDE_FILES.every((side) => !existsSync(candidate + side))) return candidate;
  }
}
