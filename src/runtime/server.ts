/**
 * Serves a fetch handler on every address asked for, whatever the runtime: several sockets, IPv6 and IPv4 in one where the
 * machine has both, one wording for what can go wrong, and a stop that lets requests in flight finish within a bound.
 */
import { formatListenAddress, type ListenAddress } from "../cli/listen-address.ts";
import type { FetchHandler, Listen, Listener } from "./listener.ts";

/** Where to serve: an address from the command line, or a socket that the process was started with. */
export type ServeTarget = ListenAddress | { readonly fd: number };

/** What to serve, and where. */
export interface ServeOptions {
  /** Opens a socket on this runtime. */
  readonly listen: Listen;
  /** Answers the requests. */
  readonly handler: FetchHandler;
  /** Addresses to bind and inherited sockets to use, in order. */
  readonly targets: readonly ServeTarget[];
}

/** A server at work. */
export interface RunningServer {
  /** The addresses really bound, in the order asked for, with the ports that the system chose. */
  readonly addresses: readonly string[];
  /**
   * Stops accepting connections and resolves when the requests in flight are answered. After `graceMs` milliseconds it cuts what
   * is left. Resolves to whether everything finished in time. A second call joins the first.
   */
  close(graceMs: number): Promise<boolean>;
}

/** A socket could not be opened; the message names the address and the reason in one line. */
export class ListenError extends Error {
  /** Describes that `target` could not be opened because of `cause`. */
  constructor(target: ServeTarget, cause: unknown) {
    super(`listen on ${formatTarget(target)}: ${describeListenFailure(cause)}`, { cause });
    this.name = "ListenError";
  }
}

/**
 * Opens all sockets and serves on them. When one cannot be opened the others are closed again and the promise rejects with a
 * `ListenError`.
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const listeners: Listener[] = [];
  for (const target of options.targets) {
    try {
      listeners.push(await openListener(options.listen, target, options.handler));
    } catch (error) {
      await closeAll(listeners, 0);
      throw new ListenError(target, error);
    }
  }
  let closing: Promise<boolean> | undefined;
  return {
    addresses: listeners.map((listener) => listener.address),
    close: (graceMs) => closing ??= closeAll(listeners, graceMs),
  };
}

/** Says in the system's words why a socket could not be opened, from the error of any of the runtimes. */
export function describeListenFailure(error: unknown): string {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return REASONS[code] ??
    (message.includes("failed to lookup") ? NO_SUCH_HOST : firstLine(message));
}

const NO_SUCH_HOST = "no such host";
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "address already in use",
  EADDRNOTAVAIL: "cannot assign requested address",
  EAFNOSUPPORT: "address family not supported",
  EACCES: "permission denied",
  EBADF: "bad file descriptor",
  EINVAL: "not a listening socket",
  ENOTFOUND: NO_SUCH_HOST,
  EAI_AGAIN: NO_SUCH_HOST,
  // What Bun 1.4 reports for a host name that does not resolve.
  ENOTCONN: NO_SUCH_HOST,
};

/** `:9091` is one dual-stack socket. Where the machine has no IPv6 it is an IPv4 one, as with Go's `net.Listen`. */
async function openListener(
  listen: Listen,
  target: ServeTarget,
  handler: FetchHandler,
): Promise<Listener> {
  if ("fd" in target) return await listen(target, handler);
  const { hostname, port } = target;
  if (hostname !== undefined) return await listen({ hostname, port }, handler);
  try {
    return await listen({ hostname: "::", port }, handler);
  } catch (error) {
    if (!hasNoIpv6(error)) throw error;
    return await listen({ hostname: "0.0.0.0", port }, handler);
  }
}

function hasNoIpv6(error: unknown): boolean {
  const code = codeOf(error);
  return code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL";
}

async function closeAll(listeners: readonly Listener[], graceMs: number): Promise<boolean> {
  const closed = Promise.all(listeners.map((listener) => listener.close())).then(() => true);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expired = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), graceMs);
  });
  const inTime = await Promise.race([closed, expired]);
  clearTimeout(timer);
  if (!inTime) { for (const listener of listeners) listener.destroy(); }
  return inTime;
}

function formatTarget(target: ServeTarget): string {
  if ("fd" in target) return `inherited socket ${target.fd}`;
  return formatListenAddress(target);
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return String(error.code);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
