/**
 * Opens Deno KV: a SQLite file, Deno's default database (on Deno Deploy the managed one), or one that is reached over https.
 */

import { statSync } from "node:fs";
import type { Logger } from "../log/logger.ts";
import type { Clock } from "../model/clock.ts";
import {
  type PersistenceAdapter,
  PersistenceError,
  toPersistenceError,
} from "../persist/adapter.ts";
import type { Kv } from "../persist/deno-kv-api.ts";
import { createDenoKvAdapter } from "../persist/deno-kv.ts";
import { identifyProcess, isProcessGone } from "./process-identity.ts";
import { createSystemReader } from "./system.ts";

declare const Deno: { openKv?(path?: string): Promise<Kv> };

/** What the gateway hands to its store. */
export interface DenoKvSurroundings {
  /** Time and timers. */
  readonly clock: Clock;
  /** Where waiting, damage and loss are told. */
  readonly logger: Logger;
}

/**
 * Opens a database and claims it.
 *
 * @param path a file, made when it is not there; the address of a database as Deno Deploy gives it; undefined for Deno's default one.
 * @throws PersistenceError whose message says in one line what is missing or wrong.
 */
export async function openDenoKv(
  path: string | undefined,
  { clock, logger }: DenoKvSurroundings,
): Promise<PersistenceAdapter> {
  const openKv = requireOpenKv();
  if (path === ":memory:") {
    throw new PersistenceError("failed", "Deno KV in memory keeps nothing; name a file");
  }
  const description = describeDatabase(path);
  let kv: Kv;
  try {
    kv = await openKv(path);
  } catch (error) {
    const { message } = toPersistenceError(error);
    throw new PersistenceError("failed", `cannot open ${description}: ${message}`, error);
  }
  const system = createSystemReader();
  return await createDenoKvAdapter(kv, {
    description,
    clock,
    logger,
    owner: identifyProcess(system),
    isDead: (owner) => isProcessGone(owner, system),
    ...(path !== undefined && !isUrl(path) && { size: () => sizeOf(path) }),
  });
}

function requireOpenKv(): (path?: string) => Promise<Kv> {
  if (typeof Deno === "undefined") {
    throw new PersistenceError("failed", "Deno KV is part of Deno, and this is another runtime");
  }
  if (Deno.openKv === undefined) {
    throw new PersistenceError("failed", "Deno KV needs deno run --unstable-kv");
  }
  return (path) => (Deno.openKv as NonNullable<typeof Deno.openKv>)(path);
}

/** Leaves out what an address may carry besides where it leads. */
function describeDatabase(path: string | undefined): string {
  if (path === undefined) return "Deno's default KV database";
  if (!isUrl(path)) return `Deno KV ${path}`;
  const { origin, pathname } = new URL(path);
  return `Deno KV ${origin}${pathname}`;
}

function isUrl(path: string): boolean {
  return /^https?:\/\//i.test(path) && URL.canParse(path);
}

/** The file and the log beside it. */
function sizeOf(path: string): number | undefined {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return size === undefined ? undefined : size + log;
}
