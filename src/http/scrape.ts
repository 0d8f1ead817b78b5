/**
 * The scrape: everything held and the gateway's own metrics as one body, in the format that the client prefers, compressed when
 * it takes that.
 * `?name[]=a&name[]=b` asks for the families of these names alone.
 */

import { createFormat } from "../render/create-format.ts";
import type { Format } from "../render/format.ts";
import { createGzipFormat, joinGzip } from "../render/gzip-format.ts";
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
  const plain = createFormat(negotiateFormat(accept, { openMetrics: options.enableOpenMetrics }));
  const coding = chooseCoding(context, request.headers.get("Accept-Encoding"));
  const { format, finish } = chooseCompression(context, plain, coding);
  const names = requestedNames(request.url);
  const { chunks, dropped } = store.gather(format, {
    own: telemetry.collect(),
    ...(names && { names }),
  });
  if (dropped.length > 0) reportDropped(context, dropped);
  const headers: Record<string, string> = { "Content-Type": format.contentType };
  if (coding !== undefined) headers["Content-Encoding"] = coding;
  return new Response(finish(chunks), { headers });
}

/** Where a client likes both alike it gets zstd, which is smaller and faster. */
function chooseCoding({ zstd }: HttpContext, header: string | null): ContentCoding | undefined {
  return negotiateEncoding(header, zstd === undefined ? ["gzip"] : ["zstd", "gzip"]);
}

interface Compression {
  /** What to gather a scrape in. */
  readonly format: Format;
  /** Makes a body of its pieces. */
  readonly finish: (chunks: readonly Uint8Array[]) => ReturnType<Compress>;
}

function chooseCompression(
  { deflate, gzip, zstd }: HttpContext,
  format: Format,
  coding: ContentCoding | undefined,
): Compression {
  if (coding === "gzip" && deflate !== undefined) {
    return { format: createGzipFormat(format, deflate), finish: joinGzip };
  }
  const compress = coding === "zstd" ? zstd : coding === "gzip" ? gzip : undefined;
  if (compress === undefined) return { format, finish: joinChunks };
  return { format, finish: (chunks) => compress(joinChunks(chunks)) };
}

function requestedNames(url: string): ReadonlySet<string> | undefined {
  const query = queryOf(url);
  if (query === "") return undefined;
  const names = new URLSearchParams(query).getAll("name[]");
  return names.length > 0 ? new Set(names) : undefined;
}

function joinChunks(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
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
