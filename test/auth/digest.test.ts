import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isSameDigest, sha256 } from "../../src/auth/digest.ts";

describe("sha256", () => {
  it.each(["", "abc", "ü€💩", "x".repeat(1000)])("is that of %j", async (text) => {
    expect(await sha256(text)).toBe(createHash("sha256").update(text).digest("hex"));
  });
});

describe("isSameDigest", () => {
  it.each([
    ["", "", true],
    ["abc", "abc", true],
    ["abc", "abd", false],
    ["abc", "bbc", false],
    ["abc", "ab", false],
    ["ab", "abc", false],
    ["", "a", false],
  ])("%j and %j: %j", (a, b, same) => {
    expect(isSameDigest(a, b)).toBe(same);
  });
});
