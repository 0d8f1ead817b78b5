/**
 * The contract over the real Deno KV, in a file. It is there in Deno with --unstable-kv alone, where in-deno.test.ts runs this file;
 * elsewhere its tests are skipped.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "vitest";
import type { Kv } from "../../src/persist/deno-kv-api.ts";
import { createDenoKvAdapter } from "../../src/persist/deno-kv.ts";
import { createSystemClock } from "../../src/runtime/clock.ts";
import { quietHost } from "./deno-kv-host.ts";
import { describeAdapter } from "./suite.ts";

declare const Deno: { openKv?(path?: string): Promise<Kv> };

const openKv = typeof Deno === "undefined" ? undefined : Deno.openKv;

if (openKv === undefined) {
  it.skip("Deno KV is there in Deno with --unstable-kv only", () => {});
} else {
  describeAdapter("Deno KV, a file", () => {
    const directory = mkdtempSync(join(tmpdir(), "narthex-deno-kv-"));
    const host = quietHost({ clock: createSystemClock(), leaseMs: 900 });
    return Promise.resolve({
      open: async () => await createDenoKvAdapter(await openKv(join(directory, "kv.db")), host),
      refusesSecond: true,
      breakWrites: () => lockFile(join(directory, "kv.db")),
      dispose: () => {
        rmSync(directory, { recursive: true });
        return Promise.resolve();
      },
    });
  });
}

/** Holds the lock of a SQLite file, as a shell does in which somebody forgot a transaction. */
async function lockFile(path: string): Promise<() => Promise<void>> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path);
  database.exec("BEGIN IMMEDIATE");
  return () => Promise.resolve(database.close());
}
