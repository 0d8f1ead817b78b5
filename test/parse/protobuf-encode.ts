/**
 * Writes protobuf for tests, whether or not it makes sense: fields in the order given, under any number, as often as wanted.
 */

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FAMILY, LABEL, METRIC, TYPE_NUMBERS, VALUE_FIELDS } from "../../src/model/client-model.ts";
import type { MetricType, PushedFamily } from "../../src/model/family.ts";
import { GatewayError } from "../../src/model/error.ts";
import { parseProtobuf } from "../../src/parse/protobuf.ts";

/** A field: a number goes out as double, a bigint as varint, bytes and text behind their length. */
export type Field = readonly [field: number, value: number | bigint | string | Uint8Array];

/** Writes one message. */
export function message(...fields: readonly Field[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const [field, value] of fields) {
    if (typeof value === "number") writer.tag(field, WireType.Bit64).double(value);
    else if (typeof value === "bigint") writer.tag(field, WireType.Varint).uint64(value);
    else if (typeof value === "string") writer.tag(field, WireType.LengthDelimited).string(value);
    else writer.tag(field, WireType.LengthDelimited).bytes(value);
  }
  return writer.finish();
}

/** Joins bytes. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A body: each message behind its length. */
export function delimited(...messages: readonly Uint8Array[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const each of messages) writer.bytes(each);
  return writer.finish();
}

/** The fields of labels given as `{ name: value }`. */
export function labels(pairs: Readonly<Record<string, string>>): Field[] {
  return Object.entries(pairs).map(([name, value]) => [
    METRIC.label,
    message([LABEL.name, name], [LABEL.value, value]),
  ]);
}

/** A Metric whose value message is that of `type`. */
export function metric(
  type: MetricType,
  value: Uint8Array,
  pairs: Readonly<Record<string, string>> = {},
): Uint8Array {
  return message(...labels(pairs), [VALUE_FIELDS[type], value]);
}

/** A MetricFamily with name, type and metrics, and what other fields it is to have. */
export function family(
  name: string,
  type: MetricType,
  metrics: readonly Uint8Array[],
  ...others: readonly Field[]
): Uint8Array {
  return message(
    [FAMILY.name, name],
    [FAMILY.type, BigInt(TYPE_NUMBERS.indexOf(type))],
    ...others,
    ...metrics.map((bytes): Field => [FAMILY.metric, bytes]),
  );
}

/** A body with one family that has one metric without labels. */
export function single(type: MetricType, value: Uint8Array, name = "x"): Uint8Array {
  return delimited(family(name, type, [metric(type, value)]));
}

/** The error of a body that must be refused, with its kind where that is not `malformed`. Other errors pass through. */
export function errorOf(body: Uint8Array): string {
  try {
    parseProtobuf(body);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return error.kind === "malformed" ? error.message : `${error.kind}: ${error.message}`;
  }
  throw new Error(`accepted: ${body}`);
}

/** The only series of a body with one family. */
export function seriesOf(body: Uint8Array): PushedFamily["series"][number] {
  const [found] = parseProtobuf(body);
  const [series] = found?.series ?? [];
  if (series === undefined) throw new Error("no series");
  return series;
}
