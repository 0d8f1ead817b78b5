/**
 * The scrape: everything held and the gateway's own metrics as one body, in the format that the client prefers, compressed when
 * it takes that.
 * `?name[]=a&name[]=b` asks for the families of these names alone.
 */

import { createFormat } from "../render/create-format.ts";
import { negotiateFormat } from "../render/negotiate.ts";
import type { Dropped } from "../store/consistent-view.ts";
import { type ContentCoding, negotiateEncoding } from "./accept-encoding.ts";
import type { Compress, HttpContext, HttpRequest } from "./context.ts";
import { queryOf } from "./target.ts";

/** Handles a scrape. */
export function handleScrape(
  context: HttpContext,
  { request }: HttpRequest,
): Response {
  const { options, store, telemetry } = context;
  const accept = request.headers.get("Accept");
  const format = createFormat(negotiateFormat(accept, { openMetrics: options.enableOpenMetrics }));
  const names = requestedNames(request.url);
  const { chunks, length, dropped } = store.gather(format, {
    own: telemetry.collect(),
    ...(names && { names }),
  });
  if (dropped.length > 0) reportDropped(context, dropped);
  const headers: Record<string, string> = { "Content-Type": format.contentType };
  const body = joinChunks(chunks, length);
  const compression = chooseCompression(context, request.headers.get("Accept-Encoding"));
  if (compression === undefined) return new Response(body, { headers });
  headers["Content-Encoding"] = compression.coding;
  return new Response(compression.compress(body), { headers });
}

interface Compression {
  readonly coding: ContentCoding;
  readonly compress: Compress;
}

/** Where a client likes both alike it gets zstd, which is smaller and faster. */
function chooseCompression(
  { gzip, zstd }: HttpContext,
  header: string | null,
): Compression | undefined {
  const coding = negotiateEncoding(header, zstd === undefined ? ["gzip"] : ["zstd", "gzip"]);
  if (coding === "zstd" && zstd !== undefined) return { coding, compress: zstd };
  return coding === "gzip" ? { coding, compress: gzip } : undefined;
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
