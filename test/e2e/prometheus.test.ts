/** A real Prometheus scrapes the gateway, and promtool looks at what it gets. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RecordingProxy, startRecordingProxy } from "./recording-proxy.ts";
import { type Server, startGateway, startPrometheus } from "./servers.ts";
import { describeWith, pathOf, prometheus, promtool } from "./tools.ts";

/** One series of an instant query: its labels, and its time and value. */
interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

interface Target {
  readonly health: string;
  readonly lastError: string;
  readonly labels: Readonly<Record<string, string>>;
}

const PUSHED = `# TYPE some_metric counter
# HELP some_metric Some metric.
some_metric{label="val1"} 42
# TYPE size_bytes histogram
size_bytes_bucket{le="0.00001"} 1
size_bytes_bucket{le="5.0"} 3
size_bytes_bucket{le="1000000"} 4
size_bytes_bucket{le="+Inf"} 5
size_bytes_sum 2000000
size_bytes_count 5
# TYPE wait_seconds summary
wait_seconds{quantile="0.50"} 0.25
wait_seconds_sum 1
wait_seconds_count 4
`;

const OF_INSTANCE = '# TYPE some_metric counter\nsome_metric{label="val2"} 43\n';

describeWith([prometheus], "Prometheus", () => {
  let folder: string;
  let gateway: Server;
  let proxy: RecordingProxy;
  let server: Server;

  beforeAll(async () => {
    gateway = await startGateway();
    proxy = await startRecordingProxy(gateway.url);
    await push("PUT", "/job/some_job", PUSHED);
    await push("PUT", "/job/some_job/instance/some_instance", OF_INSTANCE);
    await push("PUT", "/job/leaving", "leaving 1\n");
    folder = mkdtempSync(join(tmpdir(), "narthex-"));
    const config = join(folder, "prometheus.yml");
    writeFileSync(config, CONFIG.replace("TARGET", proxy.address));
    server = await startPrometheus(config, join(folder, "data"));
  });
  afterAll(async () => {
    await Promise.all([server.stop(), gateway.stop()]);
    proxy.stop();
    rmSync(folder, { recursive: true });
  });

  async function push(method: string, group: string, body?: string): Promise<void> {
    const response = await fetch(`${gateway.url}/metrics${group}`, { method, ...body && { body } });
    expect(response.ok, await response.text()).toBe(true);
  }

  async function api<T>(path: string): Promise<T> {
    const response = await fetch(`${server.url}/api/v1/${path}`);
    const { data } = await response.json() as { data: T };
    return data;
  }

  async function query(expression: string): Promise<readonly Sample[]> {
    const path = `query?query=${encodeURIComponent(expression)}`;
    return (await api<{ result: readonly Sample[] }>(path)).result;
  }

  /** Asks until there is an answer that is as wanted; it scrapes once a second. */
  async function eventually(
    expression: string,
    isWanted: (samples: readonly Sample[]) => boolean = (samples) => samples.length > 0,
  ): Promise<readonly Sample[]> {
    for (let tries = 0; tries < 200; tries++) {
      const samples = await query(expression);
      if (isWanted(samples)) return samples;
      await sleep(100);
    }
    throw new Error(`${expression} does not become what it should:\n${server.logs()}`);
  }

  it("finds the gateway up and its scrape without fault", async () => {
    const [up] = await eventually('up{job="pushgateway"}');
    expect(up?.value[1]).toBe("1");
    const { activeTargets } = await api<{ activeTargets: readonly Target[] }>("targets");
    expect(activeTargets.map(({ health, lastError }) => ({ health, lastError }))).toEqual([
      { health: "up", lastError: "" },
    ]);
    expect(server.logs()).not.toMatch(/^.*scrape.*level=(?:warn|error).*$/m);
  });

  it("gives pushed series the labels that were pushed, and no instance where there was none", async () => {
    const samples = await eventually("some_metric", (found) => found.length === 2);
    expect(samples.map(({ metric, value }) => [metric, value[1]])).toEqual([
      [
        { __name__: "some_metric", instance: "some_instance", job: "some_job", label: "val2" },
        "43",
      ],
      [{ __name__: "some_metric", job: "some_job", label: "val1" }, "42"],
    ]);
  });

  it("knows when a group was pushed", async () => {
    const [sample] = await eventually('push_time_seconds{job="some_job",instance=""}');
    expect(sample?.metric).toEqual({ __name__: "push_time_seconds", job: "some_job" });
    const seconds = Date.now() / 1000 - Number(sample?.value[1]);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(120);
    const [failure] = await query('push_failure_time_seconds{job="some_job",instance=""}');
    expect(failure?.value[1]).toBe("0");
  });

  it("has a histogram's buckets under the bounds as Go writes them", async () => {
    const buckets = await eventually("size_bytes_bucket", (found) => found.length === 4);
    expect(Object.fromEntries(buckets.map(({ metric, value }) => [metric["le"], value[1]])))
      .toEqual(
        { "1e-05": "1", "5": "3", "1e+06": "4", "+Inf": "5" },
      );
    const [quantile] = await query("histogram_quantile(0.6, size_bytes_bucket)");
    expect(Number(quantile?.value[1])).toBeCloseTo(5);
    const [average] = await query("size_bytes_sum / size_bytes_count");
    expect(average?.value[1]).toBe("400000");
  });

  it("has a summary's quantiles", async () => {
    const [sample] = await eventually('wait_seconds{quantile="0.5"}');
    expect(sample?.value[1]).toBe("0.25");
  });

  it("knows types and HELP", async () => {
    await eventually("some_metric");
    const metadata = await api<Record<string, readonly unknown[]>>("metadata");
    expect(metadata["some_metric"]).toEqual([{ type: "counter", help: "Some metric.", unit: "" }]);
    expect(metadata["size_bytes"]).toEqual([{ type: "histogram", help: "", unit: "" }]);
    expect(metadata["push_time_seconds"]).toHaveLength(1);
  });

  it("tells the gateway's own metrics from pushed ones", async () => {
    const [sample] = await eventually("pushgateway_build_info");
    expect(sample?.metric).toMatchObject({ job: "pushgateway", instance: proxy.address });
    expect(sample?.value[1]).toBe("1");
    const [requests] = await query('pushgateway_http_requests_total{handler="push"}');
    expect(requests?.metric).toMatchObject({ job: "pushgateway", code: "200", method: "put" });
  });

  it("sees new values, and that a deleted group is gone", async () => {
    await eventually("leaving");
    await push(
      "POST",
      "/job/some_job",
      '# TYPE some_metric counter\nsome_metric{label="val1"} 50\n',
    );
    await push("DELETE", "/job/leaving");
    await eventually('some_metric{label="val1"}', ([sample]) => sample?.value[1] === "50");
    await eventually("leaving", (samples) => samples.length === 0);
  });

  it("asks for gzip and gets it, in the text format", async () => {
    await eventually("up");
    const { path, asked, status, given } = proxy.records[0] ?? {};
    expect({ path, status }).toEqual({ path: "/metrics", status: 200 });
    expect(asked?.accept).toContain("application/openmetrics-text");
    expect(asked?.["accept-encoding"]).toBe("gzip");
    expect(given).toMatchObject({
      "content-encoding": "gzip",
      "content-type": "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
    });
  });
});

const CONFIG = `global:
  scrape_interval: 1s
  scrape_timeout: 1s
scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    static_configs:
      - targets: ["TARGET"]
`;

describeWith([promtool], "promtool", () => {
  let gateway: Server;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  async function check(): Promise<{ status: number | null; output: string }> {
    const input = await (await fetch(`${gateway.url}/metrics`)).text();
    const { status, stdout, stderr } = spawnSync(pathOf(promtool), ["check", "metrics"], {
      input,
      encoding: "utf8",
    });
    return { status, output: stdout + stderr };
  }

  it("finds nothing to complain about in the gateway's own metrics", async () => {
    expect(await check()).toEqual({ status: 0, output: "" });
    for (const path of ["/metrics/job/a", "/metrics/job/a/b-c/d", "/-/healthy", "/foo"]) {
      await fetch(gateway.url + path, { method: "PUT", body: "" });
      await fetch(gateway.url + path, { method: "POST", body: "garbage" });
      await fetch(gateway.url + path);
    }
    expect(await check()).toEqual({ status: 0, output: "" });
  });
});
