/**
 * Where the gateway's endpoints hang: the route prefix before all of them, the telemetry path of the scrape.
 */

import { quote } from "../model/quote.ts";
import { parseExternalUrlPath } from "./external-url.ts";
import { FlagError } from "./flag-error.ts";
import { hasQueryOrFragment, normalizePath } from "./url-path.ts";

/** Paths that other endpoints answer on. */
const TAKEN =
  /^(?:|\/status|\/-\/(?:healthy|ready|quit)|\/api\/v1\/(?:status|metrics|admin\/wipe)|\/static(?:\/.*)?|\/metrics\/job(?:@base64)?\/.*)$/;

/**
 * Computes the prefix of all routes: `prefix`, or the path of `externalUrl` when it is empty.
 *
 * @returns "" for none, otherwise a path with a leading and without a trailing slash, in the form of a URL's `pathname`
 * @throws FlagError when `externalUrl` is no URL, or when `prefix` has a query or a fragment
 */
export function computeRoutePrefix(prefix: string, externalUrl: string): string {
  const externalPath = parseExternalUrlPath(externalUrl);
  if (hasQueryOrFragment(prefix)) {
    throw new FlagError(`invalid route prefix ${quote(prefix)}: a path has no ? and no #`);
  }
  return normalizePath(prefix === "" ? externalPath : prefix);
}

/**
 * Reads `--web.telemetry-path`, which does without a leading slash too.
 *
 * @returns the path in the form of a URL's `pathname`, with a leading and without a trailing slash
 * @throws FlagError when it is the root, has a query, or belongs to another endpoint
 */
export function parseTelemetryPath(text: string): string {
  if (hasQueryOrFragment(text)) {
    throw new FlagError(`invalid telemetry path ${quote(text)}: a path has no ? and no #`);
  }
  const path = normalizePath(text);
  if (TAKEN.test(path)) {
    throw new FlagError(`invalid telemetry path ${quote(text)}: another endpoint is there`);
  }
  return path;
}
