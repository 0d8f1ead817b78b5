/**
 * Sends the requests of the black-box cases over node:http, which, unlike fetch, leaves a path as it is written and adds no header
 * of its own that a gateway would act on.
 */

import { Agent, request as open } from "node:http";
import { gunzipSync } from "node:zlib";

/** A gateway under test. */
export interface Gateway {
  /** Where it listens: `http://127.0.0.1:12345`, without a slash at the end. */
  readonly url: string;
  /** The runtime that it runs on. */
  readonly runtime: "bun" | "deno" | "node" | "workerd";
  /** Whether its runtime shows handlers the path as it came over the wire, dot segments included. */
  readonly rawPathVisible: boolean;
  /** What it has logged. */
  logs(): string;
}

/** A request. */
export interface Outgoing {
  /** Method. */
  readonly method: string;
  /** Path and query, sent as they are: characters of Latin-1 outside ASCII go out as one byte each. */
  readonly path: string;
  /** Headers beside Host, Connection and Content-Length. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Body; text is sent as UTF-8. */
  readonly body?: string | Uint8Array;
}

/** An answer, read to its end. */
export interface Answer {
  /** Status code. */
  readonly status: number;
  /** Headers by name in lower case; the values of a repeated one are joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** Body as sent. */
  readonly bytes: Uint8Array;
  /** Body as text, decompressed. */
  readonly text: string;
}

/** A connection for each request: what a kept one goes through is a matter of its own, in keep-alive.ts. */
const agent = new Agent({ keepAlive: false });

/** What is asked for unless a case says otherwise. An empty value stands for no such header. */
const DEFAULT_HEADERS: Readonly<Record<string, string>> = { "accept-encoding": "identity" };

/** Sends a request and reads the answer. Rejects when the connection breaks. */
export function send(gateway: Gateway, outgoing: Outgoing): Promise<Answer> {
  const { method, path, body } = outgoing;
  const headers = headersOf(outgoing);
  // Left to itself node frames a body only where the method is known to have one.
  if (body !== undefined) headers["Content-Length"] = String(Buffer.byteLength(body));
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const request = open({ agent, hostname, port, method, path, headers }, (response) => {
      const chunks: Uint8Array[] = [];
      response.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve(createAnswer(response.statusCode ?? 0, response.headers, Buffer.concat(chunks)));
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

function headersOf(outgoing: Outgoing): Record<string, string> {
  const headers: Record<string, string> = { ...DEFAULT_HEADERS };
  for (const [name, value] of Object.entries(outgoing.headers ?? {})) {
    if (name.toLowerCase() in DEFAULT_HEADERS) delete headers[name.toLowerCase()];
    if (value !== "") headers[name] = value;
  }
  return headers;
}

/** Makes an answer of its parts. */
export function createAnswer(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  bytes: Uint8Array,
): Answer {
  const flat = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  const isGzip = bytes.length > 0 && headers["content-encoding"] === "gzip";
  const text = new TextDecoder().decode(isGzip ? gunzipSync(bytes) : bytes);
  return { status, headers: Object.fromEntries(flat), bytes, text };
}

/** A GET. */
export function get(path: string, headers: Readonly<Record<string, string>> = {}): Outgoing {
  return { method: "GET", path, headers };
}

/** A PUT, which replaces a group. */
export function put(
  path: string,
  body: string | Uint8Array = "",
  headers: Readonly<Record<string, string>> = {},
): Outgoing {
  return { method: "PUT", path, body, headers };
}

/** A POST, which replaces families of a group. */
export function post(
  path: string,
  body: string | Uint8Array = "",
  headers: Readonly<Record<string, string>> = {},
): Outgoing {
  return { method: "POST", path, body, headers };
}

/** A DELETE, which removes a group. */
export function remove(path: string, headers: Readonly<Record<string, string>> = {}): Outgoing {
  return { method: "DELETE", path, headers };
}
