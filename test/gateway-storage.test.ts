/** A gateway with storage: loading, storing, storage in trouble, restarting. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Gateway } from "../src/gateway.ts";
import { type PersistenceAdapter, PersistenceError } from "../src/persist/adapter.ts";
import { createMemoryAdapter, type MemoryStore } from "./contract/memory-adapter.ts";
import { scrape, send, setUp } from "./gateway-bench.ts";
import { anyWriteOrWipe } from "./store/random-writes.ts";
import { pushedPart, textOf } from "./store/scraped.ts";
import { runs } from "./support/runs.ts";

const history = fc.array(anyWriteOrWipe, { minLength: 1, maxLength: 80, size: "max" });

/** The lines of a scrape about storage, without the beginning that all have, and without a summary's quantiles. */
function storageLines(text: string): string[] {
  return text.split("\n").filter((line) => /^pushgateway_persistence_(?!.*quantile)/.test(line))
    .map((line) => line.replace("pushgateway_persistence_", ""));
}

/** What the times of the own metrics do not change. */
function withoutOwn(text: string): string {
  return textOf(pushedPart(text));
}

describe("a gateway with storage", () => {
  const REQUESTS = [
    ["PUT", "/metrics/job/a", "x 1\n"],
    ["POST", "/metrics/job/a", "x 2\n"],
    ["DELETE", "/metrics/job/a", undefined],
    ["PUT", "/api/v1/admin/wipe", undefined],
  ] as const;
  const PROBES = ["/-/healthy", "/-/ready"];

  async function statuses(gateway: Gateway, paths = PROBES): Promise<number[]> {
    const responses = await Promise.all(paths.map((path) => send(gateway, "GET", path)));
    return responses.map(({ status }) => status);
  }

  it.each(["", "/prefix"])(
    "lets requests wait until everything is loaded, but not the probes (prefix %j)",
    async (routePrefix) => {
      const store: MemoryStore = new Map();
      const first = setUp({ persistence: () => Promise.resolve(createMemoryAdapter({ store })) });
      await send(first.gateway, "PUT", "/metrics/job/a", "x 1\n");
      await first.gateway.close();
      let open = (): void => {};
      const opened = new Promise<PersistenceAdapter>((resolve) => {
        open = () => resolve(createMemoryAdapter({ store }));
      });
      const { gateway } = setUp({ persistence: () => opened, routePrefix, enableLifecycle: true });
      const at = (path: string) => routePrefix + path;
      const answered: string[] = [];
      const waiting = ([
        ["GET", "/metrics", undefined],
        ["GET", "/api/v1/metrics", undefined],
        ["GET", "/", undefined],
        ["PUT", "/metrics/job/b", "# TYPE x counter\nx 1\n"],
        ["POST", "/metrics/job/c", "y 1\n"],
      ] as const).map(async ([method, path, body]) => {
        const response = await send(gateway, method, at(path), body);
        answered.push(path);
        return [response.status, await response.text()] as const;
      });
      expect(await statuses(gateway, PROBES.map(at))).toEqual([200, 503]);
      const unready = await send(gateway, "GET", at("/-/ready"));
      expect(await unready.text()).toBe("stored metrics are still being loaded\n");
      expect((await send(gateway, "PUT", at("/-/quit"))).status).toBe(200);
      expect(answered).toEqual([]);
      open();
      await gateway.ready;
      const [scraped, api, page, refused, accepted] = await Promise.all(waiting);
      expect(scraped?.[1]).toContain('\nx{instance="",job="a"} 1\n');
      expect([api?.[0], page?.[0], accepted?.[0]]).toEqual([200, 200, 200]);
      // Checked against what was loaded.
      expect(refused).toEqual([400, expect.stringContaining("is not a UNTYPED")]);
      expect(await statuses(gateway, PROBES.map(at))).toEqual([200, 200]);
    },
  );

  it("answers 503 and why when nothing can be loaded; it is alive, but not ready", async () => {
    const error = new PersistenceError("failed", "file /x: permission denied");
    const { gateway } = setUp({ persistence: () => Promise.reject(error) });
    await expect(gateway.ready).rejects.toBe(error);
    for (const [method, path, body] of [...REQUESTS, ["GET", "/metrics", undefined] as const]) {
      const response = await send(gateway, method, path, body);
      expect([response.status, await response.text()])
        .toEqual([503, "cannot load what is stored: file /x: permission denied\n"]);
      expect(response.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
      expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    }
    expect(await statuses(gateway)).toEqual([200, 503]);
    await gateway.close();
  });

  it("reads the bodies of requests that it cannot answer", async () => {
    const { gateway } = setUp({ persistence: () => Promise.reject(new Error("no")) });
    const request = new Request("http://gateway/metrics/job/a", { method: "PUT", body: "x 1\n" });
    expect((await gateway.fetch(request)).status).toBe(503);
    expect(request.bodyUsed).toBe(true);
  });

  it("answers changes with 503 and why while they cannot be stored, and everything else as ever", async () => {
    const adapter = createMemoryAdapter();
    const { gateway, clock, logged } = setUp({ persistence: () => Promise.resolve(adapter) });
    await gateway.ready;
    expect((await send(gateway, "PUT", "/metrics/job/a", "x 1\n")).status).toBe(200);
    const before = withoutOwn(await scrape(gateway));
    adapter.trouble = { error: new PersistenceError("failed", "file /x: disk is full") };
    for (const [method, path, body] of REQUESTS) {
      const response = await send(gateway, method, path, body);
      expect([response.status, await response.text()]).toEqual([
        503,
        "cannot store the change, nothing was changed: file /x: disk is full\n",
      ]);
      expect(response.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
      expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    }
    expect(await statuses(gateway)).toEqual([200, 200]);
    const during = await scrape(gateway);
    expect(withoutOwn(during)).toBe(before);
    expect(storageLines(during)).toEqual(expect.arrayContaining(["healthy 0", "errors_total 4"]));
    expect(during).toContain(
      'pushgateway_http_requests_total{code="503",handler="push",method="put"} 1\n',
    );
    expect((await send(gateway, "PUT", "/metrics/job/a", "x 1 1\n")).status).toBe(400);
    expect((await send(gateway, "DELETE", "/metrics/job/none")).status).toBe(202);
    adapter.trouble = undefined;
    clock.advance(1000);
    expect(storageLines(await scrape(gateway))).toContain("healthy 1");
    for (const [method, path, body] of REQUESTS) {
      expect((await send(gateway, method, path, body)).status).toBe(
        path.includes("api") ? 202 : method === "DELETE" ? 202 : 200,
      );
    }
    expect(logged.filter(({ level, msg }) => level === "error" && msg !== "push refused"))
      .toMatchObject([{ msg: expect.stringMatching(/^cannot store/) }]);
  });

  it("tells of its storage", async () => {
    const adapter = { ...createMemoryAdapter(), size: () => 4096 };
    const { gateway, clock } = setUp({
      persistence: () => Promise.resolve(adapter),
      defer: (work) => {
        clock.stall(250);
        work();
      },
    });
    await gateway.ready;
    expect(storageLines(await scrape(gateway))).toEqual([
      "commit_duration_seconds_sum 0",
      "commit_duration_seconds_count 0",
      "errors_total 0",
      "groups 0",
      "healthy 1",
      "size_bytes 4096",
      "written_bytes_total 0",
    ]);
    await send(gateway, "PUT", "/metrics/job/a", "x 1\n");
    await send(gateway, "PUT", "/metrics/job/b", "x 1\n");
    const texts = adapter.batches.flatMap(({ records }) => records.map(({ text }) => text ?? ""));
    expect(storageLines(await scrape(gateway))).toEqual([
      "commit_duration_seconds_sum 0",
      "commit_duration_seconds_count 2",
      "errors_total 0",
      "groups 2",
      "healthy 1",
      "size_bytes 4096",
      `written_bytes_total ${texts.join("").length}`,
    ]);
  });

  it("refuses pushes that contradict the families about its storage", async () => {
    const { gateway } = setUp({ persistence: () => Promise.resolve(createMemoryAdapter()) });
    const body =
      "# TYPE pushgateway_persistence_healthy counter\npushgateway_persistence_healthy 1\n";
    expect((await send(gateway, "PUT", "/metrics/job/a", body)).status).toBe(400);
    expect((await send(setUp().gateway, "PUT", "/metrics/job/a", body)).status).toBe(200);
  });

  it("stores together what is pushed together", async () => {
    const adapter = createMemoryAdapter();
    const { gateway } = setUp({
      persistence: () => Promise.resolve(adapter),
      defer: (work) => void setImmediate(work),
    });
    await gateway.ready;
    const pushes = Array.from(
      { length: 20 },
      (_, i) => send(gateway, "PUT", `/metrics/job/j${i}`, `x ${i}\n`),
    );
    for (const response of await Promise.all(pushes)) expect(response.status).toBe(200);
    expect(adapter.batches.length).toBeLessThan(10);
    expect(adapter.batches.flatMap(({ records }) => records)).toHaveLength(20);
  });

  it("says when its storage is lost", async () => {
    const adapter = createMemoryAdapter();
    const lost: PersistenceError[] = [];
    const { gateway } = setUp({
      persistence: () => Promise.resolve(adapter),
      onStorageLost: (error) => lost.push(error),
    });
    await gateway.ready;
    adapter.trouble = { error: new PersistenceError("lost", "somebody else has it") };
    expect((await send(gateway, "PUT", "/metrics/job/a", "x 1\n")).status).toBe(503);
    expect((await send(gateway, "PUT", "/metrics/job/a", "x 1\n")).status).toBe(503);
    expect(lost).toEqual([adapter.trouble.error]);
    expect((await send(gateway, "GET", "/metrics")).status).toBe(200);
    await gateway.close();
  });

  it("exposes after a restart what it exposed before, after any history", async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.boolean(), async (writes, checkConsistency) => {
        const store: MemoryStore = new Map();
        const persistence = () => Promise.resolve(createMemoryAdapter({ store }));
        const bench = setUp({ persistence, checkConsistency });
        for (const write of writes) {
          bench.clock.advance(1500);
          if (write.kind === "wipe") await send(bench.gateway, "PUT", "/api/v1/admin/wipe");
          else if (write.kind === "delete") await send(bench.gateway, "DELETE", write.path);
          else if (write.kind === "malformed") {
            await send(bench.gateway, "POST", write.path, write.body);
          } else await send(bench.gateway, write.push.method, write.path, write.body);
        }
        // With the check disabled what collides with an own family is left out once that is there, from the first push on.
        expect((await send(bench.gateway, "PUT", "/metrics/job/a", "x")).status).toBe(400);
        const before = withoutOwn(await scrape(bench.gateway));
        await bench.gateway.close();
        const again = setUp({ persistence, checkConsistency });
        expect((await send(again.gateway, "PUT", "/metrics/job/a", "x")).status).toBe(400);
        expect(withoutOwn(await scrape(again.gateway))).toBe(before);
        await again.gateway.close();
      }),
      { numRuns: runs(60) },
    );
  });
});
