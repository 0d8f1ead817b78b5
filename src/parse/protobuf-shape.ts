/**
 * What the messages inside a Metric look like, as far as nobody reads them but a scraper: exemplars, timestamps, the buckets of
 * native histograms. They are kept as bytes and sent on as they came, so they are checked here and nowhere else.
 *
 * Spec: https://github.com/prometheus/client_model/blob/v0.6.2/io/prometheus/client/metrics.proto
 */

import {
  BUCKET,
  COUNTER,
  EXEMPLAR,
  HISTOGRAM,
  LABEL,
  QUANTILE,
  SCALAR,
  SUMMARY,
  TIMESTAMP,
} from "../model/client-model.ts";
import type { ProtobufReader } from "./protobuf-reader.ts";

/** What a field holds; `varints` and `doubles` are repeated and may be packed. */
type Kind = "varint" | "double" | "string" | "varints" | "doubles" | Shape;

/** The fields of a message by their numbers. Other fields may be there and are passed over. */
export interface Shape {
  /** What the field holds. */
  readonly [field: number]: Kind;
}

const label: Shape = { [LABEL.name]: "string", [LABEL.value]: "string" };
const timestamp: Shape = { [TIMESTAMP.seconds]: "varint", [TIMESTAMP.nanos]: "varint" };
const exemplar: Shape = {
  [EXEMPLAR.label]: label,
  [EXEMPLAR.value]: "double",
  [EXEMPLAR.timestamp]: timestamp,
};
const scalar: Shape = { [SCALAR.value]: "double" };
const span: Shape = { 1: "varint", 2: "varint" };

/** Counter. */
export const counterShape: Shape = {
  ...scalar,
  [COUNTER.exemplar]: exemplar,
  [COUNTER.created]: timestamp,
};
/** Gauge and Untyped. */
export const gaugeShape: Shape = scalar;
/** Quantile of a Summary. */
export const quantileShape: Shape = { [QUANTILE.quantile]: "double", [QUANTILE.value]: "double" };
/** Summary. */
export const summaryShape: Shape = {
  [SUMMARY.count]: "varint",
  [SUMMARY.sum]: "double",
  [SUMMARY.quantile]: quantileShape,
  [SUMMARY.created]: timestamp,
};
/** Bucket of a Histogram. */
export const bucketShape: Shape = {
  [BUCKET.count]: "varint",
  [BUCKET.bound]: "double",
  [BUCKET.exemplar]: exemplar,
  [BUCKET.countFloat]: "double",
};
/** Histogram, classic or native: schema, threshold and counts of the zero bucket, then negative and positive buckets. */
export const histogramShape: Shape = {
  [HISTOGRAM.count]: "varint",
  [HISTOGRAM.sum]: "double",
  [HISTOGRAM.bucket]: bucketShape,
  [HISTOGRAM.countFloat]: "double",
  [HISTOGRAM.created]: timestamp,
  5: "varint",
  6: "double",
  7: "varint",
  8: "double",
  9: span,
  10: "varints",
  11: "doubles",
  12: span,
  13: "varints",
  14: "doubles",
  16: exemplar,
};

/** Passes over the current field of a message of that shape, checking all that is in it. */
export function checkField(reader: ProtobufReader, shape: Shape): void {
  const kind = shape[reader.field];
  if (kind === undefined) reader.skip();
  else if (kind === "varint") reader.varint();
  else if (kind === "double") reader.double();
  else if (kind === "string") reader.string();
  else if (kind === "varints") reader.checkNumbers("varint");
  else if (kind === "doubles") reader.checkNumbers("double");
  else checkMessage(reader, kind, reader.enter());
}

/** Passes over the rest of a message of that shape which ends at `end`. */
export function checkMessage(reader: ProtobufReader, shape: Shape, end: number): void {
  while (reader.next(end)) checkField(reader, shape);
}
