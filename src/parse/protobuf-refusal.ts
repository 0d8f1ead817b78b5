/**
 * Refuses a Metric that can be read but makes no sense, in the words of the reference: with the metric in the compact text form of
 * protobuf, shortened where a client sent something huge.
 */

import { VALUE_FIELDS } from "../model/client-model.ts";
import { GatewayError } from "../model/error.ts";
import { formatFloat } from "../model/number.ts";
import { quote } from "../model/quote.ts";
import type { ProtobufReader } from "./protobuf-reader.ts";
import { gaugeShape } from "./protobuf-shape.ts";
import { parseHistogram, parseScalar, parseSummary } from "./protobuf-value.ts";

/** A Metric and where it stands. */
export interface RefusedMetric {
  /** Where its first field is. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** The name of its family. */
  readonly name: string;
  /** Its labels, flat. */
  readonly labels: readonly string[];
}

const MAX_VALUE_LENGTH = 128;
const MAX_LABELS = 32;

/**
 * Refuses a metric.
 *
 * @param wrong what is wrong with it, to stand behind its description.
 * @throws GatewayError (inconsistent).
 */
export function refuseMetric(reader: ProtobufReader, metric: RefusedMetric, wrong: string): never {
  const shown = [...describeLabels(metric.labels), ...describeValues(reader, metric)];
  throw new GatewayError(
    "inconsistent",
    "pushed metrics are invalid or inconsistent with existing metrics: " +
      `collected metric ${quote(metric.name)} { ${
        shown.map((part) => `${part} `).join("")
      }} ${wrong}`,
  );
}

function describeLabels(labels: readonly string[]): string[] {
  const pairs: string[] = [];
  for (let i = 0; i < labels.length && pairs.length < MAX_LABELS; i += 2) {
    const name = quote(clip(labels[i] as string));
    pairs.push(`label:{name:${name} value:${quote(clip(labels[i + 1] as string))}}`);
  }
  if (labels.length / 2 > MAX_LABELS) pairs.push("…");
  return pairs;
}

/** Describes the values that a metric has, of whatever type: at most one of each. */
function describeValues(reader: ProtobufReader, { start, end }: RefusedMetric): string[] {
  const values = new Map<number, string>();
  reader.position = start;
  while (reader.next(end)) {
    const describe = DESCRIPTIONS[reader.field];
    if (describe === undefined) reader.skip();
    else values.set(reader.field, describe(reader, reader.enter()));
  }
  return [...values.entries()].sort(([a], [b]) => a - b).map(([, text]) => text);
}

const DESCRIPTIONS: Readonly<Record<number, (reader: ProtobufReader, end: number) => string>> = {
  [VALUE_FIELDS.gauge]: (reader, end) => `gauge:${describeScalar(reader, end)}`,
  [VALUE_FIELDS.counter]: (reader, end) => `counter:${describeScalar(reader, end)}`,
  [VALUE_FIELDS.untyped]: (reader, end) => `untyped:${describeScalar(reader, end)}`,
  [VALUE_FIELDS.summary]: (reader, end) => {
    const { count, sum } = parseSummary(reader, end, { differs: false });
    return `summary:{sample_count:${formatFloat(count)} sample_sum:${formatFloat(sum)}}`;
  },
  [VALUE_FIELDS.histogram]: (reader, end) => {
    const { count, sum } = parseHistogram(reader, end, { differs: false });
    return `histogram:{sample_count:${formatFloat(count)} sample_sum:${formatFloat(sum)}}`;
  },
};

function describeScalar(reader: ProtobufReader, end: number): string {
  return `{value:${formatFloat(parseScalar(reader, gaugeShape, end, { differs: false }))}}`;
}

/** The start of a text that may be huge. */
export function clip(text: string): string {
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}
