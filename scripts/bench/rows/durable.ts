/**
 * Row 6: pushes per second that are synced to disk before they are answered, beside a bare loop around SQLite which commits as many
 * pushes at a time as there are connections. The loop writes a row for each family that a push changes, as the gateway once did: that is
 * what the budget is about. A second loop writes the very rows that the gateway was seen to write for a push, which tells how much of the
 * time is SQLite's.
 */

import { join } from "node:path";
import { alternate } from "../alternate.ts";
import { createNumbers, pushBody } from "../body.ts";
import { Connection } from "../connection.ts";
import { atLeast, figures, line, ratio } from "../lines.ts";
import { groupPath, pushRequest } from "../request.ts";
import type { Bench, Line, Subject } from "../result.ts";
import { type Keep, withScope } from "../scope.ts";
import { startOursWith } from "../servers.ts";
import { createLoop, type LoopResult, readRows } from "../sqlite-loop.ts";
import { largest, median } from "../statistics.ts";
import { changedFamilies, type Row, SEEN_GROUP } from "../stored-row.ts";
import { pushRequests, runWrk, writeScript } from "../wrk.ts";

/** Row 6. */
export const durable: Subject = {
  id: "6",
  title: "Durable pushes per second",
  run: (bench) => withScope((keep) => measure(bench, keep)),
};

/** Groups that are pushed to. */
export const DURABLE_GROUPS = 1000;
const CONNECTIONS = [1, 16, 64];

async function measure(bench: Bench, keep: Keep): Promise<Line[]> {
  const file = join(bench.directory, "durable.db");
  const ours = await keep(startOursWith(DURABLE_GROUPS, `--persistence.file=${file}`));
  const rows = await rowsOfPush(ours.url, file);
  const script = writeScript(bench, "durable", pushRequests(DURABLE_GROUPS));
  const lines: Line[] = [];
  for (const connections of CONNECTIONS) {
    const loopOver = (name: string, rows: readonly Row[]) =>
      createLoop(join(bench.directory, `${name}-${connections}.db`), rows, DURABLE_GROUPS);
    const bare = loopOver("bare", rows.families);
    const same = loopOver("same", rows.ours);
    const costs = { ours: [] as number[], bare: [] as number[] };
    const load = { connections, seconds: bench.seconds };
    const note = (costs: number[], { rate, cost }: LoopResult, round: number) => {
      if (round > 0) costs.push(cost);
      return rate;
    };
    const rates = await alternate(bench.rounds, {
      ours: async (round) => note(costs.ours, await runWrk(ours, script, load), round),
      bare: async (round) => note(costs.bare, await bare.run(connections, bench.seconds), round),
      same: () => Promise.resolve(same.run(connections, bench.seconds).rate),
    });
    bare.close();
    same.close();
    lines.push(...linesOf(connections, rows, rates, costs));
  }
  bench.durableRate = largest(
    lines.flatMap(({ figures: [own] }) => own?.unit === "/s" ? [median(own.rounds)] : []),
  );
  return lines;
}

/** What was measured, round by round: ours, and the loop over a row for each family. */
interface Rounds {
  readonly ours: readonly number[];
  readonly bare: readonly number[];
}

/** The rows of a push: one for each family, and those that we write. */
interface PushRows {
  readonly families: readonly Row[];
  readonly ours: readonly Row[];
}

/** The rates, and how much of them is processor time, which the disk has no part in. */
function linesOf(
  connections: number,
  rows: PushRows,
  rates: Rounds & { readonly same: readonly number[] },
  costs: Rounds,
): Line[] {
  const own = figures("ours", "/s", rates.ours);
  const bare = figures("SQLite", "/s", rates.bare);
  const same = figures("SQLite", "/s", rates.same);
  const cost = figures("ours", "µs", costs.ours);
  const bareCost = figures("SQLite", "µs", costs.bare);
  const what = `${connections} ${connections === 1 ? "connection" : "connections"}`;
  const families = `a bare loop over ${count(rows.families)}`;
  const ours = `a bare loop over our ${count(rows.ours)}`;
  return [
    line(`${what}, beside ${families} a push`, [own, bare], [ratio(own, bare, atLeast(0.7))]),
    line(`${what}, processor time of a push`, [cost, bareCost], [ratio(bareCost, cost)]),
    line(`${what}, beside ${ours} a push`, [own, same], [ratio(own, same)]),
  ];
}

function count({ length }: readonly Row[]): string {
  return `${length} ${length === 1 ? "row" : "rows"}`;
}

/** The rows of the database that a push to a group that is there changes, read beside the running gateway. */
async function rowsOfPush(url: string, file: string): Promise<PushRows> {
  const next = createNumbers(6);
  const connection = await Connection.open(url);
  const host = `host-${SEEN_GROUP}`;
  const before = readRows(file, host);
  await connection.succeed(pushRequest(groupPath(SEEN_GROUP), pushBody(next)));
  connection.close();
  const known = new Set(before.map((row) => JSON.stringify(row)));
  const after = readRows(file, host);
  const ours = after.filter((row) => !known.has(JSON.stringify(row)));
  const families = changedFamilies(before, after);
  if (ours.length === 0 || families.length === 0) throw new Error("a durable push changed no row");
  return { families, ours };
}
