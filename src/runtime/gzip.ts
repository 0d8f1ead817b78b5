/**
 * Compresses scrapes with the runtime's own zlib, which Node, Bun and Deno all offer as node:zlib.
 *
 * Level 2: a scrape is made again every few seconds and compressed while pushes wait, though only what changed since. A piece of
 * 17 KB takes 25 µs on Bun 1.4, 47 on Deno 2.9 and Node 20 and becomes 1.9 KB; level 1 takes 22 µs and leaves 3 KB on the first two,
 * level 6 takes 40 µs for 1 % less.
 */
import * as zlib from "node:zlib";
import type { Deflate } from "../render/gzip-format.ts";

const level = 2;

/** Compresses `bytes` into one gzip member. */
export function gzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return zlib.gzipSync(bytes, { level });
}

/** Compresses piece by piece; `undefined` where the runtime cannot. */
export const deflate: Deflate | undefined = createDeflate();

function createDeflate(): Deflate | undefined {
  // Node has it from 20.15 on.
  const { crc32, constants } = zlib;
  if (typeof crc32 !== "function") return undefined;
  const options = { level, finishFlush: constants.Z_SYNC_FLUSH };
  return { compress: (bytes) => zlib.deflateRawSync(bytes, options), crc32 };
}
