/** A Prometheus with native histograms scrapes one that was pushed as protobuf: its buckets arrive as they were. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { afterAll, beforeAll, expect, it } from "vitest";
import { spawnGateway, urlOf } from "../runtime/spawn.ts";
import { type Server, startGateway } from "./servers.ts";
import { describeWith, pathOf, prometheus } from "./tools.ts";

const TYPE = "application/vnd.google.protobuf; " +
  "proto=io.prometheus.client.MetricFamily; encoding=delimited";

/**
 * A family with one native histogram: schema 0 (each bound is twice the one before), 1 observation of zero, 2 in (0.5, 1], 3 in
 * (1, 2] and 4 in (4, 8].
 */
function nativeHistogram(name: string): Uint8Array {
  const span = (offset: number, length: number): Uint8Array =>
    new BinaryWriter().tag(1, WireType.Varint).sint32(offset)
      .tag(2, WireType.Varint).uint32(length).finish();
  const histogram = new BinaryWriter()
    .tag(1, WireType.Varint).uint64(10)
    .tag(2, WireType.Bit64).double(30)
    .tag(5, WireType.Varint).sint32(0)
    .tag(6, WireType.Bit64).double(0.001)
    .tag(7, WireType.Varint).uint64(1)
    .tag(12, WireType.LengthDelimited).bytes(span(0, 2))
    .tag(12, WireType.LengthDelimited).bytes(span(1, 1));
  for (const delta of [2, 1, 1]) histogram.tag(13, WireType.Varint).sint64(delta);
  const metric = new BinaryWriter().tag(7, WireType.LengthDelimited).bytes(histogram.finish());
  const family = new BinaryWriter()
    .tag(1, WireType.LengthDelimited).string(name)
    .tag(3, WireType.Varint).int32(4)
    .tag(4, WireType.LengthDelimited).bytes(metric.finish())
    .finish();
  return new BinaryWriter().bytes(family).finish();
}

describeWith([prometheus], "Prometheus with native histograms", () => {
  const folder = mkdtempSync(join(tmpdir(), "narthex-"));
  let gateway: Server;
  let server: ReturnType<typeof spawnGateway>;
  let url: string;

  beforeAll(async () => {
    gateway = await startGateway();
    const body = nativeHistogram("native_seconds") as Uint8Array<ArrayBuffer>;
    const headers = { "Content-Type": TYPE };
    const pushed = await fetch(`${gateway.url}/metrics/job/j`, { method: "PUT", headers, body });
    expect(pushed.status, await pushed.text()).toBe(200);
    const config = join(folder, "prometheus.yml");
    writeFileSync(config, CONFIG.replace("TARGET", new URL(gateway.url).host));
    server = spawnGateway([
      pathOf(prometheus),
      "--enable-feature=native-histograms",
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      "--web.listen-address=127.0.0.1:0",
    ]);
    url = await urlOf(server);
  });
  afterAll(async () => {
    server.kill("SIGTERM");
    await Promise.all([server.exit, gateway.stop()]);
    rmSync(folder, { recursive: true });
  });

  /** Asks until there is an answer; it scrapes once a second. */
  async function query(expression: string): Promise<readonly Sample[]> {
    for (let tries = 0; tries < 200; tries++) {
      const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
      if (response.ok) {
        const { data } = await response.json() as { data: { result: readonly Sample[] } };
        if (data.result.length > 0) return data.result;
      }
      await sleep(100);
    }
    throw new Error(`${expression} has no value:\n${server.stderr()}`);
  }

  it("has its count, sum and buckets", async () => {
    const [sample] = await query("native_seconds");
    expect(sample?.metric).toEqual({ __name__: "native_seconds", job: "j" });
    // Which bounds belong to a bucket (0: the upper one, 3: both), the bounds, and the count.
    expect(sample?.histogram?.[1]).toEqual({
      count: "10",
      sum: "30",
      buckets: [
        [3, "-0.001", "0.001", "1"],
        [0, "0.5", "1", "2"],
        [0, "1", "2", "3"],
        [0, "4", "8", "4"],
      ],
    });
  });

  it("computes quantiles from it", async () => {
    const [quantile] = await query("histogram_quantile(0.8, native_seconds)");
    const value = Number(quantile?.value?.[1]);
    expect(value).toBeGreaterThan(4);
    expect(value).toBeLessThanOrEqual(8);
    const [count] = await query("histogram_count(native_seconds)");
    expect(count?.value?.[1]).toBe("10");
  });

  it("asks for protobuf, and still has the rest", async () => {
    const [up] = await query('up{job="pushgateway"}');
    expect(up?.value?.[1]).toBe("1");
    const [time] = await query('push_time_seconds{job="j"}');
    expect(time?.metric).toEqual({ __name__: "push_time_seconds", job: "j" });
    const [build] = await query("pushgateway_build_info");
    expect(build?.value?.[1]).toBe("1");
  });
});

/** One series of an instant query. */
interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly histogram?: readonly [number, unknown];
}

const CONFIG = `global:
  scrape_interval: 1s
  scrape_timeout: 1s
scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    static_configs:
      - targets: ["TARGET"]
`;
