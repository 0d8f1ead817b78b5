/**
 * The last line of defence between the gateway and a runtime: whatever goes wrong while a request is answered, the client gets a
 * response in plain text and the log gets the reason. No runtime's own error page is ever shown.
 */
import type { RequestContext } from "../gateway.ts";
import type { Logger } from "../log/logger.ts";
import type { FetchHandler } from "./listener.ts";

/**
 * Wraps a fetch handler so that it neither throws nor rejects. A client that went away costs a line at debug level, an address
 * that is no URL (a malformed Host header) is answered with 400, anything else is a fault of ours: 500, and an error in the log.
 */
export function guardFetch(
  fetch: (request: Request, context?: RequestContext) => Response | Promise<Response>,
  logger: Logger,
): FetchHandler {
  return (request, context) => {
    try {
      const answer = fetch(request, context);
      // A plain response stays one: Bun and Deno answer it without a turn of the microtask queue.
      if (answer instanceof Response) return answer;
      return answer.catch((error) => recover(error, request, logger));
    } catch (error) {
      return recover(error, request, logger);
    }
  };
}

/** Answers with a line of text, the way the gateway's own errors look. */
export function plainResponse(status: number, line: string): Response {
  return new Response(`${line}\n`, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
    },
  });
}

function recover(error: unknown, request: Request, logger: Logger): Response {
  if (isDisconnect(error)) {
    logger.debug("client went away", { method: request.method, url: request.url });
    return plainResponse(400, "request was not received in full");
  }
  if (!URL.canParse(request.url)) return plainResponse(400, "malformed Host header");
  const err = error instanceof Error ? error.stack ?? error.message : String(error);
  logger.error("request failed", { method: request.method, url: request.url, err });
  return plainResponse(500, "internal server error");
}

/**
 * Tells errors of a body whose client hung up. Bun 1.4 rejects with an AbortError, Deno 2.9 with BadResource, Node 20 with
 * ECONNRESET. (Deno's `request.signal` is no help: it aborts after every answer, and not before the body fails.)
 */
function isDisconnect(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "AbortError" || error.name === "BadResource") return true;
  return "code" in error && error.code === "ECONNRESET";
}
