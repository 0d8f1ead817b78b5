/**
 * A load of so many requests a second, whatever the server does: each is due at its time, and what it takes is counted from then.
 * If the server stands still for a second, all that were due meanwhile have waited, as its clients would have; a client that sends
 * the next request after the last answer would have noted one slow request (coordinated omission).
 */

import { Connection, openConnections } from "./connection.ts";

/** What is sent, and how often. */
export interface PacedOptions {
  /** The server. */
  readonly url: string;
  /** Requests that can be under way at once. */
  readonly connections: number;
  /** Requests per second. */
  readonly rate: number;
  /** How long. The load ends sooner when `until` resolves. */
  readonly seconds: number;
  /** Ends the load. */
  readonly until?: Promise<unknown>;
  /** Makes the next request. */
  readonly next: () => Uint8Array;
}

/**
 * Sends requests at a rate.
 *
 * @returns milliseconds from when each was due to its answer. Rejects when one fails or is refused.
 */
export async function runPaced(options: PacedOptions): Promise<number[]> {
  const { rate, seconds, next, until } = options;
  const idle = await openConnections(options.url, options.connections);
  const latencies: number[] = [];
  const waiting: number[] = [];
  const underWay = new Set<Promise<void>>();
  let failure: unknown;
  let isOver = false;
  until?.then(() => isOver = true, () => isOver = true);

  const sendWaiting = (): void => {
    while (waiting.length > 0 && idle.length > 0) {
      const sent = send(idle.pop() as Connection, waiting.shift() as number);
      underWay.add(sent);
      sent.finally(() => underWay.delete(sent));
    }
  };
  const send = async (connection: Connection, due: number): Promise<void> => {
    try {
      await connection.succeed(next());
      latencies.push(performance.now() - due);
      idle.push(connection);
      sendWaiting();
    } catch (error) {
      failure ??= error;
    }
  };

  const started = performance.now();
  for (let count = 0; !isOver && failure === undefined;) {
    const now = performance.now();
    for (; count < (now - started) / 1000 * rate; count++) {
      waiting.push(started + count * 1000 / rate);
    }
    sendWaiting();
    isOver ||= now - started > seconds * 1000;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  while (underWay.size > 0 && failure === undefined) await Promise.race(underWay);
  for (const connection of idle) connection.close();
  if (failure !== undefined) throw failure;
  return latencies;
}
