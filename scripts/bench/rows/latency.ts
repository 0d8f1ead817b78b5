/** Row 8: what pushes and scrapes wait while durable pushes run at half the maximum rate, beside what the disk takes for a sync. */

import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { renderCount } from "../figure.ts";
import { atMost, difference, figures, line } from "../lines.ts";
import { runPaced } from "../paced-load.ts";
import { preparePushes, scrapeRequest } from "../request.ts";
import type { Bench, Line, Subject } from "../result.ts";
import { type Keep, withScope } from "../scope.ts";
import { startOursWith } from "../servers.ts";
import { DURABLE_GROUPS } from "./durable.ts";
import type { ServerProcess } from "../server-process.ts";
import { largest, percentile } from "../statistics.ts";
import { pushRequests, runWrk, writeScript } from "../wrk.ts";

/** Row 8. */
export const latency: Subject = {
  id: "8",
  title: "Latency while durable pushes run at half the maximum rate",
  run: (bench) => withScope((keep) => measure(bench, keep)),
};

const CONNECTIONS = 64;
const SCRAPES_PER_SECOND = 5;
const SYNCS = 200;

async function measure(bench: Bench, keep: Keep): Promise<Line[]> {
  const groups = DURABLE_GROUPS;
  const next = preparePushes(groups);
  const file = join(bench.directory, "latency.db");
  const server = await keep(startOursWith(groups, `--persistence.file=${file}`));
  const rate = Math.round((bench.durableRate || await maximum(bench, server, groups)) / 2);
  const rounds: Round[] = [];
  for (let round = 0; round <= bench.rounds; round++) {
    const taken = await measureRound(bench, server, next, rate);
    // The first one is to warm up.
    if (round > 0) rounds.push(taken);
  }
  const syncs = figures("sync p99", "ms", rounds.map(({ syncs }) => percentile(syncs, 99)));
  const middle = figures("sync median", "ms", rounds.map(({ syncs }) => percentile(syncs, 50)));
  const describe = (what: string, of: (round: Round) => readonly number[]) => {
    const p99 = figures("p99", "ms", rounds.map((round) => percentile(of(round), 99)));
    const worst = figures("worst", "ms", rounds.map((round) => largest(of(round))));
    return line(what, [p99, worst, syncs, middle], [difference(p99, syncs, atMost(20))]);
  };
  return [
    describe(`push, ${renderCount(rate)} a second to ${renderCount(groups)} groups`, ({ pushes }) =>
      pushes),
    describe(`scrape (gzip), ${SCRAPES_PER_SECOND} a second meanwhile`, ({ scrapes }) => scrapes),
  ];
}

interface Round {
  readonly pushes: readonly number[];
  readonly scrapes: readonly number[];
  readonly syncs: readonly number[];
}

/** The rate at full load, when row 6 was not run. */
async function maximum(bench: Bench, server: ServerProcess, groups: number): Promise<number> {
  const script = writeScript(bench, "maximum", pushRequests(groups));
  const load = { connections: CONNECTIONS, seconds: bench.seconds };
  return (await runWrk(server, script, load)).rate;
}

async function measureRound(
  bench: Bench,
  { url }: ServerProcess,
  next: () => Uint8Array,
  rate: number,
): Promise<Round> {
  const request = scrapeRequest("gzip");
  const seconds = 2 * bench.seconds;
  const [pushes, scrapes] = await Promise.all([
    runPaced({ url, connections: CONNECTIONS, rate, seconds, next }),
    runPaced({ url, connections: 4, rate: SCRAPES_PER_SECOND, seconds, next: () => request }),
  ]);
  // Not at the same time: two who sync wait for each other.
  return { pushes, scrapes, syncs: syncTimes(join(bench.directory, "sync")) };
}

/** Milliseconds that the disk takes to sync a page behind a file, again and again. */
function syncTimes(path: string): number[] {
  const page = new Uint8Array(4096);
  const file = openSync(path, "a");
  try {
    return Array.from({ length: SYNCS }, () => {
      const started = performance.now();
      writeSync(file, page);
      fsyncSync(file);
      return performance.now() - started;
    });
  } finally {
    closeSync(file);
  }
}
