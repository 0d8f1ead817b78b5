import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHashKeys, hashWords } from "../../src/store/key-hash.ts";
import { runs } from "../support/runs.ts";

const COUNT = 4096;
const encoder = new TextEncoder();

function wordsOf(text: string): Int32Array {
  const bytes = encoder.encode(text);
  const words = new Int32Array((bytes.length + 3) >> 2);
  new Uint8Array(words.buffer).set(bytes);
  return words;
}

/** One of two characters for each bit of a number, each behind so many others. */
function spell(number: number, distance: number, [zero, one]: readonly [string, string]): string {
  let text = "";
  for (let bit = 1; bit < COUNT; bit <<= 1) {
    text += "a".repeat(distance) + ((number & bit) === 0 ? zero : one);
  }
  return text;
}

/** Characters that differ in one bit of a byte, or in several. */
const PAIRS = [["1", "q"], ["a", "c"], ["0", "1"], ["A", "a"], ["é", "è"], ["a", "z"]] as const;
const FORMS: readonly (readonly [string, (number: number) => string])[] = [
  ...PAIRS.flatMap((pair) =>
    [0, 1, 2, 3].flatMap((shift) =>
      [1, 3, 7].map((distance) =>
        [
          `${pair} ${shift} ${distance}`,
          (i: number) => "-".repeat(shift) + spell(i, distance, pair),
        ] as const
      )
    )
  ),
  ...[0, 1, 2, 3].map((shift) =>
    [`host ${shift}`, (i: number) => `${"-".repeat(shift)}instance="${i}",job="batch"`] as const
  ),
];

describe("hashWords", () => {
  it("tells texts apart wherever they differ, whatever it begins with", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FORMS),
        // Evenly drawn, as the keys of a table are.
        fc.noBias(fc.array(fc.nat(2 ** 32 - 1), { minLength: 3, maxLength: 3 })),
        ([, textOf], drawn) => {
          let at = 0;
          const keys = createHashKeys(() => (drawn[at++] as number) / 2 ** 32);
          const hashes = new Set<number>();
          for (let i = 0; i < COUNT; i++) {
            const words = wordsOf(textOf(i));
            hashes.add(hashWords(words, words.length, keys));
          }
          // By chance one pair in 500 such sets shares a hash.
          expect(hashes.size).toBeGreaterThan(COUNT - 8);
        },
      ),
      { numRuns: runs(100) },
    );
  });
});
