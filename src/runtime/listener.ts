/**
 * The contract between the gateway and the runtimes. A runtime is one function, `Listen`: it opens one listening socket, feeds the
 * requests to a fetch handler and knows how to stop. Everything that is the same everywhere (several addresses, the dual stack,
 * error wording, the bound on the grace period) is in `server.ts`.
 */
import type { RequestContext } from "../gateway.ts";

/** Answers a request. A handler given to a `Listen` neither throws nor rejects (see `guard.ts`). */
export type FetchHandler = (
  request: Request,
  context: RequestContext,
) => Response | Promise<Response>;

/** A TCP address to bind. */
export interface TcpTarget {
  /** Host name or IP address without brackets. */
  readonly hostname: string;
  /** Port; 0 lets the system choose one. */
  readonly port: number;
}

/** A listening socket that the process was started with. */
export interface InheritedTarget {
  /** Its file descriptor. */
  readonly fd: number;
}

/** Where to listen. */
export type ListenTarget = TcpTarget | InheritedTarget;

/** One listening socket at work. */
export interface Listener {
  /** The address really bound: `127.0.0.1:9091`, `[::]:9091`, or the path of an inherited Unix socket. */
  readonly address: string;
  /** Stops accepting connections; resolves once the requests in flight are answered and the connections closed. */
  close(): Promise<void>;
  /** Cuts every connection that is left, so that a pending `close` resolves. */
  destroy(): void;
}

/** Opens one listening socket. Rejects with the runtime's own error when it cannot. */
export type Listen = (target: ListenTarget, handler: FetchHandler) => Promise<Listener>;

/** Writes host and port as an address, an IPv6 host in brackets. */
export function formatAddress(hostname: string, port: number): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/**
 * Writes a client's address as logs and limits want it: an IPv4 client of a dual-stack socket is shown as IPv4, not as
 * `::ffff:192.0.2.1`.
 */
export function normalizeRemoteAddress(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

/**
 * The path and query of a raw request target, undecoded and with its dot segments. A target in absolute form loses scheme and
 * authority; `*` becomes `/*`, the way a URL has it.
 */
export function pathOfTarget(target: string): string {
  if (target.startsWith("/")) return target;
  if (target === "*") return "/*";
  const authority = target.indexOf("://");
  const path = authority < 0 ? -1 : target.indexOf("/", authority + 3);
  return path < 0 ? "/" : target.slice(path);
}
