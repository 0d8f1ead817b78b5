/** What can be told about `Bun.serve` without Bun; the process and black-box suites run it. */

import { describe, expect, it, vi } from "vitest";
import { listen, serveOptions } from "../../src/runtime/bun.ts";
import type { FetchHandler } from "../../src/runtime/listener.ts";

const TARGET = { hostname: "::", port: 9091 };

const echo: FetchHandler = async (request, context) =>
  new Response(`${request.method} ${request.url} ${context.remoteAddress} ${await request.text()}`);

const server = {
  hostname: "::",
  port: 9091,
  address: { address: "::" },
  requestIP: () => ({ address: "::ffff:192.0.2.1" }),
  stop: () => Promise.resolve(),
};

/** A request whose `url` is what Bun makes of a target without a usable Host. */
function bareRequest(path: string, init: RequestInit): Request {
  return Object.defineProperty(new Request("http://ignored/", init), "url", { value: path });
}

describe("serveOptions", () => {
  it("keeps connections for as long as Bun can and leaves limits to the gateway", () => {
    expect(serveOptions(TARGET, echo)).toMatchObject({
      ...TARGET,
      idleTimeout: 255,
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      development: false,
      reusePort: false,
    });
  });

  it("answers with the handler", async () => {
    const request = new Request("http://gateway/x", { method: "PUT", body: "body" });
    const response = await serveOptions(TARGET, echo).fetch(request, server);
    expect(await response.text()).toBe("PUT http://gateway/x 192.0.2.1 body");
  });

  it("gives a request of HTTP/1.0 a base", async () => {
    const request = bareRequest("/metrics/job/a?x", { method: "PUT", body: "body" });
    const response = await serveOptions(TARGET, echo).fetch(request, server);
    expect(await response.text()).toBe("PUT http://localhost/metrics/job/a?x 192.0.2.1 body");
  });

  it("refuses a malformed Host", async () => {
    const handler = vi.fn(echo);
    const request = bareRequest("/metrics", { headers: { host: "a b" } });
    const response = await serveOptions(TARGET, handler).fetch(request, server);
    expect([response.status, await response.text()]).toEqual([400, "malformed Host header\n"]);
    expect(handler).not.toHaveBeenCalled();
  });

  it("never shows Bun's own error page", async () => {
    const response = serveOptions(TARGET, echo).error(new Error("secret"));
    expect([response.status, await response.text()]).toEqual([500, "internal server error\n"]);
  });
});

describe("listen", () => {
  it("does not pretend to take an inherited socket", async () => {
    await expect(listen({ fd: 3 }, echo)).rejects.toThrow("cannot listen on an inherited socket");
  });
});
