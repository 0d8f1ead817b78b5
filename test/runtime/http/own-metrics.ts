/** What the gateway says of itself in a scrape. */

import { describe, expect, it } from "vitest";
import { VERSION } from "../../../src/model/build-info.ts";
import { GROUP, runCase, type Use } from "./cases.ts";
import { get, type Outgoing, post, put, remove, send } from "./client.ts";
import { familiesOf, sample, scrape } from "./held.ts";

/** What is asked, and how it is counted: handler, method, status. */
const COUNTED:
  readonly (readonly [request: Outgoing, handler: string, method: string, code: number])[] = [
    [put(GROUP, "m 1\n"), "push", "put", 200],
    [post(GROUP, "m 1\n"), "push", "post", 200],
    [put(GROUP, "m bar\n"), "push", "put", 400],
    [post(GROUP, "m 1 5\n"), "push", "post", 400],
    [put("/metrics/job/a/b", "m 1\n"), "push", "put", 400],
    [put(GROUP, "m 1\n", { "Content-Encoding": "br" }), "push", "put", 415],
    [remove(GROUP), "delete", "delete", 202],
    [remove("/metrics/job/a/b"), "delete", "delete", 400],
    [get("/-/healthy"), "healthy", "get", 200],
    [{ method: "HEAD", path: "/-/healthy" }, "healthy", "head", 200],
    [get("/-/ready"), "ready", "get", 200],
    [get("/"), "status", "get", 200],
    [get("/status"), "status", "get", 200],
    [put("/api/v1/admin/wipe"), "wipe", "put", 202],
    [get("/api/v1/status"), "api/v1/status", "get", 200],
    [get("/api/v1/metrics"), "api/v1/metrics", "get", 200],
    [{ method: "OPTIONS", path: "/api/v1/status" }, "api/v1/options", "options", 200],
    [{ method: "OPTIONS", path: "/api/v1/nope" }, "api/v1/options", "options", 200],
  ];

/** What is not counted at all. */
const NOT_COUNTED: readonly Outgoing[] = [
  get("/metrics"),
  get("/metrics/"),
  get("/nope"),
  get("/-/quit"),
  put("/-/quit"),
  { method: "PATCH", path: GROUP },
  { method: "OPTIONS", path: GROUP },
  post("/metrics", "m 1\n"),
];

const HELPS: Readonly<Record<string, string>> = {
  pushgateway_http_push_duration_seconds: "HTTP request duration for pushes to the Pushgateway.",
  pushgateway_http_push_size_bytes: "HTTP request size for pushes to the Pushgateway.",
  pushgateway_http_requests_total:
    "Total HTTP requests processed by the Pushgateway, excluding scrapes.",
};

const PROCESS: Readonly<Record<string, string>> = {
  process_cpu_seconds_total: "counter",
  process_max_fds: "gauge",
  process_network_receive_bytes_total: "counter",
  process_network_transmit_bytes_total: "counter",
  process_open_fds: "gauge",
  process_resident_memory_bytes: "gauge",
  process_start_time_seconds: "gauge",
  process_virtual_memory_bytes: "gauge",
  process_virtual_memory_max_bytes: "gauge",
};

/** The suite. */
export function describeOwnMetrics(use: Use): void {
  it("build_info", async () => {
    const block = familiesOf((await scrape(use())).text).get("pushgateway_build_info") ?? "";
    const [, , line = ""] = block.split("\n");
    expect(line).toMatch(
      /^pushgateway_build_info\{branch="[^"]+",revision="[^"]+",runtime="(?:bun|deno|node|workerd)[^"]*",tags="[^"]*",version="[^"]+"\} 1$/,
    );
    expect(line).toContain(`version="${VERSION}"`);
    expect(block).toContain("# TYPE pushgateway_build_info gauge\n");
  });

  describe("requests", () => {
    it.each(COUNTED)("%o is counted", async (request, handler, method, code) => {
      const series =
        `pushgateway_http_requests_total{code="${code}",handler="${handler}",method="${method}"}`;
      const before = await sample(use(), series) ?? 0;
      expect((await send(use(), request)).status).toBe(code);
      expect(await sample(use(), series)).toBe(before + 1);
    });

    it.each(NOT_COUNTED)("$method $path is not counted", async (request) => {
      const counts = async () =>
        familiesOf((await scrape(use())).text).get("pushgateway_http_requests_total");
      const before = await counts();
      await send(use(), request);
      expect(await counts()).toBe(before);
    });
  });

  describe("pushes", () => {
    it.each(["PUT", "POST"])("%s has a duration and a size", async (method) => {
      const label = `{method="${method.toLowerCase()}"`;
      const read = async (name: string, suffix: string) =>
        await sample(use(), `pushgateway_http_push_${name}_${suffix}${label}}`) ?? 0;
      const before = {
        count: await read("size_bytes", "count"),
        size: await read("size_bytes", "sum"),
        seconds: await read("duration_seconds", "sum"),
      };
      const body = `m 1\n${"#".repeat(5000)}\n`;
      expect((await send(use(), { method, path: GROUP, body })).status).toBe(200);
      expect(await read("size_bytes", "count")).toBe(before.count + 1);
      expect(await read("duration_seconds", "count")).toBe(before.count + 1);
      const size = await read("size_bytes", "sum") - before.size;
      expect(size).toBeGreaterThan(body.length);
      expect(size).toBeLessThan(body.length + 1000);
      expect(await read("duration_seconds", "sum")).toBeGreaterThanOrEqual(before.seconds);
    });

    it("have the quantiles of the reference", async () => {
      await send(use(), put(GROUP, "m 1\n"));
      const blocks = familiesOf((await scrape(use())).text);
      for (const name of ["duration_seconds", "size_bytes"]) {
        const full = `pushgateway_http_push_${name}`;
        const lines = (blocks.get(full) ?? "").split("\n").filter((line) => line.includes('"put"'));
        expect(lines.map((line) => line.split(" ")[0])).toEqual([
          ...["0.1", "0.5", "0.9"].map((q) => `${full}{method="put",quantile="${q}"}`),
          `${full}_sum{method="put"}`,
          `${full}_count{method="put"}`,
        ]);
      }
    });
  });

  it("help and types", async () => {
    const { text } = await scrape(use());
    for (const [name, help] of Object.entries(HELPS)) {
      const type = name.endsWith("_total") ? "counter" : "summary";
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    }
  });

  it("the process, where there is one", async () => {
    const blocks = familiesOf((await scrape(use())).text);
    const found = [...blocks].filter(([name]) => name.startsWith("process_"));
    const types = found.map(([name, block]) => [name, /^# TYPE \S+ (\S+)$/m.exec(block)?.[1]]);
    expect(Object.fromEntries(types)).toEqual(use().runtime === "workerd" ? {} : PROCESS);
  });

  it("are there without any group", async () => {
    await runCase(use(), {
      title: "",
      request: get("/metrics"),
      status: 200,
      exposes: "",
      groups: {},
    });
    expect(await sample(use(), 'pushgateway_http_push_size_bytes_count{method="put"}'))
      .toBeGreaterThanOrEqual(0);
  });
}
