import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGzipFormat, type Deflate, joinGzip } from "../../src/render/gzip-format.ts";
import { createProtobufFormat } from "../../src/render/protobuf.ts";
import { textFormat } from "../../src/render/text.ts";
import { deflate } from "../../src/runtime/gzip.ts";
import { createStore, push } from "../store/builders.ts";

function inPieces(): Deflate {
  if (deflate === undefined) throw new Error("this runtime cannot compress in pieces");
  return deflate;
}

/** A format that prints help texts as they are, to have pieces of any length. */
const format = createGzipFormat({
  ...textFormat,
  renderHead: ({ help }) => new TextEncoder().encode(help),
}, inPieces());

function pieceOf(text: string): Uint8Array<ArrayBuffer> {
  return format.renderHead({ name: "x", type: "gauge", help: text, unit: "" }, 0);
}

const short = fc.string({ unit: "grapheme", maxLength: 20 });
const long = fc.tuple(short, fc.integer({ min: 1, max: 5000 })).map(([text, n]) => text.repeat(n));

describe("joinGzip", () => {
  it("makes a member that unpacks to all pieces, with the checksum and length of the whole", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(short, long), { maxLength: 12 }), (texts) => {
        const member = joinGzip(texts.map(pieceOf));
        expect(gunzipSync(member).toString()).toBe(
          texts.join(""),
        );
      }),
    );
  });

  it.each([0, 1, 511, 512, 513, 65_535, 65_536, 1_000_000])(
    "takes a piece of %d bytes, between others and alone",
    (length) => {
      const text = Array.from({ length }, (_, i) => String.fromCharCode(97 + (i * i) % 26)).join(
        "",
      );
      expect(gunzipSync(joinGzip([pieceOf(text)])).toString()).toBe(text);
      const member = joinGzip([pieceOf("a"), pieceOf(text), pieceOf("b")]);
      expect(gunzipSync(member).toString()).toBe(`a${text}b`);
    },
  );

  it("makes an empty member of no pieces", () => {
    expect(gunzipSync(joinGzip([])).length).toBe(0);
  });
});

describe("createGzipFormat", () => {
  it.each([textFormat, createProtobufFormat("delimited", "underscores")])(
    "says the same as the format itself, lengths included: $id",
    (plain) => {
      const { store } = createStore();
      for (let i = 0; i < 600; i++) {
        push(store, "PUT", `j${i}`, `# HELP x help\nx{l="1"} ${i}\ny ${i}\n`);
      }
      const packed = createGzipFormat(plain, inPieces());
      for (let i = 0; i < 3; i++) {
        const whole = Buffer.concat(store.gather(plain, { own: [] }).chunks);
        const member = joinGzip(store.gather(packed, { own: [] }).chunks);
        expect(gunzipSync(member).equals(whole)).toBe(true);
        expect(member.length).toBeLessThan(whole.length / 3);
        push(store, "PUT", `j${i * 50}`, `x{l="1"} ${i}\ny 7\n`);
      }
    },
  );
});
