/** The Worker: what hands requests to the Durable Objects, and the shipped bundle in workerd. */

import type { DurableObjectId } from "@cloudflare/workers-types";
import { hashSync } from "bcryptjs";
import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { fetchFromGateway, TENANT_HEADER, type WorkerEnv } from "../../src/runtime/workers.ts";
import { get, put, send } from "./http/client.ts";
import { type RunningWorker, shippedWorker, startWorker } from "./workerd.ts";

const log = vi.spyOn(console, "log").mockReturnValue();
afterEach(() => log.mockClear());
afterAll(() => log.mockRestore());

/** Everything that was logged. */
const logged = (): string => log.mock.calls.flat().join("\n");

/** An environment whose objects answer what they were asked. */
function createEnv(
  variables: Partial<WorkerEnv> = {},
  answer = (_request: Request): Response => new Response("from the object"),
) {
  const asked: { name: string; request: Request }[] = [];
  const env: WorkerEnv = {
    NARTHEX: {
      idFromName: (name) => ({ name }) as DurableObjectId,
      get: ({ name = "" }) => ({
        fetch: (request) => {
          asked.push({ name, request });
          return Promise.resolve(answer(request));
        },
      }),
    },
    NARTHEX_OPEN: "true",
    ...variables,
  };
  const ask = async (path: string, init: RequestInit = {}) => {
    const url = path.startsWith("/") ? `https://gateway.example${path}` : path;
    const response = await fetchFromGateway(new Request(url, init), env);
    return { status: response.status, text: await response.text(), response };
  };
  return { ask, asked };
}

describe("fetchFromGateway", () => {
  it("asks one object, whatever the path and the host", async () => {
    const { ask, asked } = createEnv();
    for (const url of ["http://a/metrics", "http://b/metrics/job/x", "http://b/"]) {
      expect((await ask(url)).text).toBe("from the object");
    }
    expect(asked.map(({ name, request }) => [name, request.url])).toEqual([
      ["narthex", "http://a/metrics"],
      ["narthex", "http://b/metrics/job/x"],
      ["narthex", "http://b/"],
    ]);
  });

  it("answers with 500 in plain text when the object cannot be reached", async () => {
    const { ask } = createEnv({}, () => {
      throw new Error("object was reset");
    });
    expect(await ask("/metrics")).toMatchObject({ status: 500, text: "internal server error\n" });
    expect(logged()).toContain("request failed");
  });

  it("passes on method, headers and body", async () => {
    const { ask, asked } = createEnv();
    const headers = { "Content-Type": "text/x", "X-Other": "1" };
    await ask("/metrics/job/a?b", { method: "PUT", body: "some_metric 3.14\n", headers });
    const { request } = asked[0] ?? {};
    expect(request?.method).toBe("PUT");
    expect(request?.headers.get("Content-Type")).toBe("text/x");
    expect(request?.headers.get("X-Other")).toBe("1");
    expect(await request?.text()).toBe("some_metric 3.14\n");
  });

  it("does not let a client choose the tenant by a header", async () => {
    const { ask, asked } = createEnv({ NARTHEX_TENANTS: "a" });
    await ask("/metrics", { headers: { [TENANT_HEADER]: "a" } });
    expect(asked.map(({ name, request }) => [name, request.headers.get(TENANT_HEADER)])).toEqual([
      ["narthex", "default"],
    ]);
  });
});

describe("a Worker that nobody has configured", () => {
  it.each([
    ["GET", "/metrics"],
    ["PUT", "/metrics/job/a"],
    ["DELETE", "/metrics/job/a"],
    ["GET", "/"],
    ["GET", "/api/v1/metrics"],
    ["PUT", "/api/v1/admin/wipe"],
    ["PUT", "/-/healthy"],
    ["GET", "/-/healthy/"],
    ["GET", "/tenant/a/metrics"],
  ])("refuses %s %s and says what to do", async (method, path) => {
    for (const open of ["", "false", undefined]) {
      const { ask, asked } = createEnv({ NARTHEX_OPEN: open ?? "" });
      const answer = await ask(path, { method, ...(method === "PUT" && { body: "a 1\n" }) });
      expect(answer.status).toBe(403);
      expect(answer.text).toMatch(/NARTHEX_WEB_CONFIG.*NARTHEX_OPEN/);
      expect(asked).toEqual([]);
    }
  });

  it("answers probes without waking an object", async () => {
    const { ask, asked } = createEnv({ NARTHEX_OPEN: "" });
    for (const path of ["/-/healthy", "/-/ready"]) {
      expect(await ask(path)).toMatchObject({ status: 200, text: "OK" });
      expect(await ask(path, { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
    }
    expect(asked).toEqual([]);
  });
});

describe("a Worker that is configured wrongly", () => {
  it.each<[Partial<WorkerEnv>, string]>([
    [{ NARTHEX_FLAGS: "--nonsense=hunter2" }, "unknown long flag '--nonsense'"],
    [{ NARTHEX_FLAGS: "--web.listen-address=:1" }, "makes no sense on Cloudflare Workers: Cloud"],
    [{ NARTHEX_FLAGS: "--web.config.file=x" }, "put its text into NARTHEX_WEB_CONFIG"],
    [{ NARTHEX_FLAGS: "--persistence.file=x" }, "everything is stored in the Durable Object"],
    [{ NARTHEX_FLAGS: "--web.enable-lifecycle" }, "there is no process to stop"],
    [{ NARTHEX_FLAGS: "--web.systemd-socket" }, "Cloudflare Workers listens"],
    [{ NARTHEX_FLAGS: ["--log.level=info"] as unknown as string }, "expected a text"],
    [{ NARTHEX_OPEN: "yes" }, "expected true or false"],
    [{ NARTHEX_OPEN: "True" }, "expected true or false"],
    [{ NARTHEX_WEB_CONFIG: "hunter2", NARTHEX_OPEN: "" }, "expected keys with values"],
    [
      { NARTHEX_WEB_CONFIG: "basic_auth_users: { a: hunter2 }", NARTHEX_OPEN: "" },
      "basic_auth_users.a: expected a bcrypt hash",
    ],
    [
      { NARTHEX_WEB_CONFIG: `basic_auth_users: { a: ${hashSync("x", 4)} }` },
      "it lets everybody in, but NARTHEX_WEB_CONFIG says who may come: remove one of them",
    ],
    [{ NARTHEX_TENANTS: "a, B" }, '\\"B\\" is no name for a tenant'],
    [{ NARTHEX_TENANTS: "a *" }, '\\"*\\" is no name for a tenant'],
    [{ NARTHEX_TENANTS: "default" }, "default is the tenant without a prefix"],
    [{ NARTHEX_TENANT_HOST: "*.example.com" }, "expected a host name, such as push.example.com"],
  ])("with %o answers nothing and logs why", async (variables, reason) => {
    const { ask, asked } = createEnv(variables);
    for (const path of ["/metrics", "/-/ready", "/-/healthy"]) {
      const { status, text } = await ask(path);
      expect([status, text]).toEqual([
        503,
        expect.stringMatching(/^NARTHEX_[A-Z_]+ cannot be used; the Worker's log says why\n$/),
      ]);
    }
    expect(asked).toEqual([]);
    expect(log).toHaveBeenCalledTimes(1);
    expect(logged()).toContain(reason);
    if (variables.NARTHEX_WEB_CONFIG) expect(logged()).not.toContain("hunter2");
  });
});

describe("accounts", () => {
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const basic = (user: string, password: string) => ({
    headers: { Authorization: `Basic ${btoa(`${user}:${password}`)}` },
  });
  const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
  const NARTHEX_WEB_CONFIG = `
basic_auth_users:
  alice: ${hashSync("correct horse", 4)}
bearer_tokens:
  ci: sha256:${sha256("token-of-ci")}
  prometheus: sha256:${sha256("token-of-prometheus")}
permissions:
  ci: { roles: [push], tenants: [team-a] }
  prometheus: { roles: [read] }
`;
  const env = () =>
    createEnv({ NARTHEX_OPEN: "", NARTHEX_WEB_CONFIG, NARTHEX_TENANTS: "team-a team-b" });

  it.each<[string, RequestInit]>([
    ["nothing", {}],
    ["a wrong password", basic("alice", "wrong")],
    ["an unknown user", basic("eve", "correct horse")],
    ["a wrong token", bearer("token-of-eve")],
    ["a digest", bearer(sha256("token-of-ci"))],
    ["a header that says nothing", { headers: { Authorization: "Basic" } }],
  ])("are not shown anything for %s", async (_, init) => {
    const { ask, asked } = env();
    for (const path of ["/metrics", "/tenant/team-a/metrics", "/tenant/nobody/metrics", "/nope"]) {
      const { status, text, response } = await ask(path, init);
      expect([status, text]).toEqual([401, "Unauthorized\n"]);
      expect(response.headers.get("WWW-Authenticate")).toBe(
        'Basic realm="narthex", Bearer realm="narthex"',
      );
    }
    expect((await ask("/tenant/nobody/-/healthy", init)).text).toBe("OK");
    expect(asked).toEqual([]);
    expect(logged()).not.toMatch(/wrong|correct horse|token-of/);
  });

  it.each<[string, RequestInit, string, string, number]>([
    ["alice", basic("alice", "correct horse"), "GET", "/metrics", 200],
    ["alice", basic("alice", "correct horse"), "PUT", "/api/v1/admin/wipe", 200],
    ["alice", basic("alice", "correct horse"), "GET", "/tenant/nobody/metrics", 404],
    ["alice", basic("alice", "correct horse"), "GET", "/tenant/team-b/-/ready", 200],
    ["ci", bearer("token-of-ci"), "PUT", "/tenant/team-a/metrics/job/x", 200],
    ["ci", basic("ci", "token-of-ci"), "DELETE", "/tenant/team-a/metrics/job/x", 200],
    ["ci", bearer("token-of-ci"), "GET", "/tenant/team-a/metrics", 403],
    ["ci", bearer("token-of-ci"), "GET", "/tenant/team-b/-/quit", 403],
    ["ci", bearer("token-of-ci"), "PUT", "/tenant/team-b/metrics/job/x", 403],
    ["ci", bearer("token-of-ci"), "PUT", "/tenant/nobody/metrics/job/x", 403],
    ["ci", bearer("token-of-ci"), "PUT", "/metrics/job/x", 403],
    ["ci", bearer("token-of-ci"), "PUT", "/tenant/team-a/api/v1/admin/wipe", 403],
    ["ci", bearer("token-of-ci"), "PUT", "/tenant/team-b/../team-a/metrics/job/x", 200],
    ["prometheus", bearer("token-of-prometheus"), "GET", "/tenant/team-b/metrics", 200],
    ["prometheus", bearer("token-of-prometheus"), "PUT", "/metrics/job/x", 403],
  ])("let %s (%o) %s %s: %i", async (_, init, method, path, status) => {
    const { ask, asked } = env();
    expect((await ask(path, { ...init, method })).status).toBe(status);
    expect(asked.length).toBe(status === 200 ? 1 : 0);
  });

  it("are not needed for a probe, and lacking a right is no reason to fail one", async () => {
    const { ask, asked } = env();
    for (const path of ["/-/ready", "/tenant/team-a/-/healthy", "/tenant/team-b/-/healthy"]) {
      expect(await ask(path, bearer("token-of-ci"))).toMatchObject({ status: 200, text: "OK" });
    }
    expect(asked).toEqual([]);
  });

  it("say which role somebody lacks", async () => {
    const { text } = await env().ask("/metrics", { method: "DELETE", ...bearer("token-of-ci") });
    expect(text).toBe("ci lacks the role admin for tenant default\n");
  });
});

describe("tenants", () => {
  it("have an object each", async () => {
    const { ask, asked } = createEnv({ NARTHEX_TENANTS: "team-a, team-b" });
    await ask("/tenant/team-a/metrics/job/x", { method: "PUT", body: "" });
    await ask("/tenant/team-b/metrics");
    await ask("/metrics");
    expect(asked.map(({ name }) => name)).toEqual(["tenant/team-a", "tenant/team-b", "narthex"]);
  });

  it.each([
    ["/tenant/other/metrics", ""],
    ["/tenant/team-c/metrics", "team-a"],
    ["/tenant/default/metrics", "*"],
    ["/tenant/Team/metrics", "*"],
    ["/tenant//metrics", "*"],
    ["/tenant/-a/metrics", "*"],
    ["/tenant/a.b/metrics", "*"],
    ["/tenant/a%2fb/metrics", "*"],
    [`/tenant/${"a".repeat(64)}/metrics`, "*"],
  ])("are unknown at %s with %j", async (path, NARTHEX_TENANTS) => {
    const { ask, asked } = createEnv({ NARTHEX_TENANTS });
    expect((await ask(path)).status).toBe(404);
    expect(asked).toEqual([]);
  });

  it("can be any when that is wanted", async () => {
    const { ask, asked } = createEnv({ NARTHEX_TENANTS: "*" });
    for (const name of ["a", "0", "team-9", "a".repeat(63)]) await ask(`/tenant/${name}/metrics`);
    expect(asked.length).toBe(4);
  });

  it("are behind the route prefix", async () => {
    const env = { NARTHEX_TENANTS: "a", NARTHEX_FLAGS: "--web.route-prefix=/push" };
    const { ask, asked } = createEnv(env);
    await ask("/push/tenant/a/metrics");
    await ask("/tenant/a/metrics");
    expect(asked.map(({ name }) => name)).toEqual(["tenant/a", "narthex"]);
  });

  it("have the bare route prefix on their hosts, which redirects", async () => {
    const { ask, asked } = createEnv({
      NARTHEX_TENANTS: "team-a",
      NARTHEX_TENANT_HOST: "push.example.com",
      NARTHEX_FLAGS: "--web.route-prefix=/push",
    }, () => new Response(null, { status: 301, headers: { Location: "/push/tenant/team-a/" } }));
    const { status, response } = await ask("https://team-a.push.example.com/push");
    expect([status, response.headers.get("Location")]).toEqual([301, "/push/"]);
    expect((await ask("https://team-a.push.example.com/pushed")).status).toBe(301);
    expect(asked.map(({ request }) => new URL(request.url).pathname)).toEqual([
      "/push/tenant/team-a",
      "/pushed",
    ]);
  });

  it("have hosts of their own where that is configured", async () => {
    const { ask, asked } = createEnv({
      NARTHEX_TENANTS: "team-a",
      NARTHEX_TENANT_HOST: "push.example.com",
    });
    await ask("https://team-a.push.example.com/metrics/job/x?y", { method: "PUT", body: "a 1\n" });
    await ask("https://TEAM-A.push.example.com./metrics");
    await ask("https://push.example.com/metrics");
    await ask("https://team-a.push.example.com/tenant/team-a/metrics");
    expect((await ask("https://b.push.example.com/metrics")).status).toBe(404);
    expect((await ask("https://x.team-a.push.example.com/metrics")).status).toBe(404);
    await ask("https://team-a-push.example.com/metrics");
    expect(asked.map(({ name, request }) => [name, request.url])).toEqual([
      ["tenant/team-a", "https://team-a.push.example.com/tenant/team-a/metrics/job/x?y"],
      ["tenant/team-a", "https://team-a.push.example.com./tenant/team-a/metrics"],
      ["narthex", "https://push.example.com/metrics"],
      ["tenant/team-a", "https://team-a.push.example.com/tenant/team-a/tenant/team-a/metrics"],
      ["narthex", "https://team-a-push.example.com/metrics"],
    ]);
    expect(await asked[0]?.request.text()).toBe("a 1\n");
  });
});

describe("the shipped Worker", () => {
  let worker: RunningWorker;
  beforeAll(async () => {
    worker = await startWorker(await shippedWorker(), {
      variables: {
        NARTHEX_OPEN: "true",
        NARTHEX_TENANTS: "team-a team-b",
        NARTHEX_TENANT_HOST: "push.example.com",
      },
    });
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

  it.each([
    ["/tenant/team-a", 301, "/tenant/team-a/"],
    ["/tenant/team-a/metrics/?a", 301, "/tenant/team-a/metrics?a"],
    ["/metrics/", 301, "/metrics"],
  ])("keeps the prefix of a tenant when %s redirects", async (path, status, location) => {
    const response = await fetch(worker.url + path, { redirect: "manual" });
    expect([response.status, response.headers.get("Location")]).toEqual([status, location]);
  });

  it("redirects without the prefix on the host of a tenant", async () => {
    const gateway = { ...worker, runtime: "workerd", rawPathVisible: false } as const;
    const host = { Host: "team-a.push.example.com" };
    expect((await send(gateway, put("/metrics/job/by-host", "a 1\n", host))).status).toBe(200);
    const { status, headers, text } = await send(gateway, get("/metrics/?x", host));
    expect([status, headers["location"]]).toEqual([301, "/metrics?x"]);
    expect(text).not.toContain("team-a");
    const { text: held } = await send(gateway, get("/tenant/team-a/metrics"));
    expect(held).toContain('a{instance="",job="by-host"} 1\n');
  });
});
