/**
 * Row 6: pushes per second that are synced to disk before they are answered, beside a bare loop around SQLite which commits as many
 * pushes at a time as there are connections. The loop writes the very rows that the gateway was seen to write for a push.
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
import { type Row, SEEN_GROUP } from "../stored-row.ts";
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
    const loop = createLoop(join(bench.directory, `bare-${connections}.db`), rows, DURABLE_GROUPS);
    const costs = { ours: [] as number[], bare: [] as number[] };
    const load = { connections, seconds: bench.seconds };
    const note = (costs: number[], { rate, cost }: LoopResult, round: number) => {
      if (round > 0) costs.push(cost);
      return rate;
    };
    const measured = await alternate(bench.rounds, {
      ours: async (round) => note(costs.ours, await runWrk(ours, script, load), round),
      bare: async (round) => note(costs.bare, await loop.run(connections, bench.seconds), round),
    });
    loop.close();
    lines.push(...linesOf(connections, rows.length, measured, costs));
  }
  bench.durableRate = largest(
    lines.flatMap(({ figures: [own] }) => own?.unit === "/s" ? [median(own.rounds)] : []),
  );
  return lines;
}

/** The rates, and how much of them is processor time, which the disk has no part in. */
function linesOf(
  connections: number,
  rows: number,
  rates: { readonly ours: readonly number[]; readonly bare: readonly number[] },
  costs: { readonly ours: readonly number[]; readonly bare: readonly number[] },
): Line[] {
  const own = figures("ours", "/s", rates.ours);
  const bare = figures("SQLite", "/s", rates.bare);
  const cost = figures("ours", "µs", costs.ours);
  const bareCost = figures("SQLite", "µs", costs.bare);
  const what = `${connections} ${connections === 1 ? "connection" : "connections"}`;
  return [
    line(`${what}, ${rows} rows a push`, [own, bare], [ratio(own, bare, atLeast(0.7))]),
    line(`${what}, processor time of a push`, [cost, bareCost], [ratio(bareCost, cost)]),
  ];
}

/** The rows of the database that a push to a group that is there changes, read beside the running gateway. */
async function rowsOfPush(url: string, file: string): Promise<Row[]> {
  const next = createNumbers(6);
  const connection = await Connection.open(url);
  const host = `host-${SEEN_GROUP}`;
  const before = new Set(readRows(file, host).map((row) => JSON.stringify(row)));
  await connection.succeed(pushRequest(groupPath(SEEN_GROUP), pushBody(next)));
  connection.close();
  const changed = readRows(file, host).filter((row) => !before.has(JSON.stringify(row)));
  if (changed.length === 0) throw new Error("a durable push changed no row");
  return changed;
}
