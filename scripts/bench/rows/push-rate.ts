/**
 * Rows 1 and 2: pushes per second at full load. That a push costs what it carries and not what the gateway holds shows in the rate
 * with many groups, next to the rate with few of the same program in the same run.
 */

import { alternate } from "../alternate.ts";
import { renderCount, threeDigits } from "../figure.ts";
import { atLeast, figures, line, ratio } from "../lines.ts";
import type { Bench, Figures, Line, Subject } from "../result.ts";
import { type Keep, withScope } from "../scope.ts";
import { startBare, startOursWith, startReferenceWith } from "../servers.ts";
import type { ServerProcess } from "../server-process.ts";
import { ownRequests, pushRequests, runWrk, writeScript } from "../wrk.ts";

const CONNECTIONS = 8;
const FEW = 100;
const JOBS = 1000;

/** Row 1. */
export const pushRate: Subject = {
  id: "1",
  title: "Pushes per second, 8 connections, 100 groups",
  run: (bench) => withScope((keep) => measureFew(bench, keep)),
};

/** Row 2. */
export const pushRateByGroups: Subject = {
  id: "2",
  title: "The same with many groups",
  run: (bench) => withScope((keep) => measureMany(bench, keep)),
};

/** Measures the rate at which a server takes what a script sends. */
function rateOf(bench: Bench, server: ServerProcess, script: string): () => Promise<number> {
  const load = { connections: CONNECTIONS, seconds: bench.seconds };
  return async () => (await runWrk(server, script, load)).rate;
}

async function measureFew(bench: Bench, keep: Keep): Promise<Line[]> {
  const script = writeScript(bench, "few", pushRequests(FEW));
  const ownScript = writeScript(bench, "own", ownRequests(JOBS));
  const ours = await keep(startOursWith(FEW));
  const ownJobs = await keep(startOursWith(0));
  const bare = await keep(startBare());
  const reference = bench.hasReference ? await keep(startReferenceWith(bench, FEW)) : undefined;
  const costs = { ours: [] as number[], bare: [] as number[] };
  const rateAndCost = (server: ServerProcess, costs: number[]) => async (round: number) => {
    const load = { connections: CONNECTIONS, seconds: bench.seconds };
    const { rate, cost, clientBusy } = await runWrk(server, script, load);
    bench.say(`   ${threeDigits(rate)}/s, wrk ${Math.round(clientBusy * 100)} % busy`);
    if (round > 0) costs.push(cost);
    return rate;
  };
  const measured = await alternate(bench.rounds, {
    ours: rateAndCost(ours, costs.ours),
    bare: rateAndCost(bare, costs.bare),
    own: rateOf(bench, ownJobs, ownScript),
    reference: reference && rateOf(bench, reference, script),
  });
  const L = figures("L", "/s", measured.bare);
  const R = figures("R", "/s", measured.reference);
  const same = figures("ours", "/s", measured.ours);
  const own = figures("ours", "/s", measured.own);
  const cost = figures("ours", "µs", costs.ours);
  const bareCost = figures("L", "µs", costs.bare);
  return [
    line(`${FEW} groups of one kind of job`, [same, L, R], [
      ratio(same, L, atLeast(0.5)),
      ratio(same, R),
    ]),
    line(
      `${renderCount(JOBS)} jobs, each with names, help texts and an order of its own`,
      [own, L],
      [
        ratio(own, L),
      ],
    ),
    line("processor time of a push, 100 groups of one kind", [cost, bareCost], [
      ratio(bareCost, cost),
    ]),
  ];
}

/**
 * Short rounds, and many: a tenth is less than what the speed of a machine that others share varies by from one second to the next, and
 * the ratio is made within a round.
 */
async function measureMany(ordinary: Bench, keep: Keep): Promise<Line[]> {
  const bench = { ...ordinary, rounds: ordinary.rounds * 3, seconds: 1 };
  const sizes = [bench.scale(5000), bench.scale(20_000), bench.scale(100_000)] as const;
  const start = async (groups: number) =>
    rateOf(
      bench,
      await keep(startOursWith(groups)),
      writeScript(bench, `groups-${groups}`, pushRequests(groups)),
    );
  const reference = bench.hasReference
    ? await keep(startReferenceWith(bench, sizes[0]))
    : undefined;
  const measured = await alternate(bench.rounds, {
    few: await start(FEW),
    some: await start(sizes[0]),
    more: await start(sizes[1]),
    many: await start(sizes[2]),
    reference: reference &&
      rateOf(bench, reference, writeScript(bench, "reference", pushRequests(sizes[0]))),
  });
  const few = figures(`ours with ${FEW}`, "/s", measured.few);
  const R = figures("R", "/s", measured.reference);
  const lineOf = (
    groups: number,
    rounds: typeof measured.some,
    others: readonly Figures[] = [],
  ) => {
    const ours = figures("ours", "/s", rounds);
    return line(`${renderCount(groups)} groups`, [ours, few, ...others], [
      ratio(ours, few, atLeast(0.9)),
      ...others.map((other) => ratio(ours, other)),
    ]);
  };
  return [
    lineOf(sizes[0], measured.some, [R]),
    lineOf(sizes[1], measured.more),
    lineOf(sizes[2], measured.many),
  ];
}
