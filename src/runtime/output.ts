/**
 * Writes to stdout and stderr, synchronously, so that nothing is lost when the process exits right after, and without ever
 * failing: a gateway whose log reader went away goes on serving.
 */
import { writeSync } from "node:fs";

/** Writes bytes to a file descriptor like `fs.writeSync`: returns how many were taken, throws what the system says. */
export type WriteSync = (fd: number, bytes: Uint8Array) => number;

/** File descriptor of the standard output. */
export const STDOUT = 1;
/** File descriptor of the standard error stream. */
export const STDERR = 2;

/** Milliseconds to wait before a full pipe is tried again, and how often: a reader that stands still costs half a second. */
const RETRY_MS = 5;
const RETRIES = 100;

/**
 * Writes `line` and a line feed to `fd`. When the other end is closed, or a pipe that does not block stays full, the rest of the
 * line is dropped.
 */
export function writeLine(fd: number, line: string, write: WriteSync = writeSync): void {
  const isStuck = stuck.has(fd);
  // Behind a line that was cut off the next one begins with a line feed of its own.
  let rest = new TextEncoder().encode(`${isStuck ? "\n" : ""}${line}\n`);
  // A reader that stood still is not waited for again until it takes something: the gateway has better things to do.
  let retries = isStuck ? 1 : RETRIES;
  while (rest.length > 0 && retries > 0) {
    try {
      rest = rest.subarray(write(fd, rest));
    } catch (error) {
      if (!isFull(error)) return;
      if (--retries > 0) pause(RETRY_MS);
    }
  }
  if (rest.length === 0) stuck.delete(fd);
  else stuck.add(fd);
}

/** Descriptors whose reader stood still when it was last written to. */
const stuck = new Set<number>();

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
