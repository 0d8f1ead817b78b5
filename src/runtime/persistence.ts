/**
 * From the flags to the storage: a file, or a store that a URL names. Each kind is loaded only where it is used.
 */
import { setImmediate } from "node:timers";
import type { Flags } from "../cli/parse-flags.ts";
import type { GatewayOptions } from "../gateway.ts";
import type { Logger } from "../log/logger.ts";
import type { Clock } from "../model/clock.ts";
import type { PersistenceAdapter } from "../persist/adapter.ts";
import { createSystemReader } from "./system.ts";

/** What storage needs beside the flags. */
export interface StorageHost {
  /** Time and timers. */
  readonly clock: Clock;
  /** Where it is told what was loaded, taken over or lost. */
  readonly logger: Logger;
  /** Path of the program, for threads that are to run it. */
  readonly entry?: string;
}

/** What a gateway is told about storing. */
export type StorageOptions = Pick<GatewayOptions, "persistence" | "defer" | "onStorageLost">;

/** The options of a gateway that stores as the flags say; none where they say nothing. */
export function createStorageOptions(
  flags: Pick<Flags, "persistenceFile" | "persistenceUrl" | "persistenceSync">,
  host: StorageHost,
): StorageOptions {
  const { persistenceFile: file, persistenceUrl: url, persistenceSync: sync } = flags;
  // Pushes that have arrived while the last commit was synced are all handled before this runs.
  const defer = (work: () => void): void => void setImmediate(work);
  if (file !== "") {
    const persistence = async () => {
      const { openFileStore } = await import("./file-store.ts");
      return await openFileStore(file, { ...host, sync });
    };
    return { persistence, defer };
  }
  return url === "" ? {} : { persistence: () => openStorageUrl(url, host), defer };
}

/**
 * Opens a store that a URL names.
 *
 * @throws PersistenceError when this runtime does not have it, or it cannot be reached, or belongs to another gateway.
 */
export async function openStorageUrl(
  url: string,
  host: StorageHost,
): Promise<PersistenceAdapter> {
  if (url.startsWith(DENO_KV)) {
    const { openDenoKv } = await import("./deno-kv.ts");
    return await openDenoKv(url.slice(DENO_KV.length) || undefined, host);
  }
  const { openRedis } = await import("./redis-client.ts");
  return await openRedis(url, { ...host, system: createSystemReader() });
}

const DENO_KV = "deno-kv:";
