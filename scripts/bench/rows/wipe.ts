/** Row 7: a durable wipe of 100 000 groups while pushes go on. */

import { join } from "node:path";
import { Connection } from "../connection.ts";
import { fill } from "../fill.ts";
import { renderCount } from "../figure.ts";
import { atMost, figures, itself, line } from "../lines.ts";
import { runPaced } from "../paced-load.ts";
import { emptyRequest, preparePushes } from "../request.ts";
import type { Bench, Line, Subject } from "../result.ts";
import { withScope } from "../scope.ts";
import { startOurs } from "../servers.ts";
import { largest } from "../statistics.ts";

/** Row 7. */
export const wipe: Subject = {
  id: "7",
  title: "Durable wipe of 100 000 groups while pushes go on",
  run: measure,
};

/** Pushes per second, and over how many connections, while the wipe is under way. */
const RATE = 500;
const CONNECTIONS = 16;
/** Milliseconds of pushes before the wipe and after. */
const AROUND = 1000;

async function measure(bench: Bench): Promise<Line[]> {
  const groups = bench.scale(100_000);
  const wipes: number[] = [];
  const longest: number[] = [];
  await withScope(async (keep) => {
    const file = join(bench.directory, "wipe.db");
    const { url } = await keep(startOurs(`--persistence.file=${file}`, "--web.enable-admin-api"));
    for (let round = 0; round < Math.min(bench.rounds, 3); round++) {
      await fill(url, groups);
      const { wipe, push } = await wipeOnce(url, groups);
      wipes.push(wipe);
      longest.push(push);
    }
  });
  const own = figures("wipe", "ms", wipes);
  const push = figures("longest push", "ms", longest);
  return [
    line(`${renderCount(groups)} groups, ${RATE} pushes/s go on`, [own, push], [
      itself(own, atMost(1000)),
      itself(push, atMost(250)),
    ]),
  ];
}

/** Milliseconds that a wipe took, and the longest push around it. */
async function wipeOnce(url: string, groups: number): Promise<{ wipe: number; push: number }> {
  const wiping = wait(AROUND).then(async () => {
    const connection = await Connection.open(url);
    const { milliseconds } = await connection.succeed(emptyRequest("PUT", "/api/v1/admin/wipe"));
    connection.close();
    return milliseconds;
  });
  const latencies = await runPaced({
    url,
    connections: CONNECTIONS,
    rate: RATE,
    seconds: 60,
    until: wiping.then(() => wait(AROUND)),
    next: preparePushes(groups),
  });
  return { wipe: await wiping, push: largest(latencies) };
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
