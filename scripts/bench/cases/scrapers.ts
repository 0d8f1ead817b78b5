/** Ten Prometheus servers that scrape 20 000 groups at once, each behind the same change of one group. */

import { alternate } from "../alternate.ts";
import { createNumbers, pushBody } from "../body.ts";
import { type Connection, openConnections } from "../connection.ts";
import { renderCount } from "../figure.ts";
import { figures, line, ratio } from "../lines.ts";
import { groupPath, pushRequest, scrapeRequest } from "../request.ts";
import type { Bench, Line, Subject } from "../result.ts";
import { type Keep, withScope } from "../scope.ts";
import { startOursWith, startReferenceWith } from "../servers.ts";

/** The case. */
export const scrapers: Subject = {
  id: "scrapers",
  title: "Ten scrapers at once",
  run: (bench) => withScope((keep) => measure(bench, keep)),
};

const SCRAPERS = 10;

/** Milliseconds until the last of some scrapers has its scrape. */
async function scrapeAll(
  connections: readonly Connection[],
  groups: number,
  next: () => number,
): Promise<number> {
  const push = pushRequest(groupPath(Math.floor(next() * groups)), pushBody(next));
  await connections[0]?.succeed(push);
  const started = performance.now();
  await Promise.all(connections.map((each) => each.succeed(scrapeRequest("gzip"))));
  return performance.now() - started;
}

async function measure(bench: Bench, keep: Keep): Promise<Line[]> {
  const groups = bench.scale(20_000);
  const next = createNumbers(10);
  const open = async (url: string, count: number) => {
    const connections = await openConnections(url, count);
    for (const connection of connections) await keep(connection);
    return connections;
  };
  const server = await keep(startOursWith(groups));
  const many = await open(server.url, SCRAPERS);
  const one = await open(server.url, 1);
  const reference = bench.hasReference
    ? await open((await keep(startReferenceWith(bench, groups))).url, SCRAPERS)
    : undefined;
  const measured = await alternate(bench.rounds, {
    many: () => scrapeAll(many, groups, next),
    one: () => scrapeAll(one, groups, next),
    reference: reference && (() => scrapeAll(reference, groups, next)),
  });
  const own = figures("ours", "ms", measured.many);
  const single = figures("one alone", "ms", measured.one);
  const R = figures("R", "ms", measured.reference);
  const what = `${SCRAPERS} scrapers (gzip), ${renderCount(groups)} groups, until the last has it`;
  return [line(what, [own, single, R], [ratio(own, single), ratio(R, own)])];
}
