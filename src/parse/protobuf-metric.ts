/**
 * One Metric of client_model: labels, perhaps a timestamp, and the value message that the type of the family asks for.
 */

import { LABEL, METRIC, VALUE_FIELDS } from "../model/client-model.ts";
import {
  type Distribution,
  isScalarType,
  type MetricType,
  type PushedSeries,
  typeName,
} from "../model/family.ts";
import { isLabelName } from "../model/name.ts";
import { quote } from "../model/quote.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import { clip, refuseMetric } from "./protobuf-refusal.ts";
import {
  checkMessage,
  counterShape,
  gaugeShape,
  histogramShape,
  type Shape,
  summaryShape,
} from "./protobuf-shape.ts";
import { type Notes, parseHistogram, parseScalar, parseSummary } from "./protobuf-value.ts";

/** The family that metrics are added to. */
export interface MetricTarget {
  /** Metric name. */
  readonly name: string;
  /** Metric type. */
  readonly type: MetricType;
  /** Where series go when the type is one of plain numbers. */
  readonly scalars: PushedSeries<number>[];
  /** Where they go otherwise. */
  readonly distributions: PushedSeries<Distribution>[];
  /** Set when a metric has a timestamp. */
  timestamped: boolean;
  /** Set when a label name is not valid under the legacy rule. */
  utf8: boolean;
}

const VALUE_SHAPES: Readonly<Record<number, Shape>> = {
  [VALUE_FIELDS.gauge]: gaugeShape,
  [VALUE_FIELDS.counter]: counterShape,
  [VALUE_FIELDS.summary]: summaryShape,
  [VALUE_FIELDS.untyped]: gaugeShape,
  [VALUE_FIELDS.histogram]: histogramShape,
};

const NO_LABELS: readonly string[] = [];

/** Reads the Metric between where the reader stands and `end`, and adds it to the family. */
export function parseMetric(reader: ProtobufReader, end: number, family: MetricTarget): void {
  const start = reader.position;
  const labels: string[] = [];
  const value = parseFields(reader, end, labels, family);
  const metric = { start, end, name: family.name, labels };
  if (value === undefined) return refuseMetric(reader, metric, `is not a ${typeName(family.type)}`);
  const wrong = findWrongLabel(labels, family.type);
  if (wrong !== undefined) return refuseMetric(reader, metric, wrong);
  addSeries(value, labels.length === 0 ? NO_LABELS : labels, family);
  reader.position = end;
}

/** A value message: a part of what a reader reads. */
interface Value {
  /** Reads the message. */
  readonly reader: ProtobufReader;
  /** Where it begins. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
}

/** Reads everything but the value, which it finds; `undefined` when there is none of the family's type. */
function parseFields(
  reader: ProtobufReader,
  end: number,
  labels: string[],
  family: MetricTarget,
): Value | undefined {
  const field = VALUE_FIELDS[family.type];
  let value: Value | undefined;
  while (reader.next(end)) {
    if (reader.field === METRIC.label) parseLabel(reader, labels, family);
    else if (reader.field === field) value = findValue(reader, value);
    else if (reader.field === METRIC.timestampMs) {
      reader.varint();
      family.timestamped = true;
    } else checkOther(reader);
  }
  return value;
}

function parseLabel(reader: ProtobufReader, labels: string[], family: MetricTarget): void {
  const end = reader.enter();
  let name = "";
  let value = "";
  while (reader.next(end)) {
    if (reader.field === LABEL.name) name = reader.string();
    else if (reader.field === LABEL.value) value = reader.string();
    else reader.skip();
  }
  if (name === "") reader.fail(`empty label name in metric ${quote(family.name)}`);
  if (!isLabelName(name)) family.utf8 = true;
  labels.push(name, value);
}

/** Finds the value in the current field. A message that comes in parts is the one that their bytes make together. */
function findValue(reader: ProtobufReader, before: Value | undefined): Value {
  const end = reader.enter();
  const start = reader.position;
  reader.position = end;
  if (before === undefined) return { reader, start, end };
  const first = before.reader.bytes(before.start, before.end);
  const bytes = new Uint8Array(first.length + end - start);
  bytes.set(first);
  bytes.set(reader.bytes(start, end), first.length);
  return { reader: new ProtobufReader(bytes, reader.message), start: 0, end: bytes.length };
}

/** A value that is not of the family's type, or a field that nobody knows. */
function checkOther(reader: ProtobufReader): void {
  const shape = VALUE_SHAPES[reader.field];
  if (shape === undefined) reader.skip();
  else checkMessage(reader, shape, reader.enter());
}

/** From how many labels on a set of their names is kept; below, looking through the list is faster. */
const MANY_LABELS = 16;

/** What is wrong with the labels, as it is said behind the description of the metric. */
function findWrongLabel(labels: readonly string[], type: MetricType): string | undefined {
  const seen = labels.length > 2 * MANY_LABELS ? new Set<string>() : undefined;
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] as string;
    if (seen === undefined ? isAmongFirst(labels, i, name) : seen.has(name)) {
      return `has two or more labels with the same name: ${clip(name)}`;
    }
    seen?.add(name);
    // It would stand beside the one of each bucket, and no scraper could read the text.
    if (name === "le" && VALUE_FIELDS[type] === VALUE_FIELDS.histogram) {
      return 'must not have an explicit "le" label';
    }
  }
  return undefined;
}

function isAmongFirst(labels: readonly string[], length: number, name: string): boolean {
  for (let i = 0; i < length; i += 2) {
    if (labels[i] === name) return true;
  }
  return false;
}

function addSeries(value: Value, labels: readonly string[], family: MetricTarget): void {
  const { type, scalars, distributions } = family;
  const { reader, start, end } = value;
  const notes: Notes = { differs: false };
  reader.position = start;
  if (isScalarType(type)) {
    const shape = type === "counter" ? counterShape : gaugeShape;
    const sample = parseScalar(reader, shape, end, notes);
    scalars.push(notes.differs ? { labels, sample, wire: wireOf(value) } : { labels, sample });
  } else {
    const parse = type === "summary" ? parseSummary : parseHistogram;
    const sample = parse(reader, end, notes);
    distributions.push(
      notes.differs ? { labels, sample, wire: wireOf(value) } : { labels, sample },
    );
  }
}

const EMPTY = new Uint8Array();

function wireOf({ reader, start, end }: Value): Uint8Array {
  // Millions of empty messages fit into a body; a view of its own for each would take a hundred times their bytes.
  return start === end ? EMPTY : reader.bytes(start, end);
}
