/**
 * What a client_model Histogram or Summary says beyond the columns of a stored family: counts of 64 bits to the last digit, and
 * the buckets of native histograms.
 *
 * Specs: https://github.com/prometheus/client_model/blob/v0.6.2/io/prometheus/client/metrics.proto and
 * https://prometheus.io/docs/specs/native_histograms/
 */

import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { BUCKET, HISTOGRAM, SUMMARY } from "../model/client-model.ts";
import { NATIVE_HISTOGRAM, SPAN } from "./protobuf-schema.ts";

/** A count: exact where it is an integer, a number in a float histogram. */
export type Count = bigint | number;

/** A bucket of a classic histogram. */
export interface ClassicBucket {
  /** Its upper bound. */
  readonly bound: number;
  /** How many observations are at or below the bound. */
  readonly count: Count;
}

/** Neighbouring buckets of a native histogram. */
export interface BucketSpan {
  /** How many buckets lie between it and the span before; the index of its first bucket for the first span. */
  readonly offset: number;
  /** How many buckets it has. */
  readonly length: number;
}

/** The buckets of a native histogram on one side of zero. */
export interface NativeBuckets {
  /** Where they lie. */
  readonly spans: readonly BucketSpan[];
  /** What is in each of them, not cumulative. */
  readonly counts: readonly Count[];
}

/** A histogram as it came over the wire. */
export interface WireHistogram {
  /** Number of observations. */
  readonly count: Count;
  /** Buckets of the classic kind, in the order sent. */
  readonly buckets: readonly ClassicBucket[];
  /** Whether it has anything that only a native histogram has. */
  readonly isNative: boolean;
  /** The resolution: each power of two has 2^schema buckets. */
  readonly schema: number;
  /** How far from zero the zero bucket reaches. */
  readonly zeroThreshold: number;
  /** Observations in the zero bucket. */
  readonly zeroCount: Count;
  /** Buckets below zero, beginning with the one nearest to it. */
  readonly negative: NativeBuckets;
  /** Buckets above zero, beginning with the one nearest to it. */
  readonly positive: NativeBuckets;
}

/** Reads a Histogram message, which must be well-formed. */
export function readHistogram(bytes: Uint8Array): WireHistogram {
  const fields = readFields(bytes);
  const zeroThreshold = fields.double(NATIVE_HISTOGRAM.zeroThreshold);
  const zeroCount = fields.count(NATIVE_HISTOGRAM.zeroCount, NATIVE_HISTOGRAM.zeroCountFloat);
  const negative = readNative(
    fields,
    NATIVE_HISTOGRAM.negativeSpan,
    NATIVE_HISTOGRAM.negativeDelta,
    NATIVE_HISTOGRAM.negativeCount,
  );
  const positive = readNative(
    fields,
    NATIVE_HISTOGRAM.positiveSpan,
    NATIVE_HISTOGRAM.positiveDelta,
    NATIVE_HISTOGRAM.positiveCount,
  );
  return {
    count: fields.count(HISTOGRAM.count, HISTOGRAM.countFloat),
    buckets: fields.messages(HISTOGRAM.bucket).map(readBucket),
    isNative: negative.spans.length > 0 || positive.spans.length > 0 || zeroThreshold > 0 ||
      zeroCount > 0,
    schema: fields.last(NATIVE_HISTOGRAM.schema, (reader) => reader.sint32()) ?? 0,
    zeroThreshold,
    zeroCount,
    negative,
    positive,
  };
}

/** Reads the number of observations in a Summary message, which must be well-formed. */
export function readSummaryCount(bytes: Uint8Array): bigint {
  return readFields(bytes).last(SUMMARY.count, (reader) => BigInt(reader.uint64())) ?? 0n;
}

function readBucket(bytes: Uint8Array): ClassicBucket {
  const fields = readFields(bytes);
  return {
    bound: fields.double(BUCKET.bound),
    count: fields.count(BUCKET.count, BUCKET.countFloat),
  };
}

/** Buckets hold floats, or integers of which each is written as the difference to the one before. */
function readNative(fields: Fields, span: number, delta: number, count: number): NativeBuckets {
  const spans = fields.messages(span).map(readSpan);
  const floats = fields.all(count, WireType.Bit64, (reader) => reader.double());
  if (floats.length > 0) return { spans, counts: floats };
  let sum = 0n;
  const deltas = fields.all(delta, WireType.Varint, (reader) => BigInt(reader.sint64()));
  return { spans, counts: deltas.map((each) => sum += each) };
}

function readSpan(bytes: Uint8Array): BucketSpan {
  const fields = readFields(bytes);
  return {
    offset: fields.last(SPAN.offset, (reader) => reader.sint32()) ?? 0,
    length: fields.last(SPAN.length, (reader) => reader.uint32()) ?? 0,
  };
}

interface RawField {
  readonly wireType: WireType;
  /** The field without its tag. */
  readonly bytes: Uint8Array;
}

/** The fields of a message by their numbers, not yet read. */
class Fields {
  readonly #fields: ReadonlyMap<number, readonly RawField[]>;

  constructor(fields: ReadonlyMap<number, readonly RawField[]>) {
    this.#fields = fields;
  }

  /** Of a field that is not repeated the last one counts. */
  last<T>(number: number, read: (reader: BinaryReader) => T): T | undefined {
    const field = this.#fields.get(number)?.at(-1);
    return field && read(new BinaryReader(field.bytes));
  }

  double(number: number): number {
    return this.last(number, (reader) => reader.double()) ?? 0;
  }

  /** A count that may be written as integer or as float, which overrides the other when it is above zero. */
  count(integer: number, float: number): Count {
    const value = this.double(float);
    return value > 0 ? value : this.last(integer, (reader) => BigInt(reader.uint64())) ?? 0n;
  }

  messages(number: number): Uint8Array[] {
    return (this.#fields.get(number) ?? []).map(({ bytes }) => new BinaryReader(bytes).bytes());
  }

  /** Numbers of a repeated field, packed into one or each on its own. */
  all<T>(number: number, single: WireType, read: (reader: BinaryReader) => T): T[] {
    const values: T[] = [];
    for (const { wireType, bytes } of this.#fields.get(number) ?? []) {
      const reader = new BinaryReader(bytes);
      const numbers = wireType === single ? reader : new BinaryReader(reader.bytes());
      while (numbers.pos < numbers.len) values.push(read(numbers));
    }
    return values;
  }
}

function readFields(bytes: Uint8Array): Fields {
  const fields = new Map<number, RawField[]>();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const start = reader.pos;
    reader.skip(wireType, number);
    const list = fields.get(number) ?? [];
    list.push({ wireType, bytes: bytes.subarray(start, reader.pos) });
    fields.set(number, list);
  }
  return new Fields(fields);
}
