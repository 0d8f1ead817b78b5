/**
 * Writes what OpenMetrics says of a value beyond its numbers as a client_model message, the form in which the gateway keeps such
 * things: exemplars, created timestamps, counts that a float64 cannot hold.
 *
 * Spec: https://github.com/prometheus/client_model/blob/v0.6.2/io/prometheus/client/metrics.proto
 */

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
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
import type { Time } from "./openmetrics-time.ts";

/** An exemplar of a counter or bucket. */
export interface Exemplar {
  /** Flat list of its labels, in the order pushed. */
  readonly labels: readonly string[];
  /** Its value. */
  readonly value: number;
  /** When it was observed. */
  readonly time: Time | undefined;
}

/** A bucket with its exact count. */
export interface ExactBucket {
  /** Cumulative count, below 2^64. */
  readonly count: bigint;
  /** Upper bound. */
  readonly bound: number;
  /** Its exemplar. */
  readonly exemplar: Exemplar | undefined;
}

/** Writes a Counter. */
export function writeCounter(
  value: number,
  exemplar: Exemplar | undefined,
  created: Time | undefined,
): Uint8Array {
  const writer = new BinaryWriter();
  writeDouble(writer, SCALAR.value, value);
  writeExemplar(writer, COUNTER.exemplar, exemplar);
  writeTime(writer, COUNTER.created, created);
  return writer.finish();
}

/** Writes a Histogram, also the one of a gauge histogram. */
export function writeHistogram(
  count: bigint,
  sum: number,
  buckets: readonly ExactBucket[],
  created: Time | undefined,
): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(HISTOGRAM.count, WireType.Varint).uint64(count);
  writeDouble(writer, HISTOGRAM.sum, sum);
  for (const bucket of buckets) {
    writer.tag(HISTOGRAM.bucket, WireType.LengthDelimited).fork();
    writer.tag(BUCKET.count, WireType.Varint).uint64(bucket.count);
    writeDouble(writer, BUCKET.bound, bucket.bound);
    writeExemplar(writer, BUCKET.exemplar, bucket.exemplar);
    writer.join();
  }
  writeTime(writer, HISTOGRAM.created, created);
  return writer.finish();
}

/** Writes a Summary; quantiles and their values by the same index. */
export function writeSummary(
  count: bigint,
  sum: number,
  quantiles: readonly number[],
  values: readonly number[],
  created: Time | undefined,
): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(SUMMARY.count, WireType.Varint).uint64(count);
  writeDouble(writer, SUMMARY.sum, sum);
  quantiles.forEach((quantile, index) => {
    writer.tag(SUMMARY.quantile, WireType.LengthDelimited).fork();
    writeDouble(writer, QUANTILE.quantile, quantile);
    writeDouble(writer, QUANTILE.value, values[index] ?? NaN);
    writer.join();
  });
  writeTime(writer, SUMMARY.created, created);
  return writer.finish();
}

function writeExemplar(writer: BinaryWriter, field: number, exemplar: Exemplar | undefined): void {
  if (exemplar === undefined) return;
  const { labels, value, time } = exemplar;
  writer.tag(field, WireType.LengthDelimited).fork();
  for (let i = 0; i < labels.length; i += 2) {
    writer.tag(EXEMPLAR.label, WireType.LengthDelimited).fork();
    writer.tag(LABEL.name, WireType.LengthDelimited).string(labels[i] as string);
    writer.tag(LABEL.value, WireType.LengthDelimited).string(labels[i + 1] as string);
    writer.join();
  }
  writeDouble(writer, EXEMPLAR.value, value);
  writeTime(writer, EXEMPLAR.timestamp, time);
  writer.join();
}

function writeTime(writer: BinaryWriter, field: number, time: Time | undefined): void {
  if (time === undefined) return;
  writer.tag(field, WireType.LengthDelimited).fork();
  writer.tag(TIMESTAMP.seconds, WireType.Varint).int64(time.seconds);
  writer.tag(TIMESTAMP.nanos, WireType.Varint).int32(time.nanos);
  writer.join();
}

function writeDouble(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Bit64).double(value);
}
