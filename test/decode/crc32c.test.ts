import { expect, it } from "vitest";
import { crc32c } from "../../src/decode/crc32c.ts";

/** The first is the usual check value, the others are those of RFC 3720, appendix B.4. */
const SUMS: readonly (readonly [what: string, bytes: Uint8Array, sum: number])[] = [
  ["the digits from 1 to 9", new TextEncoder().encode("123456789"), 0xe3069283],
  ["nothing", new Uint8Array(), 0],
  ["32 zeros", new Uint8Array(32), 0x8a9136aa],
  ["32 ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ["32 rising bytes", Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ["32 falling bytes", Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
];

it.each(SUMS)("sums up %s", (_, bytes, sum) => expect(crc32c(bytes)).toBe(sum));

it("goes on from the sum of what came before", () => {
  const bytes = new TextEncoder().encode("123456789");
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(0xe3069283);
  }
});
