/** What the gateway tells of itself, side by side with the reference: requests are counted and pushes measured alike. */

import { afterAll, beforeAll, expect, it } from "vitest";
import { exchange } from "./reference/compare.ts";
import { type Exchange, send } from "./reference/scenario.ts";
import { type Pair, startPair } from "./reference/side-by-side.ts";
import { describeWith, reference } from "./tools.ts";

/** One of everything that is counted, and some that is not. */
const REQUESTS: readonly Exchange[] = [
  send("PUT /metrics/job/a", "a 1\n"),
  send("PUT /metrics/job/a", "a 1\n".repeat(100)),
  send("PUT /metrics/job/a", "garbage\n"),
  send("PUT /metrics/job/a/b-c/d", "a 1\n"),
  send("POST /metrics/job/a", "# nothing\n", { headers: { "X-Long": "header".repeat(20) } }),
  send("POST /metrics/job/a/l/b?x=y", "a 1\n"),
  send("POST /metrics/job/a%20b", "a 1\n"),
  send("POST /metrics/job@base64/YQ", ""),
  send("DELETE /metrics/job/a"),
  send("DELETE /metrics/job/a/b-c/d"),
  send("GET /metrics/job/a"),
  send("OPTIONS /metrics/job/a"),
  send("GET /metrics"),
  send("GET /-/healthy"),
  send("GET /-/healthy"),
  send("POST /-/healthy"),
  send("GET /-/ready"),
  send("GET /-/quit"),
  send("PUT /-/quit"),
  send("GET /api/v1/status"),
  send("GET /api/v1/metrics"),
  send("OPTIONS /api/v1/metrics"),
  send("OPTIONS /api/v1/anything"),
  send("GET /api/v1/anything"),
  send("PUT /api/v1/admin/wipe"),
  send("GET /status"),
  send("GET /foo"),
];

describeWith([reference], "own metrics", () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair("--web.enable-admin-api");
    for (const request of REQUESTS) {
      await exchange(pair.theirs.url, request);
      await exchange(pair.ours.url, request);
    }
  });
  afterAll(() => pair.stop());

  it.each([
    ["requests", /^pushgateway_http_requests_total\{/, 12],
    ["sizes of pushes", /^pushgateway_http_push_size_bytes(?:_sum|_count)?\{/, 10],
    ["the number of pushes", /^pushgateway_http_push_duration_seconds_count\{/, 2],
    ["HELP and TYPE", /^# (?:HELP|TYPE) (?:pushgateway_http|process(?!_network))_/, 14],
  ])("tell %s as the reference does", async (_, pattern, atLeast) => {
    const theirs = await linesOf(pair.theirs.url, pattern);
    expect(theirs.length).toBeGreaterThanOrEqual(atLeast);
    expect(await linesOf(pair.ours.url, pattern)).toEqual(theirs);
  });

  it("have the reference's quantiles of durations, as seconds", async () => {
    const pattern = /^pushgateway_http_push_duration_seconds\{/;
    const withoutValue = (line: string): string => line.replace(/ \S+$/, "");
    const ours = await linesOf(pair.ours.url, pattern);
    const theirs = await linesOf(pair.theirs.url, pattern);
    expect(ours.map(withoutValue)).toEqual(theirs.map(withoutValue));
    for (const line of ours) expect(Number(line.split(" ").at(-1))).toBeLessThan(10);
  });
});

async function linesOf(url: string, pattern: RegExp): Promise<string[]> {
  const scrape = await (await fetch(`${url}/metrics`)).text();
  return scrape.split("\n").filter((line) => pattern.test(line));
}
