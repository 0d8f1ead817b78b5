/**
 * `npm run bench:soak`: a million pushes to a thousand groups, with a scrape now and then; resident memory and the JavaScript heap at
 * intervals, and whether they stay where they are. Writes the result into docs/benchmarks.md and docs/benchmarks-soak.svg.
 *
 *     npm run bench:soak
 *     npm run bench:soak -- --quick     fifty thousand; writes nothing, says nothing about leaks
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { runBench } from "./bench.ts";
import { createNumbers, pushBody } from "./body.ts";
import { type Connection, openConnections } from "./connection.ts";
import { writeSections } from "./document.ts";
import { describeMachine } from "./machine.ts";
import { ROOT } from "./paths.ts";
import { residentBytes } from "./process-info.ts";
import { groupPath, pushRequest, scrapeRequest } from "./request.ts";
import type { Bench } from "./result.ts";
import { withScope } from "./scope.ts";
import { startOursWith } from "./servers.ts";
import { describeSoak, drawSoak, type SoakPoint, soakTable } from "./soak-report.ts";
import { smallest } from "./statistics.ts";
import { renderMarkdown, renderText } from "./table.ts";

const PUSHES = 1_000_000;
const GROUPS = 1000;
const CONNECTIONS = 8;
/** How often memory is told, and how often it is looked at for that. */
const INTERVALS = 20;
const LOOKS = 10;

const HEAP = "pushgateway_runtime_heap_used_bytes";

/** Pushes so many times, on all connections, to groups in no particular order. */
async function push(
  connections: readonly Connection[],
  count: number,
  next: () => number,
): Promise<void> {
  let left = count;
  await Promise.all(connections.map(async (connection) => {
    while (left-- > 0) {
      const path = groupPath(Math.floor(next() * GROUPS));
      await connection.succeed(pushRequest(path, pushBody(next)));
    }
  }));
}

/** Bytes of the heap in use, as the gateway tells it. */
async function readHeap(connection: Connection): Promise<number> {
  const request = scrapeRequest("identity", "*/*", `/metrics?name[]=${HEAP}`);
  const { body } = await connection.succeed(request, true);
  return Number(new RegExp(`^${HEAP} (\\S+)$`, "m").exec(Buffer.from(body ?? []).toString())?.[1]);
}

function measure(bench: Bench): Promise<SoakPoint[]> {
  return withScope(async (keep) => {
    const server = await keep(startOursWith(GROUPS));
    const connections = await openConnections(server.url, CONNECTIONS);
    for (const connection of connections) await keep(connection);
    const [first] = connections as [Connection, ...Connection[]];
    const next = createNumbers(1_000_000);
    const points: SoakPoint[] = [];
    const each = bench.scale(PUSHES) / INTERVALS;
    for (let interval = 1; interval <= INTERVALS; interval++) {
      const heaps: number[] = [];
      for (let look = 0; look < LOOKS; look++) {
        await push(connections, each / LOOKS, next);
        heaps.push(await readHeap(first));
      }
      await first.succeed(scrapeRequest("gzip"));
      const resident = residentBytes(server.pid);
      const point = { pushes: interval * each, resident, heap: smallest(heaps) };
      points.push(point);
      bench.say(soakTable([point]).at(-1)?.join("  ") ?? "");
    }
    return points;
  });
}

await runBench([], async (bench) => {
  const points = await measure(bench);
  const verdict = describeSoak(points);
  process.stdout.write(`${describeMachine()}\n${renderText(soakTable(points))}${verdict}\n`);
  if (bench.quick) return;
  const file = "benchmarks-soak.svg";
  writeFileSync(join(ROOT, "docs", file), drawSoak(points));
  const image = `![Memory during a million pushes](${file})\n`;
  const table = renderMarkdown(soakTable(points.filter((_, i) => i % 4 === 3)));
  writeSections({ soak: [`${verdict}\n`, image, table, describeMachine()].join("\n") });
});
