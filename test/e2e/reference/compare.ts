/**
 * Brings the answers, the scrape and the JSON of a server into a form in which two servers can be compared: what is a server's alone
 * (clocks, own metrics) is masked, and what an error text quotes is written in one way.
 */

import { once } from "node:events";
import { Agent, type IncomingMessage, request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import type { Answer, Exchange } from "./scenario.ts";

/** What a server exposes of what was pushed. */
export interface Exposed {
  /** The status codes of the scrape and of the JSON. */
  readonly statuses: readonly number[];
  /** HELP, TYPE and sample lines of the scrape, sorted, with the times masked. */
  readonly lines: readonly string[];
  /** The HELP and TYPE lines alone, in the order of the scrape. */
  readonly heads: readonly string[];
  /** The groups as `/api/v1/metrics` shows them, sorted by their labels, with the times masked. */
  readonly groups: readonly unknown[];
}

/** Sends one request as it is written and returns the answer, ready to be compared. */
export async function exchange(url: string, request: Exchange): Promise<Answer> {
  const answer = await sendRaw(url, request);
  if (answer.headers["content-type"]?.startsWith("text/plain; version=")) {
    return { ...answer, body: pushedLines(answer.body).sort().join("\n") };
  }
  if (request.path === "/api/v1/metrics" && answer.body.startsWith("{")) {
    return { ...answer, body: JSON.stringify(maskedGroups(answer.body), sortKeys, 1) };
  }
  return { ...answer, body: normalizeError(answer.body) };
}

/** Reads what a server exposes. */
export async function exposedBy(url: string): Promise<Exposed> {
  const scrape = await sendRaw(url, { method: "GET", path: `${pathOf(url)}/metrics` });
  const json = await sendRaw(url, { method: "GET", path: `${pathOf(url)}/api/v1/metrics` });
  const lines = pushedLines(scrape.body);
  return {
    statuses: [scrape.status, json.status],
    lines: lines.toSorted(),
    heads: lines.filter((line) => line.startsWith("#")),
    groups: maskedGroups(json.body),
  };
}

/** The path of a base URL, which a tenant has. */
function pathOf(url: string): string {
  return new URL(url).pathname.replace(/\/$/, "");
}

function maskedGroups(json: string): readonly unknown[] {
  const { data } = JSON.parse(json, maskJson) as { data: { labels: unknown }[] };
  return sortByLabels(data);
}

/** The reference lists series as they were pushed, ours are sorted; neither order means anything. */
function sortByLabels<T extends { labels: unknown }>(list: readonly T[]): readonly T[] {
  const label = ({ labels }: T): string => JSON.stringify(labels, sortKeys);
  return list.toSorted((a, b) => label(a) < label(b) ? -1 : 1);
}

/** Deletes all groups and waits until they are gone: the reference does it after its answer. */
export async function wipe(url: string): Promise<void> {
  await sendRaw(url, { method: "PUT", path: `${pathOf(url)}/api/v1/admin/wipe` });
  for (let tries = 0; tries < 1000; tries++) {
    const { body } = await sendRaw(url, { method: "GET", path: `${pathOf(url)}/api/v1/metrics` });
    if (body === '{"status":"success","data":[]}') return;
  }
  throw new Error("groups are left after a wipe");
}

const COMPARED_HEADERS: readonly string[] = [
  "content-type",
  "content-encoding",
  "x-content-type-options",
  "allow",
  "location",
  "access-control-allow-origin",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "access-control-expose-headers",
  "cache-control",
];

const ANSWER_LIMIT_MS = 10_000;

const agent = new Agent({ keepAlive: true });

async function sendRaw(url: string, { method, path, body, headers }: Exchange): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const bytes = Buffer.from(body ?? "");
  const request = httpRequest({
    agent,
    hostname,
    port,
    method,
    path,
    headers: { "Content-Length": String(bytes.length), ...headers },
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  });
  request.end(bytes);
  const [response] = await once(request, "response") as [IncomingMessage];
  const compared = COMPARED_HEADERS.flatMap((name) => {
    const value = response.headers[name];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  const gzipped = response.headers["content-encoding"] === "gzip";
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(compared),
    body: await text(gzipped ? response.pipe(createGunzip()) : response),
  };
}

const TIME_LINE = /^(push_(?:failure_)?time_seconds\{.*\}) (?!0$)\S+$/s;

/** The lines of a scrape that stem from pushes: own metrics have no job label. A head counts when a sample of its family does. */
function pushedLines(scrape: string): string[] {
  const lines: string[] = [];
  let heads: string[] = [];
  let isAfterSample = false;
  for (const line of scrape.split("\n")) {
    if (line.startsWith("#")) {
      if (isAfterSample) heads = [];
      heads.push(line);
      isAfterSample = false;
    } else {
      isAfterSample = true;
      if (!/[{,]job="/.test(line)) continue;
      lines.push(...heads, line.replace(TIME_LINE, "$1 <time>"));
      heads = [];
    }
  }
  return lines;
}

/** The order of keys means nothing. */
function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}

function maskJson(key: string, value: unknown): unknown {
  if (key === "time_stamp") return "<time>";
  if (key === "metrics" && Array.isArray(value)) {
    return sortByLabels(value as { labels: unknown }[]);
  }
  if (key !== "push_time_seconds" && key !== "push_failure_time_seconds") return value;
  return JSON.parse(JSON.stringify(value).replace(/"value":"(?!0")[^"]*"/g, '"value":"<time>"'));
}

/** Which of two clashing things comes first is left to chance in the reference. */
const COLLISION =
  /collected [a-z ]+ named ("\S+") collides with previously collected [a-z ]+ named ("\S+")/;
const TYPE_CLASH = /collected metric ("\S+") \{ .* \} is not a [A-Z]+/s;

/**
 * Series in error texts are protobuf text. The reference's library writes `label:<name:"a" value:"b" >`, later ones
 * `label:{name:"a" value:"b"}` with blanks at random. Of two equal series either value may be told.
 */
function normalizeError(body: string): string {
  const [, ...colliding] = COLLISION.exec(body) ?? [];
  if (colliding.length > 0) return `${colliding.sort().join(" and ")} collide`;
  const [, name] = TYPE_CLASH.exec(body) ?? [];
  if (name !== undefined) return `${name} has two types`;
  if (!body.includes("collected metric")) return body;
  return outsideQuotes(body, (part) =>
    part
      .replaceAll(":<", ":{")
      .replace(/ ?>/g, "}")
      .replace(/\s+(?!$)/g, " ")
      .replace(/ (?:gauge|counter|untyped|summary|histogram):\{.*\}(?= \})/, ""));
}

function outsideQuotes(text: string, change: (part: string) => string): string {
  return text.split(/("(?:[^"\\]|\\.)*")/s)
    .map((part, index) => index % 2 === 0 ? change(part) : part)
    .join("");
}
