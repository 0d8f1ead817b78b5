/**
 * The library: a gateway as a fetch handler, to be served by whatever serves fetch handlers.
 *
 * @example
 * ```ts
 * import { createGateway, defaultOptions } from "narthex";
 *
 * const gateway = createGateway({ ...defaultOptions(), enableAdminApi: true });
 * export default { fetch: (request: Request) => gateway.fetch(request) };
 * ```
 */

export {
  createGateway,
  type Gateway,
  type GatewayOptions,
  type RequestContext,
} from "./gateway.ts";
export { defaultOptions } from "./runtime/default-options.ts";
export {
  type Batch,
  type Outcome,
  type PersistenceAdapter,
  PersistenceError,
  type RecordWrite,
  type StoredRecord,
} from "./persist/adapter.ts";
export { createLogger } from "./log/create-logger.ts";
export type { LogFields, Logger, LogLevel } from "./log/logger.ts";
export { type BuildInfo, createBuildInfo } from "./model/build-info.ts";
export type { Clock } from "./model/clock.ts";
export type { SystemReader } from "./telemetry/system.ts";
