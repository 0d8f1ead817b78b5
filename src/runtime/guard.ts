/**
 * The last line of defence between the gateway and a runtime. The gateway answers its own failures; should one slip through, the
 * client still gets plain text and the log the reason. No runtime's own error page is ever shown.
 */
import type { RequestContext } from "../gateway.ts";
import type { Logger } from "../log/logger.ts";
import type { FetchHandler } from "./listener.ts";

/** Wraps a fetch handler so that it neither throws nor rejects: a failure is answered with 500 and logged. */
export function guardFetch(
  fetch: (request: Request, context?: RequestContext) => Response | Promise<Response>,
  logger: Logger,
): FetchHandler {
  return (request, context) => {
    try {
      const answer = fetch(request, context);
      if (!(answer instanceof Promise)) return answer;
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
  const err = error instanceof Error ? error.stack ?? error.message : String(error);
  logger.error("request failed", { method: request.method, url: request.url, err });
  return plainResponse(500, "internal server error");
}
