/**
 * A client for one connection: a request out, a response in, and the time between. Over plain sockets, because fetch inflates what
 * it gets and makes a stream of it, which costs more than the server does. One 10.7 MB response from memory takes it 4.4 ms, which
 * is what wrk and curl take for it (5.4 ms and 4.8 ms, seen in Bun 1.4.4).
 */

import { connect, type Socket } from "node:net";
import { type ResponseEnd, ResponseReader } from "./response-reader.ts";

/** A response and how long it took. */
export interface Answer extends ResponseEnd {
  /** Milliseconds from the request to the last byte of the response. */
  readonly milliseconds: number;
}

/** A connection that was idle for longer may have been closed by the server (Bun: after 10 s). Milliseconds. */
const IDLE_LIMIT = 4000;
/** An answer that takes longer never comes. Milliseconds. */
const ANSWER_LIMIT = 60_000;

/** One connection, one request at a time. One that was idle for a while is opened anew before it is used. */
export class Connection {
  readonly #url: string;
  #socket: Socket;
  #reader = new ResponseReader();
  #settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  #started = 0;
  #lastUsed = performance.now();

  private constructor(url: string, socket: Socket) {
    this.#url = url;
    this.#socket = socket;
    this.#listen(socket);
  }

  /** Connects to the server at a URL. */
  static async open(url: string): Promise<Connection> {
    return new Connection(url, await openSocket(url));
  }

  /** The socket, for who sends or reads slowly. */
  get socket(): Socket {
    return this.#socket;
  }

  /**
   * Sends a request and resolves with the response.
   *
   * @param keepBody whether the body is wanted.
   */
  async send(request: Uint8Array, keepBody = false): Promise<Answer> {
    if (performance.now() - this.#lastUsed > IDLE_LIMIT) await this.#reopen();
    if (keepBody) this.#reader.keepNext();
    return await new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#started = performance.now();
      this.#socket.write(request);
    });
  }

  /** Sends a request that is to be answered with a status of 2xx. Rejects when it is not. */
  async succeed(request: Uint8Array, keepBody = false): Promise<Answer> {
    const answer = await this.send(request, keepBody);
    if (answer.status < 200 || answer.status > 299) throw new Error(`answered ${answer.head}`);
    return answer;
  }

  /** Ends the connection. */
  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  async #reopen(): Promise<void> {
    this.#socket.removeAllListeners();
    this.#socket.destroy();
    this.#socket = await openSocket(this.#url);
    this.#reader = new ResponseReader();
    this.#listen(this.#socket);
  }

  #listen(socket: Socket): void {
    socket.setNoDelay(true);
    socket.setTimeout(ANSWER_LIMIT);
    socket.on("data", (data) => this.#add(data));
    socket.on("error", (error) => this.#fail(error));
    socket.on("timeout", () => this.#fail(new Error("the server does not answer")));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  #add(data: Uint8Array): void {
    const end = this.#reader.add(data);
    if (end === undefined) return;
    const settle = this.#settle;
    this.#settle = undefined;
    this.#lastUsed = performance.now();
    settle?.resolve({ ...end, milliseconds: this.#lastUsed - this.#started });
  }

  #fail(error: Error): void {
    this.#settle?.reject(error);
    this.#settle = undefined;
  }
}

async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return socket;
}

/** Opens several connections. */
export function openConnections(url: string, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => Connection.open(url)));
}
