/**
 * What the handlers work with. They know nothing of how it is made; `gateway.ts` puts it together.
 */

import type { Logger } from "../log/logger.ts";
import type { BuildInfo } from "../model/build-info.ts";
import type { Clock } from "../model/clock.ts";
import type { Deflate } from "../render/gzip-format.ts";
import type { Outcome, Write } from "../store/change.ts";
import type { Store } from "../store/store.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

/** Settings that the handlers follow. */
export interface HttpOptions {
  /** Where the scrape endpoint is, without the route prefix: `/metrics`. Pushes go to `/metrics` wherever it is. */
  readonly telemetryPath: string;
  /** What all paths begin with; empty or of the form `/prefix`. */
  readonly routePrefix: string;
  /** Whether `/-/quit` stops the gateway. */
  readonly enableLifecycle: boolean;
  /** Whether `/api/v1/admin/wipe` exists. */
  readonly enableAdminApi: boolean;
  /** Whether scrapers that ask for OpenMetrics get it. */
  readonly enableOpenMetrics: boolean;
  /** Whether inconsistent pushes are refused; without it accepted ones are answered with 202 instead of 200. */
  readonly checkConsistency: boolean;
  /** Whether the names of metrics and labels may be any UTF-8. */
  readonly enableUtf8Names: boolean;
  /** Limit in bytes for a body on the wire and inflated. */
  readonly maxBodySize: number;
  /** Who the gateway is. */
  readonly build: BuildInfo;
  /** The flags as the status API and the page show them. */
  readonly flags: Readonly<Record<string, string>>;
}

/** Compresses a body, at once or as a stream. */
export type Compress = (
  bytes: Uint8Array<ArrayBuffer>,
) => Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

/** What the handlers work with. */
export interface HttpContext {
  /** Settings. */
  readonly options: HttpOptions;
  /** What is held; handlers only read it. */
  readonly store: Pick<Store, "gather" | "groups">;
  /** Carries out a write and resolves when it is stored for good. Rejects with a GatewayError when it could not be. */
  readonly write: (write: Write) => Outcome | Promise<Outcome>;
  /** Counts what happens. */
  readonly telemetry: Telemetry;
  /** Time. */
  readonly clock: Clock;
  /** Where errors are reported. */
  readonly logger: Logger;
  /** Compresses a body with gzip as fast as the runtime can. */
  readonly gzip: Compress;
  /** Compresses piece by piece for gzip, where the runtime can; preferred to {@link HttpContext.gzip}. */
  readonly deflate?: Deflate;
  /** Compresses a body with zstd, where the runtime can. */
  readonly zstd?: Compress;
  /** Whether everything that was stored is loaded. */
  readonly isReady: () => boolean;
  /** Stops the gateway. */
  readonly quit: () => void;
  /** When the gateway started, in milliseconds since the Unix epoch. */
  readonly startTime: number;
}

/** One request on its way through the handlers. */
export interface HttpRequest {
  /** The request. */
  readonly request: Request;
  /** The undecoded path behind the route prefix. */
  readonly path: string;
  /** Address of the client, for the log; empty when it is not known. */
  readonly source: string;
}

/** Answers one request. */
export type Handler = (context: HttpContext, request: HttpRequest) => Response | Promise<Response>;
