/**
 * The gateway on Cloudflare Workers. A Worker runs in many places at once and a gateway must be one, so all requests go to a single
 * Durable Object, which holds the ordinary gateway in memory. Nothing here needs `nodejs_compat`.
 */
import type { DurableObjectId, DurableObjectState } from "@cloudflare/workers-types";
import { createGateway, type GatewayOptions, type RequestContext } from "../gateway.ts";
import { createLogger } from "../log/create-logger.ts";
import type { Logger } from "../log/logger.ts";
import { createSystemClock } from "./clock.ts";
import { defaultOptions } from "./default-options.ts";
import { guardFetch } from "./guard.ts";

/** A Durable Object, or the stub of one, that is a gateway. */
export interface GatewayObject {
  /** Answers a request. Never rejects. */
  fetch(request: Request): Promise<Response>;
}

/** The binding of the Durable Object class, with the web-standard Request and Response in place of Cloudflare's own types. */
export interface GatewayNamespace {
  /** Makes the id of the object called `name`. */
  idFromName(name: string): DurableObjectId;
  /** Makes a stub for the object. */
  get(id: DurableObjectId): GatewayObject;
}

/** The bindings that the Worker needs. */
export interface WorkerEnv {
  /** The Durable Object class that the Worker exports. */
  readonly NARTHEX: GatewayNamespace;
}

/** A Durable Object class whose objects are gateways. */
export type GatewayObjectClass = new (state: DurableObjectState, env: WorkerEnv) => GatewayObject;

/** The name of the one object. Another name would be another, empty gateway. */
const OBJECT_NAME = "narthex";

const logger: Logger = createLogger({
  format: "json",
  level: "info",
  clock: createSystemClock(),
  // deno-lint-ignore no-console -- the only log that a Worker has
  write: (line) => console.log(line),
});

/** Hands a request to the one gateway. When Cloudflare cannot reach it, the client is told in plain text. */
export async function fetchFromGateway(request: Request, env: WorkerEnv): Promise<Response> {
  const stub = env.NARTHEX.get(env.NARTHEX.idFromName(OBJECT_NAME));
  return await guardFetch((incoming) => stub.fetch(withClientEncoding(incoming)), logger)(
    request,
    {},
  );
}

/** A request as Cloudflare hands it over. */
interface CloudflareRequest extends Request {
  /** What Cloudflare knows about it; absent where it did not come through there. */
  readonly cf?: { readonly clientAcceptEncoding?: string };
}

/**
 * Gives a request back the Accept-Encoding of its client. Cloudflare asks every Worker for `br, gzip` and fits the answer to the
 * client afterwards, but `wrangler dev` leaves an answer alone when the client named nothing: curl would print gzip.
 */
function withClientEncoding(request: CloudflareRequest): Request {
  const encoding = request.cf?.clientAcceptEncoding;
  if (encoding === undefined) return request;
  const restored = new Request(request);
  restored.headers.set("Accept-Encoding", encoding);
  return restored;
}

/** Makes a Durable Object class whose objects run a gateway with what `createOptions` gives each of them. */
export function createGatewayObjectClass(
  createOptions: () => GatewayOptions,
): GatewayObjectClass {
  return class implements GatewayObject {
    readonly #fetch: ReturnType<typeof guardFetch>;

    constructor() {
      const options = createOptions();
      this.#fetch = guardFetch(createGateway(options).fetch, options.logger);
    }

    async fetch(request: Request): Promise<Response> {
      return await this.#fetch(request, contextOf(request));
    }
  };
}

/** The options of a gateway on Workers: the defaults, and logs that go to the Worker's own. */
export function workerOptions(): GatewayOptions {
  return { ...defaultOptions("workerd"), logger, gzip: leaveToWorkers };
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
