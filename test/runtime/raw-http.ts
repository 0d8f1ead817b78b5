/**
 * HTTP by hand, for what no client library does: half a body, a request that makes no sense, a connection that just stays.
 */
import { once } from "node:events";
import { connect } from "node:net";

/** A connection to a gateway. */
export interface RawConnection {
  /** Sends text as it is. */
  send(text: string): void;
  /** Resolves with all that was received as soon as it matches; rejects when the connection closes before. */
  waitFor(pattern: RegExp): Promise<string>;
  /** Resolves with all that was received when the other side has closed the connection. */
  readonly closed: Promise<string>;
  /** Closes the connection without a goodbye. */
  drop(): void;
}

/** Connects to the host and port of `url`. Rejects when nobody listens there. */
export async function connectRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replace(/[[\]]/g, ""));
  await once(socket, "connect");
  let received = "";
  socket.setEncoding("latin1").on("data", (text) => received += text);
  // A connection that is reset is closed, too.
  socket.on("error", () => {});
  const closed = new Promise<string>((resolve) => socket.once("close", () => resolve(received)));
  return {
    send: (text) => void socket.write(text, "latin1"),
    drop: () => socket.destroy(),
    closed,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (pattern.test(received)) resolve(received);
        };
        socket.on("data", check);
        check();
        closed.then(() => reject(new Error(`closed without ${pattern}: ${received}`)));
      }),
  };
}

/** A request with a body whose head announces `length` bytes. */
export function pushHead(path: string, length: number): string {
  return `POST ${path} HTTP/1.1\r\nHost: test\r\nContent-Length: ${length}\r\n\r\n`;
}

/** A request without a body. */
export function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`;
}
