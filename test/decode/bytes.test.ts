import { describe, expect, it } from "vitest";
import { concatBytes, readStream, tooLarge } from "../../src/decode/bytes.ts";

describe("concatBytes", () => {
  const cases: readonly (readonly [chunks: number[][], bytes: number[]])[] = [
    [[], []],
    [[[]], []],
    [[[1, 2]], [1, 2]],
    [[[1], [2, 3], [], [4]], [1, 2, 3, 4]],
  ];
  it.each(cases)("makes one of %j", (chunks, bytes) => {
    expect([...concatBytes(chunks.map((chunk) => Uint8Array.from(chunk)))]).toEqual(bytes);
  });

  it("returns a single chunk as it is", () => {
    const chunk = Uint8Array.of(1, 2);
    expect(concatBytes([chunk])).toBe(chunk);
  });
});

describe("readStream", () => {
  it("reads to the end", async () => {
    const { stream } = source([[1, 2], [], [3]]);
    expect([...await readStream(stream, 100)]).toEqual([1, 2, 3]);
  });

  it("reads nothing from an empty stream", async () => {
    expect(await readStream(source([]).stream, 0)).toEqual(new Uint8Array());
  });

  it("takes exactly as much as the limit", async () => {
    const { stream, state } = source([[1, 2], [3]]);
    expect([...await readStream(stream, 3)]).toEqual([1, 2, 3]);
    expect(state.cancelled).toBe(false);
  });

  it("stops at one byte more and reads no further", async () => {
    const { stream, state } = source([[1, 2], [3, 4], [5], [6]]);
    await expect(readStream(stream, 3)).rejects.toMatchObject({
      kind: "too-large",
      message: "request body exceeds 3 bytes, the limit set by --push.max-body-size",
    });
    expect(state).toEqual({ pulled: 2, cancelled: false });
  });

  it("leaves what is beyond the limit to others", async () => {
    const { stream } = source([[1, 2], [3, 4], [5], [6]]);
    await expect(readStream(stream, 3)).rejects.toMatchObject({ kind: "too-large" });
    expect([...await readStream(stream, 2)]).toEqual([5, 6]);
  });

  it("passes on what goes wrong with the stream", async () => {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Uint8Array.of(1)),
      pull: (controller) => controller.error(new Error("connection reset")),
    });
    await expect(readStream(stream, 20)).rejects.toThrow("connection reset");
  });
});

it("names what is too large, the limit and its flag", () => {
  const error = tooLarge(1024, "inflated request body");
  expect(error.kind).toBe("too-large");
  expect(error.message).toBe(
    "inflated request body exceeds 1024 bytes, the limit set by --push.max-body-size",
  );
});

/** A stream of chunks that tells how many were asked for; none is read ahead. */
function source(chunks: readonly (readonly number[])[]): {
  readonly stream: ReadableStream<Uint8Array>;
  readonly state: { pulled: number; cancelled: boolean };
} {
  const state = { pulled: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks[state.pulled++];
      if (chunk === undefined) controller.close();
      else controller.enqueue(Uint8Array.from(chunk));
    },
    cancel() {
      state.cancelled = true;
    },
  }, { highWaterMark: 0 });
  return { stream, state };
}
