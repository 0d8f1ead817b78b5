/**
 * From a request to its handler and back: methods, HEAD, OPTIONS, trailing slashes, counting, and the promise that no exception
 * reaches a client.
 */

import { type IRequest, Router, type RouterType } from "itty-router";
import { GatewayError } from "../model/error.ts";
import type { HttpContext, HttpRequest } from "./context.ts";
import { empty, errorResponse, errorText, notFound, redirect } from "./responses.ts";
import { type Action, createRoutes, literal, type Route } from "./routes.ts";
import { decodeUnreserved, pathOf, queryOf } from "./target.ts";
import { discardBody } from "./unread-body.ts";

/** What a server knows about a request beside the request itself. */
export interface RequestContext {
  /** The request target as it came over the wire, path and query, where the runtime shows it. */
  readonly rawTarget?: string;
  /** Address of the client, for the log. */
  readonly remoteAddress?: string;
}

/** Answers requests. Never rejects. */
export type FetchHandler = (request: Request, context?: RequestContext) => Promise<Response>;

const ORIGIN = "http://localhost";

/** Makes the handler of all requests. */
export function createFetchHandler(context: HttpContext): FetchHandler {
  const { routePrefix } = context.options;
  const base = routePrefix === "" ? "" : literal(routePrefix);
  const router: RouterType<IRequest, [HttpRequest]> = Router({ base });
  for (const route of createRoutes(context.options)) {
    router.all(route.pattern, (_, http) => answer(context, route, http));
  }
  const respond: FetchHandler = async (request, { rawTarget, remoteAddress = "" } = {}) => {
    const path = pathOf(request.url, rawTarget);
    try {
      // `/prefix` alone: relative links on the page need the slash.
      if (path === routePrefix) return redirect(`${path}/${queryOf(request.url)}`, request.method);
      // The router looks at the path with its dot segments folded; one that leads under the prefix only so is nobody's.
      if (!path.startsWith(`${routePrefix}/`)) return notFound();
      const http = { request, path: path.slice(routePrefix.length), source: remoteAddress };
      // The router needs no more than this, and writes its findings into what it is given.
      const target = { method: request.method, url: ORIGIN + decodeUnreserved(path) };
      const response: Response | undefined = await router.fetch(target, http);
      return response ?? notFound();
    } catch (error) {
      return failure(context, path, error);
    }
  };
  return async (request, requestContext) => {
    const response = await respond(request, requestContext);
    if (isUnread(request, response)) await discardBody(request, context.clock);
    return response;
  };
}

/** Whether an answer came before all of the body was read. */
function isUnread({ bodyUsed }: Request, { status }: Response): boolean {
  return !bodyUsed || status === 413;
}

async function answer(context: HttpContext, route: Route, http: HttpRequest): Promise<Response> {
  const { request, path } = http;
  const { method } = request;
  const action = actionFor(route, method);
  if (path.length > 1 && path.endsWith("/") && !route.pattern.includes("/:") && route.exists) {
    if (action === undefined) return notFound();
    // Two slashes in front would name another host.
    const location = path.replace(/(?<!\/)\/+$/, "").replace(/^\/*/, "/");
    // The API answers OPTIONS on every path below it.
    if (method !== "OPTIONS") {
      return redirect(context.options.routePrefix + location + queryOf(request.url), method);
    }
  }
  if (action === undefined) return refuseMethod(route, method);
  const [handle, name] = action;
  let response: Response;
  try {
    response = await handle(context, http);
  } catch (error) {
    response = failure(context, path, error);
  }
  if (name !== undefined) context.telemetry.countRequest(name, method, response.status);
  return method === "HEAD" ? await withoutBody(response) : response;
}

/** HEAD is answered as GET is: load balancers ask with it. */
function actionFor({ actions }: Route, method: string): Action | undefined {
  if (Object.hasOwn(actions, method)) return actions[method];
  return method === "HEAD" ? actions["GET"] : undefined;
}

/** What a GET would have been answered with, its length included, without the body. */
async function withoutBody(response: Response): Promise<Response> {
  const headers = new Headers(response.headers);
  headers.set("Content-Length", String((await response.arrayBuffer()).byteLength));
  return new Response(null, { status: response.status, headers });
}

function refuseMethod(route: Route, method: string): Response {
  if (!route.exists) return notFound();
  const methods = new Set([...Object.keys(route.actions), "OPTIONS"]);
  if (methods.has("GET")) methods.add("HEAD");
  const Allow = [...methods].sort().join(", ");
  return method === "OPTIONS"
    ? empty(200, { Allow })
    : errorText("Method Not Allowed", 405, { Allow });
}

/** A handler failed. Errors made for clients are told as they are; of any other the client learns nothing but that it happened. */
function failure({ logger }: HttpContext, path: string, error: unknown): Response {
  if (error instanceof GatewayError) return errorResponse(error);
  const err = error instanceof Error ? error.stack ?? error.message : String(error);
  logger.error("request failed", { path, err });
  return errorText("internal server error", 500);
}
