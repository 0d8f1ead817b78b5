/**
 * The Durable Object that is a tenant's gateway: the ordinary one, made when the first request comes, since that tells which tenant
 * it is.
 */
import type { DurableObjectState } from "@cloudflare/workers-types";
import { createGateway, type RequestContext } from "../gateway.ts";
import { createBuildInfo } from "../model/build-info.ts";
import { createSystemClock } from "./clock.ts";
import { createGatewayOptions } from "./gateway-options.ts";
import { guardFetch, plainResponse } from "./guard.ts";
import type { FetchHandler } from "./listener.ts";
import { DEFAULT_TENANT, prefixOf } from "./tenants.ts";
import { SettingError } from "./worker-settings.ts";
import {
  type GatewayObject,
  loggerOf,
  settingsOf,
  TENANT_HEADER,
  type WorkerEnv,
} from "./workers.ts";

/** The class to bind as `NARTHEX`. */
export class NarthexDurableObject implements GatewayObject {
  readonly #env: WorkerEnv;
  #handler: FetchHandler | undefined;

  /** Called by the runtime. */
  constructor(_state: DurableObjectState, env: WorkerEnv) {
    this.#env = env;
  }

  /** Answers a request that the Worker has let in. Never rejects. */
  async fetch(request: Request): Promise<Response> {
    this.#handler ??= createHandler(request.headers.get(TENANT_HEADER), this.#env);
    return await this.#handler(request, contextOf(request));
  }
}

function createHandler(tenant: string | null, env: WorkerEnv): FetchHandler {
  const settings = settingsOf(env);
  if (settings instanceof SettingError) {
    return () => plainResponse(503, "the gateway cannot be configured");
  }
  const { flags } = settings;
  const logger = loggerOf(settings);
  const routePrefix = prefixOf(tenant ?? DEFAULT_TENANT, flags.routePrefix);
  const values = { ...flags.values, "web.route-prefix": routePrefix };
  const gateway = createGateway(createGatewayOptions({ ...flags, routePrefix, values }, {
    build: createBuildInfo({ runtime: "workerd", platform: "unknown" }),
    clock: createSystemClock(),
    logger,
    gzip: leaveToWorkers,
  }));
  return guardFetch(gateway.fetch, logger);
}

/** Workers encode a body themselves as its Content-Encoding says (`encodeBody: "automatic"`): done here, it would be done twice. */
function leaveToWorkers<T>(bytes: T): T {
  return bytes;
}

/** Cloudflare's edge sets this header itself, whatever the client sent. */
function contextOf(request: Request): RequestContext {
  const remoteAddress = request.headers.get("CF-Connecting-IP");
  return remoteAddress === null ? {} : { remoteAddress };
}
