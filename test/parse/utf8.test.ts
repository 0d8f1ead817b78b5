import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../src/decode/bytes.ts";
import { decodeUtf8 } from "../../src/parse/utf8.ts";

const encoder = new TextEncoder();

describe("decodeUtf8", () => {
  const valid = ["", "a", "é日本💩\u{10ffff}", "\0\x7f\x80", "\ufeffa", "\ufffd", "\uffff"];
  it.each(valid)("decodes %j", (text) => {
    expect(decodeUtf8(encoder.encode(text))).toBe(text);
  });

  // What is not UTF-8, each given as the bytes that stand for a character.
  const invalid: readonly (readonly [what: string, bytes: number[]])[] = [
    ["a byte that never occurs", [0xff]],
    ["another", [0xc0]],
    ["a continuation byte alone", [0x80]],
    ["four of them", [0x80, 0x80, 0x80, 0x80]],
    ["a lead byte alone", [0xc3]],
    ["a lead byte before another", [0xc3, 0xc3, 0xa9]],
    ["two bytes of three", [0xe6, 0x97]],
    ["three bytes of four", [0xf0, 0x9f, 0x92]],
    ["an overlong form", [0xc0, 0x80]],
    ["half a surrogate pair", [0xed, 0xa0, 0x80]],
    ["a character beyond the last", [0xf4, 0x90, 0x80, 0x80]],
    ["one continuation byte too many", [0xc3, 0xa9, 0xa9]],
  ];
  it.each(invalid)("refuses %s and names the line", (_, bytes) => {
    expect(lineOf(Uint8Array.from(bytes))).toBe(1);
    for (const lines of [0, 1, 2, 70, 1000]) {
      const before = encoder.encode("é日本💩\n".repeat(lines));
      expect(lineOf(join(before, bytes))).toBe(lines + 1);
      expect(lineOf(join(before, bytes, encoder.encode("\n日\n\n")))).toBe(lines + 1);
      const empty = encoder.encode("\n".repeat(lines));
      expect(lineOf(join(empty, bytes, empty))).toBe(lines + 1);
      expect(lineOf(join(empty, encoder.encode("日"), bytes, empty))).toBe(lines + 1);
    }
  });

  it("names the first of several lines", () => {
    const line = encoder.encode("💩\n");
    expect(lineOf(join(line, line, [0xff, 10], line, [0xff, 10]))).toBe(3);
  });

  it("finds the line in any text, at any place", () => {
    const text = fc.string({
      unit: fc.constantFrom("\n", "a", "é", "日", "💩"),
      maxLength: 300,
    });
    fc.assert(fc.property(text, text, (before, after) => {
      const body = join(encoder.encode(before), [0xc0], encoder.encode(after));
      expect(lineOf(body)).toBe(before.split("\n").length);
    }));
  });

  it("finds the line of a cut character in any text", () => {
    const lines = fc.array(fc.constantFrom("", "a", "日本", "💩x"), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(fc.property(lines, fc.nat(), (list, seed) => {
      const line = seed % list.length;
      const bytes = list.map((text, i) => i === line ? [...encoder.encode(text), 0xf0, 0x9f] : text)
        .map((part) => typeof part === "string" ? encoder.encode(part) : part);
      expect(lineOf(join(...bytes.flatMap((part, i) => i === 0 ? [part] : [[10], part])))).toBe(
        line + 1,
      );
    }));
  });

  it("finds the line behind a megabyte of empty ones", () => {
    expect(lineOf(join(encoder.encode("\n".repeat(1 << 20)), [0xff]))).toBe((1 << 20) + 1);
  });
});

/** The line that the error names. */
function lineOf(body: Uint8Array): number {
  try {
    decodeUtf8(body);
  } catch (error) {
    expect(error).toMatchObject({ name: "GatewayError", kind: "malformed" });
    const message = (error as Error).message;
    const line = /^text format parsing error in line (\d+): invalid UTF-8$/.exec(message)?.[1];
    return Number(line);
  }
  throw new Error("accepted");
}

function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return concatBytes(parts.map((part) => Uint8Array.from(part)));
}
