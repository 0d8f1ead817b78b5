import { expect, it } from "vitest";
import { xxh64Low } from "../../src/decode/xxh64.ts";

/** So many bytes, each greater by seven than the one before, and what another implementation says of them. */
const HASHES: readonly (readonly [size: number, hash: number])[] = [
  [0, 0x51d8e999],
  [1, 0xdb052768],
  [3, 0x5a6209ab],
  [4, 0x0a55ac41],
  [7, 0x6f3da63e],
  [8, 0x65b924eb],
  [12, 0x9a14e611],
  [31, 0xb1e722b7],
  [32, 0x31a8c629],
  [33, 0xf8d65b94],
  [40, 0x9e6a3044],
  [63, 0x13e2fa26],
  [64, 0x445775d0],
  [100, 0x8247d5db],
  [1000, 0xa9cfc168],
];

it.each(HASHES)("hashes %i bytes", (size, hash) => {
  const bytes = Uint8Array.from({ length: size }, (_, i) => i * 7);
  expect(xxh64Low(bytes)).toBe(hash);
});

it("hashes what the specification does", () => {
  expect(xxh64Low(new TextEncoder().encode("abc"))).toBe(0xad770999);
});

it("hashes a part of a buffer", () => {
  const bytes = Uint8Array.from({ length: 200 }, (_, i) => i * 7);
  expect(xxh64Low(bytes.subarray(0, 100))).toBe(xxh64Low(bytes.slice(0, 100)));
  expect(xxh64Low(bytes.subarray(3, 103))).toBe(xxh64Low(bytes.slice(3, 103)));
});
