/** Everything that is not a push: methods, redirects, headers, and what a scrape makes of its headers. */

import {
  type Difference,
  type Exchange,
  refusal,
  type Scenario,
  scrape,
  send,
} from "../scenario.ts";

const METHODS: readonly string[] = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE"];

/** Paths that no method finds different. */
const EQUAL: readonly string[] = [
  "/metrics/job",
  "/metrics/job/a",
  "/metrics/job/a/",
  "/metrics/job/a/b/c",
  "/metrics/job@base64/YQ",
  "/metrics/foo",
  "/metrics/",
  "/-/healthy/",
  "/-/ready/",
  "/-/quit/",
  "/status/",
  "/-/foo",
  "/-",
  "/-/",
  "/api",
  "/api/v1/",
  "/api/v1/foo",
  "/api/v1/foo/bar",
  "/api/v1/admin",
  "/api/v1/admin/wipe",
  "/api/v2/metrics",
  "/foo",
  "/foo/",
  "/foo?x=y",
  "/favicon.ico",
  "/index.html",
];

/** Paths that can be read with GET, and their other methods that they have beside OPTIONS. */
const READABLE: readonly (readonly [string, ...string[]])[] = [
  ["/metrics"],
  ["/metrics?x=y"],
  ["/-/healthy"],
  ["/-/healthy?x=y"],
  ["/-/ready"],
  ["/-/quit", "PUT", "POST"],
  ["/api/v1/metrics"],
  ["/api/v1/status"],
  ["/"],
  ["/status"],
];

/** Readable paths whose bodies are a server's own. */
const OWN_BODY: readonly string[] = ["/", "/status", "/api/v1/status"];

function one(request: Exchange, name = `${request.method} ${request.path}`): Scenario {
  return { name, requests: [request] };
}

const HEAD = "ours: HEAD is answered as GET is, without a body";

function readable([path, ...methods]: readonly [string, ...string[]]): Scenario[] {
  const isApi = path.startsWith("/api/");
  const allow = ["GET", "HEAD", "OPTIONS", ...methods].sort().join(", ");
  const ours: Difference = { why: HEAD, headers: { allow } };
  const other = METHODS.filter((method) => method !== "GET" && !methods.includes(method));
  return [
    ...OWN_BODY.includes(path)
      ? []
      : [one(path.startsWith("/metrics") ? scrape() : send(`GET ${path}`))],
    ...methods.map((method) => one(send(`${method} ${path}`))),
    ...other.map((method) =>
      one(send(`${method} ${path}`, undefined, isApi && method === "OPTIONS" ? {} : { ours }))
    ),
    one({
      ...path.startsWith("/metrics") ? scrape() : send(`GET ${path}`),
      method: "HEAD",
      path,
      theirs: { why: HEAD, method: "GET" },
    }),
  ];
}

const SLASH = "ours: the redirect keeps /api/v1, which the reference loses";

function slashesInApi(): Scenario[] {
  const moved = (path: string): Difference => ({
    why: SLASH,
    headers: { location: path },
    body: `<a href="${path}">Moved Permanently</a>.\n\n`,
  });
  return [
    one(send("GET /api/v1/status/", undefined, { ours: moved("/api/v1/status") })),
    one(send("GET /api/v1/metrics/", undefined, { ours: moved("/api/v1/metrics") })),
    one(send("PUT /api/v1/admin/wipe/", undefined, {
      ours: { why: SLASH, headers: { location: "/api/v1/admin/wipe" } },
    })),
    ...["PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE"].flatMap((method) => [
      one(send(`${method} /api/v1/status/`)),
      one(send(`${method} /api/v1/metrics/`)),
    ]),
    ...["GET", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE"].map((method) =>
      one(send(`${method} /api/v1/admin/wipe/`))
    ),
    ...METHODS.filter((method) => method !== "OPTIONS").map((method) =>
      one(send(`${method} /api/v1`, undefined, {
        ours: refusal({
          why: "ours: 404 at once; the reference redirects to a path that does not exist",
          error: "404 page not found",
          status: 404,
        }),
      }))
    ),
  ];
}

/** Accept headers, all of which get the text format. */
const ACCEPT: readonly string[] = [
  "",
  "*/*",
  "text/plain",
  "text/plain;version=0.0.4",
  "text/plain;version=1.0.0",
  "text/plain;q=0",
  "text/*",
  "application/json",
  "application/openmetrics-text",
  "garbage",
  "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
];

/** Accept-Encoding headers that both understand alike. */
const ENCODINGS: readonly string[] = [
  "",
  "gzip",
  "identity",
  "br",
  "gzip;q=0.5",
  "gzip, identity",
  "deflate, gzip;q=1.0, *;q=0.5",
];

const COMPRESSION = "ours: Accept-Encoding is read as RFC 9110 has it";

/** Accept-Encoding headers that the reference does not, and what it has to be sent instead. */
const OWN_ENCODINGS: readonly (readonly [string, string])[] = [
  ["gzip;q=0", "identity"],
  ["GZIP", "gzip"],
  ["x-gzip", "gzip"],
  ["*", "gzip"],
];

function scrapes(): Scenario[] {
  const held = send("PUT /metrics/job/a", "# TYPE x gauge\nx 1\ny 2\n");
  return [
    ...ACCEPT.map((Accept) => ({
      name: `Accept: ${Accept}`,
      requests: [held, scrape({ Accept })],
    })),
    ...ENCODINGS.map((encoding) => ({
      name: `Accept-Encoding: ${encoding}`,
      requests: [held, scrape({ "Accept-Encoding": encoding })],
    })),
    ...OWN_ENCODINGS.map(([encoding, instead]) => ({
      name: `Accept-Encoding: ${encoding}`,
      requests: [held, {
        ...scrape({ "Accept-Encoding": encoding }),
        theirs: { why: COMPRESSION, headers: { "Accept-Encoding": instead } },
      }],
    })),
    { name: "a scrape with another query", requests: [held, scrape({}, "?x=y&name=z")] },
    { name: "a scrape with a body", requests: [held, { ...scrape(), body: "x" }] },
    { name: "the API's JSON", requests: [held, send("GET /api/v1/metrics")] },
    {
      name: "CORS of the API",
      requests: [held, send("GET /api/v1/metrics", undefined, { headers: { Origin: "http://x" } })],
    },
  ];
}

/** All of them. */
export const endpoints: readonly Scenario[] = [
  ...EQUAL.flatMap((path) => METHODS.map((method) => one(send(`${method} ${path}`)))),
  ...READABLE.flatMap(readable),
  ...slashesInApi(),
  ...scrapes(),
];
