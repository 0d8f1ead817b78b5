/**
 * All routes on one screen. itty-router's patterns find the route of a path; which methods the route has, and what a 405 and OPTIONS
 * say about them, is decided in `dispatch.ts`, because the router knows no 405. Path parameters are not taken from it either: it
 * does not decode them.
 */

import type { HandlerName } from "../telemetry/requests.ts";
import { handleApiMetrics, handleApiOptions, handleApiStatus } from "./api.ts";
import type { Handler, HttpOptions } from "./context.ts";
import { handleDelete } from "./delete.ts";
import {
  handleHealthy,
  handleQuit,
  handleQuitHint,
  handleReady,
  handleWipe,
} from "./management.ts";
import { handlePage } from "./page.ts";
import { handlePush } from "./push.ts";
import { handleScrape } from "./scrape.ts";

/** A handler and the name under which its requests are counted; without a name they are not. */
export type Action = readonly [Handler, HandlerName?];

/** A path and what can be done there. */
export interface Route {
  /** Path behind the route prefix, as a pattern of itty-router. */
  readonly pattern: string;
  /** The handlers by method. OPTIONS and HEAD need none. */
  readonly actions: Readonly<Record<string, Action>>;
  /** What other methods get: 405 where the path exists, 404 where the pattern only reserves a name space. */
  readonly exists: boolean;
}

/** The routes that the options ask for; the first that matches counts. */
export function createRoutes({ telemetryPath, enableAdminApi }: HttpOptions): readonly Route[] {
  const apiOptions: Action = [handleApiOptions, "api/v1/options"];
  const group: Route["actions"] = {
    PUT: [handlePush, "push"],
    POST: [handlePush, "push"],
    DELETE: [handleDelete, "delete"],
  };
  const page: Route["actions"] = { GET: [handlePage, "status"] };
  const wipe: Route["actions"] = { PUT: [handleWipe, "wipe"], OPTIONS: apiOptions };
  return [
    at(literal(telemetryPath), { GET: [handleScrape] }),
    at("/metrics/job/:labels+", group),
    at("/metrics/job@base64/:labels+", group),
    at("/", page),
    at("/status", page),
    at("/-/healthy", { GET: [handleHealthy, "healthy"] }),
    at("/-/ready", { GET: [handleReady, "ready"] }),
    at("/-/quit", { GET: [handleQuitHint], PUT: [handleQuit], POST: [handleQuit] }),
    at("/api/v1/status", { GET: [handleApiStatus, "api/v1/status"], OPTIONS: apiOptions }),
    at("/api/v1/metrics", { GET: [handleApiMetrics, "api/v1/metrics"], OPTIONS: apiOptions }),
    ...(enableAdminApi ? [at("/api/v1/admin/wipe", wipe)] : []),
    { pattern: "/api/v1/*", actions: { OPTIONS: apiOptions }, exists: false },
  ];
}

function at(pattern: string, actions: Route["actions"]): Route {
  return { pattern, actions, exists: true };
}

/**
 * A configured path as a pattern that matches just it. The router makes a regular expression of a pattern and gives some
 * characters a meaning of its own, so all but the plainest are written as character codes.
 */
export function literal(path: string): string {
  const { pathname } = new URL(path, "http://localhost");
  return pathname.replace(
    /[^\w/.%~-]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
