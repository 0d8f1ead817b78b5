import { describe, expect, it } from "vitest";
import type { Distribution, MetricType } from "../../src/model/family.ts";
import {
  concat,
  delimited,
  errorOf,
  family,
  type Field,
  message,
  metric,
  seriesOf,
  single,
} from "./protobuf-encode.ts";

const timestamp = message([1, 1_700_000_000n], [2, 5n]);
const exemplar = message(
  [1, message([1, "trace_id"], [2, "ü"])],
  [2, 0.5],
  [3, timestamp],
);
const IN_1 = "protobuf parsing error in message 1: ";
const MAX_UINT64 = 2n ** 64n - 1n;

/** A packed field: the bytes of numbers behind one length. */
const packed = (...list: number[]) => Uint8Array.from(list);

const histogram = (...fields: Field[]) => message([1, 3n], [2, 4.5], ...fields);
const bucket = (bound: number, count: bigint, ...fields: Field[]) =>
  message([1, count], [2, bound], ...fields);
const summary = (...fields: Field[]) => message([1, 3n], [2, 4.5], ...fields);

function distribution(type: MetricType, value: Uint8Array): Distribution {
  const { sample } = seriesOf(single(type, value));
  if (typeof sample === "number") throw new Error("a number");
  return sample;
}

describe("scalars", () => {
  it.each([0, -0, 1.5, -1e300, 5e-324, Infinity, -Infinity, NaN])("reads %s", (value) => {
    for (const type of ["counter", "gauge", "untyped"] as const) {
      expect(seriesOf(single(type, message([1, value])))).toEqual({ labels: [], sample: value });
    }
  });

  it("takes the last value", () => {
    expect(seriesOf(single("gauge", message([1, 1], [1, 2])))).toEqual({ labels: [], sample: 2 });
  });
});

describe("summaries", () => {
  it("reads count, sum and quantiles in their order", () => {
    const value = summary([3, message([1, 0.9], [2, 7])], [3, message([1, 0.5], [2, NaN])]);
    expect(seriesOf(single("summary", value))).toEqual({
      labels: [],
      sample: { count: 3, sum: 4.5, points: [0.9, 0.5], values: [7, NaN] },
    });
  });

  it("reads a quantile that is not a number", () => {
    const value = summary([3, message([1, NaN], [2, 1])], [3, message([1, 1], [2, 2])]);
    expect(distribution("summary", value).points).toEqual([NaN, 1]);
  });

  it.each([
    [[0.5, 0.5], "0.5"],
    [[0.5, 0.9, 0.1, 0.9], "0.9"],
    [[NaN, 1, NaN], "NaN"],
    [[0, -0], "0"],
  ])("refuses a quantile that is there twice: %j", (points, shown) => {
    const value = summary(...points.map((point): Field => [3, message([1, point], [2, 1])]));
    expect(errorOf(single("summary", value)))
      .toBe(`${IN_1}quantile="${shown}" occurs twice in one series`);
  });
});

describe.each(["histogram", "gaugehistogram"] as const)("%ss", (type) => {
  it("reads count, sum and buckets in their order", () => {
    const value = histogram([3, bucket(5, 2n)], [3, bucket(1, 1n)], [3, bucket(Infinity, 3n)]);
    expect(seriesOf(single(type, value))).toEqual({
      labels: [],
      sample: { count: 3, sum: 4.5, points: [5, 1, Infinity], values: [2, 1, 3] },
    });
  });

  it("adds no +Inf bucket", () => {
    expect(distribution(type, histogram([3, bucket(1, 1n)])).points).toEqual([1]);
  });

  it("reads a bound that is not a number", () => {
    expect(distribution(type, histogram([3, bucket(NaN, 1n)])).points).toEqual([NaN]);
  });

  it.each<[string, Field[], number, number]>([
    ["above zero, instead of integers", [[4, 2.5]], 2.5, 1.5],
    ["of zero, which are not used", [[4, 0]], 3, 1],
    ["below zero, which make no sense", [[4, -1]], 3, 1],
    ["that are not numbers", [[4, NaN]], 3, 1],
  ])("reads counts as floats %s", (_, [float], count, inBucket) => {
    const [field, number] = float as [number, number];
    const value = histogram([field, number], [3, bucket(1, 1n, [4, number > 0 ? 1.5 : number])]);
    const series = seriesOf(single(type, value));
    expect(series.sample).toMatchObject({ count, values: [inBucket] });
    expect(series.wire).toEqual(value);
  });

  it.each([[[1, 1], "1"], [[1, 2, 3, 2], "2"], [[Infinity, 1, Infinity], "+Inf"]])(
    "refuses a bound that is there twice: %j",
    (points, shown) => {
      const value = histogram(...points.map((point): Field => [3, bucket(point, 1n)]));
      expect(errorOf(single(type, value))).toBe(`${IN_1}le="${shown}" occurs twice in one series`);
    },
  );

  it("reads count and sum of a native one, and keeps the rest", () => {
    const value = histogram(
      [5, 6n],
      [6, 1e-128],
      [7, 1n],
      [9, message([1, 3n], [2, 1n])],
      [10, 2n],
      [12, message([1, 0n], [2, 2n])],
      [13, packed(2, 0x81, 1)],
      [15, timestamp],
      [16, exemplar],
    );
    expect(seriesOf(single(type, value))).toEqual({
      labels: [],
      sample: { count: 3, sum: 4.5, points: [], values: [] },
      wire: value,
    });
  });

  it("reads a native one with float counts", () => {
    const doubles = message([1, 1.5], [1, 2.5]);
    const value = message(
      [4, 4.5],
      [2, 1],
      [5, 0n],
      [8, 0.5],
      [11, 1.5],
      [14, concat(doubles.subarray(1, 9), doubles.subarray(10, 18))],
    );
    expect(distribution(type, value)).toMatchObject({ count: 4.5, sum: 1, points: [] });
  });
});

describe("the message that is kept beside the sample", () => {
  const full: Field[] = [[1, 3n], [2, 4.5]];
  const q = message([1, 0.5], [2, 1]);
  const noBound = message([1, 1n]);

  it.each<[string, MetricType, Uint8Array, boolean]>([
    ["a number", "counter", message([1, 1]), false],
    ["no number", "gauge", message(), true],
    ["an exemplar", "counter", message([1, 1], [2, exemplar]), true],
    ["a created timestamp", "counter", message([1, 1], [3, timestamp]), true],
    ["an empty exemplar", "counter", message([1, 1], [2, message()]), true],
    ["an unknown field", "untyped", message([1, 1], [2, exemplar]), true],
    ["an unknown group", "gauge", concat(message([1, 1]), packed(0x53, 0x54)), true],
    ["a whole summary", "summary", message(...full, [3, q]), false],
    ["no quantiles", "summary", message(...full), false],
    ["no sum", "summary", message([1, 3n], [3, q]), true],
    ["no count", "summary", message([2, 3]), true],
    ["half a quantile", "summary", message(...full, [3, message([1, 0.5])]), true],
    [
      "more than a quantile",
      "summary",
      message(...full, [3, message([1, 1], [2, 1], [3, 1n])]),
      true,
    ],
    ["when a summary was created", "summary", message(...full, [4, timestamp]), true],
    ["a count of 2^53-1", "summary", message([1, 2n ** 53n - 1n], [2, 1]), false],
    ["a count of 2^53+1", "summary", message([1, 2n ** 53n + 1n], [2, 1]), true],
    ["the highest count", "histogram", message([1, MAX_UINT64], [2, 1]), true],
    ["a whole histogram", "histogram", message(...full, [3, bucket(1, 1n)]), false],
    ["the highest bucket", "histogram", message(...full, [3, bucket(1, MAX_UINT64)]), true],
    ["a bucket without bound", "histogram", message(...full, [3, noBound]), true],
    ["a bucket without count", "histogram", message(...full, [3, message([2, 1])]), true],
    ["a bucket's exemplar", "histogram", message(...full, [3, bucket(1, 1n, [3, exemplar])]), true],
    ["when one was created", "histogram", message(...full, [15, timestamp]), true],
    ["a schema", "histogram", message(...full, [5, 0n]), true],
    ["an unknown field of one", "histogram", message(...full, [17, "x"]), true],
  ])("is there when it says more: %s of a %s", (_, type, value, kept) => {
    expect(seriesOf(single(type, value)).wire).toEqual(kept ? value : undefined);
  });

  it("is there for those series that need it", () => {
    const rich = message([1, 1], [2, exemplar]);
    const metrics = [
      metric("counter", message([1, 1]), { a: "1" }),
      metric("counter", rich, { a: "2" }),
    ];
    const body = delimited(family("x", "counter", metrics));
    expect(seriesOf(body).wire).toBe(undefined);
    const both = delimited(family("x", "counter", metrics.toReversed()));
    expect(seriesOf(both).wire).toEqual(rich);
  });

  it("keeps counts rounded in the sample and exact in the message", () => {
    const value = message([1, MAX_UINT64], [2, 1]);
    expect(distribution("histogram", value).count).toBe(2 ** 64);
  });

  it("is one message when the value comes in parts", () => {
    const first = message([1, 3n], [3, bucket(1, 1n)]);
    const second = message([2, 4.5], [3, bucket(2, 2n, [3, exemplar])]);
    const third = message([1, 4n]);
    const body = delimited(
      family("x", "histogram", [message([7, first], [9, 1n], [7, second], [7, third])]),
    );
    expect(seriesOf(body)).toEqual({
      labels: [],
      sample: { count: 4, sum: 4.5, points: [1, 2], values: [1, 2] },
      wire: concat(first, second, third),
    });
  });

  it("is not looked for where the parts together say no more than the sample", () => {
    const parts = message([7, message([1, 3n])], [7, message([2, 4.5])]);
    const { sample, wire } = seriesOf(delimited(family("x", "histogram", [parts])));
    expect([sample, wire]).toEqual([{ count: 3, sum: 4.5, points: [], values: [] }, undefined]);
  });
});

describe("what nobody but a scraper reads", () => {
  const bad = Uint8Array.of(0x0a, 1, 0xff);
  const wrongType = (field: number, found: number, expected: number) =>
    `${IN_1}field ${field} has wire type ${found}, expected ${expected}`;

  it.each<[string, MetricType, Uint8Array, string]>([
    ["a number as integer", "gauge", message([1, 1n]), wrongType(1, 0, 1)],
    ["a count as double", "histogram", message([1, 1]), wrongType(1, 1, 0)],
    ["an exemplar as number", "counter", message([2, 1]), wrongType(2, 1, 2)],
    [
      "an exemplar's label",
      "counter",
      message([2, message([1, bad])]),
      `${IN_1}field 1 is not valid UTF-8`,
    ],
    [
      "an exemplar of a bucket",
      "histogram",
      message([3, message([3, message([2, 1n])])]),
      wrongType(2, 0, 1),
    ],
    ["a created timestamp", "summary", message([4, message([1, "x"])]), wrongType(1, 2, 0)],
    ["a quantile", "summary", message([3, message([1, 1n])]), wrongType(1, 0, 1)],
    ["a schema", "histogram", message([5, 1]), wrongType(5, 1, 0)],
    ["a threshold", "histogram", message([6, 1n]), wrongType(6, 0, 1)],
    ["a span", "histogram", message([12, message([1, 1])]), wrongType(1, 1, 0)],
    ["deltas as doubles", "histogram", message([13, 1]), wrongType(13, 1, 0)],
    ["counts as integers", "histogram", message([14, 1n]), wrongType(14, 0, 1)],
    [
      "counts cut short",
      "histogram",
      message([14, packed(1, 2, 3)]),
      `${IN_1}field 14 is cut short`,
    ],
    [
      "deltas cut short",
      "histogram",
      message([13, packed(1, 0x80)], [1, 1n]),
      `${IN_1}field 13 is cut short`,
    ],
    [
      "a delta of more than 64 bits",
      "histogram",
      message([10, packed(...Array<number>(10).fill(0xff), 1)]),
      `${IN_1}an integer has more than 64 bits`,
    ],
    ["an exemplar of its own", "histogram", message([16, message([3, 1])]), wrongType(3, 1, 2)],
  ])("is checked: %s", (_, type, value, expected) => {
    expect(errorOf(single(type, value))).toBe(expected);
  });

  it.each<[number, Uint8Array]>([
    [2, message([1, 1n])],
    [3, message([2, 1n])],
    [4, message([3, 1n])],
    [5, message([1, 1n])],
  ])("is checked too in a value of another type, field %i", (field, value) => {
    const both = message([7, histogram()], [field, value]);
    expect(errorOf(delimited(family("x", "histogram", [both])))).toMatch(/has wire type 0/);
  });
});
