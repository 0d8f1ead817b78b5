/**
 * The metric families of an old reference as protobuf. Versions 0.2 to 0.4 stored the structs that Go has for client_model's messages
 * field by field, which loses the zeros among them; later ones store the messages themselves.
 *
 * Spec: https://github.com/prometheus/client_model/blob/v0.6.2/io/prometheus/client/metrics.proto
 */

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
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
import type { GobDecoder } from "./gob.ts";

/** How a field goes into a message. */
type Kind = "string" | "double" | "uint" | "int" | Message;

/** The fields of a message by their names in Go: their numbers and what they hold. Other fields are passed over. */
interface Message {
  readonly [name: string]: readonly [field: number, kind: Kind];
}

const label: Message = { Name: [LABEL.name, "string"], Value: [LABEL.value, "string"] };
const scalar: Message = { Value: [SCALAR.value, "double"] };
const quantile: Message = {
  Quantile: [QUANTILE.quantile, "double"],
  Value: [QUANTILE.value, "double"],
};
const summary: Message = {
  SampleCount: [SUMMARY.count, "uint"],
  SampleSum: [SUMMARY.sum, "double"],
  Quantile: [SUMMARY.quantile, quantile],
};
const bucket: Message = {
  CumulativeCount: [BUCKET.count, "uint"],
  UpperBound: [BUCKET.bound, "double"],
};
const histogram: Message = {
  SampleCount: [HISTOGRAM.count, "uint"],
  SampleSum: [HISTOGRAM.sum, "double"],
  Bucket: [HISTOGRAM.bucket, bucket],
};
const metric: Message = {
  Label: [METRIC.label, label],
  Gauge: [VALUE_FIELDS.gauge, scalar],
  Counter: [VALUE_FIELDS.counter, scalar],
  Summary: [VALUE_FIELDS.summary, summary],
  Untyped: [VALUE_FIELDS.untyped, scalar],
  TimestampMs: [METRIC.timestampMs, "int"],
  Histogram: [VALUE_FIELDS.histogram, histogram],
};
const family: Message = {
  Name: [FAMILY.name, "string"],
  Help: [FAMILY.help, "string"],
  Type: [FAMILY.type, "int"],
  Metric: [FAMILY.metric, metric],
};

/** The fields that such a version did not know, as they came: native histograms, exemplars. */
const UNKNOWN = "XXX_unrecognized";

/**
 * Reads a `MetricFamily` that was stored field by field.
 *
 * @param type the number of its type.
 * @returns the message. Numbers that are missing are there as zeros: what is not zero is stored.
 * @throws GobError when it is something else.
 */
export function encodeFamily(decoder: GobDecoder, type: number): Uint8Array {
  return encodeMessage(decoder, type, family);
}

function encodeMessage(decoder: GobDecoder, type: number, message: Message): Uint8Array {
  const writer = new BinaryWriter();
  const missing = new Set(Object.keys(message));
  decoder.struct(type, (name, fieldType) => {
    if (name === UNKNOWN) return void writer.raw(decoder.bytes(fieldType));
    const known = Object.hasOwn(message, name) ? message[name] : undefined;
    if (known === undefined) return decoder.skip(fieldType);
    missing.delete(name);
    encodeField(decoder, fieldType, known, writer);
  });
  for (const name of missing) {
    const [field, kind] = message[name] ?? [0, "string"];
    if (kind === "double") writer.tag(field, WireType.Bit64).double(0);
    else if (kind === "uint") writer.tag(field, WireType.Varint).uint64(0);
  }
  return writer.finish();
}

function encodeField(
  decoder: GobDecoder,
  type: number,
  known: Message[string],
  writer: BinaryWriter,
): void {
  const [field, kind] = known;
  if (kind === "string") writer.tag(field, WireType.LengthDelimited).bytes(decoder.bytes(type));
  else if (kind === "double") writer.tag(field, WireType.Bit64).double(decoder.float(type));
  else if (kind === "uint") writer.tag(field, WireType.Varint).uint64(decoder.uint(type));
  else if (kind === "int") writer.tag(field, WireType.Varint).int64(decoder.int(type));
  else if (decoder.type(type).kind === "slice") {
    decoder.list(type, (elem) => encodeField(decoder, elem, known, writer));
  } else {
    writer.tag(field, WireType.LengthDelimited).bytes(encodeMessage(decoder, type, kind));
  }
}
