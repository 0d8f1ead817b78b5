/**
 * Row 3: one push of 20 000 series, over HTTP, as text and as protobuf. Mostly the series stay and their numbers change; beside it the
 * series are new ones each time, for whom nothing that was kept from the push before is of use.
 */

import { alternate } from "../alternate.ts";
import { createNumbers } from "../body.ts";
import { Connection } from "../connection.ts";
import { type LargeBody, PROTOBUF, protobufBody, textBody } from "../large-body.ts";
import { atLeast, figures, line, ratio } from "../lines.ts";
import { pushRequest } from "../request.ts";
import type { Bench, Line, Subject } from "../result.ts";
import { type Keep, withScope } from "../scope.ts";
import { startOurs, startReference } from "../servers.ts";
import type { ServerProcess } from "../server-process.ts";

/** Row 3. */
export const largePush: Subject = {
  id: "3",
  title: "One push of 20 000 series",
  run: (bench) => withScope((keep) => measure(bench, keep)),
};

const next: () => number = createNumbers(20_000);

/** A series of requests that differ, in one format. */
interface Kind {
  readonly what: string;
  readonly bytes: number;
  request(round: number): Uint8Array;
}

/** Makes the requests before they are measured; `renew` says whether each has series of its own. */
function createKind(bench: Bench, format: "text" | "protobuf", renew: boolean): Kind {
  const series = bench.scale(20_000);
  const render = format === "text" ? textBody : protobufBody;
  const type = format === "text" ? {} : { type: PROTOBUF };
  const bodyOf = (round: number): Uint8Array => {
    const zone = renew ? `z-${round}` : "a-1";
    const body: LargeBody = { name: "batch_records", series, zone, next };
    return render(body);
  };
  const bodies = Array.from({ length: bench.rounds * PER_ROUND + 2 }, (_, i) => bodyOf(i));
  const path = `/metrics/job/large-${format}${renew ? "-renewed" : ""}`;
  const requests = bodies.map((body) => pushRequest(path, body, type));
  return {
    what: `${format}, ${renew ? "other series each time" : "the numbers change"}`,
    bytes: bodies[0]?.length ?? NaN,
    request: (round) => requests[round % requests.length] as Uint8Array,
  };
}

/** A push takes so little that a round has several. */
const PER_ROUND = 3;

async function measure(bench: Bench, keep: Keep): Promise<Line[]> {
  const lines: Line[] = [];
  for (const format of ["text", "protobuf"] as const) {
    for (const renew of [false, true]) {
      lines.push(await measureKind(bench, keep, createKind(bench, format, renew)));
    }
  }
  return lines;
}

async function measureKind(bench: Bench, keep: Keep, kind: Kind): Promise<Line> {
  const push = async (server: ServerProcess) => {
    const connection = await keep(Connection.open(server.url));
    return async (round: number) => (await connection.succeed(kind.request(round))).milliseconds;
  };
  const ours = await keep(startOurs());
  const reference = bench.hasReference ? await keep(startReference()) : undefined;
  const measured = await alternate(bench.rounds * PER_ROUND, {
    ours: await push(ours),
    reference: reference && await push(reference),
  });
  const own = figures("ours", "ms", measured.ours);
  const R = figures("R", "ms", measured.reference);
  const speed = figures("ours", "MB/s", measured.ours.map((ms) => kind.bytes / 1000 / ms));
  await Promise.all([ours.stop(), reference?.stop()]);
  const size = `${(kind.bytes / 1e6).toFixed(2)} MB`;
  return line(`${kind.what}, ${size}`, [own, speed, R], [ratio(R, own, atLeast(3))]);
}
