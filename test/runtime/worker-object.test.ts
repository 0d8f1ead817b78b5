/**
 * What becomes of a gateway in a Durable Object when it is put away, when the Worker is started anew, and when storage fails. The
 * objects are the shipped ones, with a way to break their storage and to reset them.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { bundle, BUNDLES, ROOT } from "../../scripts/bundle.ts";
import { type RunningWorker, startWorker, type WorkerOptions } from "./workerd.ts";

const SCRIPT = `
  import worker, { NarthexDurableObject as Shipped } from "./src/worker.ts";
  export class NarthexDurableObject extends Shipped {
    constructor(state, env) {
      super(state, env);
      this.state = state;
    }
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const { sql } = this.state.storage;
      if (pathname === "/test/reset") this.state.abort("told to forget everything");
      if (pathname === "/test/break") {
        sql.exec("CREATE TRIGGER broken BEFORE INSERT ON groups BEGIN SELECT RAISE(ABORT, 'told to fail'); END");
        sql.exec("CREATE TRIGGER broken_too BEFORE INSERT ON meta BEGIN SELECT RAISE(ABORT, 'told to fail'); END");
      } else if (pathname === "/test/mend") {
        sql.exec("DROP TRIGGER broken");
        sql.exec("DROP TRIGGER broken_too");
      } else if (pathname === "/test/newer") {
        sql.exec("INSERT INTO meta SELECT 'real_version', value FROM meta WHERE key = 'schema_version'");
        sql.exec("UPDATE meta SET value = '99' WHERE key = 'schema_version'");
      } else if (pathname === "/test/known") {
        sql.exec("UPDATE meta SET value = (SELECT value FROM meta WHERE key = 'real_version') WHERE key = 'schema_version'");
      } else if (pathname === "/test/failures") {
        const query = "SELECT value FROM series WHERE name = 'push_failure_time_seconds'";
        return Response.json(sql.exec(query).toArray().map(({ value }) => value));
      } else if (pathname === "/test/damage") {
        sql.exec("UPDATE groups SET families = json_set(families, '$.damaged', 7)");
      } else return await super.fetch(request);
      return new Response("done");
    }
  }
  export default worker;
`;

const started: RunningWorker[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const worker of started.splice(0)) await worker.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function start(options?: WorkerOptions) {
  const { entryPoints: _, ...shared } = BUNDLES["worker.mjs"];
  const stdin = { contents: SCRIPT, resolveDir: ROOT } as const;
  const worker = await startWorker(await bundle({ ...shared, stdin }), options);
  started.push(worker);
  return {
    worker,
    push: async (path: string, body: string, method = "PUT") =>
      (await fetch(`${worker.url}/metrics/job/${path}`, { method, body })).status,
    get: async (path: string) => await (await fetch(worker.url + path)).text(),
  };
}

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "narthex-worker-"));
  folders.push(folder);
  return folder;
}

/** A scrape without what may differ from one moment to the next: the quantiles of the gateway's own summaries, its storage's size. */
function lasting(scrape: string): string {
  return scrape.split("\n")
    .filter((line) => !/^pushgateway_(?:.*quantile=|persistence_size_bytes)/.test(line))
    .join("\n");
}

/** Pushes some of everything; returns the scrape that shows it. */
async function fill({ push, get }: Awaited<ReturnType<typeof start>>): Promise<string> {
  expect(await push("a/instance/x", '# HELP m Help.\n# TYPE m gauge\nm 1\nm{l="ü"} NaN\n')).toBe(
    200,
  );
  expect(await push("b", '# TYPE h histogram\nh_bucket{le="1"} 2\nh_sum 3\nh_count 4\n')).toBe(200);
  expect(await push("b", "counted_total 0.1\n", "POST")).toBe(200);
  expect(await push("b", "# TYPE m counter\nm 1\n", "POST")).toBe(400);
  expect(await push("gone", "gone 1\n")).toBe(200);
  expect(await push("gone", "", "DELETE")).toBe(202);
  return await get("/metrics");
}

describe("a gateway in a Durable Object", () => {
  it("is there again after a restart, with its times and counts", async () => {
    const folder = createFolder();
    const first = await start({ folder });
    const before = await fill(first);
    expect(before).toContain(
      'pushgateway_http_requests_total{code="200",handler="push",method="put"} 3\n',
    );
    expect(before).toMatch(/^push_failure_time_seconds\{instance="",job="b"\} 1\.\d+e\+09$/m);
    // The failure time of a refused push is stored a little later.
    await expect.poll(() => first.get("/test/failures"), { timeout: 10_000 }).toMatch(/[1-9]/);
    await first.worker.stop();
    const second = await start({ folder });
    expect(lasting(await second.get("/metrics"))).toBe(lasting(before));
    expect(await second.push("c", "c 1\n")).toBe(200);
    expect(await second.get("/metrics"))
      .toContain('pushgateway_http_requests_total{code="200",handler="push",method="put"} 4\n');
  });

  it("is there again after a reset, every acknowledged push in it", async () => {
    const { worker, push, get } = await start();
    for (let round = 1; round <= 5; round++) {
      for (let i = 0; i < 10; i++) expect(await push(`j${i}`, `v ${round}\n`)).toBe(200);
      const before = await get("/metrics");
      expect((await fetch(`${worker.url}/test/reset`)).status).toBe(500);
      expect(lasting(await get("/metrics"))).toBe(lasting(before));
    }
    expect(worker.logs().match(/stored metrics are loaded/g)?.length).toBe(6);
  });

  it("has everything that was acknowledged when it is killed while pushes come", async () => {
    const folder = createFolder();
    for (let round = 1; round <= 4; round++) {
      const { worker, push } = await start({ folder });
      const acknowledged = [0, 0, 0, 0];
      let isOver = false;
      const clients = acknowledged.map(async (_, client) => {
        for (let value = 1; !isOver; value++) {
          const status = await push(`j${client}`, `v ${round * 1e6 + value}\n`).catch(() => 0);
          if (status !== 200) return;
          acknowledged[client] = round * 1e6 + value;
        }
      });
      const enough = round * 1e6 + 5 * round;
      await vi.waitUntil(() => acknowledged.every((last) => last >= enough), 30_000);
      // miniflare ends workerd with SIGKILL.
      await worker.stop();
      isOver = true;
      await Promise.all(clients);
      const again = await start({ folder });
      const scrape = await again.get("/metrics");
      for (const [client, last] of acknowledged.entries()) {
        const line = new RegExp(`^v\\{instance="",job="j${client}"\\} (.*)$`, "m");
        const held = Number(line.exec(scrape)?.[1]);
        // The push that was under way may be there or not.
        expect([last, last + 1]).toContain(held);
      }
      await again.worker.stop();
    }
  });

  it("is put away when nobody asks for it, and wakes with everything", async () => {
    const gateway = await start();
    const before = await fill(gateway);
    const startTime = async () => JSON.parse(await gateway.get("/api/v1/status")).data.start_time;
    const first = await startTime();
    // workerd puts an object away after ten seconds, if nothing such as a timer keeps it; to look is to begin anew.
    for (let tries = 0; tries < 3 && await startTime() === first; tries++) await sleep(12_000);
    expect(await startTime()).not.toBe(first);
    // The look at the status before the eviction changed nothing and was not stored.
    const isStatus = /^pushgateway_http_requests_total\{code="200",handler="api\/v1\/status".*\n/m;
    expect(lasting(await gateway.get("/metrics")).replace(isStatus, "")).toBe(lasting(before));
  });

  it("answers 503 while storage fails, keeps what it has, and recovers by itself", async () => {
    const { worker, push, get } = await start();
    expect(await push("a", "a 1\n")).toBe(200);
    await get("/test/break");
    const refused = await fetch(`${worker.url}/metrics/job/a`, { method: "PUT", body: "a 2\n" });
    expect([refused.status, await refused.text()]).toEqual([
      503,
      expect.stringMatching(/^cannot store the change, nothing was changed: .*told to fail/),
    ]);
    expect(await push("b", "b 1\n")).toBe(503);
    const during = await get("/metrics");
    expect(during).toContain('a{instance="",job="a"} 1\n');
    expect(during).not.toContain('job="b"');
    expect(during).toContain("pushgateway_persistence_healthy 0\n");
    expect(await get("/-/ready")).toBe("OK");
    await get("/test/mend");
    await expect.poll(() => get("/metrics"), { timeout: 10_000 })
      .toContain("pushgateway_persistence_healthy 1\n");
    expect(await push("b", "b 1\n")).toBe(200);
  });

  it("answers 503 with the reason while it cannot load, and tries again", async () => {
    const { worker, push, get } = await start();
    expect(await push("a", "a 1\n")).toBe(200);
    await get("/test/newer");
    await fetch(`${worker.url}/test/reset`);
    for (const _ of [1, 2]) {
      const refused = await fetch(`${worker.url}/metrics/job/b`, { method: "PUT", body: "b 1\n" });
      expect([refused.status, await refused.text()]).toEqual([
        503,
        expect.stringMatching(
          /^cannot load what is stored: Durable Object storage has schema version 99/,
        ),
      ]);
    }
    await get("/test/known");
    expect(await push("b", "b 1\n")).toBe(200);
    expect(await get("/metrics")).toContain('a{instance="",job="a"} 1\n');
  });

  it("leaves out and logs what is damaged", async () => {
    const { worker, push, get } = await start();
    expect(await push("a", "damaged 1\nsound 1\n")).toBe(200);
    await get("/test/damage");
    await fetch(`${worker.url}/test/reset`);
    const scrape = await get("/metrics");
    expect(scrape).toContain('sound{instance="",job="a"} 1\n');
    expect(scrape).not.toContain("damaged");
    expect(worker.logs()).toMatch(/a stored family cannot be read and is left out.*damaged/);
  });
});
