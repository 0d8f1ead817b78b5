/** Every path that is not a push: what it answers to which method, with which headers, and what comes for a path that is none. */

import { describe, expect, it } from "vitest";
import { type Case, ERROR_HEADERS, GROUP, LABELS, runCases, succeed, type Use } from "./cases.ts";
import { type Answer, get, type Outgoing, post, put, remove, send } from "./client.ts";
import { held } from "./held.ts";

/** What the query API lets scripts of other origins see. */
export const CORS: Readonly<Record<string, string>> = {
  "access-control-allow-headers": "Accept, Authorization, Content-Type, Origin",
  "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "Date",
  "cache-control": "no-cache, no-store, must-revalidate",
};

const NO_CORS: NonNullable<Case["headers"]> = Object.fromEntries(
  Object.keys(CORS).map((name) => [name, undefined]),
);
const TEXT = { "content-type": "text/plain; charset=utf-8", ...NO_CORS };
const NOT_FOUND: Pick<Case, "status" | "headers" | "body"> = {
  status: 404,
  headers: { ...ERROR_HEADERS, ...NO_CORS },
  body: "404 page not found\n",
};

/** A path, the methods that it takes, and some that it does not. */
const PATHS: readonly (readonly [path: string, allow: string, others: readonly string[]])[] = [
  ["/metrics", "GET, HEAD, OPTIONS", ["PUT", "POST", "DELETE", "PATCH"]],
  ["/", "GET, HEAD, OPTIONS", ["PUT", "POST", "DELETE"]],
  ["/status", "GET, HEAD, OPTIONS", ["PUT", "POST", "DELETE"]],
  ["/-/healthy", "GET, HEAD, OPTIONS", ["PUT", "POST", "DELETE"]],
  ["/-/ready", "GET, HEAD, OPTIONS", ["PUT", "POST", "DELETE"]],
  ["/-/quit", "GET, HEAD, OPTIONS, POST, PUT", ["DELETE", "PATCH"]],
  ["/api/v1/status", "GET, HEAD, OPTIONS", ["PUT", "POST", "DELETE"]],
  ["/api/v1/metrics", "GET, HEAD, OPTIONS", ["PUT", "POST", "DELETE"]],
  ["/api/v1/admin/wipe", "OPTIONS, PUT", ["GET", "POST", "DELETE", "HEAD"]],
];

/** Paths that are none. */
const NOWHERE: readonly Outgoing[] = [
  get("/nope"),
  get("/metrics/x"),
  get("/metrics/job"),
  get("/Metrics"),
  get("/METRICS"),
  get("/metric"),
  get("/metrics.json"),
  get("//metrics"),
  get("/-/"),
  get("/-/Healthy"),
  get("/-/healthy/x"),
  get("/-/reload"),
  get("/api"),
  get("/api/v1"),
  get("/api/v1/"),
  get("/api/v1/nope"),
  get("/api/v2/status"),
  get("/api/v1/admin"),
  get("/status.html"),
  get("/index.html"),
  get("/favicon.ico"),
  get("/static/x"),
  get("/%2e%2e%2fetc%2fpasswd"),
  get("/x?/metrics"),
  post("/nope", "m 1\n"),
  put("/nope/job/a", "m 1\n"),
  put("/api/v1/nope"),
  remove("/api/v1/nope"),
  remove("/nope"),
  put("/-/healthy/", ""),
  post("/metrics/", "m 1\n"),
  { method: "OPTIONS", path: "/nope" },
  { method: "PATCH", path: "/nope" },
];

/** Paths with a slash at the end, and where they lead. */
const REDIRECTED: readonly (readonly [path: string, location: string])[] = [
  ["/metrics/", "/metrics"],
  ["/metrics/?name[]=a&name[]=b", "/metrics?name[]=a&name[]=b"],
  ["/status/", "/status"],
  ["/-/healthy/", "/-/healthy"],
  ["/-/ready/", "/-/ready"],
  ["/api/v1/status/", "/api/v1/status"],
  ["/api/v1/metrics/", "/api/v1/metrics"],
];

/** What GET answers. */
const GETS: readonly string[] = [
  "/metrics",
  "/metrics?name[]=pushgateway_build_info",
  "/",
  "/status",
  "/-/healthy",
  "/-/ready",
  "/api/v1/status",
  "/api/v1/metrics",
];

/** The suite; the admin API is on, the lifecycle API off. */
export function describeEndpoints(use: Use): void {
  describe("probes", () => {
    runCases(
      use,
      ["/-/healthy", "/-/ready", "/-/healthy?x=1"].map((path): Case => ({
        title: `GET ${path}`,
        request: get(path),
        status: 200,
        headers: TEXT,
        body: "OK",
      })),
    );
  });

  describe("quit while the lifecycle API is off", () => {
    const refused = "Lifecycle API is not enabled.";
    const hint = "Only POST or PUT requests allowed.";
    runCases(use, [
      { title: "PUT", request: put("/-/quit"), status: 403, headers: TEXT, body: refused },
      { title: "POST", request: post("/-/quit"), status: 403, headers: TEXT, body: refused },
      { title: "GET", request: get("/-/quit"), status: 405, headers: TEXT, body: hint },
      { title: "HEAD", request: { method: "HEAD", path: "/-/quit" }, status: 405, body: "" },
    ]);
  });

  describe("wipe", () => {
    runCases(use, [
      {
        title: "deletes every group",
        given: [put(GROUP, "m 1\n"), put("/metrics/job/b/c/1", "n 1\n"), put("/metrics/job/d", "")],
        request: put("/api/v1/admin/wipe"),
        status: 202,
        headers: NO_CORS,
        body: "",
        exposes: "",
        groups: {},
      },
      {
        title: "of nothing",
        request: put("/api/v1/admin/wipe", "a body is ignored"),
        status: 202,
        body: "",
        groups: {},
      },
      {
        title: "with a query",
        given: [put(GROUP, "m 1\n")],
        request: put("/api/v1/admin/wipe?x"),
        status: 202,
        groups: {},
      },
      {
        title: "forgets types",
        given: [put(GROUP, "# TYPE m gauge\nm 1\n"), put("/api/v1/admin/wipe")],
        request: put("/metrics/job/b", "# TYPE m counter\nm 1\n"),
        status: 200,
        exposes: '# TYPE m counter\nm{instance="",job="b"} 1\n',
      },
    ]);
  });

  describe("methods", () => {
    runCases(
      use,
      PATHS.flatMap(([path, allow, others]) =>
        others.map((method): Case => ({
          title: `${method} ${path}`,
          request: { method, path },
          status: 405,
          headers: { ...ERROR_HEADERS, ...NO_CORS, allow },
          body: method === "HEAD" ? "" : "Method Not Allowed\n",
        }))
      ),
    );
    runCases(
      use,
      PATHS.filter(([path]) => !path.startsWith("/api/")).map(([path, allow]): Case => ({
        title: `OPTIONS ${path}`,
        request: { method: "OPTIONS", path },
        status: 200,
        headers: { ...NO_CORS, allow },
        body: "",
      })),
    );
    const asked = ["status", "metrics", "admin/wipe", "nope", "nope/nope", ""];
    runCases(
      use,
      asked.map((path): Case => ({
        title: `OPTIONS /api/v1/${path}`,
        request: { method: "OPTIONS", path: `/api/v1/${path}` },
        status: 200,
        headers: CORS,
        body: "",
      })),
    );
    runCases(use, [
      {
        title: "a method that changes nothing leaves the groups alone",
        given: [put(GROUP, "m 1\n")],
        request: post("/api/v1/admin/wipe"),
        status: 405,
        exposes: `# TYPE m untyped\nm{${LABELS}} 1\n`,
      },
    ]);
  });

  describe("nowhere", () => {
    runCases(
      use,
      NOWHERE.map((request): Case => ({
        ...NOT_FOUND,
        title: `${request.method} ${request.path}`,
        request,
      })),
    );
    runCases(use, [{
      title: "HEAD /nope",
      ...NOT_FOUND,
      request: { method: "HEAD", path: "/nope" },
      body: "",
    }]);
  });

  describe("a slash at the end", () => {
    runCases(
      use,
      REDIRECTED.map(([path, location]): Case => ({
        title: path,
        request: get(path),
        status: 301,
        headers: { ...NO_CORS, location, "content-type": "text/html; charset=utf-8" },
        body: /^<a href="\/[^"<> ]+">Moved Permanently<\/a>\.\n\n$/,
      })),
    );
    runCases(use, [{
      title: "in HTML the query is text",
      request: get('/metrics/?name[]=<script>alert("x")</script>'),
      status: 301,
      body: /^<a href="\/metrics\?name\[\]=(?!.*<script>).*">Moved Permanently<\/a>\.\n\n$/,
    }]);
  });

  describe("HEAD has the headers of GET and no body", () => {
    const encodings = ["identity", "gzip"];
    it.each(GETS.flatMap((path) => encodings.map((encoding) => [path, encoding] as const)))(
      "%s, %s",
      async (path, encoding) => {
        await succeed(use(), put(GROUP, "m 1\n"));
        const headers = { "Accept-Encoding": encoding };
        const ofGet = await send(use(), get(path, headers));
        const ofHead = await send(use(), { method: "HEAD", path, headers });
        expect(ofHead.status).toBe(ofGet.status);
        expect(ofHead.text).toBe("");
        expect(lasting(ofHead)).toEqual(lasting(ofGet));
        const length = ofHead.headers["content-length"];
        // A length may be missing; one that is there is that of the body that GET would get, which differs by a digit or two.
        if (length === undefined || encoding !== "identity") return;
        expect(Number(length)).toBeGreaterThan(ofGet.bytes.length * 0.8);
      },
    );
  });

  it("a push through a redirected path changes nothing", async () => {
    const before = await held(use());
    await send(use(), post("/metrics/", "m 1\n"));
    expect(await held(use())).toEqual(before);
  });
}

/** The headers that are the same for two answers to the same question. */
function lasting({ headers }: Answer): Record<string, string> {
  const fleeting = ["date", "content-length", "transfer-encoding", "connection", "keep-alive"];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !fleeting.includes(name)));
}

/** The suite of a gateway without any flag: neither of the two APIs is on. */
export function describeDefaults(use: Use): void {
  const wipe = "/api/v1/admin/wipe";
  const off = [put(wipe), post(wipe), get(wipe), remove(wipe), { method: "HEAD", path: wipe }];
  it.each(off)("$method wipe", async (request) => {
    await succeed(use(), put(GROUP, "m 1\n"));
    const answer = await send(use(), request);
    expect(answer.status).toBe(404);
    expect(answer.text).toBe(request.method === "HEAD" ? "" : "404 page not found\n");
    expect((await held(use())).text).toBe(`# TYPE m untyped\nm{${LABELS}} 1\n`);
  });

  it("OPTIONS wipe", async () => {
    expect(await send(use(), { method: "OPTIONS", path: wipe }))
      .toMatchObject({ status: 200, text: "", headers: CORS });
  });

  it("PUT quit does not stop it", async () => {
    expect(await send(use(), put("/-/quit"))).toMatchObject({ status: 403 });
    expect(await send(use(), get("/-/healthy"))).toMatchObject({ status: 200 });
  });
}
