/** Row 5: resident memory with 20 000 groups, after ten scrapes and a storm of pushes. */

import { Connection } from "../connection.ts";
import { renderCount } from "../figure.ts";
import { atMost, figures, line, ratio } from "../lines.ts";
import { residentBytes } from "../process-info.ts";
import { scrapeRequest } from "../request.ts";
import type { Bench, Line, Subject } from "../result.ts";
import { withScope } from "../scope.ts";
import { startOursWith, startReferenceWith } from "../servers.ts";
import type { ServerProcess } from "../server-process.ts";
import { pushRequests, runWrk, writeScript } from "../wrk.ts";

/** Row 5. */
export const memory: Subject = {
  id: "5",
  title: "Resident memory with 20 000 groups",
  run: measure,
};

const SCRAPES = 10;

async function measure(bench: Bench): Promise<Line[]> {
  const groups = bench.scale(20_000);
  const script = writeScript(bench, "storm", pushRequests(groups));
  const ours: number[] = [];
  const reference: number[] = [];
  // Every round has a process of its own: what one has once taken from the system it hardly ever gives back.
  for (let round = 0; round < Math.min(bench.rounds, 3); round++) {
    ours.push(await memoryOf(bench, startOursWith(groups), script));
    if (bench.hasReference) {
      reference.push(await memoryOf(bench, startReferenceWith(bench, groups), script));
    }
  }
  const own = figures("ours", "bytes", ours);
  const R = figures("R", "bytes", reference);
  const what = `${
    renderCount(groups)
  } groups, after ${SCRAPES} scrapes (gzip) and a storm of pushes`;
  return [line(what, [own, R], [ratio(own, R, atMost(0.5))])];
}

function memoryOf(
  bench: Bench,
  starting: Promise<ServerProcess>,
  script: string,
): Promise<number> {
  return withScope(async (keep) => {
    const server = await keep(starting);
    const connection = await keep(Connection.open(server.url));
    for (let i = 0; i < SCRAPES; i++) await connection.succeed(scrapeRequest("gzip"));
    await runWrk(server, script, { connections: 8, seconds: 2 * bench.seconds });
    return residentBytes(server.pid);
  });
}
