/**
 * Reads about this process from `/proc` with node:fs, which Node, Bun and Deno share.
 *
 * Deno 2.9 opens `/proc` only to a process that was granted everything (`deno run -A`), whatever `--allow-read` names.
 */
import { readdirSync, readFileSync } from "node:fs";
import { memoryUsage } from "node:process";
import type { SystemReader } from "../telemetry/system.ts";

/** Makes a reader of the machine's own files. Where there is no `/proc`, or no leave to read it, what it tells is undefined. */
export function createSystemReader(): SystemReader {
  return {
    readText: (path) => attempt(() => mayRead(path) ? readFileSync(path, "utf8") : undefined),
    countEntries: (path) => attempt(() => mayRead(path) ? readdirSync(path).length : undefined),
    heap: () =>
      attempt(() => {
        const { heapUsed, heapTotal } = memoryUsage();
        return { usedBytes: heapUsed, totalBytes: heapTotal };
      }),
  };
}

declare const Deno: {
  readonly permissions: {
    querySync(descriptor: { name: "read"; path: string }): { readonly state: string };
  };
};

/** On Deno an attempt to read without permission would stop the gateway and ask on the terminal. */
function mayRead(path: string): boolean {
  return typeof Deno === "undefined" ||
    Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
