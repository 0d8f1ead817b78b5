/**
 * Undoes zstd within a limit: several frames are one body, frames that are to be skipped are. Checked are the structure, down
 * to the last bit of every stream, and where a frame says so its size and checksum (XXH64).
 *
 * Specs: RFC 8878; RFC 9659 for HTTP. It is written out here because fzstd 0.1.1 checks neither checksum nor offset nor the
 * size of a block: with 18 bytes it is busy for 16 seconds, and returns rubbish without an error. Since matches are copied within the
 * output, there is no window to be held, and a frame that asks for a large one costs nothing.
 */

import { corrupt } from "./bytes.ts";
import { Output } from "./output.ts";
import { xxh64Low } from "./xxh64.ts";
import { type BlockContext, decodeZstdBlock } from "./zstd-block.ts";
import { type FrameHeader, readFrameHeader, SKIPPABLE, skippableSize } from "./zstd-frame.ts";

/** Type and size of a block, in bytes. */
const BLOCK_HEADER_SIZE = 3;
const RAW = 0;
const REPEATED = 1;
const COMPRESSED = 2;
const CHECKSUM_SIZE = 4;
/** No block holds more, in bytes, whatever the window. */
const MAX_BLOCK_SIZE = 128 * 1024;
/** Blocks of one body. Tables cost some microseconds a block, however little is in it; a block mostly holds 128 KiB. */
const MAX_BLOCKS = 100_000;

/**
 * Undoes a body.
 *
 * @param body the bytes as sent.
 * @param maxSize the size in bytes that the result must not exceed.
 * @throws GatewayError (malformed) for corrupt input, (too-large) beyond the limit.
 */
export function decodeZstd(body: Uint8Array, maxSize: number): Uint8Array {
  if (body.length === 0) throw corrupt("zstd", "EOF");
  const input: Input = { bytes: body, at: 0, blocks: 0 };
  const output = new Output(maxSize);
  while (input.at < body.length) {
    const header = readFrameHeader(body, input.at);
    if (header === SKIPPABLE) take(input, skippableSize(body, input.at));
    else decodeFrame(input, header, output);
  }
  return output.result();
}

/** A body, and how far it is read. */
interface Input {
  readonly bytes: Uint8Array;
  at: number;
  /** How many blocks there were. */
  blocks: number;
}

function decodeFrame(input: Input, header: FrameHeader, output: Output): void {
  if (header.contentSize !== undefined) output.checkLimit(header.contentSize);
  take(input, header.size);
  const context: BlockContext = {
    frameStart: output.length,
    windowSize: header.windowSize,
    maxBlockSize: Math.min(header.windowSize, MAX_BLOCK_SIZE),
    offsets: [1, 4, 8],
    huffman: undefined,
    sequences: undefined,
  };
  while (!decodeBlock(input, context, output));
  const size = output.length - context.frameStart;
  if (header.contentSize !== undefined && header.contentSize !== size) {
    throw corrupt("zstd", "frame is not of the size that it claims");
  }
  if (header.hasChecksum) checkFrame(input, output.result().subarray(context.frameStart));
}

/** Undoes one block and returns whether it was the last. */
function decodeBlock(input: Input, context: BlockContext, output: Output): boolean {
  if (++input.blocks > MAX_BLOCKS) throw corrupt("zstd", `more than ${MAX_BLOCKS} blocks`);
  const [low = 0, middle = 0, high = 0] = take(input, BLOCK_HEADER_SIZE);
  const type = low >> 1 & 3;
  const size = low >> 3 | middle << 5 | high << 13;
  if (size > context.maxBlockSize) throw corrupt("zstd", "block too large");
  if (type === RAW) {
    output.append(take(input, size));
  } else if (type === REPEATED) {
    const [byte = 0] = take(input, 1);
    output.checkLimit(size);
    output.reserve(size);
    output.bytes.fill(byte, output.length, output.length + size);
    output.length += size;
  } else if (type === COMPRESSED) {
    output.reserve(context.maxBlockSize);
    decodeZstdBlock(take(input, size), context, output);
    output.checkLimit(0);
  } else {
    throw corrupt("zstd", "invalid block type");
  }
  return (low & 1) === 1;
}

function checkFrame(input: Input, content: Uint8Array): void {
  const [a = 0, b = 0, c = 0, d = 0] = take(input, CHECKSUM_SIZE);
  const checksum = (a | b << 8 | c << 16 | d << 24) >>> 0;
  if (xxh64Low(content) !== checksum) throw corrupt("zstd", "invalid checksum");
}

/** Returns the next `size` bytes and goes on behind them. */
function take(input: Input, size: number): Uint8Array {
  const end = input.at + size;
  if (end > input.bytes.length) throw corrupt("zstd", "unexpected EOF");
  const bytes = input.bytes.subarray(input.at, end);
  input.at = end;
  return bytes;
}
