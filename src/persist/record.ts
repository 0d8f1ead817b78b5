/**
 * A stored family as text and back, nothing lost: JSON that people can read in a database shell.
 *
 * ```json
 * {"type":"gauge","help":"Rows.","pushed_at":1795806000123.5,"series":[["instance=\"\",job=\"a\"",3.14]]}
 * ```
 *
 * A series is its label text, its sample and, where there is one, its client_model message in base64 (RFC 4648 §5). A sample is a number, or the
 * `{count, sum, points, values}` of a histogram or summary. JSON has no word for some numbers, so these are strings: `"NaN"`,
 * `"+Inf"`, `"-Inf"` and `"-0"`. `unit` and `utf8` are there only where a family has them.
 */

import { decodeBase64Url, encodeBase64Url } from "../model/base64url.ts";
import { TYPE_NUMBERS } from "../model/client-model.ts";
import {
  type Distribution,
  type FamilyExtras,
  isScalar,
  isScalarType,
  type MetricType,
  type StoredFamily,
} from "../model/family.ts";

type JsonNumber = number | string;
type JsonSample = JsonNumber | JsonDistribution;
interface JsonDistribution {
  readonly count: JsonNumber;
  readonly sum: JsonNumber;
  readonly points: readonly JsonNumber[];
  readonly values: readonly JsonNumber[];
}
type JsonSeries = readonly [string, JsonSample, string?];

/** A family as {@link renderRecord} writes it. */
export interface JsonFamily {
  /** Metric type. */
  readonly type: MetricType;
  /** Help text. */
  readonly help: string;
  /** When it was pushed, in milliseconds since the Unix epoch. */
  readonly pushed_at: number;
  /** Unit, if there is one. */
  readonly unit?: string;
  /** Whether a name in it needs UTF-8. */
  readonly utf8?: true;
  /** Label text, sample and message of each series. */
  readonly series: readonly JsonSeries[];
}

/** Renders a family; its name is not part of the text. */
export function renderRecord(family: StoredFamily): string {
  return JSON.stringify(toJsonFamily(family));
}

/** What JSON is to be made of a family. */
export function toJsonFamily(family: StoredFamily): JsonFamily {
  const { type, help, pushedAt, extras } = family;
  const series = toJsonSeries(family);
  // One shape for nearly all of them: runtimes render such objects faster than those with parts that come and go.
  if (extras === undefined) return { type, help, pushed_at: pushedAt, series };
  return {
    type,
    help,
    pushed_at: pushedAt,
    ...(extras.unit && { unit: extras.unit }),
    ...(extras.utf8 && { utf8: true }),
    series: series.map((each, i) => withWire(each, extras.wire[i])),
  };
}

function toJsonSeries(family: StoredFamily): JsonSeries[] {
  const { labels } = family;
  return isScalar(family)
    ? labels.map((text, i) => [text, toJsonNumber(family.samples[i] as number)])
    : labels.map((text, i) => [text, toJsonSample(family.samples[i] as Distribution)]);
}

/**
 * Reads a text that {@link renderRecord} made.
 *
 * @param name the name of the family.
 * @throws Error when the text is none; the message says what is wrong with it.
 */
export function parseRecord(name: string, text: string): StoredFamily {
  return fromJsonFamily(name, parseJson(text));
}

/**
 * Reads what {@link toJsonFamily} made.
 *
 * @param name the name of the family.
 * @throws Error when it is none; the message says what is wrong with it.
 */
export function fromJsonFamily(name: string, value: unknown): StoredFamily {
  const { type, help, pushed_at: pushedAt, unit, utf8, series } = asObject(value);
  if (!isMetricType(type)) throw new Error("unknown metric type");
  if (typeof help !== "string" || typeof pushedAt !== "number") {
    throw new Error("no help text or time");
  }
  if (!Array.isArray(series) || series.length === 0) throw new Error("no series");
  const labels = series.map(labelsOf);
  const extras = parseExtras(unit, utf8, series);
  const common = { name, help, labels, pushedAt, ...(extras && { extras }) };
  if (isScalarType(type)) {
    return {
      ...common,
      type,
      samples: series.map((each) => toNumber(each[1])),
    };
  }
  return { ...common, type, samples: toDistributions(series) };
}

/**
 * Reads JSON.
 *
 * @throws Error that says so when it is none.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isMetricType(type: unknown): type is MetricType {
  return TYPE_NUMBERS.some((known) => known === type);
}

/**
 * What was read as an object by its keys.
 *
 * @throws Error when it is none.
 */
export function asObject(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new Error("not an object");
}

function labelsOf(series: unknown): string {
  if (Array.isArray(series) && typeof series[0] === "string") return series[0];
  throw new Error("a series without labels");
}

const SPECIAL: ReadonlyMap<string, number> = new Map([
  ["NaN", NaN],
  ["+Inf", Infinity],
  ["-Inf", -Infinity],
  ["-0", -0],
]);

function toJsonNumber(value: number): JsonNumber {
  if (value === 0) return Object.is(value, -0) ? "-0" : 0;
  if (Number.isFinite(value)) return value;
  return value > 0 ? "+Inf" : value < 0 ? "-Inf" : "NaN";
}

function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  const special = typeof value === "string" ? SPECIAL.get(value) : undefined;
  if (special === undefined) throw new Error("a sample that is no number");
  return special;
}

function toJsonSample({ count, sum, points, values }: Distribution): JsonSample {
  return {
    count: toJsonNumber(count),
    sum: toJsonNumber(sum),
    points: points.map(toJsonNumber),
    values: values.map(toJsonNumber),
  };
}

/** Neighbouring series that have the same points share them, as they do in a family that was pushed. */
function toDistributions(series: readonly unknown[][]): Distribution[] {
  let shared: readonly number[] = [];
  return series.map(([, sample]) => {
    const { count, sum, points, values } = asDistribution(sample);
    const own = points.map(toNumber);
    if (own.length !== shared.length || own.some((point, i) => !Object.is(point, shared[i]))) {
      shared = own;
    }
    return {
      count: toNumber(count),
      sum: toNumber(sum),
      points: shared,
      values: values.map(toNumber),
    };
  });
}

function asDistribution(sample: unknown): JsonDistribution {
  const { points, values } = (sample ?? {}) as Partial<JsonDistribution>;
  if (Array.isArray(points) && Array.isArray(values) && points.length === values.length) {
    return sample as JsonDistribution;
  }
  throw new Error("a sample that is no distribution");
}

function withWire(series: JsonSeries, wire: Uint8Array | undefined): JsonSeries {
  return wire === undefined ? series : [series[0], series[1], encodeBase64Url(wire)];
}

function parseExtras(
  unit: unknown,
  utf8: unknown,
  series: readonly unknown[][],
): FamilyExtras | undefined {
  const hasWire = series.some((each) => each.length > 2);
  if (unit === undefined && utf8 === undefined && !hasWire) return undefined;
  if (typeof (unit ?? "") !== "string" || typeof (utf8 ?? false) !== "boolean") {
    throw new Error("a unit or a mark that is none");
  }
  return {
    unit: String(unit ?? ""),
    utf8: utf8 === true,
    wire: hasWire ? series.map((each) => each.length > 2 ? fromBase64(each[2]) : undefined) : [],
  };
}

function fromBase64(text: unknown): Uint8Array {
  const result = typeof text === "string" ? decodeBase64Url(text) : undefined;
  if (result?.ok) return result.bytes;
  throw new Error("a message that is no base64");
}
