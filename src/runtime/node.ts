/**
 * Listens on Node with node:http, and on Deno where the socket is inherited. srvx turns node's requests and responses into those
 * of the fetch standard.
 */
import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  type Server,
  type ServerOptions,
  ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { NodeRequest, sendNodeResponse } from "srvx/node";
import type { RequestContext } from "../gateway.ts";
import { plainResponse } from "./guard.ts";
import { createInFlight, type InFlight } from "./in-flight.ts";
import {
  type FetchHandler,
  formatAddress,
  type Listen,
  type Listener,
  normalizeRemoteAddress,
  pathOfTarget,
} from "./listener.ts";

/** What bounds a connection; times in milliseconds. */
export const LIMITS: Pick<
  ServerOptions,
  "keepAliveTimeout" | "headersTimeout" | "requestTimeout" | "maxHeaderSize"
> = {
  // Pushes may be minutes apart; node's default of 5 s would make each open a connection of its own.
  keepAliveTimeout: 10 * 60_000,
  // These two end clients that trickle: the head of a request must arrive within a minute, all of it within a quarter of an hour.
  headersTimeout: 60_000,
  requestTimeout: 15 * 60_000,
  // A grouping key is part of the request line. As much as the reference server takes; node's default is 16 KiB.
  maxHeaderSize: 1 << 20,
};

/** Opens a TCP socket, or uses an inherited one, with node:http. */
export const listen: Listen = async (target, handler) => {
  const inFlight = createInFlight();
  const server = createServer({ ...LIMITS, ServerResponse: NamedResponse }, (request, response) => {
    enter(request.socket, response, inFlight);
    answer(request, response, handler).catch(() => response.destroy());
  });
  server.on("connect", (_request, socket) => refuseTunnel(socket));
  const opened = once(server, "listening");
  server.listen("fd" in target ? target : { host: target.hostname, port: target.port });
  await opened;
  return createListener(server, inFlight);
};

/** The responses under way on each connection. */
const underWay = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Counts a request as in flight until its response is closed. When a connection breaks, Node 20 closes only the first of its
 * responses; those of pipelined requests that wait behind it would be in flight for ever, so the end of the connection counts, too.
 */
function enter(socket: Socket, response: ServerResponse, inFlight: InFlight): void {
  const responses = underWay.get(socket) ?? watchConnection(socket, inFlight);
  responses.add(response);
  inFlight.enter();
  response.once("close", () => {
    if (responses.delete(response)) inFlight.leave();
  });
}

function watchConnection(socket: Socket, inFlight: InFlight): Set<ServerResponse> {
  const responses = new Set<ServerResponse>();
  underWay.set(socket, responses);
  socket.once("close", () => {
    for (const _ of responses) inFlight.leave();
    responses.clear();
  });
  return responses;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handler: FetchHandler,
): Promise<void> {
  const answered = await respond(request, response, handler);
  // Node would send the empty body of a push's answer in chunks.
  if (answered.body === null && request.method !== "HEAD") response.setHeader("content-length", 0);
  await sendNodeResponse(response, answered);
}

function respond(
  request: IncomingMessage,
  response: ServerResponse,
  handler: FetchHandler,
): Response | Promise<Response> {
  const webRequest = new NodeRequest({ req: request, res: response });
  // srvx puts this in place of a host that it cannot read.
  if (webRequest.url.startsWith("http://_invalid_/")) {
    return plainResponse(400, "malformed Host header");
  }
  return handler(webRequest, new NodeContext(request));
}

class NodeContext implements RequestContext {
  readonly #request: IncomingMessage;

  constructor(request: IncomingMessage) {
    this.#request = request;
  }

  get rawTarget(): string {
    return pathOfTarget(this.#request.url ?? "/");
  }

  get remoteAddress(): string {
    return normalizeRemoteAddress(this.#request.socket.remoteAddress ?? "");
  }
}

function createListener(server: Server, inFlight: InFlight): Listener {
  return {
    address: describeAddress(server.address()),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      // A request may have come in that node has not read yet.
      await setImmediate();
      await inFlight.idle();
      // What is left has nothing under way: kept-alive connections and those that never sent a request, which would keep
      // node's `close` waiting.
      server.closeAllConnections();
      await closed;
    },
    destroy: () => server.closeAllConnections(),
  };
}

function describeAddress(address: AddressInfo | string | null): string {
  if (address === null || typeof address === "string") return address ?? "";
  return formatAddress(address.address, address.port);
}

/** Node drops a CONNECT that nobody listens for without a word. */
function refuseTunnel(socket: Duplex): void {
  socket.on("error", () => {});
  socket.end("HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

/** srvx hands over an empty reason phrase; node then writes `HTTP/1.1 200 ` rather than the usual `200 OK`. */
class NamedResponse<T extends IncomingMessage = IncomingMessage> extends ServerResponse<T> {
  override writeHead(
    status: number,
    reason?: string | OutgoingHttpHeaders | OutgoingHttpHeader[],
    headers?: OutgoingHttpHeaders | OutgoingHttpHeader[],
  ): this {
    if (typeof reason !== "string") return super.writeHead(status, reason);
    return reason === ""
      ? super.writeHead(status, headers)
      : super.writeHead(status, reason, headers);
  }
}
