/**
 * Answers in the form in which the reference's HTTP library gives them, and the one place that knows which status a kind of error
 * has.
 */

import type { ErrorKind, GatewayError } from "../model/error.ts";

const STATUS: Readonly<Record<ErrorKind, number>> = {
  "malformed": 400,
  "inconsistent": 400,
  "too-large": 413,
  "unsupported": 415,
  "unavailable": 503,
  // Insufficient Storage (RFC 4918 §11.5): nothing is wrong with the request.
  "full": 507,
};

const TEXT = { "Content-Type": "text/plain; charset=utf-8" };
const ERROR = { ...TEXT, "X-Content-Type-Options": "nosniff" };

/** Plain text. */
export function text(body: string, status = 200): Response {
  return new Response(body, { status, headers: TEXT });
}

/** An error as plain text that ends with a line feed. */
export function errorText(message: string, status: number, headers: HeadersInit = {}): Response {
  return new Response(`${message}\n`, { status, headers: { ...ERROR, ...headers } });
}

/** The answer that tells a client of an error. */
export function errorResponse(error: GatewayError, headers: HeadersInit = {}): Response {
  return errorText(error.message, STATUS[error.kind], headers);
}

/** No content to speak of, but one of the statuses that clients look for. */
export function empty(status: number, headers?: HeadersInit): Response {
  return new Response(null, headers === undefined ? { status } : { status, headers });
}

/** JSON. */
export function json(body: unknown, headers: HeadersInit = {}): Response {
  const all = { ...headers, "Content-Type": "application/json" };
  return new Response(JSON.stringify(body), { headers: all });
}

/** 404 in the words of Go's library. */
export function notFound(): Response {
  return errorText("404 page not found", 404);
}

/**
 * A redirect to another path of this server. As in Go's router, a GET may be repeated anywhere while other methods must stay what
 * they are.
 */
export function redirect(location: string, method: string): Response {
  if (method !== "GET" && method !== "HEAD") return empty(307, { Location: location });
  const href = location.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
  return new Response(`<a href="${href}">Moved Permanently</a>.\n\n`, {
    status: 301,
    headers: { "Content-Type": "text/html; charset=utf-8", Location: location },
  });
}
