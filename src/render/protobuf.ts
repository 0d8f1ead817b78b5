/**
 * The three protobuf formats: messages with their length in front (`delimited`), and the same messages as text, on several lines
 * (`text`) or on one line each (`compact-text`), which people read.
 *
 * A MetricFamily is sent in pieces: its head, its series as they stand in the caches, and behind them the unit, so that the fields
 * are in the order in which Go's library has them.
 *
 * Specs: https://prometheus.io/docs/instrumenting/exposition_formats/#protobuf-format and
 * https://github.com/prometheus/client_model/blob/v0.6.2/io/prometheus/client/metrics.proto
 */

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FAMILY, TYPE_NUMBERS } from "../model/client-model.ts";
import type { Family } from "../model/family.ts";
import { escapeName, type Escaping } from "../model/name-escaping.ts";
import type { FamilyHead, Format } from "./format.ts";
import { writeMetrics, writeText } from "./protobuf-metric.ts";
import { printFields } from "./protobuf-text.ts";

/** How the messages are written, as the `encoding` parameter of the media type has it. */
export type ProtobufEncoding = "delimited" | "text" | "compact-text";

const encoder = new TextEncoder();

/** Makes a protobuf format with a way to write names that the legacy rule does not allow. */
export function createProtobufFormat(encoding: ProtobufEncoding, escaping: Escaping): Format {
  return {
    id: `protobuf ${encoding}`,
    escaping,
    contentType: "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; " +
      `encoding=${encoding}; escaping=${escaping}`,
    ...(encoding === "delimited"
      ? delimitedParts(escaping)
      : textParts(encoding === "compact-text", escaping)),
  };
}

type Parts = Pick<Format, "renderHead" | "renderSeries" | "renderFoot">;

function delimitedParts(escaping: Escaping): Parts {
  return {
    renderHead(head, length) {
      const fields = renderHeadFields(head, escaping);
      const total = fields.length + length + renderUnit(head).length;
      return new BinaryWriter().uint32(total).raw(fields).finish();
    },
    renderSeries: (families) => renderMetrics(families, escaping),
    renderFoot: renderUnit,
  };
}

/** On one line every field but the first has a blank in front of it; otherwise each has lines of its own. */
function textParts(compact: boolean, escaping: Escaping): Parts {
  const print = (bytes: Uint8Array) => printFields(bytes, compact);
  const printMore = (bytes: Uint8Array) => {
    const text = print(bytes);
    return compact && text !== "" ? ` ${text}` : text;
  };
  return {
    renderHead: (head) => encoder.encode(print(renderHeadFields(head, escaping))),
    renderSeries: (families) => encoder.encode(printMore(renderMetrics(families, escaping))),
    renderFoot: (head) => encoder.encode(`${printMore(renderUnit(head))}\n`),
  };
}

function renderHeadFields(
  { name, help, type }: FamilyHead,
  escaping: Escaping,
): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  writeText(writer, FAMILY.name, escapeName(name, escaping));
  if (help !== "") writeText(writer, FAMILY.help, help);
  writer.tag(FAMILY.type, WireType.Varint).int32(TYPE_NUMBERS.indexOf(type));
  return writer.finish();
}

function renderUnit({ unit }: FamilyHead): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  if (unit !== "") writeText(writer, FAMILY.unit, unit);
  return writer.finish();
}

function renderMetrics(families: readonly Family[], escaping: Escaping): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  for (const family of families) writeMetrics(writer, family, escaping);
  return writer.finish();
}
