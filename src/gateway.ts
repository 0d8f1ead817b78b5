/**
 * The composition root: puts store, telemetry and HTTP together into something that answers requests. It knows no runtime; what a
 * runtime has to offer is handed in.
 */

import type { Compress, HttpOptions } from "./http/context.ts";
import { createFetchHandler, type FetchHandler } from "./http/dispatch.ts";
import type { Logger } from "./log/logger.ts";
import type { Clock } from "./model/clock.ts";
import { LimitedStore, type StoreLimits } from "./store/limited-store.ts";
import { Store } from "./store/store.ts";
import type { SystemReader } from "./telemetry/system.ts";
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
  /** Compresses with zstd; without it no scrape is. */
  readonly zstd?: Compress;
  /** How much may be held; by default whatever memory takes. */
  readonly limits?: StoreLimits;
  /** Called when `/-/quit` was accepted. */
  readonly onQuit?: () => void;
}

/** A gateway at work. */
export interface Gateway {
  /** Answers a request. Never rejects. */
  readonly fetch: FetchHandler;
  /** Resolves when everything that was stored is loaded. Requests may come before. */
  readonly ready: Promise<void>;
  /** Lets go of timers and storage. Requests must not come after. */
  close(): Promise<void>;
}

/** Makes a gateway. */
export function createGateway(options: GatewayOptions): Gateway {
  const { clock, logger } = options;
  const telemetry = createTelemetry(options);
  const store = createStore(options, telemetry);
  const fetch = createFetchHandler({
    options,
    store,
    write: (write) => store.apply(write),
    telemetry,
    clock,
    logger,
    gzip: options.gzip ?? gzipStream,
    ...(options.zstd && { zstd: options.zstd }),
    isReady: () => true,
    quit: options.onQuit ?? (() => {}),
    startTime: clock.now(),
  });
  return {
    fetch,
    ready: Promise.resolve(),
    close: () => {
      telemetry.close();
      return Promise.resolve();
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

function gzipStream(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  return new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
}
