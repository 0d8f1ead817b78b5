/** The two answers of the query API, in full. */

import { describe, expect, it } from "vitest";
import { VERSION } from "../../../src/model/build-info.ts";
import { GROUP, succeed, type Use } from "./cases.ts";
import { type Answer, get, post, put, send } from "./client.ts";
import { CORS } from "./endpoints.ts";
import { sample, wipe } from "./held.ts";

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** The flags of a gateway that was given none but where to listen. */
const DEFAULT_FLAGS: Readonly<Record<string, unknown>> = {
  "log.format": "logfmt",
  "log.level": "info",
  "persistence.file": "",
  "persistence.interval": "5m0s",
  "persistence.sync": "full",
  "persistence.url": "",
  "push.disable-consistency-check": "false",
  "push.enable-utf8-names": "false",
  "push.max-body-size": "64MiB",
  "store.max-groups": "0",
  "store.max-series": "0",
  "store.max-size": "0",
  "web.config.file": "",
  "web.enable-admin-api": "false",
  "web.enable-lifecycle": "false",
  "web.enable-openmetrics": "false",
  "web.external-url": "",
  "web.listen-address": expect.any(String),
  "web.route-prefix": "",
  "web.systemd-socket": "false",
  "web.telemetry-path": "/metrics",
};

/** Asks the query API, and expects headers and JSON as they have to be. */
async function ask(use: Use, what: string): Promise<unknown> {
  const answer: Answer = await send(use(), get(`/api/v1/${what}`));
  expect(answer).toMatchObject({
    status: 200,
    headers: { ...CORS, "content-type": "application/json" },
  });
  return JSON.parse(answer.text);
}

/** The suite of the status of a gateway without any flag. */
export function describeApiStatus(use: Use): void {
  it("/api/v1/status", async () => {
    expect(await ask(use, "status")).toEqual({
      status: "success",
      data: {
        build_information: {
          branch: expect.any(String),
          buildDate: expect.any(String),
          platform: expect.any(String),
          revision: expect.any(String),
          runtime: expect.stringMatching(/^(?:bun|deno|node|workerd)/),
          version: VERSION,
        },
        flags: DEFAULT_FLAGS,
        start_time: expect.stringMatching(RFC_3339),
      },
    });
  });
}

const BODY = `# HELP c A counter.
# TYPE c counter
c{x="1"} 1e6
c{x="2"} 0.5
# TYPE g gauge
g NaN
# TYPE h histogram
h_bucket{le="0.5"} 1
h_bucket{le="5.0"} 2
h_bucket{le="+Inf"} 3
h_sum 4.5
h_count 3
# TYPE s summary
s{quantile="0.5"} 1.5
s{quantile="0.99"} -Inf
s_sum 10
s_count 1234567
u -0.00001
`;

/** The suite of the groups. */
export function describeApiMetrics(use: Use): void {
  it("without groups", async () => {
    await wipe(use());
    expect(await ask(use, "metrics")).toEqual({ status: "success", data: [] });
  });

  it("every type", async () => {
    await wipe(use());
    await succeed(use(), put(`${GROUP}/z/%3Cb%3E`, BODY));
    const labels = { instance: "", job: "a", z: "<b>" };
    const family = (type: string, metrics: unknown) => ({
      time_stamp: expect.stringMatching(RFC_3339),
      type,
      metrics,
    });
    const timeOf = async (name: string): Promise<string> =>
      formatGo(await sample(use(), `${name}{instance="",job="a",z="<b>"}`) ?? NaN);
    const time = async (name: string, help: string) => ({
      ...family("GAUGE", [{ labels, value: await timeOf(name) }]),
      help,
    });
    expect(await ask(use, "metrics")).toEqual({
      status: "success",
      data: [{
        labels: { job: "a", z: "<b>" },
        last_push_successful: true,
        push_time_seconds: await time(
          "push_time_seconds",
          "Last Unix time when changing this group in the Pushgateway succeeded.",
        ),
        push_failure_time_seconds: await time(
          "push_failure_time_seconds",
          "Last Unix time when changing this group in the Pushgateway failed.",
        ),
        c: {
          ...family("COUNTER", [
            { labels: { ...labels, x: "1" }, value: "1e+06" },
            { labels: { ...labels, x: "2" }, value: "0.5" },
          ]),
          help: "A counter.",
        },
        g: family("GAUGE", [{ labels, value: "NaN" }]),
        h: family("HISTOGRAM", [{
          labels,
          buckets: { "0.5": "1", "5": "2", "+Inf": "3" },
          count: "3",
          sum: "4.5",
        }]),
        s: family("SUMMARY", [{
          labels,
          quantiles: { "0.5": "1.5", "0.99": "-Inf" },
          count: "1234567",
          sum: "10",
        }]),
        u: family("UNTYPED", [{ labels, value: "-1e-05" }]),
      }],
    });
  });

  it("several groups, and whether their last push succeeded", async () => {
    await wipe(use());
    await succeed(use(), put("/metrics/job/a", "m 1\n"));
    await send(use(), post("/metrics/job/a", "m 1 5\n"));
    await succeed(use(), put("/metrics/job/b/x/1", ""));
    await send(use(), put("/metrics/job/c", "m 1 5\n"));
    const answer = await ask(use, "metrics");
    expect(answer).toMatchObject({
      status: "success",
      data: expect.arrayContaining([
        expect.objectContaining({ labels: { job: "a" }, last_push_successful: false }),
        expect.objectContaining({ labels: { job: "b", x: "1" }, last_push_successful: true }),
        expect.objectContaining({ labels: { job: "c" }, last_push_successful: false }),
      ]),
    });
  });

  it("a family keeps the time of its own push", async () => {
    await wipe(use());
    await succeed(use(), put(GROUP, "m 1\n"));
    const first = await ask(use, "metrics");
    await succeed(use(), post(GROUP, "n 1\n"));
    const second = await ask(use, "metrics");
    expect(timeStamp(second, "m")).toBe(timeStamp(first, "m"));
    expect(Date.parse(timeStamp(second, "n"))).toBeGreaterThanOrEqual(
      Date.parse(timeStamp(second, "m")),
    );
  });

  describe("label names and values that JSON and JavaScript give a meaning", () => {
    it("come out as they are", async () => {
      await wipe(use());
      const path = "/metrics/job/%22%5C%0A%E2%80%A8/toString/1/constructor/2";
      await succeed(use(), put(path, 'm{hasOwnProperty="x",valueOf="\\""} 1\n'));
      expect(await ask(use, "metrics")).toMatchObject({
        data: [{
          labels: { job: '"\\\n\u2028', toString: "1", constructor: "2" },
          m: { metrics: [{ labels: { hasOwnProperty: "x", valueOf: '"' }, value: "1" }] },
        }],
      });
    });
  });
}

function timeStamp(answer: unknown, name: string): string {
  const { data: [group] } = answer as { data: [Record<string, { time_stamp: string }>] };
  return group[name]?.time_stamp ?? "";
}

/** A push time as Go prints it. */
function formatGo(seconds: number): string {
  return seconds === 0 ? "0" : seconds.toExponential().replace(/e\+(\d)$/, "e+0$1");
}
