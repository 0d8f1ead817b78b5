/**
 * `npm run bench:curves`: how the cost of pushes, scrapes and memory grows with the number of groups, ours and, as far as one would wait
 * for it, the reference's. Draws docs/benchmarks-*.svg and writes the table beside them into docs/benchmarks.md.
 *
 *     npm run bench:curves
 *     npm run bench:curves -- --quick     fewer groups; draws into dist/, the figures mean nothing
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { alternate, type Measure, warmUp } from "./alternate.ts";
import { runBench } from "./bench.ts";
import { createNumbers, pushBody } from "./body.ts";
import { Connection } from "./connection.ts";
import { CHARTS, type Curve, curveTable, drawCharts, type Point } from "./curve-charts.ts";
import { writeSections } from "./document.ts";
import { describeMachine } from "./machine.ts";
import { ROOT } from "./paths.ts";
import { residentBytes } from "./process-info.ts";
import { groupPath, pushRequest, scrapeRequest } from "./request.ts";
import type { Bench } from "./result.ts";
import { type Keep, withScope } from "./scope.ts";
import { type ServerProcess } from "./server-process.ts";
import { startOursWith, startReferenceWith } from "./servers.ts";
import { median } from "./statistics.ts";
import { renderMarkdown, renderText } from "./table.ts";
import { pushRequests, runWrk, writeScript } from "./wrk.ts";

const SIZES = [10, 100, 1000, 10_000, 100_000];
/** Above, a push takes the reference a second, and a round would see next to none. */
const REFERENCE_LIMIT = 10_000;
const ROUNDS = 3;

/** A server that holds so many groups, and how to measure it. */
interface Candidate {
  readonly groups: number;
  readonly server: ServerProcess;
  readonly pushes: Measure;
  readonly scrape: (encoding: string) => Measure;
}

async function createCandidate(
  bench: Bench,
  keep: Keep,
  groups: number,
  starting: Promise<ServerProcess>,
): Promise<Candidate> {
  const server = await keep(starting);
  const connection = await keep(Connection.open(server.url));
  const script = writeScript(bench, `curve-${groups}`, pushRequests(groups));
  const next = createNumbers(groups);
  return {
    groups,
    server,
    pushes: async () =>
      (await runWrk(server, script, { connections: 8, seconds: bench.seconds })).rate,
    scrape: (encoding) => async () => {
      const group = Math.floor(next() * groups);
      await connection.succeed(pushRequest(groupPath(group), pushBody(next)));
      return (await connection.succeed(scrapeRequest(encoding))).milliseconds;
    },
  };
}

/** Measures all candidates in alternation: what is to be compared is the sizes. */
async function measureCurve(name: string, candidates: readonly Candidate[]): Promise<Curve> {
  const take = async (rounds: number, measure: (candidate: Candidate) => Measure) => {
    const measures = candidates.map((each) => [String(each.groups), measure(each)] as const);
    return await alternate<string>(rounds, Object.fromEntries(measures));
  };
  for (const { scrape } of candidates) {
    await warmUp(scrape("identity"));
    await warmUp(scrape("gzip"));
  }
  const pushes = await take(ROUNDS, ({ pushes }) => pushes);
  const identity = await take(ROUNDS * 2 + 1, ({ scrape }) => scrape("identity"));
  const gzip = await take(ROUNDS * 2 + 1, ({ scrape }) => scrape("gzip"));
  const points = candidates.map(({ groups, server }): Point => ({
    groups,
    pushes: median(pushes[groups] ?? []),
    identity: median(identity[groups] ?? []),
    gzip: median(gzip[groups] ?? []),
    memory: residentBytes(server.pid),
  }));
  return { name, points };
}

async function measure(bench: Bench): Promise<Curve[]> {
  const sizes = bench.quick ? SIZES.slice(0, 3) : SIZES;
  const curve = (
    name: string,
    groups: readonly number[],
    start: (groups: number) => Promise<ServerProcess>,
  ) =>
    withScope(async (keep) => {
      const candidates: Candidate[] = [];
      for (const size of groups) {
        candidates.push(await createCandidate(bench, keep, size, start(size)));
      }
      return await measureCurve(name, candidates);
    });
  const ours = await curve("ours", sizes, (groups) => startOursWith(groups));
  if (!bench.hasReference) return [ours];
  const small = sizes.filter((size) => size <= REFERENCE_LIMIT);
  return [ours, await curve("reference", small, (groups) => startReferenceWith(bench, groups))];
}

await runBench([], async (bench) => {
  const curves = await measure(bench);
  const table = curveTable(curves);
  process.stdout.write(`${describeMachine()}\n${renderText(table)}`);
  const folder = join(ROOT, bench.quick ? "dist" : "docs");
  for (const [file, svg] of drawCharts(curves)) {
    writeFileSync(join(folder, file), svg);
    bench.say(`drawn: ${join(folder, file)}`);
  }
  if (bench.quick) return;
  const images = CHARTS.map(({ file, title }) => `![${title}](${file})\n`).join("\n");
  writeSections({ curves: [images, renderMarkdown(table), describeMachine()].join("\n") });
});
