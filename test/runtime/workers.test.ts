/** The Worker: what hands requests to the Durable Object, the object itself, and the shipped bundle in workerd. */

import type { DurableObjectId, DurableObjectState } from "@cloudflare/workers-types";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createNullLogger } from "../../src/log/create-logger.ts";
import { defaultOptions } from "../../src/runtime/default-options.ts";
import {
  createGatewayObjectClass,
  fetchFromGateway,
  type GatewayObject,
  type WorkerEnv,
  workerOptions,
} from "../../src/runtime/workers.ts";
import { type RunningWorker, shippedWorker, startWorker } from "./workerd.ts";

const STATE = {} as DurableObjectState;

/** A namespace whose objects are all `object`. */
function envWith(object: GatewayObject): WorkerEnv & { readonly names: string[] } {
  const names: string[] = [];
  const idFromName = (name: string): DurableObjectId => {
    names.push(name);
    return { name } as DurableObjectId;
  };
  return { NARTHEX: { idFromName, get: () => object }, names };
}

describe("fetchFromGateway", () => {
  it("asks one object, whatever the request", async () => {
    const env = envWith({ fetch: (request) => Promise.resolve(new Response(request.url)) });
    for (const url of ["http://a/metrics", "http://b/metrics/job/x"]) {
      expect(await (await fetchFromGateway(new Request(url), env)).text()).toBe(url);
    }
    expect(new Set(env.names)).toEqual(new Set(["narthex"]));
  });

  it("answers with 500 in plain text when the object cannot be reached", async () => {
    const log = vi.spyOn(console, "log").mockReturnValue();
    const env = envWith({ fetch: () => Promise.reject(new Error("object was reset")) });
    const response = await fetchFromGateway(new Request("http://a/metrics"), env);
    expect([response.status, await response.text()]).toEqual([500, "internal server error\n"]);
    const [line] = log.mock.calls[0] ?? [];
    expect(JSON.parse(line)).toMatchObject({ level: "error", msg: "request failed" });
    log.mockRestore();
  });
});

describe("createGatewayObjectClass", () => {
  it("makes objects that are gateways of their own", async () => {
    const Gateway = createGatewayObjectClass(() => ({ ...defaultOptions(), telemetryPath: "/m" }));
    const [first, second] = [1, 2].map(() => new Gateway(STATE, envWith({ fetch: vi.fn() })));
    const push = { method: "PUT", body: "some_metric 3.14\n" };
    await first?.fetch(new Request("http://gateway/metrics/job/a", push));
    const scrape = async (gateway?: GatewayObject): Promise<string | undefined> =>
      await (await gateway?.fetch(new Request("http://gateway/m")))?.text();
    expect(await scrape(first)).toContain('some_metric{instance="",job="a"} 3.14\n');
    expect(await scrape(second)).not.toContain("some_metric");
  });

  it("knows a client by the address that Cloudflare tells", async () => {
    const info = vi.fn();
    const Gateway = createGatewayObjectClass(() => ({
      ...defaultOptions(),
      enableAdminApi: true,
      logger: { ...createNullLogger(), info },
    }));
    const headers = { "CF-Connecting-IP": "192.0.2.1" };
    await new Gateway(STATE, envWith({ fetch: vi.fn() })).fetch(
      new Request("http://gateway/api/v1/admin/wipe", { method: "PUT", headers }),
    );
    expect(info).toHaveBeenCalledWith(expect.any(String), { source: "192.0.2.1" });
  });
});

describe("workerOptions", () => {
  it("leaves compression to Workers, which would do it again", () => {
    const bytes = new Uint8Array([1, 2, 3]);
    expect(workerOptions().gzip?.(bytes)).toBe(bytes);
  });
});

describe("the shipped Worker", () => {
  let worker: RunningWorker;
  beforeAll(async () => {
    worker = await startWorker(await shippedWorker());
  });
  afterAll(() => worker?.stop());

  it("keeps what is pushed and compresses it once", async () => {
    const push = { method: "PUT", body: "some_metric 3.14\n" };
    expect((await fetch(`${worker.url}/metrics/job/a`, push)).status).toBe(200);
    for (const encoding of ["gzip", "identity"]) {
      const headers = { "Accept-Encoding": encoding };
      const response = await fetch(`${worker.url}/metrics`, { headers });
      expect(response.headers.get("Content-Encoding")).toBe(encoding === "gzip" ? "gzip" : null);
      expect(await response.text()).toContain('some_metric{instance="",job="a"} 3.14\n');
    }
  });

  it("says what it runs on", async () => {
    const metrics = await (await fetch(`${worker.url}/metrics`)).text();
    expect(metrics).toMatch(/^pushgateway_build_info\{.*runtime="workerd"/m);
  });
});
