/**
 * The messages of client_model by name, kind and number of their fields, in the order in which they are declared: the text form of
 * protobuf prints them so.
 *
 * Spec: https://github.com/prometheus/client_model/blob/v0.6.2/io/prometheus/client/metrics.proto
 */

import {
  BUCKET,
  COUNTER,
  EXEMPLAR,
  FAMILY,
  HISTOGRAM,
  LABEL,
  METRIC,
  QUANTILE,
  SCALAR,
  SUMMARY,
  TIMESTAMP,
  VALUE_FIELDS,
} from "../model/client-model.ts";

/** What a field that is no message holds; `type` is a MetricType. */
export type ScalarKind =
  | "string"
  | "double"
  | "type"
  | "int32"
  | "int64"
  | "sint32"
  | "sint64"
  | "uint32"
  | "uint64";

/** One field of a message. */
export interface Field {
  /** Its name. */
  readonly name: string;
  /** What it holds. */
  readonly kind: ScalarKind | MessageSchema;
  /** Whether there may be several. */
  readonly repeated: boolean;
}

/** The fields of a message by their numbers, in the order in which they are declared. */
export type MessageSchema = ReadonlyMap<number, Field>;

/** The numbers of a Histogram's fields that only native histograms have. */
export const NATIVE_HISTOGRAM = {
  schema: 5,
  zeroThreshold: 6,
  zeroCount: 7,
  zeroCountFloat: 8,
  negativeSpan: 9,
  negativeDelta: 10,
  negativeCount: 11,
  positiveSpan: 12,
  positiveDelta: 13,
  positiveCount: 14,
  exemplar: 16,
} as const;
/** The numbers of the fields of a BucketSpan. */
export const SPAN = { offset: 1, length: 2 } as const;

const label = message(
  one(LABEL.name, "name", "string"),
  one(LABEL.value, "value", "string"),
);
const timestamp = message(
  one(TIMESTAMP.seconds, "seconds", "int64"),
  one(TIMESTAMP.nanos, "nanos", "int32"),
);
const exemplar = message(
  many(EXEMPLAR.label, "label", label),
  one(EXEMPLAR.value, "value", "double"),
  one(EXEMPLAR.timestamp, "timestamp", timestamp),
);
const scalar = message(one(SCALAR.value, "value", "double"));
const counter = message(
  one(SCALAR.value, "value", "double"),
  one(COUNTER.exemplar, "exemplar", exemplar),
  one(COUNTER.created, "created_timestamp", timestamp),
);
const quantile = message(
  one(QUANTILE.quantile, "quantile", "double"),
  one(QUANTILE.value, "value", "double"),
);
const summary = message(
  one(SUMMARY.count, "sample_count", "uint64"),
  one(SUMMARY.sum, "sample_sum", "double"),
  many(SUMMARY.quantile, "quantile", quantile),
  one(SUMMARY.created, "created_timestamp", timestamp),
);
const bucket = message(
  one(BUCKET.count, "cumulative_count", "uint64"),
  one(BUCKET.countFloat, "cumulative_count_float", "double"),
  one(BUCKET.bound, "upper_bound", "double"),
  one(BUCKET.exemplar, "exemplar", exemplar),
);
const span = message(
  one(SPAN.offset, "offset", "sint32"),
  one(SPAN.length, "length", "uint32"),
);
const histogram = message(
  one(HISTOGRAM.count, "sample_count", "uint64"),
  one(HISTOGRAM.countFloat, "sample_count_float", "double"),
  one(HISTOGRAM.sum, "sample_sum", "double"),
  many(HISTOGRAM.bucket, "bucket", bucket),
  one(HISTOGRAM.created, "created_timestamp", timestamp),
  one(NATIVE_HISTOGRAM.schema, "schema", "sint32"),
  one(NATIVE_HISTOGRAM.zeroThreshold, "zero_threshold", "double"),
  one(NATIVE_HISTOGRAM.zeroCount, "zero_count", "uint64"),
  one(NATIVE_HISTOGRAM.zeroCountFloat, "zero_count_float", "double"),
  many(NATIVE_HISTOGRAM.negativeSpan, "negative_span", span),
  many(NATIVE_HISTOGRAM.negativeDelta, "negative_delta", "sint64"),
  many(NATIVE_HISTOGRAM.negativeCount, "negative_count", "double"),
  many(NATIVE_HISTOGRAM.positiveSpan, "positive_span", span),
  many(NATIVE_HISTOGRAM.positiveDelta, "positive_delta", "sint64"),
  many(NATIVE_HISTOGRAM.positiveCount, "positive_count", "double"),
  many(NATIVE_HISTOGRAM.exemplar, "exemplars", exemplar),
);
const metric = message(
  many(METRIC.label, "label", label),
  one(VALUE_FIELDS.gauge, "gauge", scalar),
  one(VALUE_FIELDS.counter, "counter", counter),
  one(VALUE_FIELDS.summary, "summary", summary),
  one(VALUE_FIELDS.untyped, "untyped", scalar),
  one(VALUE_FIELDS.histogram, "histogram", histogram),
  one(METRIC.timestampMs, "timestamp_ms", "int64"),
);

/** MetricFamily, with all that may be in it. */
export const FAMILY_SCHEMA: MessageSchema = message(
  one(FAMILY.name, "name", "string"),
  one(FAMILY.help, "help", "string"),
  one(FAMILY.type, "type", "type"),
  many(FAMILY.metric, "metric", metric),
  one(FAMILY.unit, "unit", "string"),
);

type Entry = readonly [number: number, field: Field];

function message(...fields: readonly Entry[]): MessageSchema {
  return new Map(fields);
}

function one(number: number, name: string, kind: Field["kind"]): Entry {
  return [number, { name, kind, repeated: false }];
}

function many(number: number, name: string, kind: Field["kind"]): Entry {
  return [number, { name, kind, repeated: true }];
}
