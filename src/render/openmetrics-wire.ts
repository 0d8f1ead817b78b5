/**
 * What a client_model message says that OpenMetrics can say too and the columns of a stored family cannot: exemplars, and counts of
 * 64 bits to the last digit.
 *
 * Spec: https://github.com/prometheus/client_model/blob/v0.6.2/io/prometheus/client/metrics.proto
 */

import { BinaryReader } from "@bufbuild/protobuf/wire";
import { BUCKET, COUNTER, EXEMPLAR, HISTOGRAM, LABEL, TIMESTAMP } from "../model/client-model.ts";

/** A count: exact where it is an integer, a number in a float histogram. */
export type Count = bigint | number;

/** An exemplar of a counter or bucket. */
export interface WireExemplar {
  /** Flat list of its labels. */
  readonly labels: readonly string[];
  /** Its value. */
  readonly value: number;
  /** When it was observed; `undefined` when it does not say. */
  readonly time: WireTime | undefined;
}

/** A point in time: seconds since the Unix epoch, rounded down, and the nanoseconds after them. */
export interface WireTime {
  /** Whole seconds. */
  readonly seconds: bigint;
  /** Nanoseconds, 0 to 999999999. */
  readonly nanos: number;
}

/** A bucket of a classic histogram. */
export interface WireBucket {
  /** Upper bound. */
  readonly bound: number;
  /** How many observations are at or below the bound. */
  readonly count: Count;
  /** Its exemplar. */
  readonly exemplar: WireExemplar | undefined;
}

/** A histogram, as far as OpenMetrics can say it. */
export interface WireHistogram {
  /** Number of observations. */
  readonly count: Count;
  /** The classic buckets, in the order sent. */
  readonly buckets: readonly WireBucket[];
}

/** Reads the exemplar of a Counter message. */
export function readCounterExemplar(counter: Uint8Array): WireExemplar | undefined {
  let exemplar: WireExemplar | undefined;
  readFields(counter, {
    [COUNTER.exemplar]: (reader) => exemplar = readExemplar(reader.bytes()),
  });
  return exemplar;
}

/** Reads a Histogram message. */
export function readWireHistogram(histogram: Uint8Array): WireHistogram {
  const buckets: WireBucket[] = [];
  let count = 0n;
  let float = 0;
  readFields(histogram, {
    [HISTOGRAM.count]: (reader) => count = BigInt(reader.uint64()),
    [HISTOGRAM.countFloat]: (reader) => float = reader.double(),
    [HISTOGRAM.bucket]: (reader) => buckets.push(readBucket(reader.bytes())),
  });
  return { count: pickCount(count, float), buckets };
}

function readBucket(bucket: Uint8Array): WireBucket {
  let count = 0n;
  let float = 0;
  let bound = 0;
  let exemplar: WireExemplar | undefined;
  readFields(bucket, {
    [BUCKET.count]: (reader) => count = BigInt(reader.uint64()),
    [BUCKET.countFloat]: (reader) => float = reader.double(),
    [BUCKET.bound]: (reader) => bound = reader.double(),
    [BUCKET.exemplar]: (reader) => exemplar = readExemplar(reader.bytes()),
  });
  return { bound, count: pickCount(count, float), exemplar };
}

/** A float overrides the integer when it is above zero. */
function pickCount(count: bigint, float: number): Count {
  return float > 0 ? float : count;
}

function readExemplar(bytes: Uint8Array): WireExemplar {
  const labels: string[] = [];
  let value = 0;
  let time: WireTime | undefined;
  readFields(bytes, {
    [EXEMPLAR.label]: (reader) => labels.push(...readLabel(reader.bytes())),
    [EXEMPLAR.value]: (reader) => value = reader.double(),
    [EXEMPLAR.timestamp]: (reader) => time = readTime(reader.bytes()),
  });
  return { labels, value, time };
}

function readLabel(bytes: Uint8Array): [name: string, value: string] {
  let name = "";
  let value = "";
  readFields(bytes, {
    [LABEL.name]: (reader) => name = reader.string(),
    [LABEL.value]: (reader) => value = reader.string(),
  });
  return [name, value];
}

function readTime(bytes: Uint8Array): WireTime {
  let seconds = 0n;
  let nanos = 0;
  readFields(bytes, {
    [TIMESTAMP.seconds]: (reader) => seconds = BigInt(reader.int64()),
    [TIMESTAMP.nanos]: (reader) => nanos = reader.int32(),
  });
  return { seconds, nanos };
}

/** Hands the fields of a message to those who read them; all others are skipped. */
function readFields(
  message: Uint8Array,
  fields: Readonly<Record<number, (reader: BinaryReader) => void>>,
): void {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    const read = fields[field];
    if (read === undefined) reader.skip(wireType, field);
    else read(reader);
  }
}
