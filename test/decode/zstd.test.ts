import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { xxh64Low } from "../../src/decode/xxh64.ts";
import { decodeZstd } from "../../src/decode/zstd.ts";
import { runs } from "../support/runs.ts";
import { changed, hex, isSame, join } from "./hex.ts";
import { noise, text, type Vector, ZSTD } from "./vectors.ts";

const LIMIT = 1 << 20;
const MAGIC = "28b52ffd";

it.each(ZSTD)("undoes $title", ({ data, packed }) => {
  expect(isSame(decodeZstd(packed, LIMIT), data())).toBe(true);
});

describe("frames", () => {
  const { packed } = vector("one line");
  const other = vector("40 lines in many blocks");
  const bodies: readonly (readonly [what: string, body: Uint8Array, data: Uint8Array])[] = [
    [
      "that follow each other",
      join(packed, other.packed, packed),
      join(text(1), text(40), text(1)),
    ],
    ["that hold nothing, between others", join(frame(), packed, frame()), text(1)],
    [
      "to be skipped",
      join(skippable(0, 3), packed, skippable(15, 0), packed),
      join(text(1), text(1)),
    ],
    ["to be skipped, alone", skippable(7, 200), new Uint8Array()],
    ["of raw blocks", frame(raw("6162"), raw(""), raw("63")), hex("616263")],
    [
      "of repeated bytes",
      frame(repeated(3, "61"), repeated(0, "62"), repeated(1, "63")),
      hex("61616163"),
    ],
    ["with a window of 1 KiB", hex(`${MAGIC} 00 00 110000 6162`), hex("6162")],
    ["with a window of 3.75 TiB", hex(`${MAGIC} 00 ff 110000 6162`), hex("6162")],
    ["with a size of one byte", hex(`${MAGIC} 20 02 110000 6162`), hex("6162")],
    ["with a size of two bytes", join(hex(`${MAGIC} 60 0000 010800`), noise(256)), noise(256)],
    ["with a size of four bytes", hex(`${MAGIC} a0 02000000 110000 6162`), hex("6162")],
    ["with a size of eight bytes", hex(`${MAGIC} e0 0200000000000000 110000 6162`), hex("6162")],
    ["with a size and a window", hex(`${MAGIC} 80 00 02000000 110000 6162`), hex("6162")],
    ["with dictionary number 0", hex(`${MAGIC} 23 00000000 02 110000 6162`), hex("6162")],
    ["with the bit that means nothing", hex(`${MAGIC} 30 02 110000 6162`), hex("6162")],
    [
      "with a checksum",
      join(hex(`${MAGIC} 24 02 110000 6162`), checksum(hex("6162"))),
      hex("6162"),
    ],
  ];
  it.each(bodies)("%s are undone", (_, body, data) => {
    expect(decodeZstd(body, LIMIT)).toEqual(data);
  });

  it("are undone whatever they hold", () => {
    const bytes = fc.uint8Array({ maxLength: 400 });
    fc.assert(fc.property(fc.array(bytes, { maxLength: 4 }), fc.boolean(), (parts, summed) => {
      const data = join(...parts);
      const blocks = join(...parts.map((part) => block(0, part.length, part)), block(0, 0, [], 1));
      const body = join(
        hex(`${MAGIC} ${summed ? "04" : "00"} 40`),
        blocks,
        summed ? checksum(data) : [],
      );
      expect(decodeZstd(join(body, body), LIMIT)).toEqual(join(data, data));
    }));
  });

  const broken: readonly (readonly [what: string, body: Uint8Array, reason: string])[] = [
    ["of no bytes", new Uint8Array(), "EOF"],
    ["of text", new TextEncoder().encode("hello\n"), "invalid header"],
    ["of the format of 2015", hex("27b52ffd 00 00"), "invalid header"],
    ["with something behind", join(packed, new TextEncoder().encode("hello")), "invalid header"],
    ["with a byte behind", join(packed, [0]), "unexpected EOF"],
    ["to be skipped that are cut", skippable(0, 5).subarray(0, -1), "unexpected EOF"],
    ["to be skipped that claim 4 GiB", hex("502a4d18 ffffffff"), "unexpected EOF"],
    ["with the reserved bit", hex(`${MAGIC} 28 02 110000 6162`), "reserved bits are set"],
    ["with a dictionary", hex(`${MAGIC} 21 07 02 110000 6162`), "dictionary needed"],
    ["with a dictionary far out", hex(`${MAGIC} 23 00000001 02 110000 6162`), "dictionary needed"],
    [
      "with less than they claim",
      hex(`${MAGIC} a0 03000000 110000 6162`),
      "frame is not of the size that it claims",
    ],
    [
      "with more than they claim",
      hex(`${MAGIC} 80 00 01000000 110000 6162`),
      "frame is not of the size that it claims",
    ],
    ["with another checksum", hex(`${MAGIC} 24 02 110000 6162 00000000`), "invalid checksum"],
    ["with a reserved block", hex(`${MAGIC} 20 02 170000 6162`), "invalid block type"],
    ["with a block beyond the window", hex(`${MAGIC} 20 01 110000 6162`), "block too large"],
    ["with repeated bytes beyond the window", hex(`${MAGIC} 00 00 0b2000 61`), "block too large"],
    ["with a block beyond 128 KiB", hex(`${MAGIC} 00 ff 0b0010 61`), "block too large"],
    [
      "of 100 001 blocks",
      frame(new Uint8Array(3 * 100_000)),
      "more than 100000 blocks",
    ],
  ];
  it.each(broken)("%s are refused", (_, body, reason) => refuses(body, reason));
});

describe("a compressed block", () => {
  /**
   * The block, and what becomes of it. Literals come first: `00` none, `10` two raw ones, `11` two that are the same. Then the
   * number of sequences, `54` for three tables of one code each, and the codes of literals, offset and match.
   */
  const good: readonly (readonly [what: string, block: string, data: string])[] = [
    ["without sequences", "106162 00", "ab"],
    ["of nothing", "00 00", ""],
    ["of a repeated literal", "29 61 00", "aaaaa"],
    ["with a size of two bytes", "2400 6162 00", "ab"],
    ["with a size of three bytes", "2c0000 6162 00", "ab"],
    ["with a repeated literal, its size of two bytes", "2500 61 00", "aa"],
  ];
  it.each(good)("%s is undone", (_, content, data) => {
    expect(new TextDecoder().decode(decodeZstd(frame(compressed(content)), LIMIT))).toBe(data);
  });

  /** Two literals, then a match of three: `ab` and what offset value 1 + 2 + bits make of it. */
  const matches: readonly (readonly [what: string, block: string, data: string])[] = [
    // Offset code 2 has two bits and starts at 4: 00 is offset 1, 01 is offset 2.
    ["from one byte back", "106162 01 54 02 02 00 04", "abbbb"],
    ["from two bytes back", "106162 01 54 02 02 00 05", "ababa"],
    ["from the first of the last offsets", "106162 01 54 02 00 00 01", "abbbb"],
    ["with a literal behind it", "18616263 01 54 02 02 00 05", "ababac"],
    ["of four bytes", "106162 01 54 02 02 01 05", "ababab"],
    // Two sequences of one literal each; the second repeats the offset of the first.
    ["twice", "106162 02 54 01 00 00 01", "aaaabbbb"],
  ];
  it.each(matches)("with a match %s is undone", (_, content, data) => {
    expect(new TextDecoder().decode(decodeZstd(frame(compressed(content)), LIMIT))).toBe(data);
  });

  const broken: readonly (readonly [what: string, block: string, reason: string])[] = [
    ["of no bytes", "", "unexpected EOF in a block"],
    ["with half a header", "24", "unexpected EOF in a block"],
    ["with half a header of packed literals", "02 00", "unexpected EOF in a block"],
    ["with literals cut off", "10 61", "unexpected EOF in a block"],
    ["without the repeated literal", "11", "unexpected EOF in a block"],
    ["with more literals than a block holds", "fdffff 61 00", "block too large"],
    ["without number of sequences", "106162", "unexpected EOF in a block"],
    ["with half a number of sequences", "106162 80", "unexpected EOF in a block"],
    ["with a third of a number of sequences", "106162 ff 00", "unexpected EOF in a block"],
    ["without tables", "106162 01", "unexpected EOF in a block"],
    ["with something behind literals", "106162 00 00", "data behind the end of a block"],
    ["with reserved bits", "106162 01 55 02 02 00 05", "reserved bits are set"],
    ["with tables of a block before that is not", "106162 01 fc 05", "no table to repeat"],
    ["with a Huffman table of a block before that is not", "136000 0000 00", "no Huffman table"],
    ["with a code of literals beyond the last", "106162 01 54 24 02 00 05", "invalid code"],
    ["with a code of offsets beyond the last", "106162 01 54 02 20 00 05", "invalid code"],
    ["with a code of matches beyond the last", "106162 01 54 02 02 35 05", "invalid code"],
    ["without a code", "106162 01 54 02 02", "invalid code"],
    ["without bits", "106162 01 54 02 02 00", "invalid bit stream"],
    ["with bits without mark", "106162 01 54 02 02 00 00", "invalid bit stream"],
    ["with too few bits", "106162 01 54 02 02 00 02", "bit stream too short"],
    ["with too many bits", "106162 01 54 02 02 00 09", "data behind the end of a block"],
    ["with too few literals", "106162 01 54 03 02 00 05", "not enough literals"],
    ["with a match from before the start", "106162 01 54 02 02 00 06", "match from too far back"],
    ["with a match before any literal", "106162 01 54 00 00 00 01", "match from too far back"],
    ["with a match from 2 GiB back", "106162 01 54 02 1f 00 00000080", "match from too far back"],
    ["with offset zero", "106162 01 54 00 01 00 03", "offset is zero"],
    ["that makes rubbish for seconds", "00 ff0010 54 00 00 34 01", "bit stream too short"],
    ["with matches that never end", "106162 ffffff 54 00 00 00 01", "match from too far back"],
    ["with a match beyond 128 KiB", "106162 02 54 01 00 34 ffffffff 01", "block too large"],
    ["with a table too large", "106162 01 a8 0f ffff 01", "invalid FSE table"],
    ["with a table cut off", "106162 01 a8 00", "invalid FSE table"],
    [
      "with a table of too many symbols",
      "106162 01 a8 10 fcffffffffffffffffffff",
      "invalid FSE table",
    ],
    [
      "with weights that never end",
      "428002 05 f003ffff01 01010101 00",
      "invalid Huffman table",
    ],
  ];
  it.each(broken)("%s is refused", (_, content, reason) => {
    refuses(frame(compressed(content)), reason);
  });
});

describe("the limit", () => {
  it.each([1, 17, 131_072, 131_073, 300_000])("may be met at %i bytes", (size) => {
    for (const body of [zeros(size), noiseFrame(size)]) {
      expect(decodeZstd(body, size).length).toBe(size);
      expect(() => decodeZstd(body, size - 1)).toThrow(
        expect.objectContaining({
          kind: "too-large",
          message: `inflated request body exceeds ${size - 1} bytes, ` +
            "the limit set by --push.max-body-size",
        }),
      );
    }
  });

  it("holds for compressed blocks", () => {
    for (const { data, packed, title } of ZSTD) {
      const original = data();
      const { length } = original;
      expect(isSame(decodeZstd(packed, length), original), title).toBe(true);
      if (length > 0) {
        expect(() => decodeZstd(packed, length - 1), title).toThrow(
          expect.objectContaining({ kind: "too-large" }),
        );
      }
    }
  });

  it("holds for all frames together", () => {
    const body = join(zeros(100), zeros(100));
    expect(decodeZstd(body, 200).length).toBe(200);
    expect(() => decodeZstd(body, 199)).toThrow("exceeds 199 bytes");
  });

  it("refuses what a frame claims before it looks at it", () => {
    for (const size of ["0100001000000000", "ffffffffffffffff", "0000000000000080"]) {
      expect(() => decodeZstd(hex(`${MAGIC} e0 ${size}`), LIMIT)).toThrow(
        expect.objectContaining({ kind: "too-large" }),
      );
    }
  });

  it("stops long before the end of what would be a gigabyte", () => {
    // What stands behind the blocks is never looked at.
    const many = Array.from({ length: 8192 }, () => repeated(1 << 17, "00"));
    const body = join(hex(`${MAGIC} 00 a8`), ...many, hex("070000"));
    expect(body.length).toBeLessThan(40_000);
    expect(() => decodeZstd(body, LIMIT)).toThrow(expect.objectContaining({ kind: "too-large" }));
    refuses(join(hex(`${MAGIC} 00 a8`), ...many.slice(0, 8), hex("070000")), "invalid block type");
  });
});

it("refuses a body that is cut anywhere", () => {
  for (const { packed, title } of ZSTD) {
    for (let length = 0; length < packed.length; length++) {
      expect(attempt(packed.subarray(0, length)), `${title}, ${length}`).toBeUndefined();
    }
  }
});

it("notices a bit that is changed in any byte of a frame with a checksum, if it matters", () => {
  const summed = ZSTD.filter(({ packed }) => ((packed[4] as number) & 4) !== 0);
  for (const { title, data, packed } of summed) {
    const original = data();
    if (original.length > 10_000) continue;
    for (let at = 0; at < packed.length; at++) {
      const result = attempt(changed(packed, at, (packed[at] as number) ^ 1 << at % 8));
      const isHarmless = result === undefined || isSame(result, original);
      expect(isHarmless, `${title}, byte ${at}`).toBe(true);
    }
  }
});

it("undoes or refuses whatever comes in", () => {
  const source = fc.constantFrom(...ZSTD).map(({ packed }) => packed);
  const damage = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(source, damage, (packed, bytes) => {
      const damaged = bytes.reduce(
        (all, [part, byte]) => changed(all, Math.floor(part * all.length), byte),
        packed,
      );
      expect(attempt(damaged)?.length ?? 0).toBeLessThanOrEqual(LIMIT);
    }),
    { numRuns: runs(3000) },
  );
});

/** Undoes a body; undefined if it is refused as it should be. */
function attempt(body: Uint8Array): Uint8Array | undefined {
  try {
    return decodeZstd(body, LIMIT);
  } catch (error) {
    const { kind, message } = error as { kind?: string; message?: string };
    expect(`${kind}: ${message}`).toMatch(/^(malformed: zstd: .|too-large: inflated)/);
    return undefined;
  }
}

function refuses(body: Uint8Array, reason: string): void {
  expect(() => decodeZstd(body, LIMIT)).toThrow(
    expect.objectContaining({ kind: "malformed", message: `zstd: ${reason}` }),
  );
}

function vector(title: string): Vector {
  const found = ZSTD.find((vector) => vector.title === title);
  if (found === undefined) throw new Error(`no vector ${title}`);
  return found;
}

/** A frame of unknown size with a window of 256 KiB; an empty block ends it. */
function frame(...blocks: readonly Uint8Array[]): Uint8Array {
  return join(hex(`${MAGIC} 00 40`), ...blocks, block(0, 0, [], 1));
}

function zeros(size: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let left = size; left > 0; left -= 1 << 17) {
    blocks.push(repeated(Math.min(left, 1 << 17), "00"));
  }
  return frame(...blocks);
}

function noiseFrame(size: number): Uint8Array {
  const data = noise(size);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < size; at += 1 << 17) {
    const part = data.subarray(at, at + (1 << 17));
    blocks.push(block(0, part.length, part));
  }
  return frame(...blocks);
}

function raw(content: string): Uint8Array {
  const bytes = hex(content);
  return block(0, bytes.length, bytes);
}

function repeated(times: number, byte: string): Uint8Array {
  return block(1, times, hex(byte));
}

function compressed(content: string): Uint8Array {
  const bytes = hex(content);
  return block(2, bytes.length, bytes);
}

function block(
  type: number,
  size: number,
  content: Uint8Array | readonly number[],
  last = 0,
): Uint8Array {
  const header = size << 3 | type << 1 | last;
  return join([header & 255, header >> 8 & 255, header >> 16], content);
}

function skippable(kind: number, size: number): Uint8Array {
  return join([0x50 + kind, 0x2a, 0x4d, 0x18, size, 0, 0, 0], new Uint8Array(size));
}

function checksum(data: Uint8Array): Uint8Array {
  const hash = xxh64Low(data);
  return Uint8Array.from([hash, hash >>> 8, hash >>> 16, hash >>> 24]);
}
