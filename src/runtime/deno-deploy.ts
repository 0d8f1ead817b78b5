/**
 * The gateway on Deno Deploy: settings from the environment as on Workers, storage in Deno's own KV, one instance. Should Deno Deploy
 * start a second one, the lease of the store keeps it out: it answers 503 and says why, and takes over when the first is gone. An
 * instance that was put to sleep and lost its lease meanwhile opens the store again, and with it loads what others have stored.
 */
import process from "node:process";
import { createGateway, type Gateway, type RequestContext } from "../gateway.ts";
import { discardBody } from "../http/unread-body.ts";
import { createNullLogger } from "../log/create-logger.ts";
import type { Logger } from "../log/logger.ts";
import { type BuildInfo, createBuildInfo } from "../model/build-info.ts";
import type { Clock } from "../model/clock.ts";
import type { PersistenceAdapter } from "../persist/adapter.ts";
import { createSystemClock } from "./clock.ts";
import { openDenoKv } from "./deno-kv.ts";
import { describeRuntime } from "./detect.ts";
import { refuseAccess } from "./edge-access.ts";
import { createEdgeLogger, readSettingsAloud } from "./edge-log.ts";
import { DENO_DEPLOY, type EdgeSettings, SettingError } from "./edge-settings.ts";
import { createGatewayOptions } from "./gateway-options.ts";
import { guardFetch, plainResponse } from "./guard.ts";
import { gzip } from "./gzip.ts";
import { type FetchHandler, normalizeRemoteAddress, pathOfTarget } from "./listener.ts";
import { onStopSignal } from "./signals.ts";
import { findTenant } from "./tenants.ts";
import { zstd } from "./zstd.ts";

/** What the gateway is run with. */
export interface DeployHost {
  /** Opens and claims the store. */
  readonly open: () => Promise<PersistenceAdapter>;
  /** Time and timers. */
  readonly clock: Clock;
  /** Where events are reported. */
  readonly logger: Logger;
  /** Who the gateway is. */
  readonly build: BuildInfo;
}

/** A gateway that opens its store as often as it takes. */
export interface DeployGateway {
  /** Answers a request. Never rejects. */
  readonly fetch: FetchHandler;
  /** Gives the store back. */
  close(): Promise<void>;
}

/** The members of `Deno.serve` that are used here. */
declare const Deno: {
  serve(
    handler: (request: Request, info: DenoServeInfo) => Response | Promise<Response>,
  ): { shutdown(): Promise<void> };
};

interface DenoServeInfo {
  readonly remoteAddr: { readonly hostname: string };
}

/** Serves as the environment says, where Deno Deploy wants it, until this process is told to stop. */
export function serveDeploy(): void {
  const settings = readSettingsAloud(process.env, DENO_DEPLOY);
  const clock = createSystemClock();
  const logger = settings instanceof SettingError ? createNullLogger() : createEdgeLogger(settings);
  const gateway = createDeployGateway(settings, {
    open: () => openDenoKv(undefined, { clock, logger }),
    clock,
    logger,
    build: createBuildInfo(describeRuntime(process)),
  });
  const server = Deno.serve((request, { remoteAddr }) =>
    gateway.fetch(request, {
      rawTarget: pathOfTarget(request.url),
      remoteAddress: normalizeRemoteAddress(remoteAddr.hostname),
    })
  );
  onStopSignal(process, async () => {
    await server.shutdown();
    await gateway.close();
    process.exit(0);
  });
}

/** How long a store that could not be had is left alone. Milliseconds. */
const RETRY = 2_000;

/** Makes a gateway of the settings, or one that only says what is wrong with them. */
export function createDeployGateway(
  settings: EdgeSettings | SettingError,
  host: DeployHost,
): DeployGateway {
  if (settings instanceof SettingError) return createRefusal(settings);
  const { clock, logger } = host;
  const store = createReopening(settings, host);
  const fetch = async (request: Request, context?: RequestContext): Promise<Response> => {
    const refusal = await refuseAccess(
      request,
      settings,
      findTenant(request.url, settings.tenants),
    );
    if (refusal === undefined) return await store.current().fetch(request, context);
    await discardBody(request, clock);
    return refusal;
  };
  // Begins to load at once: the first request need not wait for all of it.
  store.current();
  return { fetch: guardFetch(fetch, logger), close: () => store.close() };
}

function createRefusal({ variable }: SettingError): DeployGateway {
  return {
    fetch: () => plainResponse(503, `${variable} cannot be used; the log says why`),
    close: () => Promise.resolve(),
  };
}

/** Gateways one after the other, the next as soon as somebody asks after the one before has lost its store or never got it. */
function createReopening(
  { flags }: EdgeSettings,
  { open, clock, logger, build }: DeployHost,
): { current(): Gateway; close(): Promise<void> } {
  let gateway: Gateway | undefined;
  let failedAt: number | undefined;
  const start = (): Gateway => {
    failedAt = undefined;
    const fail = (error: unknown): void => {
      failedAt ??= clock.monotonic();
      const err = error instanceof Error ? error.message : String(error);
      logger.error("the store cannot be used", { err, retry: `${RETRY / 1000}s` });
    };
    const made = createGateway(createGatewayOptions(flags, {
      build,
      clock,
      logger,
      gzip,
      ...(zstd && { zstd }),
      persistence: open,
      onStorageLost: fail,
    }));
    made.ready.catch(fail);
    return made;
  };
  return {
    current: () => {
      if (gateway !== undefined && !isOver(failedAt, clock)) return gateway;
      gateway?.close();
      return gateway = start();
    },
    close: () => gateway?.close() ?? Promise.resolve(),
  };
}

function isOver(failedAt: number | undefined, clock: Clock): boolean {
  return failedAt !== undefined && clock.monotonic() - failedAt >= RETRY;
}
