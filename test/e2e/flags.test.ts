/** Flags that change what goes over the wire, side by side with the reference. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Exchange, refusal, scrape, send } from "./reference/scenario.ts";
import { type Pair, startPair } from "./reference/side-by-side.ts";
import { describeWith, reference } from "./tools.ts";

const METHODS: readonly string[] = ["GET", "PUT", "POST", "DELETE", "OPTIONS"];

const everyMethod = (...paths: readonly string[]): readonly Exchange[] =>
  paths.flatMap((path) => METHODS.map((method) => send(`${method} ${path}`)));

const PUSHES: readonly Exchange[] = [
  send("PUT /metrics/job/a", "# TYPE x gauge\nx 1\n"),
  send("POST /metrics/job/a", "y 1\n"),
  send("PUT /metrics/job/b", "z z\n"),
  send("DELETE /metrics/job/b"),
];

const TIMESTAMPS =
  "ours: timestamps are refused in any case; the reference answers 202 and drops the push";

/** Flags, and the requests that feel them. */
const CASES: readonly (readonly [string, readonly Exchange[]])[] = [
  ["", [...PUSHES, ...everyMethod("/api/v1/admin/wipe", "/api/v1/admin/", "/metrics/job/a/b/c")]],
  ["--push.disable-consistency-check", [
    ...PUSHES,
    send("PUT /metrics/job/b/l/1", "y 1\ny 1\n"),
    send("PUT /metrics/job/c", "# TYPE x counter\nx 1\n"),
    send("PUT /metrics/job/d", "x x\n"),
    send("PUT /metrics/job/a/b-c/d", "x x\n"),
    send("PUT /metrics/job/e", "x 1 5\n", {
      ours: refusal({
        why: TIMESTAMPS,
        error:
          "pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps",
      }),
    }),
  ]],
  ["--web.enable-lifecycle --web.enable-admin-api", [
    ...everyMethod("/api/v1/admin/wipe"),
    send("GET /-/quit"),
    send("POST /-/quit"),
  ]],
  ["--web.telemetry-path=/custom", [
    ...PUSHES,
    { ...scrape(), path: "/custom" },
    send("GET /custom/"),
    send("GET /metrics"),
    send("PUT /custom/job/a"),
  ]],
  ["--web.route-prefix=/pg", [
    ...[...PUSHES, scrape(), send("GET /-/healthy"), send("GET /-/ready"), send("GET /foo")]
      .flatMap((request) => [request, { ...request, path: `/pg${request.path}` }])
      .map(withoutListed),
    send("GET /pg/metrics/"),
    send("GET /pgx/metrics"),
  ]],
  ["--web.external-url=http://example.com/a/b/", [
    ...PUSHES.map((request) => ({ ...request, path: `/a/b${request.path}` })),
    { ...scrape(), path: "/a/b/metrics" },
    send("GET /a/b/-/ready"),
    send("GET /-/ready"),
    send("GET /a/-/ready"),
  ]],
  ["--web.external-url=http://example.com/a --web.route-prefix=/", [
    ...PUSHES,
    scrape(),
    send("GET /a/metrics"),
  ]],
];

/** A listed difference belongs to the path where there is something. */
function withoutListed(request: Exchange): Exchange {
  const { ours: _, ...plain } = request;
  return request.path.startsWith("/pg") ? request : plain;
}

describeWith([reference], "flags", () => {
  describe.each(CASES)("%s", (flags, requests) => {
    let pair: Pair;
    beforeAll(async () => {
      pair = await startPair(...flags.split(" ").filter((flag) => flag !== ""));
    });
    afterAll(() => pair.stop());

    it("are shown alike", async () => {
      const [theirs, ours] = await Promise.all([
        shownFlags(pair.theirs.url, flags),
        shownFlags(pair.ours.url, flags),
      ]);
      expect(ours).toMatchObject(theirs);
    });

    it("answer alike", async () => {
      await pair.compareAnswers({ name: flags, requests });
    });
  });
});

/** The flags as the API shows them, without those that only Debian's reference has or that tell the servers apart. */
async function shownFlags(url: string, flags: string): Promise<Record<string, string>> {
  const prefix = flags.includes("prefix=/pg") ? "/pg" : flags.endsWith("/a/b/") ? "/a/b" : "";
  const response = await fetch(`${url}${prefix}/api/v1/status`);
  const { data } = await response.json() as { data: { flags: Record<string, string> } };
  const { "web.listen-address": _, "web.local-assets": __, ...shown } = data.flags;
  return shown;
}
