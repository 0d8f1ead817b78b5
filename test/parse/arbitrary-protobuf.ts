/**
 * MetricFamily messages as fast-check makes them, each with what must be read from it: every type, every field of client_model 0.6,
 * some of them absent, some unknown.
 */

import fc from "fast-check";
import type {
  Distribution,
  MetricType,
  PushedFamily,
  PushedSeries,
} from "../../src/model/family.ts";
import { isLabelName, isMetricName } from "../../src/model/name.ts";
import { anyChar } from "../model/any-char.ts";
import { concat, type Field, message } from "./protobuf-encode.ts";

/** A message and what it says. */
interface Encoded<T> {
  readonly bytes: Uint8Array;
  readonly means: T;
}

/** What a value message says, and whether it says more than that. */
interface Value<S> {
  readonly sample: S;
  readonly differs: boolean;
}

/** A field that may be there, and whether it being there (or not) sets the message apart from its sample. */
type Extra = readonly [fields: readonly Field[], differs: boolean];

const text = fc.string({ unit: anyChar, maxLength: 40 });
const number = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, NaN, Infinity, 2 ** 60));
const uint64 = fc.oneof(
  { weight: 4, arbitrary: fc.nat().map(BigInt) },
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n),
);
const timestamp = fc.tuple(uint64, fc.nat(999_999_999)).map(([seconds, nanos]) =>
  message([1, seconds], [2, BigInt(nanos)])
);
const label = fc.tuple(text, text).map(([name, value]) => message([1, name], [2, value]));
const exemplar = fc.tuple(fc.array(label, { maxLength: 2 }), number, timestamp).map(
  ([list, value, at]) => message(...list.map((each): Field => [1, each]), [2, value], [3, at]),
);
const span = fc.tuple(uint64, uint64).map(([offset, length]) => message([1, offset], [2, length]));
const packedDoubles = fc.array(number, { maxLength: 3 }).map((list) =>
  concat(...list.map((each) => message([1, each]).subarray(1)))
);
const packedVarints = fc.array(uint64, { maxLength: 3 }).map((list) =>
  concat(...list.map((each) => message([1, each]).subarray(1)))
);
const unknown = fc.tuple(fc.integer({ min: 17, max: 2 ** 29 - 1 }), fc.oneof(number, uint64, text));

/** Fields of which each sets the message apart, mostly none. */
function extras(...arbitraries: readonly fc.Arbitrary<Field>[]): fc.Arbitrary<Extra> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<Extra>([[], false]) },
    fc.array(fc.oneof(unknown, ...arbitraries), { minLength: 1, maxLength: 4 })
      .map((fields): Extra => [fields, true]),
  );
}

/** A field under a number with what an arbitrary makes. */
function field(
  id: number,
  value: fc.Arbitrary<number | bigint | string | Uint8Array>,
): fc.Arbitrary<Field> {
  return value.map((made): Field => [id, made]);
}

const scalarValue = (type: "counter" | "gauge" | "untyped"): fc.Arbitrary<Encoded<Value<number>>> =>
  fc.tuple(
    fc.option(number, { freq: 8 }),
    type === "counter" ? extras(field(2, exemplar), field(3, timestamp)) : extras(),
  ).map(([value, [fields, differs]]) => ({
    bytes: message(...fields, ...(value === null ? [] : [[1, value] as const])),
    means: { sample: value ?? 0, differs: differs || value === null },
  }));

/** One count: as integer, as float, or both. */
const count = fc.tuple(fc.option(uint64, { freq: 8 }), fc.option(number, { freq: 1, nil: null }));

interface Count {
  readonly number: number;
  readonly fields: readonly Field[];
  readonly differs: boolean;
}

function countOf(
  [integer, float]: readonly [bigint | null, number | null],
  withFloat: boolean,
): Count {
  const used = withFloat ? float : null;
  return {
    number: used !== null && used > 0 ? used : Number(integer ?? 0n),
    fields: [
      ...(integer === null ? [] : [[1, integer] as const]),
      ...(used === null ? [] : [[4, used] as const]),
    ],
    differs: integer === null || integer >= 2n ** 53n || used !== null,
  };
}

const points = fc.uniqueArray(number, { comparator: "SameValueZero", maxLength: 4 });

const summaryValue: fc.Arbitrary<Encoded<Value<Distribution>>> = fc.record({
  count,
  sum: number,
  points,
  value: number,
  extra: extras(field(4, timestamp)),
}).map(({ count: made, sum, points: list, value, extra: [fields, differs] }) => {
  const total = countOf(made, false);
  const quantiles = list.map((point): Field => [3, message([1, point], [2, value])]);
  return {
    bytes: message(...quantiles, [2, sum], ...total.fields, ...fields),
    means: {
      sample: { count: total.number, sum, points: list, values: list.map(() => value) },
      differs: differs || total.differs,
    },
  };
});

const native = extras(
  field(5, uint64),
  field(6, number),
  field(7, uint64),
  field(8, number),
  field(9, span),
  field(10, fc.oneof(uint64, packedVarints)),
  field(11, fc.oneof(number, packedDoubles)),
  field(12, span),
  field(13, fc.oneof(uint64, packedVarints)),
  field(14, fc.oneof(number, packedDoubles)),
  field(15, timestamp),
  field(16, exemplar),
);

const histogramValue: fc.Arbitrary<Encoded<Value<Distribution>>> = fc.record({
  count,
  isFloat: fc.boolean(),
  sum: number,
  points,
  inBucket: count,
  bucketExtra: extras(field(3, exemplar)),
  extra: native,
}).map(({ isFloat, sum, points: list, bucketExtra, extra, ...made }) => {
  const total = countOf(made.count, isFloat);
  const inBucket = countOf(made.inBucket, isFloat);
  const buckets = list.map((point): Field => [
    3,
    message(...bucketExtra[0], ...inBucket.fields, [2, point]),
  ]);
  const bucketsDiffer = list.length > 0 && (bucketExtra[1] || inBucket.differs);
  return {
    bytes: message(...total.fields, ...buckets, ...extra[0], [2, sum]),
    means: {
      sample: { count: total.number, sum, points: list, values: list.map(() => inBucket.number) },
      differs: total.differs || bucketsDiffer || extra[1],
    },
  };
});

const metricName = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-z_][a-z:]{0,5}(?:_sum|_bucket|_total)?$/) },
  text.filter((name) => name !== ""),
);
const labelName = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("job", "instance", "a", "b") },
  { weight: 40, arbitrary: fc.stringMatching(/^[a-z_]{1,3}$/) },
  text,
).filter((name) => name !== "" && name !== "le");
const pairs = fc.uniqueArray(fc.tuple(labelName, text), {
  selector: ([name]) => name,
  maxLength: 20,
});

function familyOf<S>(
  type: MetricType,
  [typeNumber, valueField]: readonly [bigint, number],
  value: fc.Arbitrary<Encoded<Value<S>>>,
): fc.Arbitrary<Encoded<unknown>> {
  const metric = fc.record({ pairs, value, timestamp: fc.option(uint64, { freq: 1 }) });
  return fc.record({
    name: metricName,
    help: fc.option(text),
    unit: fc.option(text),
    metrics: fc.array(metric, { minLength: 1, maxLength: 3 }),
  }).map(({ name, help, unit, metrics }) => {
    const fields = metrics.map((each): Field => [
      4,
      message(
        ...each.pairs.map(([key, text]): Field => [1, message([1, key], [2, text])]),
        [valueField, each.value.bytes],
        ...(each.timestamp === null ? [] : [[6, each.timestamp] as const]),
      ),
    ]);
    const series = metrics.map((each): PushedSeries<S> => ({
      labels: each.pairs.flat(),
      sample: each.value.means.sample,
      ...(each.value.means.differs ? { wire: each.value.bytes } : {}),
    }));
    const names = metrics.flatMap((each) => each.pairs.map(([key]) => key));
    const utf8 = !isMetricName(name) || !names.every(isLabelName);
    return {
      bytes: message(
        [1, name],
        ...(help === null ? [] : [[2, help] as const]),
        [3, typeNumber],
        ...fields,
        ...(unit === null ? [] : [[5, unit] as const]),
      ),
      means: {
        name,
        type,
        help: help ?? "",
        ...(unit === null || unit === "" ? {} : { unit }),
        ...(utf8 ? { utf8 } : {}),
        timestamped: metrics.some((each) => each.timestamp !== null),
        series,
      },
    };
  });
}

/** A family of any type. What it means has the form of a {@link PushedFamily}. */
export const encodedFamily: fc.Arbitrary<Encoded<unknown>> = fc.oneof(
  familyOf("counter", [0n, 3], scalarValue("counter")),
  familyOf("gauge", [1n, 2], scalarValue("gauge")),
  familyOf("summary", [2n, 4], summaryValue),
  familyOf("untyped", [3n, 5], scalarValue("untyped")),
  familyOf("histogram", [4n, 7], histogramValue),
  familyOf("gaugehistogram", [5n, 7], histogramValue),
);

/** The name in what a family means. */
export function nameOf({ means }: Encoded<unknown>): string {
  return (means as PushedFamily).name;
}
