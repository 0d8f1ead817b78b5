/**
 * Listens on Bun with `Bun.serve`.
 *
 * Bun 1.4 folds dot segments before a handler sees them, so there is no raw target here. It also cannot listen on an inherited
 * socket: `listen({ fd })` of its node:http silently opens another one, which is why systemd sockets are refused.
 */
import type { RequestContext } from "../gateway.ts";
import { plainResponse } from "./guard.ts";
import {
  type FetchHandler,
  formatAddress,
  type Listen,
  type Listener,
  type ListenTarget,
  normalizeRemoteAddress,
} from "./listener.ts";
import { createYoungCollection, type YoungCollection } from "./young-heap.ts";

/** The members of Bun's server that are used here. */
interface BunServer {
  readonly hostname: string;
  readonly port: number;
  readonly address: { readonly address: string } | null;
  requestIP(request: Request): { readonly address: string } | null;
  stop(closeActiveConnections?: boolean): Promise<void>;
}

/** The options of `Bun.serve` that are used here. */
interface BunServeOptions {
  readonly hostname: string;
  readonly port: number;
  readonly development: boolean;
  readonly reusePort: boolean;
  readonly idleTimeout: number;
  readonly maxRequestBodySize: number;
  readonly fetch: (request: Request, server: BunServer) => Response | Promise<Response>;
  readonly error: (error: unknown) => Response;
}

declare const Bun: { serve(options: BunServeOptions): BunServer };

/** Seconds that a kept-alive connection may idle between pushes, the most that Bun takes; its default is 10. */
export const IDLE_TIMEOUT_SECONDS = 255;

/** Opens a TCP socket with `Bun.serve`; an inherited socket is an error. */
export const listen: Listen = async (target, handler) => {
  return open(target, handler, await createYoungCollection());
};

/** The options for `Bun.serve` that answer with `handler` on `target`. */
export function serveOptions(
  target: { readonly hostname: string; readonly port: number },
  handler: FetchHandler,
  collect: YoungCollection = () => {},
): BunServeOptions {
  return {
    hostname: target.hostname,
    port: target.port,
    development: false,
    // In Bun 1.4 `development: false` turns this on, and a second gateway on the same port would silently take half the pushes.
    reusePort: false,
    idleTimeout: IDLE_TIMEOUT_SECONDS,
    // The gateway limits bodies itself, with an answer that names the flag. Bun's default of 128 MiB would cut in before.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    fetch: (request, server) => {
      collect();
      const context = new BunContext(server, request);
      // Without a usable Host header Bun's `url` is a bare path.
      return request.url.charCodeAt(0) === SLASH
        ? answerWithoutHost(request, context, handler)
        : handler(request, context);
    },
    error: () => plainResponse(500, "internal server error"),
  };
}

const SLASH = 0x2f;

function open(target: ListenTarget, handler: FetchHandler, collect: YoungCollection): Listener {
  if ("fd" in target) throw new Error("Bun cannot listen on an inherited socket");
  const server = Bun.serve(serveOptions(target, handler, collect));
  return {
    address: formatAddress(server.address?.address ?? server.hostname, server.port),
    close: () => server.stop(),
    destroy: () => void server.stop(true),
  };
}

/** Looks the client's address up when it is asked for: most requests never do. */
class BunContext implements RequestContext {
  readonly #server: BunServer;
  readonly #request: Request;

  constructor(server: BunServer, request: Request) {
    this.#server = server;
    this.#request = request;
  }

  get remoteAddress(): string {
    return normalizeRemoteAddress(this.#server.requestIP(this.#request)?.address ?? "");
  }
}

/** HTTP/1.0 needs no Host, so the path gets a base to stand on; a Host that was sent is malformed. */
function answerWithoutHost(
  request: Request,
  context: RequestContext,
  handler: FetchHandler,
): Response | Promise<Response> {
  if (request.headers.has("host")) return plainResponse(400, "malformed Host header");
  return handler(new Request(`http://localhost${request.url}`, request), context);
}
