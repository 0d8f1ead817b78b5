/**
 * One group of 100 000 series in a hundred families, of which a POST replaces one. Beside it, the same POST to a group that holds
 * nothing else: a push is to cost what it carries.
 */

import { alternate } from "../alternate.ts";
import { createNumbers } from "../body.ts";
import { Connection } from "../connection.ts";
import { textBody } from "../large-body.ts";
import { renderCount } from "../figure.ts";
import { figures, line, ratio } from "../lines.ts";
import { pushRequest } from "../request.ts";
import type { Bench, Line, Subject } from "../result.ts";
import { type Keep, withScope } from "../scope.ts";
import { startOurs, startReference } from "../servers.ts";

/** The case. */
export const partialUpdate: Subject = {
  id: "post",
  title: "One group of 100 000 series, updated in part by POST",
  run: (bench) => withScope((keep) => measure(bench, keep)),
};

const FAMILIES = 100;
const LARGE = "/metrics/job/large";
const SMALL = "/metrics/job/small";

async function measure(bench: Bench, keep: Keep): Promise<Line[]> {
  const series = bench.scale(1000);
  const next = createNumbers(100);
  const post = (path: string, family: number) => {
    const name = `records_${path.slice(-5)}_${family}`;
    const body = textBody({ name, series, zone: "a-1", next });
    return pushRequest(path, body, { method: "POST" });
  };
  const open = async (url: string) => {
    const connection = await keep(Connection.open(url));
    for (let family = 0; family < FAMILIES; family++) {
      await connection.succeed(post(LARGE, family));
    }
    await connection.succeed(post(SMALL, 0));
    return connection;
  };
  const time = (connection: Connection, path: string) => async (round: number) => {
    const request = post(path, path === LARGE ? round * 7 % FAMILIES : 0);
    return (await connection.succeed(request)).milliseconds;
  };
  const ours = await open((await keep(startOurs())).url);
  const reference = bench.hasReference ? await open((await keep(startReference())).url) : undefined;
  const measured = await alternate(bench.rounds * 3, {
    large: time(ours, LARGE),
    small: time(ours, SMALL),
    reference: reference && time(reference, LARGE),
  });
  const own = figures("ours", "ms", measured.large);
  const small = figures("in a group of its own", "ms", measured.small);
  const R = figures("R", "ms", measured.reference);
  const what = `POST of ${renderCount(series)} series into ${renderCount(FAMILIES * series)}`;
  return [line(what, [own, small, R], [ratio(own, small), ratio(R, own)])];
}
