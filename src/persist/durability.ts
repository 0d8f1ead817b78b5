/**
 * Everything between a gateway and its storage, from opening to closing: load first, then write. Writes that come while it loads
 * wait for the end of it.
 */

import type { Applied, Write } from "../store/change.ts";
import { type PersistenceAdapter, toPersistenceError } from "./adapter.ts";
import { loadStore } from "./load.ts";
import { DurableWriter, type WriterOptions } from "./writer.ts";

/** What storage is started with. */
export interface DurabilityOptions extends Omit<WriterOptions, "adapter" | "forms"> {
  /** Opens and claims the storage. */
  readonly open: () => Promise<PersistenceAdapter>;
}

/** Storage at work. */
export interface Durability {
  /** Whether everything is loaded. */
  readonly isReady: boolean;
  /** Resolves when everything is loaded; rejects with a PersistenceError when that cannot be done. */
  readonly ready: Promise<void>;
  /** Carries out a write as {@link DurableWriter.write} does, once everything is loaded. */
  write(write: Write): Promise<Applied>;
  /** Bytes that the storage takes, where it tells. */
  size(): number | undefined;
  /** Stores what is left and closes the storage, once it is loaded. A second call joins the first. */
  close(): Promise<void>;
}

/** Opens the storage and loads the store from it. */
export function createDurability(options: DurabilityOptions): Durability {
  const { open, clock, logger, store } = options;
  let adapter: PersistenceAdapter | undefined;
  let writer: DurableWriter | undefined;
  const start = async (): Promise<void> => {
    const started = clock.monotonic();
    adapter = await open();
    const { families, unreadable, forms } = await loadStore(adapter, store, logger);
    writer = new DurableWriter({ ...options, adapter, forms });
    logger.info("stored metrics are loaded", {
      storage: adapter.description,
      groups: store.size,
      families,
      ...(unreadable > 0 && { unreadable }),
      seconds: ((clock.monotonic() - started) / 1000).toFixed(3),
    });
  };
  const ready = start().catch((error) => {
    throw toPersistenceError(error);
  });
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await ready.catch(() => {});
    await (writer ?? adapter)?.close();
  };
  // Whoever asks is told; that nobody has asked yet is no reason to end the process.
  ready.catch(() => {});
  return {
    ready,
    get isReady() {
      return writer !== undefined;
    },
    write: (write) =>
      writer?.write(write) ?? ready.then(() => (writer as DurableWriter).write(write)),
    size: () => sizeOf(adapter),
    close: () => closed ??= close(),
  };
}

/** A scrape must not fail because of storage that is in trouble. */
function sizeOf(adapter: PersistenceAdapter | undefined): number | undefined {
  try {
    return adapter?.size();
  } catch {
    return undefined;
  }
}
