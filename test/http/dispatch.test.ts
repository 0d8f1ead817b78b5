import { describe, expect, it } from "vitest";
import type { HttpContext, HttpOptions } from "../../src/http/context.ts";
import { createFetchHandler, type RequestContext } from "../../src/http/dispatch.ts";
import { GatewayError } from "../../src/model/error.ts";
import { createFakeContext, type FakeContext } from "./fake-context.ts";

interface Bench extends FakeContext {
  readonly send: (
    method: string,
    path: string,
    init?: RequestInit,
    context?: RequestContext,
  ) => Promise<Response>;
}

function setUp(options: Partial<HttpOptions> = {}, parts: Partial<HttpContext> = {}): Bench {
  const fake = createFakeContext(options, parts);
  const fetch = createFetchHandler(fake.context);
  const send: Bench["send"] = (method, path, init = {}, context) =>
    fetch(new Request(`http://gateway${path}`, { method, ...init }), context);
  return { ...fake, send };
}

const ALL = { enableAdminApi: true, enableLifecycle: true } as const;

/** Anything a handler may run into. */
const failing = (error: unknown): Partial<HttpContext> => ({
  write: () => Promise.reject(error),
});

describe("createFetchHandler", () => {
  it.each([
    ["GET", "/", 200],
    ["GET", "/status", 200],
    ["GET", "/metrics", 200],
    ["GET", "/metrics?name[]=x", 200],
    ["GET", "/-/healthy", 200],
    ["GET", "/-/ready", 200],
    ["GET", "/-/quit", 405],
    ["PUT", "/-/quit", 200],
    ["POST", "/-/quit", 200],
    ["GET", "/api/v1/status", 200],
    ["GET", "/api/v1/metrics", 200],
    ["PUT", "/api/v1/admin/wipe", 202],
    ["PUT", "/metrics/job/a", 200],
    ["POST", "/metrics/job/a", 200],
    ["POST", "/metrics/job/a/", 200],
    ["DELETE", "/metrics/job/a", 202],
    ["PUT", "/metrics/job/a/b/c", 200],
    ["PUT", "/metrics/job/a/b/c%2Fd", 200],
    ["PUT", "/metrics/job@base64/YQ", 200],
    ["PUT", "/metrics/job%40base64/YQ", 200],
    ["PUT", "/metrics/job/metrics/job/b", 200],
    ["PUT", "/metrics/job/", 400],
    ["PUT", "/metrics/job/a/b", 400],
  ])("answers %s %s with %d", async (method, path, status) => {
    expect((await setUp(ALL).send(method, path)).status).toBe(status);
  });

  it.each([
    ["GET", "/nowhere"],
    ["POST", "/nowhere"],
    ["OPTIONS", "/nowhere"],
    ["GET", "/metric"],
    ["GET", "/metricss"],
    ["GET", "/Metrics"],
    ["PUT", "/metrics/job"],
    ["GET", "/metrics/x"],
    ["PUT", "/metrics/jobs/a"],
    ["PUT", "/metrics/job@base32/a"],
    ["PUT", "//metrics/job/a"],
    ["GET", "/-/"],
    ["GET", "/api/v1"],
    ["GET", "/api/v1/nowhere"],
    ["GET", "/api/v2/status"],
    ["PUT", "/api/v1/admin/wipe"],
    ["GET", "/static/x"],
    ["POST", "/metrics/"],
    ["DELETE", "/status/"],
  ])("knows no %s %s", async (method, path) => {
    const { send, counted } = setUp();
    const response = await send(method, path);
    expect([response.status, await response.text()]).toEqual([404, "404 page not found\n"]);
    expect(response.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(counted).toEqual([]);
  });

  it.each([
    ["GET", "/metrics/job/a", "DELETE, OPTIONS, POST, PUT"],
    ["HEAD", "/metrics/job/a/b/c", "DELETE, OPTIONS, POST, PUT"],
    ["PATCH", "/metrics/job@base64/YQ", "DELETE, OPTIONS, POST, PUT"],
    ["POST", "/metrics", "GET, HEAD, OPTIONS"],
    ["PUT", "/metrics", "GET, HEAD, OPTIONS"],
    ["DELETE", "/metrics", "GET, HEAD, OPTIONS"],
    ["POST", "/", "GET, HEAD, OPTIONS"],
    ["DELETE", "/status", "GET, HEAD, OPTIONS"],
    ["POST", "/-/healthy", "GET, HEAD, OPTIONS"],
    ["DELETE", "/-/quit", "GET, HEAD, OPTIONS, POST, PUT"],
    ["PUT", "/api/v1/status", "GET, HEAD, OPTIONS"],
    ["POST", "/api/v1/admin/wipe", "OPTIONS, PUT"],
    ["GET", "/api/v1/admin/wipe", "OPTIONS, PUT"],
    ["HEAD", "/api/v1/admin/wipe", "OPTIONS, PUT"],
    ["toString", "/metrics", "GET, HEAD, OPTIONS"],
  ])("refuses %s %s and says what is allowed", async (method, path, allow) => {
    const { send, writes, counted } = setUp(ALL);
    const response = await send(method, path);
    expect([response.status, response.headers.get("Allow")]).toEqual([405, allow]);
    expect([writes, counted]).toEqual([[], []]);
  });

  it.each([
    ["/metrics/job/a", "DELETE, OPTIONS, POST, PUT"],
    ["/metrics", "GET, HEAD, OPTIONS"],
    ["/-/ready", "GET, HEAD, OPTIONS"],
    ["/", "GET, HEAD, OPTIONS"],
  ])("answers OPTIONS %s with what is allowed", async (path, allow) => {
    const response = await setUp().send("OPTIONS", path);
    expect([response.status, response.headers.get("Allow")]).toEqual([200, allow]);
    expect(await response.text()).toBe("");
  });

  it.each(["/api/v1/status", "/api/v1/metrics", "/api/v1/anything"])(
    "answers OPTIONS %s to scripts of any origin",
    async (path) => {
      const { send, counted } = setUp();
      const response = await send("OPTIONS", path);
      expect(response.status).toBe(200);
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
      expect(counted).toEqual(["api/v1/options OPTIONS 200"]);
    },
  );

  it.each(["/", "/status", "/metrics", "/-/healthy", "/api/v1/status", "/api/v1/metrics"])(
    "answers HEAD %s as GET, without a body but with its length",
    async (path) => {
      const { send } = setUp();
      const [get, head] = [await send("GET", path), await send("HEAD", path)];
      expect([head.status, await head.text()]).toEqual([200, ""]);
      expect(head.headers.get("Content-Length")).toMatch(/^[1-9][0-9]*$/);
      head.headers.delete("Content-Length");
      expect([...head.headers]).toEqual([...get.headers]);
    },
  );

  it.each([
    ["GET", "/metrics/", "/metrics", 301],
    ["GET", "/metrics//", "/metrics", 301],
    ["HEAD", "/metrics/", "/metrics", 301],
    ["GET", "/metrics/?name[]=a&b=%20", "/metrics?name[]=a&b=%20", 301],
    ["GET", "/status/", "/status", 301],
    ["GET", "//", "/", 301],
    ["GET", "/-/healthy/", "/-/healthy", 301],
    ["POST", "/-/quit/", "/-/quit", 307],
    ["GET", "/api/v1/metrics/", "/api/v1/metrics", 301],
  ])("redirects %s %s to %s", async (method, path, location, status) => {
    const response = await setUp().send(method, path);
    expect([response.status, response.headers.get("Location")]).toEqual([status, location]);
  });

  it.each(["/nowhere/", "/api/v1/nowhere/", "/metrics/job/a/"])(
    "does not redirect %s",
    async (path) => expect((await setUp().send("GET", path)).headers.get("Location")).toBeNull(),
  );

  describe("below a route prefix", () => {
    const options = { ...ALL, routePrefix: "/pre/fix" } as const;

    it.each([
      ["GET", "/pre/fix/", 200],
      ["GET", "/pre/fix/metrics", 200],
      ["PUT", "/pre/fix/metrics/job/a", 200],
      ["GET", "/pre/fix/-/ready", 200],
      ["GET", "/", 404],
      ["GET", "/metrics", 404],
      ["PUT", "/metrics/job/a", 404],
      ["GET", "/pre/fixmetrics", 404],
      ["GET", "/pre/fixes/metrics", 404],
      ["GET", "/pre", 404],
      ["GET", "/pre/fix/pre/fix/metrics", 404],
    ])("answers %s %s with %d", async (method, path, status) => {
      expect((await setUp(options).send(method, path)).status).toBe(status);
    });

    it.each([
      ["GET", "/pre/fix", "/pre/fix/", 301],
      ["GET", "/pre/fix?a=b", "/pre/fix/?a=b", 301],
      ["PUT", "/pre/fix", "/pre/fix/", 307],
      ["GET", "/pre/fix/metrics/?a", "/pre/fix/metrics?a", 301],
    ])("redirects %s %s to %s", async (method, path, location, status) => {
      const response = await setUp(options).send(method, path);
      expect([response.status, response.headers.get("Location")]).toEqual([status, location]);
    });

    it("takes the prefix for what it is, whatever its characters mean elsewhere", async () => {
      const odd = { routePrefix: "/a.b+(c)*:d" };
      expect((await setUp(odd).send("GET", "/a.b+(c)*:d/metrics")).status).toBe(200);
      expect((await setUp(odd).send("GET", "/axb+(c)*:d/metrics")).status).toBe(404);
    });

    it("pushes to the group that is named behind it", async () => {
      const { send, writes } = setUp(options);
      await send("PUT", "/pre/fix/metrics/job/a/b/c");
      expect(writes).toMatchObject([{ kind: "push", key: { id: 'b="c",job="a"' } }]);
    });
  });

  describe("where the runtime shows the raw target", () => {
    const send = (rawTarget: string, options: Partial<HttpOptions> = {}) => {
      const bench = setUp(options);
      const init = { body: "x 1\n" };
      const url = new URL(rawTarget, "http://gateway");
      return bench.send("PUT", url.pathname + url.search, init, { rawTarget })
        .then((response) => ({ ...bench, response }));
    };

    it.each([
      "/metrics/job/a/instance/..",
      "/metrics/job/a/instance/%2e%2e",
      "/metrics/job/a/../b",
      "/x/../metrics/job/a",
      "/./metrics/job/a",
      "/metrics\\job\\a",
    ])("refuses %s, which means another group elsewhere", async (rawTarget) => {
      const { response, writes } = await send(rawTarget);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(writes).toEqual([]);
    });

    it.each(["/x/../pre/metrics/job/a", "/./pre/metrics/job/a", "/pre/../pre/metrics/job/a"])(
      "finds nobody at %s below a prefix",
      async (rawTarget) => {
        const { response, writes } = await send(rawTarget, { routePrefix: "/pre" });
        expect(response.status).toBeGreaterThanOrEqual(400);
        expect(response.status).toBeLessThan(500);
        expect(writes).toEqual([]);
      },
    );

    it("redirects to no other host", async () => {
      const { send } = setUp();
      const context = { rawTarget: "//example.org/../" };
      const response = await send("GET", "//example.org/../", {}, context);
      expect(response.headers.get("Location")).toBe("/example.org/..");
    });

    it("reads the key from it", async () => {
      const { writes } = await send("/metrics/job/a/l/\u00c3\u00a4?x=y");
      expect(writes).toMatchObject([{ key: { id: 'job="a",l="ä"' } }]);
    });
  });

  it("counts requests by the name of their handler", async () => {
    const { send, counted } = setUp(ALL);
    await send("PUT", "/metrics/job/a", { body: "x 1\n" });
    await send("POST", "/metrics/job/a", { body: "x" });
    await send("DELETE", "/metrics/job/a");
    await send("GET", "/-/healthy");
    await send("HEAD", "/-/ready");
    await send("GET", "/");
    await send("GET", "/status");
    await send("PUT", "/api/v1/admin/wipe");
    await send("GET", "/api/v1/status");
    await send("GET", "/api/v1/metrics");
    expect(counted).toEqual([
      "push PUT 200",
      "push POST 400",
      "delete DELETE 202",
      "healthy GET 200",
      "ready HEAD 200",
      "status GET 200",
      "status GET 200",
      "wipe PUT 202",
      "api/v1/status GET 200",
      "api/v1/metrics GET 200",
    ]);
  });

  it("does not count scrapes and what is not counted elsewhere either", async () => {
    const { send, counted } = setUp();
    for (const path of ["/metrics", "/-/quit", "/nowhere", "/status/"]) await send("GET", path);
    expect(counted).toEqual([]);
  });

  it.each([
    ["an error", new Error("secret detail")],
    ["something that is no error", "secret detail"],
    ["nothing", undefined],
  ])("answers 500 when a handler fails with %s, and logs it", async (_, thrown) => {
    const { send, logged, counted } = setUp(ALL, failing(thrown));
    for (
      const [method, path] of [["PUT", "/metrics/job/a"], ["PUT", "/api/v1/admin/wipe"]] as const
    ) {
      const response = await send(method, path);
      expect([response.status, await response.text()]).toEqual([500, "internal server error\n"]);
      const last = logged.at(-1);
      expect(last).toMatchObject({ level: "error", msg: "request failed", fields: { path } });
      expect(String(last?.fields["err"])).toContain(
        thrown === undefined ? "undefined" : "secret detail",
      );
    }
    expect(counted).toEqual(["push PUT 500", "wipe PUT 500"]);
  });

  it("answers 500 when a handler throws at once", async () => {
    const broken = () => {
      throw new Error("broken");
    };
    const store = { gather: broken, groups: broken };
    const { send, logged } = setUp({}, { store });
    for (const path of ["/metrics", "/", "/api/v1/metrics"]) {
      expect((await send("GET", path)).status).toBe(500);
    }
    expect((await send("HEAD", "/metrics")).status).toBe(500);
    expect(logged.filter(({ level }) => level === "error")).toHaveLength(4);
  });

  it.each(
    [
      ["unavailable", 503],
      ["malformed", 400],
      ["too-large", 413],
    ] as const,
  )("tells the client of an error made for it: %s", async (kind, status) => {
    const { send } = setUp(ALL, failing(new GatewayError(kind, "what is wrong")));
    for (
      const [method, path] of [
        ["PUT", "/metrics/job/a"],
        ["DELETE", "/metrics/job/a"],
        ["PUT", "/api/v1/admin/wipe"],
      ] as const
    ) {
      const response = await send(method, path);
      expect([response.status, await response.text()]).toEqual([status, "what is wrong\n"]);
    }
  });
});
