import { expect, it } from "vitest";
import { GobDecoder } from "../../src/persist/gob.ts";
import { encodeFamily } from "../../src/persist/reference-protobuf.ts";
import { family, message, metric } from "../parse/protobuf-encode.ts";
import { parseFamilyMessage } from "../../src/parse/protobuf.ts";
import {
  BYTES,
  type Bytes,
  bytes,
  define,
  FIRST,
  FLOAT,
  float,
  INT,
  int,
  list,
  stream,
  STRING,
  struct,
  UINT,
  uint,
  value,
} from "./gob-encode.ts";
import { errorOf } from "./read-gob.ts";

/** The types of a family as version 0.4 stores it, cut down to histograms. */
const TYPES: readonly Bytes[] = [
  define(FIRST, {
    struct: {
      Name: STRING,
      Help: STRING,
      Type: INT,
      Metric: FIRST + 1,
      XXX_unrecognized: BYTES,
      constructor: STRING,
    },
  }, "MetricFamily"),
  define(FIRST + 1, { slice: FIRST + 2 }),
  define(FIRST + 2, { struct: { Label: FIRST + 3, Histogram: FIRST + 5, TimestampMs: INT } }),
  define(FIRST + 3, { slice: FIRST + 4 }),
  define(FIRST + 4, { struct: { Name: STRING, Value: STRING } }),
  define(FIRST + 5, {
    struct: { SampleCount: UINT, SampleSum: FLOAT, Bucket: FIRST + 6, XXX_unrecognized: BYTES },
  }),
  define(FIRST + 6, { slice: FIRST + 7 }),
  define(FIRST + 7, { struct: { CumulativeCount: UINT, UpperBound: FLOAT } }),
];

function encode(encoded: Bytes): Uint8Array {
  const decoder = new GobDecoder(stream(...TYPES, value(FIRST, encoded, true)));
  return encodeFamily(decoder, decoder.next() ?? NaN);
}

function parse(encoded: Bytes) {
  return parseFamilyMessage(encode(encoded), (reason) => {
    throw reason;
  });
}

/** A family of one histogram. */
const histogram = (...fields: readonly (readonly [at: number, value: Bytes])[]): Bytes =>
  struct([0, bytes("h")], [1, bytes("Help.")], [2, int(4)], [
    3,
    list(struct([0, list(struct([0, bytes("a")]))], [1, struct(...fields)])),
  ]);

it("makes zeros of the numbers that are missing, which is how Go stores them", () => {
  const read = parse(histogram([2, list(struct(), struct([0, uint(3)], [1, float(1.5)]))]));
  expect(read).toEqual({
    name: "h",
    help: "Help.",
    type: "histogram",
    timestamped: false,
    series: [{
      labels: ["a", ""],
      sample: { count: 0, sum: 0, points: [0, 1.5], values: [0, 3] },
    }],
  });
});

it("keeps counts of 64 bits exact", () => {
  const [series] = parse(histogram([0, uint(2n ** 64n - 1n)]))?.series ?? [];
  const wire = message([1, 2n ** 64n - 1n], [2, 0]);
  expect(series?.wire).toEqual(wire);
});

it("takes over what the old version did not know", () => {
  const unknown = [...message([5, 2n], [12, message([1, 2n], [2, 1n])])];
  const [series] = parse(histogram([3, bytes(unknown)]))?.series ?? [];
  expect(series?.wire?.slice(0, unknown.length)).toEqual(Uint8Array.from(unknown));
});

it("passes over fields of other names, whatever they are called", () => {
  expect(encode(struct([0, bytes("x")], [5, bytes("y")]))).toEqual(message([1, "x"]));
});

it("keeps timestamps, so that they are found", () => {
  const one = struct([1, struct([0, uint(1)])], [2, int(-1)]);
  const read = parse(struct([0, bytes("h")], [2, int(4)], [3, list(one)]));
  expect(read?.timestamped).toBe(true);
});

it("refuses fields of other types", () => {
  const wrong = stream(
    define(FIRST, { struct: { Name: INT } }),
    value(FIRST, struct([0, int(1)]), true),
  );
  const read = (bytes: Uint8Array) => {
    const decoder = new GobDecoder(bytes);
    encodeFamily(decoder, decoder.next() ?? NaN);
  };
  expect(errorOf(wrong, read)).toContain('expected string, found int "int"');
});

it("makes what a client of today would send", () => {
  const sent = family("h", "histogram", [
    metric("histogram", message([1, 3n], [2, 1.5]), { a: "" }),
  ], [2, "Help."]);
  expect(parse(histogram([0, uint(3)], [1, float(1.5)])))
    .toEqual(parseFamilyMessage(sent, () => {}));
});
