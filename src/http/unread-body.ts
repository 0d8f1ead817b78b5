/**
 * What to do with a body that an answer does not need. Clients that send all before they read, and close afterwards (Python's
 * urllib), never see an answer that comes while they are still sending: the server closes the connection behind it (Bun 1.4 and
 * Node), and their next write fails. So the rest of the body is read and thrown away before the answer goes out, within bounds: a
 * client that waits for the answer before it sends anything must not wait in vain.
 */

import type { Clock } from "../model/clock.ts";

/** A client that sends nothing for this long is taken to wait for the answer. Milliseconds. */
const IDLE = 250;
/** Nobody is listened to for longer than this. Milliseconds. */
const TOTAL = 10_000;

/** Reads what is left of a body; resolves when all is read or the client is no longer worth waiting for. Never rejects. */
export async function discardBody(request: Request, clock: Clock): Promise<void> {
  const { body } = request;
  if (body === null || body.locked) return;
  let chunks = 0;
  const read = readAll(body, () => chunks++).catch(() => {});
  await Promise.race([read, untilIdle(clock, () => chunks, read)]);
}

/** Goes on behind the answer when that does not wait for it. */
async function readAll(body: ReadableStream<Uint8Array>, count: () => void): Promise<void> {
  const reader = body.getReader();
  while (!(await reader.read()).done) count();
}

function untilIdle(clock: Clock, chunks: () => number, read: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    let seen = -1;
    let ticks = 0;
    const stop = clock.every(IDLE, () => {
      if (chunks() === seen || ++ticks * IDLE >= TOTAL) finish();
      seen = chunks();
    });
    const finish = () => {
      stop();
      resolve();
    };
    read.then(finish);
  });
}
