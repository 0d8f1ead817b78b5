/** Large pushes: one family of many series, as text and as delimited protobuf. */

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FAMILY, LABEL, METRIC, SCALAR, VALUE_FIELDS } from "../../src/model/client-model.ts";

/** What a large push has in it. */
export interface LargeBody {
  /** Name of the family, a gauge. */
  readonly name: string;
  /** Number of series. */
  readonly series: number;
  /** A part of each series' labels, so that another zone makes other series. */
  readonly zone: string;
  /** Gives the values. */
  readonly next: () => number;
}

/** Content-Type of {@link protobufBody}, and the Accept header of who wants it. */
export const PROTOBUF =
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

/** The family as text, some 60 bytes a series. */
export function textBody({ name, series, zone, next }: LargeBody): Uint8Array {
  let text = `# TYPE ${name} gauge\n`;
  for (let i = 0; i < series; i++) {
    text += `${name}{host="${hostOf(i)}",kind="read",zone="${zone}"} ${valueOf(next)}\n`;
  }
  return new TextEncoder().encode(text);
}

/** The same as one delimited MetricFamily. */
export function protobufBody({ name, series, zone, next }: LargeBody): Uint8Array {
  const family = new BinaryWriter();
  family.tag(FAMILY.name, WireType.LengthDelimited).string(name);
  family.tag(FAMILY.type, WireType.Varint).int32(1);
  for (let i = 0; i < series; i++) {
    family.tag(FAMILY.metric, WireType.LengthDelimited).fork();
    writeLabel(family, "host", hostOf(i));
    writeLabel(family, "kind", "read");
    writeLabel(family, "zone", zone);
    family.tag(VALUE_FIELDS.gauge, WireType.LengthDelimited).fork();
    family.tag(SCALAR.value, WireType.Bit64).double(valueOf(next));
    family.join().join();
  }
  return new BinaryWriter().bytes(family.finish()).finish();
}

function hostOf(series: number): string {
  return `host-${String(series).padStart(5, "0")}`;
}

function valueOf(next: () => number): number {
  return Math.floor(next() * 1e6) / 4;
}

function writeLabel(writer: BinaryWriter, name: string, value: string): void {
  writer.tag(METRIC.label, WireType.LengthDelimited).fork();
  writer.tag(LABEL.name, WireType.LengthDelimited).string(name);
  writer.tag(LABEL.value, WireType.LengthDelimited).string(value).join();
}
