import { describe, expect, it } from "vitest";
import { handleApiMetrics, handleApiOptions, handleApiStatus } from "../../src/http/api.ts";
import { handlePush } from "../../src/http/push.ts";
import { createFakeContext, requestTo } from "./fake-context.ts";

const CORS = {
  "access-control-allow-headers": "Accept, Authorization, Content-Type, Origin",
  "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "Date",
  "cache-control": "no-cache, no-store, must-revalidate",
};

describe("handleApiOptions", () => {
  it("tells a browser that scripts of any origin may ask", async () => {
    const response = await handleApiOptions(createFakeContext().context, requestTo("/"));
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(Object.fromEntries(response.headers)).toEqual(CORS);
  });
});

describe("handleApiStatus", () => {
  it("tells build, flags and start time", async () => {
    const { context } = createFakeContext({ flags: { "web.listen-address": ":9091", "a.b": "" } });
    const response = await handleApiStatus(context, requestTo("/"));
    expect(Object.fromEntries(response.headers))
      .toEqual({ ...CORS, "content-type": "application/json" });
    const { version, revision, branch, buildDate, platform } = context.options.build;
    expect(await response.json()).toEqual({
      status: "success",
      data: {
        build_information: {
          branch,
          buildDate,
          platform,
          revision,
          runtime: "test 1.2",
          version,
        },
        flags: { "web.listen-address": ":9091", "a.b": "" },
        start_time: "2023-11-14T22:13:20.000Z",
      },
    });
  });
});

describe("handleApiMetrics", () => {
  async function metricsOf(...pushes: [path: string, body: string][]): Promise<unknown> {
    const { context, clock } = createFakeContext();
    for (const [path, body] of pushes) {
      await handlePush(context, requestTo(`/metrics/job/${path}`, { method: "POST", body }));
      clock.advance(1000);
    }
    const response = await handleApiMetrics(context, requestTo("/"));
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    const { status, data } = await response.json();
    expect(status).toBe("success");
    return data;
  }

  it("is empty when nothing is held", async () => {
    expect(await metricsOf()).toEqual([]);
  });

  it("tells the groups with their families", async () => {
    const labels = { instance: "", job: "a" };
    const time = (value: string, help: string) => ({
      time_stamp: "2023-11-14T22:13:20.000Z",
      type: "GAUGE",
      help: `Last Unix time when changing this group in the Pushgateway ${help}.`,
      metrics: [{ labels, value }],
    });
    expect(await metricsOf(["a", '# HELP x "help"\n# TYPE x gauge\nx{l="\\"\\\\\\n"} 1e6\n']))
      .toEqual([{
        labels: { job: "a" },
        last_push_successful: true,
        push_time_seconds: time("1.7e+09", "succeeded"),
        push_failure_time_seconds: time("0", "failed"),
        x: {
          time_stamp: "2023-11-14T22:13:20.000Z",
          type: "GAUGE",
          help: '"help"',
          metrics: [{ labels: { ...labels, l: '"\\\n' }, value: "1e+06" }],
        },
      }]);
  });

  it("orders groups by their key", async () => {
    const data = await metricsOf(["b", ""], ["a/z/1", ""], ["a/path/%2Fvar,x=%22", ""]);
    expect(data).toMatchObject([
      { labels: { job: "a", path: '/var,x="' } },
      { labels: { job: "a", z: "1" } },
      { labels: { job: "b" } },
    ]);
  });

  it.each<[string, [string, string][], boolean]>([
    ["after a success", [["a", "x 1\n"]], true],
    ["after a failure", [["a", "x 1\n"], ["a", "x 1 1\n"]], false],
    ["after nothing but a failure", [["a", "x 1 1\n"]], false],
    ["after another success", [["a", "x 1 1\n"], ["a", "x 1\n"]], true],
  ])("knows whether the last push was successful: %s", async (_, pushes, expected) => {
    expect(await metricsOf(...pushes)).toMatchObject([{ last_push_successful: expected }]);
  });

  it("does not let a family pass for what it says of the group", async () => {
    const body = "labels 1\nlast_push_successful 0\n__proto__ 1\n";
    expect(await metricsOf(["a", body])).toMatchObject([
      { labels: { job: "a" }, last_push_successful: true },
    ]);
  });
});
