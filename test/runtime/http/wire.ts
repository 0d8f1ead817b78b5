/**
 * Talks to a gateway byte by byte over a socket, for what an HTTP client would tidy up: framing, pipelining, malformed requests,
 * connections that end early.
 */

import { connect, type Socket } from "node:net";
import { type Answer, createAnswer, type Gateway } from "./client.ts";

/** What came back over one connection. */
export interface Exchange {
  /** The answers in order, those with a status of 1xx included. */
  readonly answers: readonly Answer[];
  /** Whether the server closed the connection. */
  readonly closed: boolean;
}

/** What to send, and when to stop listening. */
export interface Talk {
  /** What goes out first; text is sent as Latin-1, one byte a character. */
  readonly send: string | Uint8Array;
  /** The methods of the requests, which tell an answer to HEAD from others; GET where there are fewer. */
  readonly methods?: readonly string[];
  /** Stop after that many answers. Without it the exchange ends when the server closes the connection. */
  readonly answers?: number;
  /** Sent after the answer with the given index, beginning at 0, was read. */
  readonly then?: Readonly<Record<number, string | Uint8Array>>;
  /** Whether to end our side of the connection after the first bytes, as a client does that was cut off. */
  readonly halfClose?: boolean;
  /** Whether to drop the connection as soon as the first bytes are out, as a client does that was killed. */
  readonly hangUp?: boolean;
}

/** Carries out a talk over a connection of its own. An error of the connection counts as its end. */
export function talk(gateway: Gateway, what: Talk): Promise<Exchange> {
  const { hostname, port } = new URL(gateway.url);
  const { answers: wanted = Infinity, methods = [], then = {} } = what;
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    let received: Buffer = Buffer.alloc(0);
    const answers: Answer[] = [];
    const finish = (closed: boolean) => {
      socket.destroy();
      resolve({ answers, closed });
    };
    const take = (atEnd: boolean) => {
      for (;;) {
        const parsed = parseAnswer(received, methods[answers.length] ?? "GET", atEnd);
        if (parsed === undefined) return;
        received = received.subarray(parsed.length);
        const follow = then[answers.push(parsed.answer) - 1];
        if (follow !== undefined) write(socket, follow);
      }
    };
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      take(false);
      if (answers.length >= wanted) finish(false);
    });
    socket.on("end", () => {
      take(true);
      finish(true);
    });
    socket.on("error", () => {});
    socket.on("close", () => finish(true));
    write(socket, what.send, what.hangUp ? () => socket.resetAndDestroy() : undefined);
    if (what.halfClose) socket.end();
  });
}

function write(socket: Socket, what: string | Uint8Array, done?: () => void): void {
  socket.write(typeof what === "string" ? Buffer.from(what, "latin1") : what, done);
}

interface Parsed {
  readonly answer: Answer;
  /** Bytes it took. */
  readonly length: number;
}

/** Reads the first answer out of what was received; undefined while it is not complete. */
function parseAnswer(received: Buffer, method: string, atEnd: boolean): Parsed | undefined {
  const headLength = received.indexOf("\r\n\r\n") + 4;
  if (headLength < 4) return undefined;
  const [statusLine = "", ...lines] = received.subarray(0, headLength - 4).toString("latin1")
    .split("\r\n");
  const status = Number(statusLine.split(" ")[1]);
  const headers = Object.fromEntries(lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  const rest = received.subarray(headLength);
  const body = method === "HEAD" || status < 200 || status === 204 || status === 304
    ? { bytes: Buffer.alloc(0), length: 0 }
    : parseBody(rest, headers, atEnd);
  if (body === undefined) return undefined;
  return {
    answer: createAnswer(status, headers, body.bytes),
    length: headLength + body.length,
  };
}

interface ParsedBody {
  readonly bytes: Buffer;
  readonly length: number;
}

function parseBody(
  rest: Buffer,
  headers: Readonly<Record<string, string>>,
  atEnd: boolean,
): ParsedBody | undefined {
  if (headers["transfer-encoding"] === "chunked") return parseChunks(rest);
  const announced = headers["content-length"];
  if (announced === undefined) return atEnd ? { bytes: rest, length: rest.length } : undefined;
  const length = Number(announced);
  return rest.length < length ? undefined : { bytes: rest.subarray(0, length), length };
}

function parseChunks(rest: Buffer): ParsedBody | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0;;) {
    const lineEnd = rest.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = parseInt(rest.subarray(at, lineEnd).toString("latin1"), 16);
    const start = lineEnd + 2;
    if (rest.length < start + size + 2) return undefined;
    if (size === 0) return { bytes: Buffer.concat(chunks), length: start + 2 };
    chunks.push(rest.subarray(start, start + size));
    at = start + size + 2;
  }
}
