import * as zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import { zstd } from "../../src/runtime/zstd.ts";

describe("zstd", () => {
  it("is there exactly where the runtime has it", () => {
    expect(typeof zstd).toBe(typeof zlib.zstdCompressSync);
  });

  it.runIf(zstd !== undefined).each([0, 1, 100_000])("keeps %d bytes", (length) => {
    const bytes = new Uint8Array(length).map((_, index) => index % 7);
    const compressed = zstd?.(bytes) ?? bytes;
    expect(new Uint8Array(zlib.zstdDecompressSync(compressed))).toEqual(bytes);
  });
});
