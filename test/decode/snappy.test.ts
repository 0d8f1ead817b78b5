import fc from "fast-check";
import { compress } from "snappyjs";
import { describe, expect, it } from "vitest";
import { crc32c } from "../../src/decode/crc32c.ts";
import { decodeSnappy } from "../../src/decode/snappy.ts";
import { runs } from "../support/runs.ts";
import { changed, hex, isSame, join } from "./hex.ts";
import { SNAPPY, text } from "./vectors.ts";

const LIMIT = 1 << 20;
const IDENTIFIER = hex("ff 060000 734e61507059");
const TEXT = text(20);
const PACKED = join(IDENTIFIER, compressed(TEXT));

it.each(SNAPPY)("undoes $title", ({ data, packed }) => {
  expect(isSame(decodeSnappy(packed, LIMIT), data())).toBe(true);
});

describe("a stream", () => {
  const streams: readonly (readonly [what: string, body: Uint8Array, data: Uint8Array])[] = [
    ["of no bytes", new Uint8Array(), new Uint8Array()],
    ["of its identifier alone", IDENTIFIER, new Uint8Array()],
    ["with an identifier again and again", join(IDENTIFIER, IDENTIFIER, PACKED), TEXT],
    ["behind another", join(PACKED, PACKED), join(TEXT, TEXT)],
    ["of bytes as they are", join(IDENTIFIER, plain(TEXT)), TEXT],
    ["of both kinds of chunk", join(PACKED, plain(TEXT)), join(TEXT, TEXT)],
    ["with empty chunks", join(IDENTIFIER, plain([]), compressed([]), plain(TEXT)), TEXT],
    ["with padding", join(PACKED, chunk(0xfe, [1, 2, 3]), chunk(0xfe, [])), TEXT],
    ["with chunks to be skipped", join(IDENTIFIER, chunk(0x80, [1]), plain(TEXT)), TEXT],
    ["with the last type to be skipped", join(PACKED, chunk(0xfd, new Uint8Array(99_999))), TEXT],
    [
      "of the largest chunk",
      join(IDENTIFIER, plain(new Uint8Array(65_536))),
      new Uint8Array(65_536),
    ],
  ];
  it.each(streams)("%s is undone", (_, body, data) => {
    expect(decodeSnappy(body, LIMIT)).toEqual(data);
  });

  it("is undone whatever it holds, however it is cut into chunks", () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 5000, max: 2 }),
      fc.integer({ min: 0, max: 200 }).map(text),
    );
    const chunks = fc.array(fc.tuple(part, fc.boolean()), { maxLength: 5 });
    fc.assert(fc.property(chunks, (list) => {
      const packed = list.map(([data, isPlain]) => isPlain ? plain(data) : compressed(data));
      const data = join(...list.map(([data]) => data));
      expect(decodeSnappy(join(IDENTIFIER, ...packed), LIMIT)).toEqual(data);
    }));
  });

  const broken: readonly (readonly [what: string, body: Uint8Array, reason: string])[] = [
    ["of text", new TextEncoder().encode("hello\n"), "not a framed stream: no stream identifier"],
    ["that is a raw block", compress(TEXT), "not a framed stream: no stream identifier"],
    ["that starts with data", plain(TEXT), "not a framed stream: no stream identifier"],
    ["that starts with padding", chunk(0xfe, []), "not a framed stream: no stream identifier"],
    ["with a wrong identifier", changed(IDENTIFIER, 4, 0x53), "invalid stream identifier"],
    [
      "with a short identifier",
      chunk(0xff, hex("734e61507059").subarray(1)),
      "invalid stream identifier",
    ],
    ["with a long identifier", chunk(0xff, hex("734e6150705900")), "invalid stream identifier"],
    ["with a wrong identifier later", join(PACKED, chunk(0xff, [])), "invalid stream identifier"],
    ["with the first unknown type", join(PACKED, chunk(2, [])), "unknown type of chunk 0x02"],
    ["with the last unknown type", join(PACKED, chunk(0x7f, [])), "unknown type of chunk 0x7f"],
    ["cut in a header", join(PACKED, [0, 1, 0]), "unexpected EOF"],
    ["cut in padding", join(PACKED, [0xfe, 2, 0, 0, 0]), "unexpected EOF"],
    ["with a chunk without checksum", join(PACKED, chunk(1, [1, 2, 3])), "chunk without checksum"],
    ["with another checksum", changed(PACKED, 14, (PACKED[14] ?? 0) ^ 1), "invalid checksum"],
    [
      "with a checksum that is not masked",
      join(IDENTIFIER, chunk(1, [0, 0, 0, 0])),
      "invalid checksum",
    ],
    ["with another byte", changed(join(IDENTIFIER, plain(TEXT)), -1, 0), "invalid checksum"],
    [
      "with a chunk too large",
      join(IDENTIFIER, plain(new Uint8Array(65_537))),
      "chunk of more than 65536 bytes",
    ],
    [
      "with a compressed chunk too large",
      join(IDENTIFIER, compressed(new Uint8Array(65_537))),
      "chunk of more than 65536 bytes",
    ],
  ];
  it.each(broken)("%s is refused", (_, body, reason) => refuses(body, reason));
});

describe("a block", () => {
  /** The elements of a block, and what is said of them. `10` claims 16 bytes. */
  const blocks: readonly (readonly [what: string, block: string, reason: string])[] = [
    ["of no bytes", "", "unexpected EOF in a block"],
    ["with half a size", "80", "unexpected EOF in a block"],
    ["with a size of six bytes", "ffffffffff01", "invalid size of a block"],
    ["that claims 4 GiB", "ffffffff0f 00 61", "chunk of more than 65536 bytes"],
    ["that claims more than 32 bits", "ffffffff7f 00 61", "chunk of more than 65536 bytes"],
    ["that claims a byte beyond the limit", "818004 00 61", "chunk of more than 65536 bytes"],
    ["with too little", "02 00 61", "block is not of the size that it claims"],
    ["with too much", "01 04 61 62", "block is not of the size that it claims"],
    ["with nothing at all", "01", "block is not of the size that it claims"],
    ["with more than its size of nothing", "00 00 61", "block is not of the size that it claims"],
    ["with a literal that is cut off", "02 04 61", "unexpected EOF in a block"],
    ["with a literal without data", "01 00", "unexpected EOF in a block"],
    ["with a literal without length", "10 f4 01", "unexpected EOF in a block"],
    ["with a literal of a negative length", "10 fc f6ffffff 01 01", "unexpected EOF in a block"],
    ["with a literal of 4 GiB", "10 fc ffffffff 01 01", "unexpected EOF in a block"],
    ["with a copy before anything", "04 01 01", "copy from outside the block"],
    ["with a copy from nowhere", "05 00 61 01 00", "copy from outside the block"],
    ["with a copy from too far", "05 00 61 01 02", "copy from outside the block"],
    ["with a long copy from too far", "05 00 61 0e 0200", "copy from outside the block"],
    ["with a longer copy from too far", "05 00 61 0f 010000ff", "copy from outside the block"],
    ["with a copy that is cut off", "05 00 61 01", "unexpected EOF in a block"],
    ["with a long copy that is cut off", "05 00 61 0e 01", "unexpected EOF in a block"],
    ["with a longer copy that is cut off", "05 00 61 0f 010000", "unexpected EOF in a block"],
    [
      "with copies beyond its size",
      "05 00 61 fe 0100 fe 0100",
      "block is not of the size that it claims",
    ],
  ];
  it.each(blocks)("%s is refused", (_, block, reason) => {
    refuses(join(IDENTIFIER, chunk(0, join([0, 0, 0, 0], hex(block)))), reason);
  });

  const elements: readonly (readonly [what: string, block: string, data: string])[] = [
    ["a literal", "02 04 61 62", "ab"],
    ["a literal with a length of a byte", `3e f0 3d ${"61".repeat(62)}`, "a".repeat(62)],
    ["a literal with a length of two bytes", `46 f4 4500 ${"61".repeat(70)}`, "a".repeat(70)],
    ["a literal with a length of three bytes", `46 f8 450000 ${"61".repeat(70)}`, "a".repeat(70)],
    ["a literal with a length of four bytes", `46 fc 45000000 ${"61".repeat(70)}`, "a".repeat(70)],
    ["a short copy", "08 0c 61626364 01 04", "abcdabcd"],
    ["a copy into itself", "08 00 61 0d 01", "aaaaaaaa"],
    ["a long copy", "05 04 6162 0a 0200", "ababa"],
    ["a longer copy", "05 04 6162 0b 02000000", "ababa"],
  ];
  it.each(elements)("of %s is undone", (_, block, data) => {
    const bytes = new TextEncoder().encode(data);
    const body = join(IDENTIFIER, chunk(0, join(checksum(bytes), hex(block))));
    expect(new TextDecoder().decode(decodeSnappy(body, LIMIT))).toBe(data);
  });
});

describe("the limit", () => {
  it.each([1, 17, 65_536, 65_537, 200_000])("may be met at %i bytes", (size) => {
    const body = stream(new Uint8Array(size));
    expect(decodeSnappy(body, size).length).toBe(size);
    expect(() => decodeSnappy(body, size - 1)).toThrow(
      expect.objectContaining({
        kind: "too-large",
        message: `inflated request body exceeds ${size - 1} bytes, ` +
          "the limit set by --push.max-body-size",
      }),
    );
  });

  it("stops long before the end of what would be a gigabyte", () => {
    // What stands behind the chunks is never looked at.
    const zeros = compressed(new Uint8Array(65_536));
    const body = join(IDENTIFIER, ...Array.from({ length: 1000 }, () => zeros), [2, 0, 0, 0]);
    expect(() => decodeSnappy(body, LIMIT)).toThrow(expect.objectContaining({ kind: "too-large" }));
    expect(() => decodeSnappy(body, 1 << 27)).toThrow("unknown type of chunk 0x02");
  });
});

it("refuses a body that is cut anywhere but between chunks", () => {
  const whole = join(PACKED, plain(TEXT));
  const ends = [0, IDENTIFIER.length, PACKED.length];
  for (let length = 0; length < whole.length; length++) {
    if (ends.includes(length)) expect(decodeSnappy(whole.subarray(0, length), LIMIT)).toBeDefined();
    else refuses(whole.subarray(0, length), "unexpected EOF");
  }
});

it("notices every byte that is changed", () => {
  for (let at = IDENTIFIER.length + 4; at < PACKED.length; at++) {
    const damaged = changed(PACKED, at, (PACKED[at] as number) ^ 0x10);
    expect(() => decodeSnappy(damaged, LIMIT)).toThrow(
      expect.objectContaining({ kind: "malformed" }),
    );
  }
});

it("undoes or refuses whatever comes in", () => {
  const damage = fc.array(fc.tuple(fc.nat(PACKED.length), fc.nat(255)), { maxLength: 4 });
  fc.assert(
    fc.property(damage, fc.nat(PACKED.length), (bytes, length) => {
      const damaged = bytes.reduce((all, [at, byte]) => changed(all, at, byte), PACKED);
      try {
        expect(decodeSnappy(damaged.subarray(0, length), 4000).length).toBeLessThanOrEqual(4000);
      } catch (error) {
        expect(error).toMatchObject({
          kind: "malformed",
          message: expect.stringMatching(/^snappy: ./),
        });
      }
    }),
    { numRuns: runs(2000) },
  );
});

function refuses(body: Uint8Array, reason: string): void {
  expect(() => decodeSnappy(body, LIMIT)).toThrow(
    expect.objectContaining({ kind: "malformed", message: `snappy: ${reason}` }),
  );
}

function stream(data: Uint8Array): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += 65_536) {
    chunks.push(compressed(data.subarray(at, at + 65_536)));
  }
  return join(IDENTIFIER, ...chunks);
}

function compressed(data: Uint8Array | readonly number[]): Uint8Array {
  const bytes = Uint8Array.from(data);
  return chunk(0, join(checksum(bytes), compress(bytes)));
}

function plain(data: Uint8Array | readonly number[]): Uint8Array {
  const bytes = Uint8Array.from(data);
  return chunk(1, join(checksum(bytes), bytes));
}

function chunk(type: number, content: Uint8Array | readonly number[]): Uint8Array {
  const { length } = content;
  return join([type, length & 255, length >> 8 & 255, length >> 16], content);
}

function checksum(data: Uint8Array): Uint8Array {
  const crc = crc32c(data);
  const masked = ((crc >>> 15 | crc << 17) + 0xa282ead8) >>> 0;
  return Uint8Array.from([masked, masked >>> 8, masked >>> 16, masked >>> 24]);
}
