/**
 * 64 clients with slow links, half of them pushing, half scraping: what a fast client notices of them, and what they cost in memory.
 * A slow pusher sends a push in some twenty pieces with pauses between; a slow scraper takes ten megabytes piece by piece.
 */

import { type Connection, openConnections } from "../connection.ts";
import { renderCount } from "../figure.ts";
import { difference, figures, line } from "../lines.ts";
import { runPaced } from "../paced-load.ts";
import { residentBytes } from "../process-info.ts";
import { preparePushes, scrapeRequest } from "../request.ts";
import type { Bench, Line, Subject } from "../result.ts";
import { type Keep, withScope } from "../scope.ts";
import { startOursWith } from "../servers.ts";
import { largest, percentile } from "../statistics.ts";

/** The case. */
export const slowClients: Subject = {
  id: "slow",
  title: "64 clients with slow links",
  run: (bench) => withScope((keep) => measure(bench, keep)),
};

const SLOW = 64;
const RATE = 2000;
/** Milliseconds between two pieces: of a push, and of a scrape, which comes in pieces of up to half a megabyte. */
const PUSH_PAUSE = 100;
const SCRAPE_PAUSE = 500;
/** Milliseconds until all of them are under way. */
const START = 2000;

async function measure(bench: Bench, keep: Keep): Promise<Line[]> {
  const groups = bench.scale(20_000);
  const server = await keep(startOursWith(groups));
  const seconds = 2 * bench.seconds;
  const request = preparePushes(groups);
  const load = () =>
    runPaced({ url: server.url, connections: 8, rate: RATE, seconds, next: request });
  await load();
  const alone: number[] = [], beside: number[] = [], worst: number[] = [], grown: number[] = [];
  for (let round = 0; round < Math.min(bench.rounds, 3); round++) {
    alone.push(percentile(await load(), 99));
    const before = residentBytes(server.pid);
    const slow = await startSlow(server.url, request, keep);
    const memory = watchMemory(server.pid);
    const latencies = await load();
    grown.push(memory.stop() - before);
    slow.stop();
    beside.push(percentile(latencies, 99));
    worst.push(largest(latencies));
  }
  const slowed = figures("p99 beside them", "ms", beside);
  const without = figures("p99 without", "ms", alone);
  return [
    line(`push of a fast client, ${renderCount(RATE)} a second, ${renderCount(groups)} groups`, [
      slowed,
      figures("worst", "ms", worst),
      without,
    ], [difference(slowed, without)]),
    line("resident memory", [figures("grown by at most", "bytes", grown)]),
  ];
}

/** Looks at the memory of a process again and again; `stop` tells the most that was seen. */
function watchMemory(pid: number): { stop(): number } {
  let most = residentBytes(pid);
  const timer = setInterval(() => most = Math.max(most, residentBytes(pid)), 100);
  return {
    stop: () => {
      clearInterval(timer);
      return most;
    },
  };
}

/** Starts the slow clients one after the other, as they would come; resolves when all are under way. */
async function startSlow(
  url: string,
  request: () => Uint8Array,
  keep: Keep,
): Promise<{ stop(): void }> {
  const connections = await openConnections(url, SLOW);
  for (const connection of connections) await keep(connection);
  const timers: NodeJS.Timeout[] = [];
  for (const [index, connection] of connections.entries()) {
    timers.push(index % 2 === 0 ? pushSlowly(connection, request) : scrapeSlowly(connection));
    await new Promise((resolve) => setTimeout(resolve, START / SLOW));
  }
  return {
    stop: () => {
      timers.forEach(clearInterval);
      connections.forEach((connection) => connection.close());
    },
  };
}

/** Pushes again and again, a push in some twenty pieces. */
function pushSlowly({ socket }: Connection, request: () => Uint8Array): NodeJS.Timeout {
  let left = request();
  return setInterval(() => {
    socket.write(left.subarray(0, 32));
    left = left.length > 32 ? left.subarray(32) : request();
  }, PUSH_PAUSE);
}

/** Asks for a scrape and takes a piece of it, then nothing for a while, and so on. */
function scrapeSlowly({ socket }: Connection): NodeJS.Timeout {
  socket.write(scrapeRequest("identity"));
  socket.on("data", () => socket.pause());
  return setInterval(() => socket.resume(), SCRAPE_PAUSE);
}
