/**
 * Sets a broken file aside under a dated name: never overwritten, never deleted, for whoever may still get something out of it.
 */
import { existsSync, renameSync } from "node:fs";
import type { Clock } from "../model/clock.ts";

/** What SQLite keeps beside a database. */
const SIDE_FILES = ["", "-wal", "-shm"] as const;

/**
 * Moves a database and what belongs to it out of the way.
 *
 * @param word what is wrong with it; part of the new name.
 * @returns the new path, `FILE.damaged-20261127T192400Z`.
 */
export function setAside(file: string, clock: Clock, word: string): string {
  const kept = freeName(file, clock, word);
  for (const side of SIDE_FILES) {
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
