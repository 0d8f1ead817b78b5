/**
 * The Durable Object that is a tenant's gateway: the ordinary one over the object's own storage. It is made when the first request
 * comes, since that tells which tenant it is; whatever comes meanwhile is held back until everything is loaded.
 *
 * Cloudflare puts an object away ten seconds after its last request and wakes it with the next, so everything must come back: the
 * groups with their times, and what the gateway has counted, which is stored with every request that changes something.
 */
import type { DurableObjectState } from "@cloudflare/workers-types";
import { createGateway, type Gateway, type RequestContext } from "../gateway.ts";
import type { Logger } from "../log/logger.ts";
import { createBuildInfo } from "../model/build-info.ts";
import type { CarriedCounts } from "../telemetry/carried.ts";
import { createSystemClock } from "./clock.ts";
import { createDurableObjectAdapter } from "./durable-object-storage.ts";
import { createEdgeLogger } from "./edge-log.ts";
import { createGatewayOptions } from "./gateway-options.ts";
import { guardFetch, plainResponse } from "./guard.ts";
import type { FetchHandler } from "./listener.ts";
import { DEFAULT_TENANT, prefixOf } from "./tenants.ts";
import { type EdgeSettings, SettingError } from "./edge-settings.ts";
import { type GatewayObject, settingsOf, TENANT_HEADER, type WorkerEnv } from "./workers.ts";

/** Where in the object's storage the counts are. */
const COUNTS = "counts";

/** The class to bind as `NARTHEX`. */
export class NarthexDurableObject implements GatewayObject {
  readonly #state: DurableObjectState;
  readonly #env: WorkerEnv;
  #started: Promise<FetchHandler> | undefined;

  /** Called by the runtime. */
  constructor(state: DurableObjectState, env: WorkerEnv) {
    this.#state = state;
    this.#env = env;
  }

  /** Answers a request that the Worker has let in. Never rejects. */
  async fetch(request: Request): Promise<Response> {
    this.#started ??= this.#start(request.headers.get(TENANT_HEADER) ?? DEFAULT_TENANT);
    return await (await this.#started)(request, contextOf(request));
  }

  async #start(tenant: string): Promise<FetchHandler> {
    const settings = settingsOf(this.#env);
    if (settings instanceof SettingError) {
      return () => plainResponse(503, `${settings.variable} cannot be used`);
    }
    const logger = createEdgeLogger(settings);
    const gateway = await this.#state.blockConcurrencyWhile(async () => {
      const made = await this.#createGateway(tenant, settings, logger);
      // A gateway that cannot load answers with the reason; the next request tries again.
      await made.ready.catch(() => this.#started = undefined);
      return made;
    });
    return guardFetch((request, context) => this.#answer(gateway, request, context), logger);
  }

  async #createGateway(tenant: string, settings: EdgeSettings, logger: Logger): Promise<Gateway> {
    const { storage } = this.#state;
    const routePrefix = prefixOf(tenant, settings.flags.routePrefix);
    const values = { ...settings.flags.values, "web.route-prefix": routePrefix };
    const onDamaged = (group: string, name: string) =>
      logger.error("a stored family is incomplete and left out", { group, name });
    const options = createGatewayOptions({ ...settings.flags, routePrefix, values }, {
      build: createBuildInfo({ runtime: "workerd", platform: "unknown" }),
      clock: createSystemClock(),
      logger,
      gzip: leaveToWorkers,
      persistence: () => Promise.resolve(createDurableObjectAdapter(storage, { onDamaged })),
    });
    const counts = await storage.get<CarriedCounts>(COUNTS);
    return createGateway({ ...options, ...(counts && { counts }) });
  }

  async #answer(gateway: Gateway, request: Request, context?: RequestContext): Promise<Response> {
    const response = await gateway.fetch(request, context);
    const { method } = request;
    if (method === "GET" || method === "HEAD" || method === "OPTIONS") return response;
    // Not awaited: the answer goes out only once this is stored too, and if it cannot be, the object is reset.
    this.#state.storage.put(COUNTS, gateway.counts()).catch(() => {});
    return response;
  }
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
