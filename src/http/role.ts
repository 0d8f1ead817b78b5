/**
 * What a request needs the right to do. Whatever is not known to be harmless needs the most.
 */

import type { Role } from "../auth/accounts.ts";
import { decodeUnreserved } from "./target.ts";

/**
 * Finds the role that a request needs.
 *
 * @param path the undecoded path behind the route prefix.
 */
export function roleFor(method: string, path: string): Role {
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") return "read";
  // The router folds dot segments, so a path that only begins like a push must not pass for one.
  const { pathname } = new URL(`http://localhost${decodeUnreserved(path)}`);
  return /^\/metrics\/job(?:@base64)?\//.test(pathname) ? "push" : "admin";
}
