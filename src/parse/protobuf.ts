/**
 * Delimited protobuf: MetricFamily messages of client_model, each behind its length. What client_golang and client_java push.
 *
 * Names are not held to the legacy rule, only marked. Messages of one name are one family when they agree on its type; the
 * reference keeps the last of them and loses the others without a word.
 *
 * Spec: https://github.com/prometheus/client_model/blob/v0.6.2/io/prometheus/client/metrics.proto
 */

import { FAMILY, TYPE_NUMBERS } from "../model/client-model.ts";
import { GatewayError } from "../model/error.ts";
import {
  type Distribution,
  isScalarType,
  type MetricType,
  type PushedFamily,
  type PushedSeries,
  typeName,
} from "../model/family.ts";
import { isMetricName } from "../model/name.ts";
import { quote } from "../model/quote.ts";
import { type MetricTarget, parseMetric } from "./protobuf-metric.ts";
import { ProtobufReader } from "./protobuf-reader.ts";

/**
 * Parses a body of delimited MetricFamily messages.
 *
 * @param body the bytes, decompressed. Messages in `wire` point into them.
 * @returns the families that have metrics, in the order in which they first occur.
 * @throws GatewayError malformed when it cannot be read, naming the message; inconsistent when a metric makes no sense.
 */
export function parseProtobuf(body: Uint8Array): PushedFamily[] {
  const reader = new ProtobufReader(body, 0);
  const families = new Map<string, FamilyBuilder>();
  while (reader.position < reader.length) {
    reader.message++;
    const end = reader.enterDelimited();
    parseFamily(reader, end, families);
    reader.position = end;
  }
  return [...families.values()].map((family) => family.finish());
}

/** Told why a metric was left out. */
type OnRefused = (reason: GatewayError) => void;

/**
 * Parses one MetricFamily message, without a length before it, and makes the best of it.
 *
 * @param message the bytes. Messages in `wire` point into them.
 * @param onRefused called with the reason for each metric that a push would be refused for; it is left out.
 * @returns the family, which may have lost all its metrics, or `undefined` when it never had any.
 * @throws GatewayError when nothing of it can be read.
 */
export function parseFamilyMessage(
  message: Uint8Array,
  onRefused: OnRefused,
): PushedFamily | undefined {
  const families = new Map<string, FamilyBuilder>();
  parseFamily(new ProtobufReader(message), message.length, families, onRefused);
  const [family] = families.values();
  return family?.finish();
}

/** What a message says of a family, but for its metrics. */
interface Head {
  name: string;
  help: string;
  unit: string;
  /** The number of the type; a message without one is of a counter. */
  type: number;
}

function parseFamily(
  reader: ProtobufReader,
  end: number,
  families: Map<string, FamilyBuilder>,
  onRefused?: OnRefused,
): void {
  const head: Head = { name: "", help: "", unit: "", type: 0 };
  const metrics = parseHead(reader, end, head);
  if (metrics.length === 0) return;
  const family = findFamily(reader, head, families);
  for (let i = 0; i < metrics.length; i += 2) {
    reader.position = metrics[i] as number;
    if (onRefused === undefined) parseMetric(reader, metrics[i + 1] as number, family);
    else tryMetric(reader, metrics[i + 1] as number, family, onRefused);
  }
}

function tryMetric(
  reader: ProtobufReader,
  end: number,
  family: FamilyBuilder,
  onRefused: OnRefused,
): void {
  try {
    parseMetric(reader, end, family);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    onRefused(error);
  }
}

/** Reads a message up to its metrics, which can be read only when the type is known; returns where each begins and ends. */
function parseHead(reader: ProtobufReader, end: number, head: Head): number[] {
  const metrics: number[] = [];
  while (reader.next(end)) {
    if (reader.field === FAMILY.metric) {
      const metricEnd = reader.enter();
      metrics.push(reader.position, metricEnd);
      reader.position = metricEnd;
    } else if (reader.field === FAMILY.name) head.name = reader.string();
    else if (reader.field === FAMILY.help) head.help = reader.string();
    else if (reader.field === FAMILY.type) head.type = reader.varint();
    else if (reader.field === FAMILY.unit) head.unit = reader.string();
    else reader.skip();
  }
  return metrics;
}

/** Finds the family of that name, or begins one; refuses a message that contradicts an earlier one. */
function findFamily(
  reader: ProtobufReader,
  { name, help, unit, type: number }: Head,
  families: Map<string, FamilyBuilder>,
): FamilyBuilder {
  if (name === "") reader.fail("invalid metric name");
  const type = TYPE_NUMBERS[number] ??
    reader.fail(`unknown metric type ${number} of metric ${quote(name)}`);
  const known = families.get(name);
  if (known === undefined) {
    const family = new FamilyBuilder(name, type, help, unit);
    families.set(name, family);
    return family;
  }
  if (known.type !== type) {
    reader.fail(
      `metric family ${quote(name)} has type ${typeName(type)} but ` +
        `had ${typeName(known.type)} before`,
    );
  }
  if (unit !== "" && known.unit !== "" && known.unit !== unit) {
    reader.fail(
      `metric family ${quote(name)} has unit ${quote(unit)} but had ${quote(known.unit)} before`,
    );
  }
  known.help ||= help;
  known.unit ||= unit;
  return known;
}

/** One family that is being gathered. */
class FamilyBuilder implements MetricTarget {
  readonly name: string;
  readonly type: MetricType;
  readonly scalars: PushedSeries<number>[] = [];
  readonly distributions: PushedSeries<Distribution>[] = [];
  help: string;
  unit: string;
  timestamped = false;
  utf8: boolean;

  constructor(name: string, type: MetricType, help: string, unit: string) {
    this.name = name;
    this.type = type;
    this.help = help;
    this.unit = unit;
    this.utf8 = !isMetricName(name);
  }

  finish(): PushedFamily {
    const { name, type, help, unit, timestamped, utf8 } = this;
    const common = {
      name,
      help,
      timestamped,
      ...(unit === "" ? {} : { unit }),
      ...(utf8 ? { utf8 } : {}),
    };
    return isScalarType(type)
      ? { ...common, type, series: this.scalars }
      : { ...common, type, series: this.distributions };
  }
}
