/**
 * PUT and POST on a group: decode, parse, apply, answer. PUT replaces the group, POST the families of the same name within it.
 */

import { KNOWN_ENCODINGS } from "../decode/content-encoding.ts";
import { GatewayError } from "../model/error.ts";
import type { PushKey } from "../model/group-key.ts";
import type { Outcome } from "../store/change.ts";
import type { HttpContext, HttpRequest } from "./context.ts";
import { parseGroupingPath } from "./grouping-path.ts";
import { parseBody } from "./parse-body.ts";
import { readBody, type RequestBody } from "./request-body.ts";
import { requestSize } from "./request-size.ts";
import { empty, errorResponse } from "./responses.ts";

/** Handles a push to a group and takes its duration and size. */
export async function handlePush(context: HttpContext, request: HttpRequest): Promise<Response> {
  const { clock, options, telemetry } = context;
  const { method, headers } = request.request;
  const started = clock.monotonic();
  let body: RequestBody | undefined;
  try {
    const key = parseGroupingPath(request.path, options.enableUtf8Names);
    body = await readBody(request.request, options.maxBodySize);
    const pushed = push(context, request, key, body.bytes);
    const { refused } = pushed instanceof Promise ? await pushed : pushed;
    if (refused !== undefined) throw refused;
    return empty(options.checkConsistency ? 200 : 202);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    report(context, request, error);
    return errorResponse(error, error.kind === "unsupported" ? ACCEPTED_ENCODINGS : {});
  } finally {
    const seconds = (clock.monotonic() - started) / 1000;
    const wireSize = body?.wireSize ?? (Number(headers.get("Content-Length")) || 0);
    const size = requestSize(request.request, wireSize);
    telemetry.observePush(method === "PUT" ? "put" : "post", seconds, size);
  }
}

/** RFC 9110 §15.5.16: a 415 for its encoding says what would do. */
const ACCEPTED_ENCODINGS: HeadersInit = { "Accept-Encoding": KNOWN_ENCODINGS.join(", ") };

function push(
  { options, clock, write }: HttpContext,
  { request }: HttpRequest,
  key: PushKey,
  body: Uint8Array,
): Outcome | Promise<Outcome> {
  const families = parseBody(request.headers.get("Content-Type"), body, {
    utf8Names: options.enableUtf8Names,
  });
  const replace = request.method === "PUT";
  return write({ kind: "push", key, families, replace, at: clock.now() });
}

/**
 * A push that does not fit what is held is somebody's mistake to find; one that cannot even be read is noise. Storage in trouble is
 * reported where it is noticed, once, lest every push in vain fills a full disk further.
 */
function report(
  { logger }: HttpContext,
  { request, source }: HttpRequest,
  error: GatewayError,
): void {
  const fields = { method: request.method, source, err: error.message };
  const isRefused = error.kind === "inconsistent" || error.kind === "full";
  if (isRefused) logger.error("push refused", fields);
  else if (error.kind === "unavailable") logger.debug("push failed", fields);
  else logger.debug("push cannot be read", fields);
}
