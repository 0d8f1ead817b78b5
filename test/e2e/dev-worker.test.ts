/**
 * `npm run dev:worker`: the Worker as wrangler runs it on the configuration that is deployed, with accounts and tenants, pushed to by
 * Python's client and scraped by a real Prometheus as docs/edge.md says.
 */

import { hashSync } from "bcryptjs";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Server, startDevWorker, startPrometheus } from "./servers.ts";
import { describeWith, pathOf, prometheus, python } from "./tools.ts";

const SCRIPT = fileURLToPath(new URL("prometheus-client.py", import.meta.url));
const TOKEN = "4e5f1b0c9a";
const VARIABLES = {
  NARTHEX_TENANTS: "team-a",
  NARTHEX_WEB_CONFIG: JSON.stringify({
    basic_auth_users: { user: hashSync("secret", 4) },
    bearer_tokens: { prometheus: `sha256:${createHash("sha256").update(TOKEN).digest("hex")}` },
    permissions: { prometheus: { roles: ["read"] } },
  }),
};

let folder: string;
let worker: Server;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "narthex-worker-"));
  worker = await startDevWorker(VARIABLES, folder);
});
afterAll(async () => {
  await worker?.stop();
  rmSync(folder, { recursive: true });
});

const bearer = { headers: { Authorization: `Bearer ${TOKEN}` } };
const basic = { headers: { Authorization: `Basic ${btoa("user:secret")}` } };

/** What a tenant holds under `a`. */
async function held(tenant = ""): Promise<string[]> {
  const text = await (await fetch(`${worker.url}${tenant}/metrics`, bearer)).text();
  return text.split("\n").filter((line) => line.startsWith("a{"));
}

describe("npm run dev:worker", () => {
  it("is closed to strangers", async () => {
    for (const path of ["/metrics", "/", "/tenant/team-a/metrics"]) {
      expect((await fetch(worker.url + path)).status).toBe(401);
    }
    expect((await fetch(`${worker.url}/-/healthy`)).status).toBe(200);
  });

  it("answers a client that sends all of a large body before it reads", async () => {
    const body = "a 1\n".repeat(500_000);
    const response = await fetch(`${worker.url}/metrics/job/x`, { method: "PUT", body });
    expect(response.status).toBe(401);
  });

  it("has everything after a restart", async () => {
    const init = { method: "PUT", body: "# TYPE a gauge\na 3\n", ...basic };
    expect((await fetch(`${worker.url}/metrics/job/before`, init)).status).toBe(200);
    await worker.stop();
    worker = await startDevWorker(VARIABLES, folder);
    expect(await held()).toContain('a{instance="",job="before"} 3');
  });

  it("shows no secret in its log", () => {
    expect(worker.logs()).not.toMatch(new RegExp(`${TOKEN}|Basic |Bearer `));
  });
});

describeWith([python], "prometheus_client with a password", () => {
  const run = (url: string, name: string) => {
    const { status, stdout } = spawnSync(pathOf(python), [SCRIPT, url, name], { encoding: "utf8" });
    return [status, stdout];
  };

  it("pushes to the default tenant and to another", async () => {
    expect(run(worker.url, "auth")).toEqual([0, ""]);
    expect(await held()).toContain('a{instance="",job="auth"} 1');
    expect(await held("/tenant/team-a")).toEqual([]);
    expect(run(`${worker.url}/tenant/team-a`, "auth")).toEqual([0, ""]);
    expect(await held("/tenant/team-a")).toEqual(['a{instance="",job="auth"} 1']);
    expect(run(`${worker.url}/tenant/team-a`, "auth-delete")).toEqual([0, ""]);
    expect(await held("/tenant/team-a")).toEqual([]);
  });

  it("is turned away without, and from tenants that do not exist", () => {
    expect(run(worker.url, "push")).toEqual([1, "401 Unauthorized\n"]);
    expect(run(`${worker.url}/tenant/team-b`, "auth")).toEqual([
      1,
      "404 there is no tenant team-b\n",
    ]);
  });
});

describeWith([prometheus], "Prometheus with a token", () => {
  it("scrapes every tenant", async () => {
    for (const [tenant, value] of [["", 1], ["/tenant/team-a", 2]]) {
      const init = { method: "PUT", body: `scraped ${value}\n`, ...basic };
      expect((await fetch(`${worker.url}${tenant}/metrics/job/x`, init)).status).toBe(200);
    }
    const config = join(folder, "prometheus.yml");
    writeFileSync(config, CONFIG.replaceAll("TARGET", new URL(worker.url).host));
    const server = await startPrometheus(config, join(folder, "data"));
    try {
      expect(await eventually(server, 'scraped{job="x"}', 2)).toEqual([
        [{ __name__: "scraped", job: "x", gateway: "default" }, "1"],
        [{ __name__: "scraped", job: "x", gateway: "team-a" }, "2"],
      ]);
      expect(await eventually(server, 'up{job="pushgateway"} == 1', 2)).toHaveLength(2);
    } finally {
      await server.stop();
    }
  });
});

const CONFIG = `global:
  scrape_interval: 1s
scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    authorization: { credentials: ${TOKEN} }
    static_configs:
      - targets: [TARGET]
        labels: { gateway: default }
  - job_name: pushgateway-of-team-a
    honor_labels: true
    metrics_path: /tenant/team-a/metrics
    authorization: { credentials: ${TOKEN} }
    static_configs:
      - targets: [TARGET]
        labels: { gateway: team-a, job: pushgateway }
`;

/** Asks until there are that many samples; returns their labels and values. */
async function eventually(server: Server, query: string, count: number): Promise<unknown[]> {
  for (let tries = 0; tries < 200; tries++) {
    const response = await fetch(`${server.url}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = await response.json() as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    if (data.result.length === count) {
      return data.result.map(({ metric, value }) => [metric, value[1]]);
    }
    await sleep(100);
  }
  throw new Error(`${query} does not become what it should:\n${server.logs()}`);
}
