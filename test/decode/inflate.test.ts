import { constants, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../src/decode/bytes.ts";
import { inflate } from "../../src/decode/inflate.ts";
import { runs } from "../support/runs.ts";

const LIMIT = 1 << 20;
const TEXT = "some_metric 3.14\n";
/** A gzip header without name and time. */
const HEADER = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];

const gzip = (data: string | Uint8Array, level = 6) => new Uint8Array(gzipSync(data, { level }));
const member = gzip(TEXT);
const zlib = new Uint8Array(deflateSync(TEXT));
const raw = new Uint8Array(deflateRawSync(TEXT));

describe("gzip", () => {
  const bodies: readonly (readonly [what: string, body: Uint8Array, text: string])[] = [
    ["one member", member, TEXT],
    ["a member stored as it is", gzip(TEXT, 0), TEXT],
    ["an empty member", gzip(""), ""],
    ["two members", join(member, member), TEXT.repeat(2)],
    ["empty members between others", join(gzip(""), member, gzip(""), member), TEXT.repeat(2)],
    ["a header with everything in it", withHeaderFields(member), TEXT],
    ["more than fits one chunk", gzip("a 1\n".repeat(200_000)), "a 1\n".repeat(200_000)],
  ];
  it.each(bodies)("of %s is inflated", (_, body, text) => {
    expect(decode(inflate(body, "gzip", LIMIT))).toBe(text);
  });

  it("is inflated to the last member, wherever members end", () => {
    // The sizes around those at which something may be cut into chunks.
    for (const size of [1024, 16 * 1024, 32 * 1024, 64 * 1024]) {
      for (const length of [size - 1, size, size + 1]) {
        const padded = gzip(new Uint8Array(length - stored(length)).fill(97), 0);
        expect(padded.length).toBe(length);
        const inflated = inflate(join(padded, member, padded), "gzip", LIMIT);
        expect(inflated.length).toBe(2 * (length - stored(length)) + TEXT.length);
        const exact = inflate(join(gzip(new Uint8Array(length)), member), "gzip", LIMIT);
        expect(decode(exact.subarray(length))).toBe(TEXT);
      }
    }
  });

  it("is inflated however its bytes are spread over members", () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 5 });
    fc.assert(fc.property(parts, fc.integer({ min: 0, max: 9 }), (list, level) => {
      const body = join(...list.map((part) => gzip(part, level)));
      expect([...inflate(body, "gzip", LIMIT)]).toEqual([...join(...list)]);
    }));
  });

  const broken: readonly (readonly [what: string, body: Uint8Array, reason: string])[] = [
    ["nothing", new Uint8Array(), "EOF"],
    ["one byte", member.subarray(0, 1), "unexpected EOF"],
    ["part of a header", member.subarray(0, 8), "unexpected EOF"],
    ["a header alone", member.subarray(0, 10), "unexpected EOF"],
    ["part of the data", member.subarray(0, 15), "unexpected EOF"],
    ["a member without checksum", member.subarray(0, -8), "unexpected EOF"],
    ["a member without its last byte", member.subarray(0, -1), "unexpected EOF"],
    ["text", encode("hello\n"), "invalid header"],
    ["zlib", zlib, "invalid header"],
    ["another method of compression", changed(member, 2, 7), "invalid header"],
    ["a reserved flag", changed(member, 3, 0x80), "invalid header"],
    ["a header with a bad checksum", join(withFlag(2), [1, 2], raw), "invalid header"],
    ["a bad checksum", changed(member, member.length - 6, 0), "invalid checksum"],
    ["a bad length", changed(member, member.length - 3, 9), "invalid checksum"],
    ["a bad block", join(HEADER, [7]), "invalid block type"],
    ["a reference to before the start", join(HEADER, [0x4b, 0x04, 0x62, 0, 0, 0]), "too far back"],
    ["two members, the second broken off", join(member, member.subarray(0, 9)), "unexpected EOF"],
    ["two members, the second corrupt", join(member, changed(member, 21, 0)), ""],
    ["text behind a member", join(member, encode("hello")), "invalid header"],
    ["zeros behind a member", join(member, [0, 0, 0, 0]), "invalid header"],
    ["a byte behind a member", join(member, [0]), "unexpected EOF"],
  ];
  it.each(broken)("of %s is refused", (_, body, reason) => {
    expect(() => inflate(body, "gzip", LIMIT)).toThrow(
      expect.objectContaining({
        kind: "malformed",
        message: expect.stringMatching(new RegExp(`^gzip: .*${reason}`)),
      }),
    );
  });

  it("of 10 000 members is inflated, of more it is refused", () => {
    const empty = gzip("");
    const body = new Uint8Array(empty.length * 10_001);
    for (let i = 0; i < 10_001; i++) body.set(empty, i * empty.length);
    expect(inflate(body.subarray(empty.length), "gzip", LIMIT).length).toBe(0);
    expect(() => inflate(body, "gzip", LIMIT)).toThrow("gzip: more than 10000 members");
  });
});

describe("deflate", () => {
  it("is inflated with the zlib header and without", () => {
    expect(decode(inflate(zlib, "deflate", LIMIT))).toBe(TEXT);
    expect(decode(inflate(raw, "deflate", LIMIT))).toBe(TEXT);
  });

  it("is inflated whatever it holds, at every level", () => {
    const level = fc.integer({ min: 0, max: 9 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), level, (bytes, n) => {
      expect([...inflate(new Uint8Array(deflateSync(bytes, { level: n })), "deflate", LIMIT)])
        .toEqual([...bytes]);
    }));
  });

  const broken: readonly (readonly [what: string, body: Uint8Array, reason: string])[] = [
    ["nothing", new Uint8Array(), "EOF"],
    ["a header alone", zlib.subarray(0, 2), "unexpected EOF"],
    ["a part", zlib.subarray(0, -5), "unexpected EOF"],
    ["all but the checksum", zlib.subarray(0, -4), "unexpected EOF"],
    ["a part without header", raw.subarray(0, -1), "unexpected EOF"],
    ["a bad checksum", changed(zlib, zlib.length - 1, 0), "invalid checksum"],
    ["text", encode("hello\n"), ""],
    ["two streams", join(zlib, zlib), "data after the end of the stream"],
    ["two streams without header", join(raw, raw), "data after the end of the stream"],
    ["a preset dictionary", dictionary(), "preset dictionary needed"],
  ];
  it.each(broken)("of %s is refused", (_, body, reason) => {
    expect(() => inflate(body, "deflate", LIMIT)).toThrow(
      expect.objectContaining({
        kind: "malformed",
        message: expect.stringMatching(new RegExp(`^deflate: .*${reason}`)),
      }),
    );
  });
});

describe("the limit", () => {
  const message = (limit: number) =>
    `inflated request body exceeds ${limit} bytes, the limit set by --push.max-body-size`;

  it.each([0, 1, 17, 65_535, 65_536, 65_537, 200_000])("may be met at %i bytes", (size) => {
    const body = gzip(new Uint8Array(size));
    expect(inflate(body, "gzip", size).length).toBe(size);
    if (size === 0) return;
    expect(() => inflate(body, "gzip", size - 1)).toThrow(
      expect.objectContaining({ kind: "too-large", message: message(size - 1) }),
    );
  });

  it("holds for all members together", () => {
    const body = join(member, member, member);
    expect(inflate(body, "gzip", 3 * TEXT.length).length).toBe(3 * TEXT.length);
    expect(() => inflate(body, "gzip", 3 * TEXT.length - 1)).toThrow("exceeds 50 bytes");
  });

  it("stops a megabyte that holds a gigabyte, long before its end", () => {
    // Blocks of a megabyte of zeros each; what stands behind them is never looked at.
    const block = new Uint8Array(deflateRawSync(new Uint8Array(1 << 20), {
      finishFlush: constants.Z_SYNC_FLUSH,
    }));
    const blocks = Array.from({ length: 1024 }, () => block);
    expect(block.length * 1024).toBeLessThan(2 << 20);
    expect(() => inflate(join(HEADER, ...blocks, [7]), "gzip", LIMIT)).toThrow(
      expect.objectContaining({ kind: "too-large", message: message(LIMIT) }),
    );
    expect(() => inflate(join(HEADER, ...blocks.slice(0, 1), [7]), "gzip", LIMIT)).toThrow(
      "gzip: invalid block type",
    );
  });
});

it("inflates or refuses whatever comes in", () => {
  const source = fc.constantFrom(member, zlib, raw, join(member, member), gzip("a".repeat(5000)));
  const damage = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 3 });
  const encoding = fc.constantFrom("gzip" as const, "deflate" as const);
  fc.assert(
    fc.property(source, damage, fc.nat(70), encoding, (body, bytes, length, name) => {
      const damaged = bytes.reduce((all, [at, byte]) => changed(all, at, byte), body);
      expectSound(() => inflate(damaged.subarray(0, length), name, 4000));
    }),
    { numRuns: runs(1000) },
  );
});

function expectSound(run: () => Uint8Array): void {
  try {
    expect(run().length).toBeLessThanOrEqual(4000);
  } catch (error) {
    expect(error).toMatchObject({ kind: expect.stringMatching(/^(malformed|too-large)$/) });
    expect((error as Error).message).toMatch(/^((gzip|deflate): .|inflated request body exceeds)/);
  }
}

/** How many bytes gzip adds to `length` minus so many when it stores them: header, blocks of 65 535 bytes, checksum. */
function stored(length: number): number {
  return HEADER.length + 5 * Math.ceil((length - 23) / 65_535) + 8;
}

/** The member with extra field, name, comment and header checksum. */
function withHeaderFields(body: Uint8Array): Uint8Array {
  const fields = [3, 0, 1, 2, 3, ...encode("name\0comment\0")];
  const header = [...HEADER.slice(0, 3), 0x1e, ...HEADER.slice(4), ...fields];
  const crc = crc32(header) & 0xffff;
  return join(header, [crc & 0xff, crc >> 8], body.subarray(HEADER.length));
}

function withFlag(flag: number): number[] {
  return [...HEADER.slice(0, 3), flag, ...HEADER.slice(4)];
}

/** A zlib header that asks for a dictionary. */
function dictionary(): Uint8Array {
  return join([0x78, 0xbb, 1, 2, 3, 4], raw);
}

function crc32(bytes: readonly number[]): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function changed(body: Uint8Array, at: number, byte: number): Uint8Array {
  const copy = body.slice();
  if (at < copy.length) copy[at] = byte;
  return copy;
}

function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return concatBytes(parts.map((part) => Uint8Array.from(part)));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
