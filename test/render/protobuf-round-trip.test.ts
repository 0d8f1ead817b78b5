import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type Distribution,
  type Family,
  isScalar,
  type MetricType,
} from "../../src/model/family.ts";
import { parseLabelText } from "../../src/model/label.ts";
import { parseProtobuf } from "../../src/parse/protobuf.ts";
import { createProtobufFormat } from "../../src/render/protobuf.ts";
import { runs } from "../support/runs.ts";
import { family as anyFamily } from "./arbitrary-family.ts";

const format = createProtobufFormat("delimited", "allow-utf-8");

it("parses what it renders", () => {
  fc.assert(
    fc.property(anyFamily, (stored) => {
      const [parsed, ...more] = parseProtobuf(render(stored));
      expect(more).toEqual([]);
      expect(parsed).toMatchObject({ name: stored.name, type: stored.type, help: stored.help });
      expect(parsed?.series.map(({ labels }) => labels)).toEqual(stored.labels.map(parseLabelText));
      expect(parsed?.series.map(({ sample }) => numbersOf(sample, stored.type)))
        .toEqual(samplesOf(stored).map((sample) => numbersOf(sample, stored.type)));
    }),
    { numRuns: runs(500) },
  );
});

it("renders again what it has parsed, message for message", () => {
  // A histogram with exact counts, an exemplar, native buckets, a created timestamp and fields that nobody knows.
  const wire = new BinaryWriter();
  wire.tag(1, WireType.Varint).uint64("9007199254740993").tag(2, WireType.Bit64).double(1.5);
  wire.tag(3, WireType.LengthDelimited).fork().tag(1, WireType.Varint).uint64("9007199254740993")
    .tag(2, WireType.Bit64).double(1).tag(3, WireType.LengthDelimited).fork()
    .tag(2, WireType.Bit64).double(0.5).join().join();
  wire.tag(5, WireType.Varint).sint32(3).tag(6, WireType.Bit64).double(1e-9);
  wire.tag(12, WireType.LengthDelimited).fork().tag(1, WireType.Varint).sint32(-2)
    .tag(2, WireType.Varint).uint32(1).join().tag(13, WireType.Varint).sint64(4);
  wire.tag(15, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int64(7).join();
  wire.tag(200, WireType.LengthDelimited).string("new");
  const message = wire.finish();
  const stored: Family = {
    name: "h",
    type: "histogram",
    help: "",
    labels: ['a="1"', 'a="2"'],
    samples: [
      { count: 2 ** 53, sum: 1.5, points: [1], values: [2 ** 53] },
      { count: 1, sum: 1, points: [], values: [] },
    ],
    extras: { unit: "", utf8: false, wire: [message, undefined] },
  };
  const [parsed] = parseProtobuf(render(stored));
  expect(parsed?.series[0]?.wire).toEqual(message);
  expect(parsed?.series[1]?.wire).toBeUndefined();
  expect(parsed?.series.map(({ sample }) => sample)).toEqual(stored.samples);
});

function render(family: Family): Uint8Array {
  const head = { ...family, unit: "" };
  const series = format.renderSeries([family]);
  return Uint8Array.from([...format.renderHead(head, series.length), ...series]);
}

function samplesOf(family: Family): readonly (number | Distribution)[] {
  return isScalar(family) ? family.samples : family.samples;
}

/** All numbers of a sample, as protobuf has them: a float count that is not above zero counts as none, a summary's has a limit. */
function numbersOf(sample: number | Distribution, type: MetricType): readonly number[] {
  if (typeof sample === "number") return [sample];
  const { count, sum, points, values } = sample;
  if (type === "summary") return [Math.min(count, 2 ** 64 - 2048) || 0, sum, ...points, ...values];
  return [count || 0, sum, ...points, ...values.map((value) => value || 0)];
}
