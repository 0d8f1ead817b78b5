/**
 * Field numbers of client_model's messages, the protobuf form of metrics.
 * Spec: https://github.com/prometheus/client_model/blob/v0.6.2/io/prometheus/client/metrics.proto
 */

import type { MetricType } from "./family.ts";

/** The metric types in the order of their numbers in `MetricType`. */
export const TYPE_NUMBERS: readonly MetricType[] = [
  "counter",
  "gauge",
  "summary",
  "untyped",
  "histogram",
  "gaugehistogram",
];

/** MetricFamily. */
export const FAMILY = { name: 1, help: 2, type: 3, metric: 4, unit: 5 } as const;
/** Metric; the values of the types among its fields are in {@link VALUE_FIELDS}. */
export const METRIC = { label: 1, timestampMs: 6 } as const;
/** LabelPair. */
export const LABEL = { name: 1, value: 2 } as const;
/** The field of Metric that holds the value of a family of a type. */
export const VALUE_FIELDS: Readonly<Record<MetricType, number>> = {
  gauge: 2,
  counter: 3,
  summary: 4,
  untyped: 5,
  histogram: 7,
  gaugehistogram: 7,
};
/** Gauge, Counter and Untyped have their number in the same field. */
export const SCALAR = { value: 1 } as const;
/** Counter, beside its value. */
export const COUNTER = { exemplar: 2, created: 3 } as const;
/** Summary. */
export const SUMMARY = { count: 1, sum: 2, quantile: 3, created: 4 } as const;
/** Quantile of a Summary. */
export const QUANTILE = { quantile: 1, value: 2 } as const;
/** Histogram; the fields of native histograms are not looked into, but for counts. */
export const HISTOGRAM = { count: 1, sum: 2, bucket: 3, countFloat: 4, created: 15 } as const;
/** Bucket of a Histogram. */
export const BUCKET = { count: 1, bound: 2, exemplar: 3, countFloat: 4 } as const;
/** Exemplar. */
export const EXEMPLAR = { label: 1, value: 2, timestamp: 3 } as const;
/** google.protobuf.Timestamp. */
export const TIMESTAMP = { seconds: 1, nanos: 2 } as const;
