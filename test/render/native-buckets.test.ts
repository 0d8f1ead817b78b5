import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasNativeBuckets, listNativeBuckets } from "../../src/render/native-buckets.ts";
import { readHistogram, readSummaryCount } from "../../src/render/wire-histogram.ts";

/** Spans as offset and length. */
type Spans = readonly (readonly [offset: number, length: number])[];

describe("listNativeBuckets", () => {
  // Schema, spans and deltas above zero, the buckets.
  const cases: readonly (readonly [number, Spans, readonly number[], unknown[]])[] = [
    [0, [], [], []],
    [0, [[0, 1]], [1], [[0, 0.5, 1, 1n]]],
    [0, [[1, 2]], [1, 2], [[0, 1, 2, 1n], [0, 2, 4, 3n]]],
    [0, [[-1, 1]], [1], [[0, 0.25, 0.5, 1n]]],
    // The second span leaves two buckets out.
    [0, [[0, 1], [2, 1]], [2, -1], [[0, 0.5, 1, 2n], [0, 4, 8, 1n]]],
    // Empty buckets are not listed.
    [0, [[0, 3]], [1, -1, 1], [[0, 0.5, 1, 1n], [0, 2, 4, 1n]]],
    [1, [[1, 2]], [1, 0], [[0, 1, Math.SQRT2, 1n], [0, Math.SQRT2, 2, 1n]]],
    [-1, [[1, 1]], [1], [[0, 1, 4, 1n]]],
    [-4, [[1, 1]], [1], [[0, 1, 65536, 1n]]],
    // The last bucket for numbers, and the one for infinity.
    [0, [[1024, 2]], [1, 0], [
      [0, 2 ** 1023, Number.MAX_VALUE, 1n],
      [0, Number.MAX_VALUE, Infinity, 1n],
    ]],
    [2, [[4096, 1]], [1], [[0, 2 ** 1023.75, Number.MAX_VALUE, 1n]]],
    // Spans that claim more than there is, or less.
    [0, [[0, 4_000_000_000]], [1], [[0, 0.5, 1, 1n]]],
    [0, [[0, 1]], [1, 1], [[0, 0.5, 1, 1n]]],
  ];
  it.each(cases)("of schema %d with spans %j and deltas %j", (schema, spans, deltas, buckets) => {
    const bytes = histogram({ schema, positive: { spans, deltas } });
    expect(listed(bytes)).toEqual(buckets);
  });

  it("lists those below zero, the one around it and those above, from the lowest up", () => {
    const side = { spans: [[0, 2]], deltas: [1, 1] } as const;
    const bytes = histogram({
      schema: 0,
      zero: [0.25, 7],
      negative: side,
      positive: side,
    });
    expect(listed(bytes)).toEqual([
      [1, -2, -1, 2n],
      [1, -1, -0.5, 1n],
      [3, -0.25, 0.25, 7n],
      [0, 0.5, 1, 1n],
      [0, 1, 2, 2n],
    ]);
  });

  it("takes floats", () => {
    const writer = new BinaryWriter().raw(
      histogram({ schema: 0, positive: { spans: [[0, 2]], deltas: [] } }),
    );
    writer.tag(14, WireType.Bit64).double(0.5).tag(14, WireType.Bit64).double(1.5);
    writer.tag(8, WireType.Bit64).double(2.5);
    expect(listed(writer.finish())).toEqual([
      [3, -0, 0, 2.5],
      [0, 0.5, 1, 0.5],
      [0, 1, 2, 1.5],
    ]);
  });

  it("puts neighbouring buckets side by side, whatever the schema", () => {
    const schemas = fc.integer({ min: -4, max: 8 });
    fc.assert(fc.property(schemas, fc.integer({ min: -50, max: 50 }), (schema, offset) => {
      const positive = { spans: [[offset, 9]] as const, deltas: [1, 0, 0, 0, 0, 0, 0, 0, 0] };
      const buckets = listNativeBuckets(readHistogram(histogram({ schema, positive })));
      expect(buckets).toHaveLength(9);
      for (const [i, { lower, upper }] of buckets.entries()) {
        expect(upper).toBeGreaterThanOrEqual(lower);
        expect(buckets[i + 1]?.lower ?? upper).toBe(upper);
      }
    }));
  });
});

describe("hasNativeBuckets", () => {
  it.each([[-53, false], [-5, false], [-4, true], [0, true], [8, true], [9, false]])(
    "of schema %d: %s",
    (schema, expected) => {
      const positive = { spans: [[0, 0]] as const, deltas: [] };
      expect(hasNativeBuckets(readHistogram(histogram({ schema, positive })))).toBe(expected);
      expect(hasNativeBuckets(readHistogram(histogram({ schema })))).toBe(false);
    },
  );
});

describe("readHistogram", () => {
  it("reads counts to the last digit", () => {
    const writer = new BinaryWriter().tag(1, WireType.Varint).uint64("18446744073709551615");
    const bucket = new BinaryWriter().tag(1, WireType.Varint).uint64("9007199254740993");
    writer.tag(3, WireType.LengthDelimited)
      .bytes(bucket.tag(2, WireType.Bit64).double(5).finish());
    expect(readHistogram(writer.finish())).toMatchObject({
      count: 2n ** 64n - 1n,
      buckets: [{ bound: 5, count: 2n ** 53n + 1n }],
      isNative: false,
    });
  });

  it("takes a float count where it is above zero", () => {
    const of = (float: number) =>
      new BinaryWriter().tag(1, WireType.Varint).uint64(3).tag(4, WireType.Bit64).double(float)
        .finish();
    expect(readHistogram(of(2.5)).count).toBe(2.5);
    expect(readHistogram(of(0)).count).toBe(3n);
  });

  it("reads packed numbers", () => {
    const packed = new BinaryWriter().sint64(1).sint64(2).finish();
    const bytes = new BinaryWriter().raw(
      histogram({ schema: 0, positive: { spans: [[1, 2]], deltas: [] } }),
    ).tag(13, WireType.LengthDelimited).bytes(packed).finish();
    expect(listed(bytes)).toEqual([[0, 1, 2, 1n], [0, 2, 4, 3n]]);
  });

  const natives: readonly (readonly [what: string, parts: Parts, isNative: boolean])[] = [
    ["nothing", {}, false],
    ["a schema alone", { schema: 3 }, false],
    ["a zero threshold", { zero: [0.1, 0] }, true],
    ["observations around zero", { zero: [0, 1] }, true],
    ["an empty span", { positive: { spans: [[0, 0]], deltas: [] } }, true],
    ["a span below zero", { negative: { spans: [[0, 1]], deltas: [1] } }, true],
  ];
  it.each(natives)("with %s", (_, parts, isNative) => {
    expect(readHistogram(histogram(parts)).isNative).toBe(isNative);
  });
});

describe("readSummaryCount", () => {
  it("reads the count to the last digit", () => {
    const bytes = new BinaryWriter().tag(1, WireType.Varint).uint64("9007199254740993").finish();
    expect(readSummaryCount(bytes)).toBe(2n ** 53n + 1n);
    expect(readSummaryCount(new Uint8Array())).toBe(0n);
  });
});

interface Side {
  readonly spans: Spans;
  readonly deltas: readonly number[];
}

interface Parts {
  readonly schema?: number;
  readonly zero?: readonly [threshold: number, count: number];
  readonly negative?: Side;
  readonly positive?: Side;
}

function histogram({ schema, zero, negative, positive }: Parts): Uint8Array {
  const writer = new BinaryWriter();
  if (schema !== undefined) writer.tag(5, WireType.Varint).sint32(schema);
  if (zero !== undefined) {
    writer.tag(6, WireType.Bit64).double(zero[0]).tag(7, WireType.Varint).uint64(zero[1]);
  }
  for (const [side, field] of [[negative, 9], [positive, 12]] as const) {
    for (const [offset, length] of side?.spans ?? []) {
      writer.tag(field, WireType.LengthDelimited).fork().tag(1, WireType.Varint).sint32(offset)
        .tag(2, WireType.Varint).uint32(length).join();
    }
    for (const delta of side?.deltas ?? []) writer.tag(field + 1, WireType.Varint).sint64(delta);
  }
  return writer.finish();
}

function listed(bytes: Uint8Array): unknown[] {
  return listNativeBuckets(readHistogram(bytes))
    .map(({ boundaries, lower, upper, count }) => [boundaries, lower, upper, count]);
}
