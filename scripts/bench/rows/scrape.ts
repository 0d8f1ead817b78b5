/** Row 4: a scrape of 20 000 groups after one of them has changed, in the formats that Prometheus asks for. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { alternate } from "../alternate.ts";
import { createNumbers, pushBody } from "../body.ts";
import { Connection } from "../connection.ts";
import { PROTOBUF } from "../large-body.ts";
import { renderCount } from "../figure.ts";
import { atLeast, atMost, figures, line, ratio } from "../lines.ts";
import { settle } from "../process-info.ts";
import { groupPath, pushRequest, scrapeRequest } from "../request.ts";
import type { Bench, Line, Subject } from "../result.ts";
import { type Keep, withScope } from "../scope.ts";
import type { ServerProcess } from "../server-process.ts";
import { startOursWith, startReady, startReferenceWith } from "../servers.ts";

/** Row 4. */
export const scrape: Subject = {
  id: "4",
  title: "Scrape of 20 000 groups after one has changed",
  run: (bench) => withScope((keep) => measure(bench, keep)),
};

const IDENTITY = scrapeRequest("identity");
const KINDS = {
  gzip: scrapeRequest("gzip"),
  identity: IDENTITY,
  protobuf: scrapeRequest("identity", PROTOBUF),
};
type Kind = keyof typeof KINDS;

/** A server and the connection over which it is scraped. */
interface Scraped {
  readonly connection: Connection;
  readonly pid: number;
}

/** Times scrapes of a server, each behind a push to one group that is not timed. */
function createScrapes(
  { connection, pid }: Scraped,
  groups: number,
): Record<Kind, () => Promise<number>> & { readonly sizes: Record<Kind, number> } {
  const next = createNumbers(groups);
  const sizes = { gzip: NaN, identity: NaN, protobuf: NaN };
  const measure = (kind: Kind) => async () => {
    const group = Math.floor(next() * groups);
    await connection.succeed(pushRequest(groupPath(group), pushBody(next)));
    const { bytes, milliseconds } = await connection.succeed(KINDS[kind]);
    sizes[kind] = bytes;
    await settle(pid);
    return milliseconds;
  };
  return {
    gzip: measure("gzip"),
    identity: measure("identity"),
    protobuf: measure("protobuf"),
    sizes,
  };
}

async function measure(bench: Bench, keep: Keep): Promise<Line[]> {
  const groups = bench.scale(20_000);
  const open = async (server: ServerProcess): Promise<Scraped> => ({
    connection: await keep(Connection.open(server.url)),
    pid: server.pid,
  });
  const ours = await open(await keep(startOursWith(groups)));
  const file = join(bench.directory, "scrape");
  writeFileSync(file, (await ours.connection.succeed(IDENTITY, true)).body as Uint8Array);
  const ready = await open(await keep(startReady(file)));
  const own = createScrapes(ours, groups);
  const theirs = bench.hasReference
    ? createScrapes(await open(await keep(startReferenceWith(bench, groups))), groups)
    : undefined;
  const measured = await alternate(bench.rounds * 2 + 1, {
    gzip: own.gzip,
    identity: own.identity,
    S: async () => (await ready.connection.succeed(IDENTITY)).milliseconds,
    protobuf: own.protobuf,
    Rgzip: theirs?.gzip,
    Ridentity: theirs?.identity,
    Rprotobuf: theirs?.protobuf,
  });
  const S = figures("S", "ms", measured.S);
  const describe = (kind: Kind) =>
    `${renderCount(groups)} groups, ${kind}, ${megabytes(own.sizes[kind])}`;
  const compare = (kind: Kind, theirs: readonly number[], times: number) => {
    const mine = figures("ours", "ms", measured[kind]);
    const R = figures("R", "ms", theirs);
    const beside = kind === "identity" ? [S] : [];
    return line(describe(kind), [mine, ...beside, R], [
      ratio(R, mine, atLeast(times)),
      ...beside.map((each) => ratio(mine, each, atMost(3))),
    ]);
  };
  return [
    compare("gzip", measured.Rgzip, 20),
    compare("identity", measured.Ridentity, 30),
    compare("protobuf", measured.Rprotobuf, 10),
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
