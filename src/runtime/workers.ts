/**
 * The Worker in front of the gateways. A Worker runs in many places at once and a gateway must be one, so each tenant has a Durable
 * Object, which holds an ordinary gateway; here it is only decided whether a request comes in and which object it goes to. Nothing
 * needs `nodejs_compat`.
 */
import type { DurableObjectId } from "@cloudflare/workers-types";
import { redirect } from "../http/responses.ts";
import { pathOf, queryOf } from "../http/target.ts";
import { discardBody } from "../http/unread-body.ts";
import type { Clock } from "../model/clock.ts";
import { createSystemClock } from "./clock.ts";
import { createEdgeLogger, readSettingsAloud } from "./edge-log.ts";
import { guardFetch, plainResponse } from "./guard.ts";
import { DEFAULT_TENANT, type Destination, findTenant, prefixOf } from "./tenants.ts";
import { refuseAccess } from "./edge-access.ts";
import {
  EDGE_VARIABLES,
  type EdgeSettings,
  type EdgeVariables,
  SettingError,
  WORKERS,
} from "./edge-settings.ts";

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
export interface WorkerEnv extends EdgeVariables {
  /** The Durable Object class that the Worker exports. */
  readonly NARTHEX: GatewayNamespace;
}

/** The header that tells an object its tenant. What a client sends under this name never gets there. */
export const TENANT_HEADER = "Narthex-Tenant";

const clock: Clock = createSystemClock();
let latest:
  | { readonly env: EdgeVariables; readonly settings: EdgeSettings | SettingError }
  | undefined;

/** Hands a request to the gateway of its tenant. When Cloudflare cannot reach it, the client is told in plain text. */
export async function fetchFromGateway(request: Request, env: WorkerEnv): Promise<Response> {
  const settings = settingsOf(env);
  if (settings instanceof SettingError) {
    return plainResponse(503, `${settings.variable} cannot be used; the Worker's log says why`);
  }
  const respond = (request: Request) => routeRequest(request, env, settings);
  return await guardFetch(respond, createEdgeLogger(settings))(request, {});
}

/**
 * The settings in a Worker's variables, or what is wrong with them. Worker and objects have them in common as long as they run in one
 * isolate, so that they are read, and complained about, once.
 */
export function settingsOf(env: EdgeVariables): EdgeSettings | SettingError {
  if (latest !== undefined && EDGE_VARIABLES.every((name) => latest?.env[name] === env[name])) {
    return latest.settings;
  }
  const settings = readSettingsAloud(env, WORKERS);
  latest = { env, settings };
  return settings;
}

async function routeRequest(
  request: Request,
  env: WorkerEnv,
  settings: EdgeSettings,
): Promise<Response> {
  const destination = findTenant(request.url, settings.tenants);
  const refusal = await refuseAccess(request, settings, destination);
  if (refusal !== undefined) {
    await discardBody(request, clock);
    return refusal;
  }
  const { tenant } = destination;
  const name = tenant === DEFAULT_TENANT ? "narthex" : `tenant/${tenant}`;
  const stub = env.NARTHEX.get(env.NARTHEX.idFromName(name));
  const response = await stub.fetch(forward(request, destination, settings));
  return destination.byHost ? redirectAtHost(response, request, destination, settings) : response;
}

/** A request as Cloudflare hands it over. */
interface CloudflareRequest extends Request {
  /** What Cloudflare knows about it; absent where it did not come through there. */
  readonly cf?: { readonly clientAcceptEncoding?: string };
}

/**
 * The request as the object gets it: with its tenant, whose prefix is in the path however the client named it, and with the
 * Accept-Encoding of the client. Cloudflare asks every Worker for `br, gzip` and fits the answer to the client afterwards, but
 * `wrangler dev` leaves an answer alone when the client named nothing: curl would print gzip.
 */
function forward(
  request: CloudflareRequest,
  { tenant, path, byHost }: Destination,
  { tenants }: EdgeSettings,
): Request {
  const { url } = request;
  // A path outside the route prefix stays outside.
  const isInside = byHost && pathOf(url) === tenants.routePrefix + path;
  const forwarded = isInside
    ? new Request(
      new URL(prefixOf(tenant, tenants.routePrefix) + path + queryOf(url), url),
      request,
    )
    : new Request(request);
  forwarded.headers.set(TENANT_HEADER, tenant);
  const encoding = request.cf?.clientAcceptEncoding;
  if (encoding !== undefined) forwarded.headers.set("Accept-Encoding", encoding);
  return forwarded;
}

/** The gateway sends a client on to a path with its tenant's prefix, which a host of its own does not have. */
function redirectAtHost(
  response: Response,
  { method }: Request,
  { tenant }: Destination,
  { tenants: { routePrefix } }: EdgeSettings,
): Response {
  const location = response.headers.get("Location") ?? "";
  const prefix = prefixOf(tenant, routePrefix);
  if (!location.startsWith(prefix)) return response;
  return redirect(routePrefix + location.slice(prefix.length), method);
}
