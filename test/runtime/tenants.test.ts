/** Tenants try to see, change and exhaust each other, against the shipped Worker in workerd. */

import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { get, post, put, remove, send } from "./http/client.ts";
import { type RunningWorker, shippedWorker, startWorker } from "./workerd.ts";

const TENANTS = ["", "/tenant/team-a", "/tenant/team-b"] as const;
const FLAGS = "--web.enable-admin-api --store.max-groups=3 --store.max-series=40 " +
  "--store.max-size=20000 --push.max-body-size=64KiB";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("tenants", () => {
  let worker: RunningWorker;
  const gateway = () => ({ ...worker, runtime: "workerd", rawPathVisible: false }) as const;
  const ask = (outgoing: Parameters<typeof send>[1]) => send(gateway(), outgoing);
  /** What each tenant exposes of what was pushed. */
  const exposed = async () =>
    await Promise.all(TENANTS.map(async (tenant) => {
      const { text } = await ask(get(`${tenant}/metrics`));
      return text.split("\n").filter((line) => /^[a-z]+\{.*job=/.test(line));
    }));

  beforeAll(async () => {
    worker = await startWorker(await shippedWorker(), {
      variables: { NARTHEX_OPEN: "true", NARTHEX_TENANTS: "team-a team-b", NARTHEX_FLAGS: FLAGS },
    });
  });
  afterAll(() => worker?.stop());
  beforeEach(async () => {
    for (const tenant of TENANTS) {
      expect((await ask(put(`${tenant}/api/v1/admin/wipe`))).status).toBe(202);
    }
  });

  it("see only what is theirs", async () => {
    for (const tenant of TENANTS) {
      expect((await ask(put(`${tenant}/metrics/job/x`, `of{who="${tenant}"} 1\n`))).status).toBe(
        200,
      );
    }
    const [none, a, b] = TENANTS.map((who) => [`of{instance="",job="x",who="${who}"} 1`]);
    expect(await exposed()).toEqual([none, a, b]);
    for (const path of ["/", "/status", "/api/v1/metrics", "/metrics?name[]=of"]) {
      const { text } = await ask(get(`/tenant/team-a${path}`));
      expect(text).not.toContain("team-b");
    }
  });

  it("may give one name different types", async () => {
    expect((await ask(put("/tenant/team-a/metrics/job/x", "# TYPE m gauge\nm 1\n"))).status)
      .toBe(200);
    expect((await ask(put("/tenant/team-b/metrics/job/x", "# TYPE m counter\nm 2\n"))).status)
      .toBe(200);
    expect((await ask(put("/metrics/job/x", "# TYPE m untyped\nm 3\n"))).status).toBe(200);
  });

  it("cannot overwrite, delete or wipe what is another's", async () => {
    for (const tenant of TENANTS) await ask(put(`${tenant}/metrics/job/x`, "m 1\n"));
    const before = await exposed();
    await ask(put("/tenant/team-a/metrics/job/x", "m 2\n"));
    await ask(post("/tenant/team-a/metrics/job/x", "n 2\n"));
    await ask(remove("/tenant/team-a/metrics/job/x"));
    await ask(put("/tenant/team-a/api/v1/admin/wipe"));
    expect(await exposed()).toEqual([before[0], [], before[2]]);
  });

  it.each([
    "/tenant/team-a/%2e%2e%2fteam-b/metrics/job/x",
    "/tenant/team-a//tenant/team-b/metrics/job/x",
    "/tenant/team-a/tenant/team-b/metrics/job/x",
    "/tenant/team-a/metrics/job/x/../../../../../tenant%2fteam-b/metrics/job/x",
    "/tenant//team-b/metrics/job/x",
    "/tenant/TEAM-B/metrics/job/x",
    "/tenant/team%2Db/metrics/job/x",
    "/tenant/team-b%00/metrics/job/x",
    "/Tenant/team-b/metrics/job/x",
    "/tenant/team-c/metrics/job/x",
  ])("do not lead into each other by %s", async (path) => {
    await ask(put("/tenant/team-b/metrics/job/x", "m 1\n"));
    const headers = { "Narthex-Tenant": "team-b", "X-Forwarded-Host": "team-b.push.example.com" };
    const { status } = await ask(put(path, "m 2\n", headers));
    expect(status).toBeGreaterThanOrEqual(400);
    expect((await exposed())[2]).toEqual(['m{instance="",job="x"} 1']);
  });

  it("have limits of their own for groups, series and size", async () => {
    const full = async (path: string, body: string) => {
      const { status, text } = await ask(put(`/tenant/team-a${path}`, body));
      expect([status, text]).toEqual([507, expect.stringMatching(/^the gateway would hold more/)]);
    };
    for (const job of [1, 2, 3]) {
      expect((await ask(put(`/tenant/team-a/metrics/job/${job}`, "m 1\n"))).status).toBe(200);
    }
    await full("/metrics/job/4", "m 1\n");
    await full("/metrics/job/1", Array.from({ length: 50 }, (_, i) => `m{n="${i}"} 1\n`).join(""));
    await full("/metrics/job/1", `m{l="${"x".repeat(30_000)}"} 1\n`);
    expect((await ask(put("/tenant/team-a/metrics/job/1", "x".repeat(70_000)))).status).toBe(413);
    const [, a] = await exposed();
    expect(a).toEqual([1, 2, 3].map((job) => `m{instance="",job="${job}"} 1`));
    for (const job of [1, 2, 3]) {
      expect((await ask(put(`/tenant/team-b/metrics/job/${job}`, "m 1\n"))).status).toBe(200);
    }
    expect((await ask(remove("/tenant/team-a/metrics/job/3"))).status).toBe(202);
    expect((await ask(put("/tenant/team-a/metrics/job/4", "m 1\n"))).status).toBe(200);
  });

  it("do not wait for each other's slow pushes", async () => {
    let finish = (): void => {};
    const gate = new Promise<void>((resolve) => finish = resolve);
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode("slow 1\n"));
        await gate;
        controller.close();
      },
    });
    const init = { method: "PUT", body, duplex: "half" } as RequestInit;
    const slow = fetch(`${worker.url}/tenant/team-a/metrics/job/slow`, init);
    expect((await ask(put("/tenant/team-b/metrics/job/x", "m 1\n"))).status).toBe(200);
    expect((await ask(put("/tenant/team-a/metrics/job/x", "m 1\n"))).status).toBe(200);
    finish();
    expect((await slow).status).toBe(200);
  });
});

describe("tenants with accounts", () => {
  let worker: RunningWorker;
  beforeAll(async () => {
    worker = await startWorker(await shippedWorker(), {
      variables: {
        NARTHEX_TENANTS: "*",
        NARTHEX_WEB_CONFIG: JSON.stringify({
          bearer_tokens: { a: `sha256:${sha256("of-a")}`, b: `sha256:${sha256("of-b")}` },
          permissions: { a: { tenants: ["team-a"] }, b: { tenants: ["team-b", "default"] } },
        }),
      },
    });
  });
  afterAll(() => worker?.stop());

  it("cannot be entered with another's token, nor made by somebody who may not", async () => {
    const status = async (path: string, token: string) => {
      const headers = { Authorization: `Bearer ${token}` };
      return (await fetch(worker.url + path, { method: "PUT", body: "m 1\n", headers })).status;
    };
    expect(await status("/tenant/team-a/metrics/job/x", "of-a")).toBe(200);
    expect(await status("/tenant/team-b/metrics/job/x", "of-b")).toBe(200);
    expect(await status("/metrics/job/x", "of-b")).toBe(200);
    expect(await status("/tenant/team-b/metrics/job/x", "of-a")).toBe(403);
    expect(await status("/metrics/job/x", "of-a")).toBe(403);
    expect(await status("/tenant/new/metrics/job/x", "of-a")).toBe(403);
    expect(await status("/tenant/team-a/metrics/job/x", "of-c")).toBe(401);
    expect(worker.logs().match(/stored metrics are loaded/g)?.length).toBe(3);
    expect(worker.logs()).not.toContain("of-");
  });
});
