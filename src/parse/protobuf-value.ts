/**
 * The value messages of client_model (Gauge, Counter, Histogram, …) into samples. A sample holds what the text format can say of
 * a value; what else there is in the message is checked, and noted, so that the message itself can be kept beside the sample.
 */

import { BUCKET, HISTOGRAM, QUANTILE, SCALAR, SUMMARY } from "../model/client-model.ts";
import type { Distribution } from "../model/family.ts";
import { formatFloat } from "../model/number.ts";
import type { ProtobufReader } from "./protobuf-reader.ts";
import {
  bucketShape,
  checkField,
  histogramShape,
  quantileShape,
  type Shape,
  summaryShape,
} from "./protobuf-shape.ts";

/** What was noted while a value was read. */
export interface Notes {
  /**
   * Whether the message says anything else than the sample does: it has fields that the sample has not, it lacks one that would
   * be written for the sample, or a count in it is not exact in the sample.
   */
  differs: boolean;
}

/** Reads the rest of a Gauge, Counter or Untyped, which ends at `end`. */
export function parseScalar(
  reader: ProtobufReader,
  shape: Shape,
  end: number,
  notes: Notes,
): number {
  let value: number | undefined;
  while (reader.next(end)) {
    if (reader.field === SCALAR.value) value = reader.double();
    else checkExtra(reader, shape, notes);
  }
  return value ?? absent(notes);
}

/** Reads the rest of a Summary. */
export function parseSummary(reader: ProtobufReader, end: number, notes: Notes): Distribution {
  let count: number | undefined;
  let sum: number | undefined;
  const points: number[] = [];
  const values: number[] = [];
  while (reader.next(end)) {
    if (reader.field === SUMMARY.count) count = exactCount(reader, notes);
    else if (reader.field === SUMMARY.sum) sum = reader.double();
    else if (reader.field === SUMMARY.quantile) parseQuantile(reader, points, values, notes);
    else checkExtra(reader, summaryShape, notes);
  }
  checkPoints(reader, points, "quantile");
  return { count: count ?? absent(notes), sum: sum ?? absent(notes), points, values };
}

/** Reads the rest of a Histogram. Of a native one the sample has count and sum. */
export function parseHistogram(reader: ProtobufReader, end: number, notes: Notes): Distribution {
  let count: number | undefined;
  let countFloat = 0;
  let sum: number | undefined;
  const points: number[] = [];
  const values: number[] = [];
  while (reader.next(end)) {
    if (reader.field === HISTOGRAM.bucket) parseBucket(reader, points, values, notes);
    else if (reader.field === HISTOGRAM.count) count = exactCount(reader, notes);
    else if (reader.field === HISTOGRAM.sum) sum = reader.double();
    else if (reader.field === HISTOGRAM.countFloat) countFloat = floatCount(reader, notes);
    else checkExtra(reader, histogramShape, notes);
  }
  checkPoints(reader, points, "le");
  const integer = count ?? absent(notes);
  return { count: chosen(integer, countFloat), sum: sum ?? absent(notes), points, values };
}

function parseQuantile(
  reader: ProtobufReader,
  points: number[],
  values: number[],
  notes: Notes,
): void {
  const end = reader.enter();
  let point: number | undefined;
  let value: number | undefined;
  while (reader.next(end)) {
    if (reader.field === QUANTILE.quantile) point = reader.double();
    else if (reader.field === QUANTILE.value) value = reader.double();
    else checkExtra(reader, quantileShape, notes);
  }
  points.push(point ?? absent(notes));
  values.push(value ?? absent(notes));
}

function parseBucket(
  reader: ProtobufReader,
  points: number[],
  values: number[],
  notes: Notes,
): void {
  const end = reader.enter();
  let bound: number | undefined;
  let count: number | undefined;
  let countFloat = 0;
  while (reader.next(end)) {
    if (reader.field === BUCKET.count) count = exactCount(reader, notes);
    else if (reader.field === BUCKET.bound) bound = reader.double();
    else if (reader.field === BUCKET.countFloat) countFloat = floatCount(reader, notes);
    else checkExtra(reader, bucketShape, notes);
  }
  points.push(bound ?? absent(notes));
  values.push(chosen(count ?? absent(notes), countFloat));
}

function checkExtra(reader: ProtobufReader, shape: Shape, notes: Notes): void {
  notes.differs = true;
  checkField(reader, shape);
}

function exactCount(reader: ProtobufReader, notes: Notes): number {
  const count = reader.varint();
  if (count > Number.MAX_SAFE_INTEGER) notes.differs = true;
  return count;
}

function floatCount(reader: ProtobufReader, notes: Notes): number {
  notes.differs = true;
  return reader.double();
}

/** A float histogram has its counts as floats, above zero; a field that is not used may still be there, as zero. */
function chosen(integer: number, float: number): number {
  return float > 0 ? float : integer;
}

/** A number that is not there counts as zero, but is not the same as a zero. */
function absent(notes: Notes): number {
  notes.differs = true;
  return 0;
}

/** Refuses a value with the same point twice: both would be exposed as one series. */
function checkPoints(reader: ProtobufReader, points: readonly number[], label: string): void {
  let rising = true;
  for (let i = 1; i < points.length && rising; i++) {
    rising = (points[i] as number) > (points[i - 1] as number);
  }
  if (rising) return;
  const seen = new Set<number>();
  for (const point of points) {
    if (seen.has(point)) reader.fail(`${label}="${formatFloat(point)}" occurs twice in one series`);
    seen.add(point);
  }
}
