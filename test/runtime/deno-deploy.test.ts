/** The gateway on Deno Deploy: how it opens its store again and again, and its entry as a process of the real Deno. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createNullLogger } from "../../src/log/create-logger.ts";
import { createBuildInfo } from "../../src/model/build-info.ts";
import { PersistenceError } from "../../src/persist/adapter.ts";
import { createDeployGateway } from "../../src/runtime/deno-deploy.ts";
import {
  DENO_DEPLOY,
  type EdgeVariables,
  readEdgeSettings,
  SettingError,
} from "../../src/runtime/edge-settings.ts";
import { createMemoryAdapter, type MemoryStore } from "../contract/memory-adapter.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { bin } from "./artifacts.ts";
import { get, send } from "./http/client.ts";
import { type GatewayProcess, spawnGateway } from "./spawn.ts";

function createGateway(variables: EdgeVariables = { NARTHEX_OPEN: "true" }) {
  const clock = createFakeClock();
  const store: MemoryStore = new Map();
  const open = vi.fn(() => Promise.resolve(createMemoryAdapter({ store })));
  const settings = readEdgeSettings(variables, DENO_DEPLOY);
  const error = vi.fn();
  const gateway = createDeployGateway(settings, {
    open,
    clock,
    logger: { ...createNullLogger(), error },
    build: createBuildInfo({ runtime: "deno", platform: "x" }),
  });
  const ask = async (path: string, init?: RequestInit) => {
    const response = await gateway.fetch(new Request(`http://localhost${path}`, init), {});
    return { status: response.status, text: await response.text() };
  };
  return { ask, open, clock, store, error, gateway };
}

const PUSH = { method: "PUT", body: "m 1\n" };

describe("createDeployGateway", () => {
  it("serves over the store that it opens", async () => {
    const { ask, open } = createGateway();
    expect(await ask("/metrics/job/a", PUSH)).toEqual({ status: 200, text: "" });
    expect((await ask("/metrics")).text).toContain('m{instance="",job="a"} 1\n');
    expect(open).toHaveBeenCalledTimes(1);
  });

  it("is closed unless somebody is let in", async () => {
    const { ask } = createGateway({});
    expect((await ask("/metrics")).status).toBe(403);
    expect((await ask("/metrics/job/a", PUSH)).status).toBe(403);
    expect((await ask("/-/healthy")).status).toBe(200);
  });

  it("leaves a store that works alone", async () => {
    const { ask, open, clock, error } = createGateway();
    expect((await ask("/metrics")).status).toBe(200);
    clock.advance(60_000);
    expect((await ask("/metrics")).status).toBe(200);
    expect(open).toHaveBeenCalledTimes(1);
    expect(error).not.toHaveBeenCalled();
  });

  it("answers 503 while another instance owns the store, and takes over", async () => {
    const clock = createFakeClock();
    const open = vi.fn(() => Promise.resolve(createMemoryAdapter()));
    open.mockRejectedValueOnce(new PersistenceError("failed", "it belongs to another"));
    const gateway = createDeployGateway(readEdgeSettings({ NARTHEX_OPEN: "true" }, DENO_DEPLOY), {
      open,
      clock,
      logger: createNullLogger(),
      build: createBuildInfo({ runtime: "deno", platform: "x" }),
    });
    const ask = async () => {
      const response = await gateway.fetch(new Request("http://localhost/metrics"), {});
      return [response.status, await response.text()];
    };
    const refused = [503, "cannot load what is stored: it belongs to another\n"];
    expect(await ask()).toEqual(refused);
    clock.advance(1_999);
    expect(await ask()).toEqual(refused);
    expect(open).toHaveBeenCalledTimes(1);
    clock.advance(1);
    expect((await ask())[0]).toBe(200);
    expect(open).toHaveBeenCalledTimes(2);
  });

  it("opens the store again once it was lost, and shows what others have stored", async () => {
    const clock = createFakeClock();
    const store: MemoryStore = new Map();
    const adapters: ReturnType<typeof createMemoryAdapter>[] = [];
    const open = () => {
      const adapter = createMemoryAdapter({ store });
      adapters.push(adapter);
      return Promise.resolve(adapter);
    };
    const gateway = createDeployGateway(readEdgeSettings({ NARTHEX_OPEN: "true" }, DENO_DEPLOY), {
      open,
      clock,
      logger: createNullLogger(),
      build: createBuildInfo({ runtime: "deno", platform: "x" }),
    });
    const push = async (job: string) => {
      const request = new Request(`http://localhost/metrics/job/${job}`, PUSH);
      return (await gateway.fetch(request, {})).status;
    };
    expect(await push("a")).toBe(200);
    const trouble = { error: new PersistenceError("lost", "it belongs to another") };
    if (adapters[0]) adapters[0].trouble = trouble;
    expect(await push("b")).toBe(503);
    const family = {
      type: "untyped",
      help: "",
      pushed_at: 1,
      series: [['instance="",job="o"', 5]],
    };
    store.set("other", { group: 'job="o"', name: "m", text: JSON.stringify(family) });
    clock.advance(2_000);
    const scrape = await (await gateway.fetch(new Request("http://localhost/metrics"), {})).text();
    expect(scrape).toContain('m{instance="",job="a"} 1\nm{instance="",job="o"} 5\n');
    expect(await push("b")).toBe(200);
    expect(adapters.length).toBe(2);
  });

  it("has no tenants", () => {
    for (const variable of ["NARTHEX_TENANTS", "NARTHEX_TENANT_HOST"]) {
      const read = () => readEdgeSettings({ [variable]: "a.b" }, DENO_DEPLOY);
      expect(read).toThrow(SettingError);
      expect(read).toThrow("there are no tenants on Deno Deploy, where a gateway is one");
    }
    expect(() => readEdgeSettings({ NARTHEX_FLAGS: "--persistence.file=x" }, DENO_DEPLOY))
      .toThrow("--persistence.file makes no sense on Deno Deploy: everything is stored in Deno KV");
  });
});

describe("the entry for Deno Deploy", () => {
  let folder: string;
  const running: GatewayProcess[] = [];
  beforeAll(() => folder = mkdtempSync(join(tmpdir(), "narthex-deploy-")));
  afterEach(async () => {
    for (const instance of running.splice(0)) {
      instance.kill("SIGKILL");
      await instance.exit;
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Starts an instance over one store. */
  async function start(...variables: readonly string[]): Promise<{
    instance: GatewayProcess;
    url: string;
  }> {
    const command = [bin("deno"), "run", "-A", "--unstable-kv", "src/deploy.ts"];
    const instance = spawnGateway([
      ...["sh", "-c", 'exec "$0" "$@" >&2', "env", `DENO_DIR=${folder}`],
      ...["DENO_SERVE_ADDRESS=tcp:127.0.0.1:0", "NO_COLOR=1", ...variables],
      ...command,
    ]);
    running.push(instance);
    const [, url = ""] = await instance.waitFor(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
    return { instance, url };
  }

  it("is one instance: a second one is refused until the first is gone, then has everything", async () => {
    const first = await start("NARTHEX_OPEN=true");
    expect((await fetch(`${first.url}/metrics/job/a`, PUSH)).status).toBe(200);
    const second = await start("NARTHEX_OPEN=true");
    const refused = await fetch(`${second.url}/metrics`);
    expect([refused.status, await refused.text()]).toEqual([
      503,
      expect.stringMatching(/^cannot load what is stored: .*KV.* is in use by/),
    ]);
    expect((await fetch(`${first.url}/metrics`)).status).toBe(200);
    first.instance.kill("SIGTERM");
    expect(await first.instance.exit).toEqual({ code: 0, signal: null });
    const scrape = async () => await (await fetch(`${second.url}/metrics`)).text();
    await expect.poll(scrape, { timeout: 20_000 }).toContain('m{instance="",job="a"} 1\n');
    expect((await fetch(`${second.url}/metrics/job/b`, PUSH)).status).toBe(200);
  });

  it("takes any Host, as the gateway does elsewhere", async () => {
    const { url, instance } = await start("NARTHEX_OPEN=true");
    const gateway = { url, runtime: "deno", rawPathVisible: true, logs: instance.stderr } as const;
    for (const Host of ["[", "a b", "a:99999999", "\xe4"]) {
      const { status, text } = await send(gateway, get("/metrics", { Host }));
      expect([Host, status, text]).toEqual([Host, 200, expect.stringContaining("pushgateway_")]);
    }
    expect(instance.stderr()).not.toContain("request failed");
  });

  it("is closed without settings and says what is wrong with bad ones in its log alone", async () => {
    const closed = await start();
    expect((await fetch(`${closed.url}/metrics`)).status).toBe(403);
    closed.instance.kill("SIGKILL");
    await closed.instance.exit;
    const bad = await start("NARTHEX_WEB_CONFIG=basic_auth_users: { a: hunter2 }");
    const response = await fetch(`${bad.url}/metrics`);
    expect([response.status, await response.text()]).toEqual([
      503,
      "NARTHEX_WEB_CONFIG cannot be used; the log says why\n",
    ]);
    expect(bad.instance.stderr()).toContain("basic_auth_users.a: expected a bcrypt hash");
    expect(bad.instance.stderr()).not.toContain("hunter2");
  });
});

describe("deno task", () => {
  let folder: string;
  let gateway: GatewayProcess | undefined;
  beforeAll(() => folder = mkdtempSync(join(tmpdir(), "narthex-task-")));
  afterEach(async () => {
    gateway?.kill("SIGTERM");
    await gateway?.exit;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const runTask = (...args: readonly string[]) =>
    gateway = spawnGateway([
      ...["sh", "-c", 'exec "$0" "$@" >&2', "env", `DENO_DIR=${folder}`, "NO_COLOR=1"],
      ...["DENO_SERVE_ADDRESS=tcp:127.0.0.1:0", "NARTHEX_OPEN=true"],
      ...[bin("deno"), "task", ...args],
    ]);

  it.each([
    ["start", "--web.listen-address=127.0.0.1:0"],
    ["start:kv", "--web.listen-address=127.0.0.1:0"],
    ["start:deploy"],
  ])("%s serves", async (...args) => {
    const pattern = /(?:Listening on http:\/\/|"Listening on" address=)(127\.0\.0\.1:\d+)/;
    const [, address] = await runTask(...args).waitFor(pattern);
    const url = `http://${address}`;
    expect((await fetch(`${url}/metrics/job/a`, PUSH)).status).toBe(200);
    const scrape = await (await fetch(`${url}/metrics`)).text();
    expect(scrape).toContain('m{instance="",job="a"} 1\n');
    expect(scrape.includes("pushgateway_persistence_healthy 1\n")).toBe(args[0] !== "start");
  });
});
