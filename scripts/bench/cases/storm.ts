/** Scrapes of 20 000 groups during a storm of pushes: what either waits for the other. */

import { renderCount } from "../figure.ts";
import { difference, figures, line, ratio } from "../lines.ts";
import { runPaced } from "../paced-load.ts";
import { scrapeRequest } from "../request.ts";
import type { Bench, Line, Subject } from "../result.ts";
import { type Keep, withScope } from "../scope.ts";
import { startOursWith } from "../servers.ts";
import { largest, median } from "../statistics.ts";
import { pushRequests, runWrk, writeScript } from "../wrk.ts";

/** The case. */
export const storm: Subject = {
  id: "storm",
  title: "Scrapes during a storm of pushes",
  run: (bench) => withScope((keep) => measure(bench, keep)),
};

/** Scrapes per second: that of two Prometheus servers at an interval of a second. */
const SCRAPES = 2;
const CONNECTIONS = 8;

async function measure(bench: Bench, keep: Keep): Promise<Line[]> {
  const groups = bench.scale(20_000);
  const server = await keep(startOursWith(groups));
  const script = writeScript(bench, "storm", pushRequests(groups));
  const load = { connections: CONNECTIONS, seconds: 2 * bench.seconds };
  const request = scrapeRequest("gzip");
  const scrapeFor = (seconds: number) =>
    runPaced({ url: server.url, connections: 2, rate: SCRAPES, seconds, next: () => request });
  await runWrk(server, script, load);
  const quiet = [], during = [], worst = [], alone = [], pushes = [], rates = [], aloneRates = [];
  for (let round = 0; round < Math.min(bench.rounds, 3); round++) {
    quiet.push(median(await scrapeFor(bench.seconds)));
    const without = await runWrk(server, script, load);
    const [scrapes, beside] = await Promise.all([
      scrapeFor(load.seconds),
      runWrk(server, script, load),
    ]);
    during.push(median(scrapes));
    worst.push(largest(scrapes));
    alone.push(without.p99);
    pushes.push(beside.p99);
    aloneRates.push(without.rate);
    rates.push(beside.rate);
  }
  const storming = figures("during a storm", "ms", during);
  const still = figures("without", "ms", quiet);
  const beside = figures("p99 with scrapes", "ms", pushes);
  const without = figures("p99 without", "ms", alone);
  const rate = figures("with scrapes", "/s", rates);
  const rateAlone = figures("without", "/s", aloneRates);
  return [
    line(`scrape (gzip) of ${renderCount(groups)} groups, median`, [
      storming,
      still,
      figures("worst", "ms", worst),
    ], [ratio(storming, still)]),
    line("push", [beside, without], [difference(beside, without)]),
    line(`pushes, ${CONNECTIONS} connections`, [rate, rateAlone], [ratio(rate, rateAlone)]),
  ];
}
