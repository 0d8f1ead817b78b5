/**
 * Stored series as Metric messages of client_model. A value that came as protobuf and says more than the columns hold is sent as
 * it came; any other is made of the columns the way the reference makes it of text.
 *
 * Spec: https://github.com/prometheus/client_model/blob/v0.6.2/io/prometheus/client/metrics.proto
 */

import { type BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  BUCKET,
  FAMILY,
  HISTOGRAM,
  LABEL,
  METRIC,
  QUANTILE,
  SCALAR,
  SUMMARY,
  VALUE_FIELDS,
} from "../model/client-model.ts";
import { type Distribution, type Family, isScalar } from "../model/family.ts";
import { parseLabelText } from "../model/label.ts";
import { escapeLabelName, type Escaping } from "../model/name-escaping.ts";

/** Counts are unsigned numbers of 64 bits; this is the largest of them that a double can hold. */
const MAX_COUNT = 2 ** 64 - 2 ** 11;
const MAX_UINT32 = 2 ** 32 - 1;
/** The bits of Go's NaN, by which Prometheus tells an ordinary one from the mark of a stale series. */
const GO_NAN = 0x7ff8_0000_0000_0001n;

/** Writes the series of a family as fields of a MetricFamily, in their order. */
export function writeMetrics(writer: BinaryWriter, family: Family, escaping: Escaping): void {
  for (let index = 0; index < family.labels.length; index++) {
    begin(writer, FAMILY.metric);
    writeLabels(writer, family.labels[index] as string, escaping);
    writeValue(writer, family, index);
    writer.join();
  }
}

/** Writes a field of type string. */
export function writeText(writer: BinaryWriter, field: number, text: string): void {
  writer.tag(field, WireType.LengthDelimited).string(text);
}

function writeLabels(writer: BinaryWriter, text: string, escaping: Escaping): void {
  const labels = parseLabelText(text);
  for (let i = 0; i < labels.length; i += 2) {
    begin(writer, METRIC.label);
    writeText(writer, LABEL.name, escapeLabelName(labels[i] as string, escaping));
    writeText(writer, LABEL.value, labels[i + 1] as string);
    writer.join();
  }
}

function writeValue(writer: BinaryWriter, family: Family, index: number): void {
  const wire = family.extras?.wire[index];
  const field = VALUE_FIELDS[family.type];
  if (wire !== undefined) {
    writer.tag(field, WireType.LengthDelimited).bytes(wire);
    return;
  }
  begin(writer, field);
  if (isScalar(family)) writeDouble(writer, SCALAR.value, family.samples[index] as number);
  else if (family.type === "summary") writeSummary(writer, family.samples[index] as Distribution);
  else writeHistogram(writer, family.samples[index] as Distribution);
  writer.join();
}

function writeSummary(writer: BinaryWriter, { count, sum, points, values }: Distribution): void {
  writeCount(writer, SUMMARY.count, nearestCount(count));
  writeDouble(writer, SUMMARY.sum, sum);
  for (let i = 0; i < points.length; i++) {
    begin(writer, SUMMARY.quantile);
    writeDouble(writer, QUANTILE.quantile, points[i] as number);
    writeDouble(writer, QUANTILE.value, values[i] as number);
    writer.join();
  }
}

function writeHistogram(writer: BinaryWriter, { count, sum, points, values }: Distribution): void {
  const isWhole = isCount(count);
  if (isWhole) writeCount(writer, HISTOGRAM.count, count);
  writeDouble(writer, HISTOGRAM.sum, sum);
  for (let i = 0; i < points.length; i++) {
    writeBucket(writer, points[i] as number, values[i] as number);
  }
  if (!isWhole) writeDouble(writer, HISTOGRAM.countFloat, count);
}

function writeBucket(writer: BinaryWriter, bound: number, count: number): void {
  begin(writer, HISTOGRAM.bucket);
  const isWhole = isCount(count);
  if (isWhole) writeCount(writer, BUCKET.count, count);
  writeDouble(writer, BUCKET.bound, bound);
  if (!isWhole) writeDouble(writer, BUCKET.countFloat, count);
  writer.join();
}

/** Begins a message as a field; `join` ends it. */
function begin(writer: BinaryWriter, field: number): void {
  writer.tag(field, WireType.LengthDelimited).fork();
}

function writeDouble(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Bit64);
  if (Number.isNaN(value)) writer.fixed64(GO_NAN);
  else writer.double(value);
}

function writeCount(writer: BinaryWriter, field: number, count: number): void {
  writer.tag(field, WireType.Varint);
  if (count <= MAX_UINT32) writer.uint32(count);
  else writer.uint64(BigInt(count));
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_COUNT;
}

/** A summary has no float count: what none of 64 bits can say becomes the nearest that can. */
function nearestCount(value: number): number {
  if (isCount(value)) return value;
  return value > 0 ? Math.min(Math.trunc(value), MAX_COUNT) : 0;
}
