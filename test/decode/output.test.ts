import { describe, expect, it } from "vitest";
import { Output } from "../../src/decode/output.ts";
import { isSame } from "./hex.ts";

describe("Output", () => {
  it("holds what was added, in order", () => {
    const output = new Output(100);
    expect(output.result()).toEqual(new Uint8Array());
    output.append(Uint8Array.of(1, 2));
    output.append(new Uint8Array());
    output.append(Uint8Array.of(3));
    expect([...output.result()]).toEqual([1, 2, 3]);
  });

  it("keeps everything while it grows", () => {
    const output = new Output(1 << 20);
    for (let i = 0; i < 100; i++) output.append(new Uint8Array(1000).fill(i));
    const expected = Uint8Array.from({ length: 100_000 }, (_, at) => Math.floor(at / 1000));
    expect(isSame(output.result(), expected)).toBe(true);
  });

  it("takes as much as the limit and not a byte more", () => {
    const output = new Output(3);
    output.append(Uint8Array.of(1, 2, 3));
    expect(() => output.append(Uint8Array.of(4))).toThrow(
      expect.objectContaining({
        kind: "too-large",
        message: "inflated request body exceeds 3 bytes, the limit set by --push.max-body-size",
      }),
    );
    expect([...output.result()]).toEqual([1, 2, 3]);
  });

  it("allocates for what comes, not for the limit", () => {
    const output = new Output(1 << 30);
    output.append(new Uint8Array(20_000));
    expect(output.bytes.length).toBeLessThan(50_000);
    output.append(new Uint8Array(100_000));
    expect(output.bytes.length).toBeLessThan(250_000);
  });

  it("does not allocate beyond the limit for growth alone", () => {
    const output = new Output(20_000);
    output.append(new Uint8Array(16_000));
    output.append(new Uint8Array(4000));
    expect(output.bytes.length).toBe(20_000);
  });

  it("makes room beyond the limit when told to", () => {
    const output = new Output(10);
    output.reserve(100);
    expect(output.bytes.length).toBeGreaterThanOrEqual(100);
    expect(output.result().length).toBe(0);
  });
});
