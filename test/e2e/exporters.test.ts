/** Real exporters' output, pushed to the gateway and to the reference, comes out alike. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectDefaultMetrics, Registry } from "prom-client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exchange, type Exposed, exposedBy } from "./reference/compare.ts";
import { send } from "./reference/scenario.ts";
import { type Pair, startPair } from "./reference/side-by-side.ts";
import { startPrometheus } from "./servers.ts";
import { describeWith, pathOf, prometheus, python, reference, type Tool } from "./tools.ts";

const EXPORTERS: readonly (readonly [string, readonly Tool[], (pair: Pair) => Promise<string>])[] =
  [
    ["prom-client", [], metricsOfNode],
    ["Python's prometheus_client", [python], metricsOfPython],
    ["Prometheus", [prometheus], metricsOfPrometheus],
    ["the reference", [], ({ theirs }) => scrape(theirs.url)],
    ["the gateway", [], ({ ours }) => scrape(ours.url)],
  ];

for (const [name, tools, collect] of EXPORTERS) {
  describeWith([reference, ...tools], `the metrics of ${name}`, () => {
    let pair: Pair;
    beforeAll(async () => {
      pair = await startPair();
    });
    afterAll(() => pair.stop());

    it("come out as they do from the reference", async () => {
      const body = await collect(pair);
      expect(body.split("\n").length).toBeGreaterThan(20);
      const request = send("PUT /metrics/job/exporter", body);
      for (const { url } of [pair.theirs, pair.ours]) {
        expect(await exchange(url, request)).toEqual({ status: 200, headers: {}, body: "" });
      }
      const theirs = await exposedBy(pair.theirs.url);
      expect(withoutOwnHelp(await exposedBy(pair.ours.url))).toEqual(withoutOwnHelp(theirs));
    });
  });
}

async function metricsOfNode(): Promise<string> {
  const register = new Registry();
  collectDefaultMetrics({ register });
  return await register.metrics();
}

function metricsOfPython(): Promise<string> {
  const script = "import prometheus_client as c; print(c.generate_latest().decode(), end='')";
  return Promise.resolve(spawnSync(pathOf(python), ["-c", script], { encoding: "utf8" }).stdout);
}

async function metricsOfPrometheus(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "narthex-"));
  try {
    const config = join(folder, "prometheus.yml");
    writeFileSync(config, "global: {}\n");
    const server = await startPrometheus(config, join(folder, "data"));
    const metrics = await scrape(server.url);
    await server.stop();
    return metrics;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function scrape(url: string): Promise<string> {
  return await (await fetch(`${url}/metrics`)).text();
}

/** The HELP text of what the gateway is made of is another, because it is made of something else. */
function withoutOwnHelp({ lines, heads, ...rest }: Exposed): Exposed {
  const isCommon = (line: string): boolean => !line.startsWith("# HELP pushgateway_build_info ");
  return { ...rest, lines: lines.filter(isCommon), heads: heads.filter(isCommon) };
}
