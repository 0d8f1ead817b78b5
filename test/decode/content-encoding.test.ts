import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  decodeContent,
  KNOWN_ENCODINGS,
  parseContentEncoding,
} from "../../src/decode/content-encoding.ts";
import { SNAPPY, type Vector, ZSTD } from "./vectors.ts";

describe("parseContentEncoding", () => {
  const known: readonly (readonly [header: string | null, encodings: string[]])[] = [
    [null, []],
    ["", []],
    ["identity", []],
    ["Identity", []],
    [" , ,", []],
    ["gzip", ["gzip"]],
    ["GZip", ["gzip"]],
    [" gzip ", ["gzip"]],
    ["x-gzip", ["gzip"]],
    ["deflate", ["deflate"]],
    ["snappy", ["snappy"]],
    ["Zstd", ["zstd"]],
    ["deflate, gzip", ["deflate", "gzip"]],
    ["snappy, zstd", ["snappy", "zstd"]],
    ["gzip,identity,gzip", ["gzip", "gzip"]],
    ["gzip,gzip,gzip,gzip", ["gzip", "gzip", "gzip", "gzip"]],
    ["gzip,identity,gzip,gzip,identity,gzip", ["gzip", "gzip", "gzip", "gzip"]],
  ];
  it.each(known)("reads %j as %j", (header, encodings) => {
    expect(parseContentEncoding(header)).toEqual(encodings);
  });

  const unknown: readonly (readonly [header: string, message: string])[] = [
    ["br", 'unsupported content encoding "br", known are gzip, deflate, snappy, zstd, identity'],
    [
      "gzip, BR",
      'unsupported content encoding "br", known are gzip, deflate, snappy, zstd, identity',
    ],
    [
      "compress",
      'unsupported content encoding "compress", known are gzip, deflate, snappy, zstd, identity',
    ],
    [
      "gzip;q=1",
      'unsupported content encoding "gzip;q=1", known are gzip, deflate, snappy, zstd, identity',
    ],
    ["*", 'unsupported content encoding "*", known are gzip, deflate, snappy, zstd, identity'],
    ["gzip,gzip,gzip,gzip,gzip", "more than 4 content encodings"],
  ];
  it.each(unknown)("refuses %j", (header, message) => {
    expect(() => parseContentEncoding(header)).toThrow(
      expect.objectContaining({ kind: "unsupported", message }),
    );
  });

  it("knows what it says it knows", () => {
    for (const encoding of KNOWN_ENCODINGS) {
      expect(() => parseContentEncoding(encoding)).not.toThrow();
    }
  });
});

describe("decodeContent", () => {
  const text = "some_metric 3.14\n";
  const gzip = (data: string | Uint8Array) => new Uint8Array(gzipSync(data));
  const deflate = (data: string | Uint8Array) => new Uint8Array(deflateSync(data));

  it("returns a body without encodings as it is", () => {
    const body = Uint8Array.of(1, 2);
    expect(decodeContent(body, [], 1)).toBe(body);
  });

  it("undoes the last encoding first", () => {
    expect(decode(decodeContent(gzip(deflate(text)), ["deflate", "gzip"], 1000))).toBe(text);
    expect(decode(decodeContent(deflate(gzip(text)), ["gzip", "deflate"], 1000))).toBe(text);
    expect(() => decodeContent(gzip(deflate(text)), ["gzip", "deflate"], 1000)).toThrow(
      expect.objectContaining({ kind: "malformed" }),
    );
  });

  it("undoes snappy and zstd, on each other and with others", () => {
    const some = ZSTD.find(({ title }) => title === "40 lines, fast") as Vector;
    const other = SNAPPY.find(({ title }) => title === "40 lines") as Vector;
    expect(decodeContent(some.packed, ["zstd"], 10_000)).toEqual(some.data());
    expect(decodeContent(other.packed, ["snappy"], 10_000)).toEqual(other.data());
    expect(decodeContent(gzip(other.packed), ["snappy", "gzip"], 10_000)).toEqual(other.data());
    expect(decodeContent(gzip(some.packed), ["zstd", "gzip"], 10_000)).toEqual(some.data());
    expect(() => decodeContent(some.packed, ["snappy"], 10_000)).toThrow("snappy: not a framed");
    expect(() => decodeContent(other.packed, ["zstd"], 10_000)).toThrow("zstd: invalid header");
  });

  it("undoes four layers", () => {
    const body = gzip(gzip(gzip(gzip(text))));
    expect(decode(decodeContent(body, ["gzip", "gzip", "gzip", "gzip"], 1000))).toBe(text);
  });

  it("limits every layer", () => {
    // Small at the outside and at the inside, large in between.
    const zeros = gzip(new Uint8Array(1 << 20));
    const many = new Uint8Array(zeros.length * 40);
    for (let i = 0; i < 40; i++) many.set(zeros, i * zeros.length);
    const body = gzip(many);
    expect(body.length).toBeLessThan(many.length / 2);
    expect(() => decodeContent(body, ["gzip", "gzip"], 2 << 20)).toThrow(
      expect.objectContaining({ kind: "too-large" }),
    );
    expect(() => decodeContent(body, ["gzip", "gzip"], many.length - 1)).toThrow(
      expect.objectContaining({ kind: "too-large" }),
    );
    expect(decodeContent(body, ["gzip", "gzip"], 40 << 20).length).toBe(40 << 20);
  });
});

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
