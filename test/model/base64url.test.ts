import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64Url, encodeBase64Url } from "../../src/model/base64url.ts";
import { anyChar } from "./any-char.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("decodeBase64Url", () => {
  const valid: readonly (readonly [text: string, decoded: string])[] = [
    ["", ""],
    ["=", ""],
    ["==", ""],
    ["=====", ""],
    ["YQ", "a"],
    ["YQ=", "a"],
    ["YQ==", "a"],
    ["YQ======", "a"],
    ["YWI", "ab"],
    ["YWI=", "ab"],
    ["YWJj", "abc"],
    ["YWJj=", "abc"],
    ["L3Zhci90bXA", "/var/tmp"],
    ["L3Zhci90bXA=", "/var/tmp"],
    ["w6k_", "é?"],
    ["8J-SqQ", "💩"],
    // Bits that belong to no byte are not looked at.
    ["YR", "a"],
    ["YWJ", "ab"],
  ];
  it.each(valid)("decodes %j to %j", (text, decoded) => {
    expect(decodeBase64Url(text)).toEqual({ ok: true, bytes: bytesOf(decoded) });
  });

  // The text, the index of the character at which Go stops, what it has decoded by then.
  const invalid: readonly (readonly [text: string, errorAt: number, decoded: string])[] = [
    ["Y", 0, ""],
    ["Y===", 0, ""],
    ["YWJjY", 4, "abc"],
    ["YWJjYWJjY", 8, "abcabc"],
    ["a+b/", 1, ""],
    ["YWJjZ/", 5, "abc"],
    ["YWJj/", 4, "abc"],
    ["YQ==YQ", 2, ""],
    ["Y Q", 1, ""],
    [" YQ", 0, ""],
    ["%", 0, ""],
    ["YWJjYWé", 6, "abc"],
  ];
  it.each(invalid)("refuses %j at %i", (text, errorAt, decoded) => {
    expect(decodeBase64Url(text)).toEqual({ ok: false, errorAt, decoded: bytesOf(decoded) });
  });

  it("decodes any bytes, with any padding", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(4), (bytes, padding) => {
      const standard = btoa(String.fromCharCode(...bytes));
      const text = standard.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
      const decoded = decodeBase64Url(`${text}${"=".repeat(padding)}`);
      expect(decoded.ok && [...decoded.bytes]).toEqual([...bytes]);
    }));
  });

  it("tells at which character any other text goes wrong", () => {
    fc.assert(fc.property(fc.string({ unit: anyChar, maxLength: 20 }), (text) => {
      const result = decodeBase64Url(text);
      // Line breaks are skipped, and positions count without them.
      const joined = text.replace(/[\r\n]/g, "");
      const sound = /^[A-Za-z0-9_-]*/.exec(joined)?.[0].length ?? 0;
      if (!result.ok) expect(result.errorAt).toBeLessThanOrEqual(sound);
      else expect(joined.slice(sound)).toMatch(/^=*$/);
    }));
  });

  it("encodes what it decodes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const text = encodeBase64Url(bytes);
      expect(text).toMatch(/^[A-Za-z0-9_-]*$/);
      expect(decodeBase64Url(text)).toEqual({ ok: true, bytes: Uint8Array.from(bytes) });
    }));
  });

  it("takes megabytes of padding in the middle", () => {
    const result = decodeBase64Url(`YWJj${"=".repeat(1 << 20)}x`);
    expect(result.ok || result.errorAt).toBe(4);
  });
});
