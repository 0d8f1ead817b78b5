/**
 * The composition root: puts store, telemetry and HTTP together into something that answers requests. It knows no runtime; what a
 * runtime has to offer is handed in.
 */

import type { Compress, HttpOptions } from "./http/context.ts";
import { createFetchHandler, type FetchHandler, type RequestContext } from "./http/dispatch.ts";
import { errorResponse } from "./http/responses.ts";
import { pathOf } from "./http/target.ts";
import { discardBody } from "./http/unread-body.ts";
import type { Logger } from "./log/logger.ts";
import type { Clock } from "./model/clock.ts";
import { GatewayError } from "./model/error.ts";
import type { PersistenceAdapter, PersistenceError } from "./persist/adapter.ts";
import { createDurability, type Durability } from "./persist/durability.ts";
import type { Outcome, Write } from "./store/change.ts";
import type { Deflate } from "./render/gzip-format.ts";
import { LimitedStore, type StoreLimits } from "./store/limited-store.ts";
import { Store } from "./store/store.ts";
import type { SystemReader } from "./telemetry/system.ts";
import { type CarriedCounts, carryOn } from "./telemetry/carried.ts";
import { createTelemetry, type Telemetry } from "./telemetry/telemetry.ts";

export type { RequestContext } from "./http/dispatch.ts";

/** What a gateway is made with. */
export interface GatewayOptions extends HttpOptions {
  /** Time and timers. */
  readonly clock: Clock;
  /** Where events are reported. */
  readonly logger: Logger;
  /** Reads about the process, for `process_*`. */
  readonly system?: SystemReader;
  /** Whether the lag of the event loop is measured; takes a timer. Off by default. */
  readonly eventLoop?: boolean;
  /** Compresses with gzip; by default the web-standard CompressionStream does. */
  readonly gzip?: Compress;
  /** Compresses piece by piece for gzip; without it a scrape is compressed as a whole. */
  readonly deflate?: Deflate;
  /** Compresses with zstd; without it no scrape is. */
  readonly zstd?: Compress;
  /** Counts of an earlier life of this gateway, which go on. */
  readonly counts?: CarriedCounts;
  /** How much may be held; by default whatever memory takes. */
  readonly limits?: StoreLimits;
  /** Opens the storage, which is closed with the gateway. Without it groups are kept in memory alone. */
  readonly persistence?: () => Promise<PersistenceAdapter>;
  /** Runs something once the events that are waiting have been dealt with; by default at once. What runs together is stored together. */
  readonly defer?: (work: () => void) => void;
  /** Called when the storage was lost to another gateway: nothing can be stored any more. */
  readonly onStorageLost?: (error: PersistenceError) => void;
  /** Called when `/-/quit` was accepted. */
  readonly onQuit?: () => void;
}

/** A gateway at work. */
export interface Gateway {
  /** Answers a request. Never rejects. */
  readonly fetch: FetchHandler;
  /**
   * Resolves when everything that was stored is loaded. Requests may come before; those that need what is stored wait for it.
   * Rejects with a PersistenceError when it cannot be opened or read; such requests are then answered with 503.
   */
  readonly ready: Promise<void>;
  /** What has been counted, to be handed to this gateway's next life. */
  counts(): CarriedCounts;
  /** Lets go of timers and storage. Requests must not come after. */
  close(): Promise<void>;
}

/** Makes a gateway. */
export function createGateway(options: GatewayOptions): Gateway {
  const { clock, logger } = options;
  const storage = { groups: () => store.size, size: () => durability?.size() };
  const telemetry = carryOn(
    createTelemetry({ ...options, ...(options.persistence && { storage }) }),
    options.counts ?? {},
  );
  const store: Store = createStore(options, telemetry);
  const durability: Durability | undefined = startDurability(options, store, telemetry);
  const handle = createFetchHandler({
    options,
    store,
    write: writeTo(store, durability),
    telemetry,
    clock,
    logger,
    gzip: options.gzip ?? gzipStream,
    ...(options.deflate && { deflate: options.deflate }),
    ...(options.zstd && { zstd: options.zstd }),
    isReady: () => durability?.isReady ?? true,
    quit: options.onQuit ?? (() => {}),
    startTime: clock.now(),
  });
  return {
    fetch: durability === undefined ? handle : waitForLoad(handle, durability, options),
    ready: durability?.ready ?? Promise.resolve(),
    counts: telemetry.counts,
    close: async () => {
      telemetry.close();
      await durability?.close();
    },
  };
}

function createStore(
  { checkConsistency, logger, limits }: GatewayOptions,
  telemetry: Telemetry,
): Store {
  const options = { checkConsistency, logger, own: telemetry.reserved() };
  return limits === undefined ? new Store(options) : new LimitedStore(options, limits);
}

function startDurability(
  { persistence, clock, logger, defer, onStorageLost }: GatewayOptions,
  store: Store,
  { persistence: observer }: Telemetry,
): Durability | undefined {
  if (persistence === undefined || observer === undefined) return undefined;
  return createDurability({
    open: persistence,
    store,
    clock,
    logger,
    defer: defer ?? ((work) => work()),
    observer: {
      ...observer,
      committed: (seconds, bytes) => observer.committed(seconds, bytes, clock.monotonic()),
    },
    onLost: onStorageLost ?? (() => {}),
  });
}

function writeTo(
  store: Store,
  durability: Durability | undefined,
): (write: Write) => Outcome | Promise<Outcome> {
  return durability === undefined
    ? (write) => store.accept(write)
    : (write) => durability.write(write);
}

/**
 * Lets requests wait until everything is loaded: a push must be checked against all that is held, and a scrape of a part would make
 * Prometheus think that the rest is gone. What is below `/-/` is for those who want to know whether it is loaded.
 */
function waitForLoad(
  handle: FetchHandler,
  durability: Durability,
  { routePrefix, clock }: GatewayOptions,
): FetchHandler {
  return (request, context) => {
    if (durability.isReady || isManagement(request, context, routePrefix)) {
      return handle(request, context);
    }
    return durability.ready.then(
      () => handle(request, context),
      (error) => refuse(request, error, clock),
    );
  };
}

async function refuse(request: Request, error: unknown, clock: Clock): Promise<Response> {
  await discardBody(request, clock);
  const reason = error instanceof Error ? error.message : String(error);
  return errorResponse(new GatewayError("unavailable", `cannot load what is stored: ${reason}`));
}

function isManagement(
  { url }: Request,
  context: RequestContext | undefined,
  routePrefix: string,
): boolean {
  return pathOf(url, context?.rawTarget).startsWith(`${routePrefix}/-/`);
}

function gzipStream(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  return new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
}
