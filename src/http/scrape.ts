/**
 * The scrape: everything held and the gateway's own metrics as one body, compressed when the client takes that.
 * `?name[]=a&name[]=b` asks for the families of these names alone.
 */

import { textFormat } from "../render/text.ts";
import type { Dropped } from "../store/consistent-view.ts";
import { acceptsGzip } from "./accept-encoding.ts";
import type { HttpContext, HttpRequest } from "./context.ts";
import { queryOf } from "./target.ts";

/** What the names of this format would be escaped with, were any of them not valid in it. */
const ESCAPING = "; escaping=underscores";

/** Handles a scrape. */
export function handleScrape(
  context: HttpContext,
  { request }: HttpRequest,
): Response {
  const { gzip, store, telemetry } = context;
  const names = requestedNames(request.url);
  const { chunks, length, dropped } = store.gather(textFormat, {
    own: telemetry.collect(),
    ...(names && { names }),
  });
  if (dropped.length > 0) reportDropped(context, dropped);
  const headers: Record<string, string> = { "Content-Type": textFormat.contentType + ESCAPING };
  const body = joinChunks(chunks, length);
  if (!acceptsGzip(request.headers.get("Accept-Encoding"))) return new Response(body, { headers });
  headers["Content-Encoding"] = "gzip";
  return new Response(gzip(body), { headers });
}

function requestedNames(url: string): ReadonlySet<string> | undefined {
  const query = queryOf(url);
  if (query === "") return undefined;
  const names = new URLSearchParams(query).getAll("name[]");
  return names.length > 0 ? new Set(names) : undefined;
}

function joinChunks(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

function reportDropped({ logger, telemetry }: HttpContext, dropped: readonly Dropped[]): void {
  for (const { name, reason, series } of dropped) {
    telemetry.countDroppedSeries(series);
    logger.warn("series left out of the scrape", { name, reason, series });
  }
}
