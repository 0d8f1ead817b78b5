/**
 * One sample line of an OpenMetrics body: what it says, and the rules that hold for each sample by itself.
 *
 * Spec: https://prometheus.io/docs/specs/om/open_metrics_spec/#metric-types-1
 */

import { parseFloatText } from "../model/number.ts";
import { quote } from "../model/quote.ts";
import type { OpenMetricsFamilies, OpenMetricsFamily } from "./openmetrics-family.ts";
import { readLabels } from "./openmetrics-labels.ts";
import type { OpenMetricsScanner } from "./openmetrics-scanner.ts";
import { isRealNumber, parseTime, type Time } from "./openmetrics-time.ts";
import type { SampleRole, TypeRule } from "./openmetrics-types.ts";
import type { Exemplar } from "./openmetrics-wire.ts";

/** Characters that the labels of an exemplar may have, names and values together. */
const MAX_EXEMPLAR_LENGTH = 128;
const MAX_COUNT = 2n ** 64n - 1n;
const INTEGER = /^\+?([0-9]+)(?:\.0*)?$/;
/** Longest text of a count that is read digit by digit; a million digits would take seconds. */
const MAX_COUNT_LENGTH = 100;

/** Reads a sample line and adds it to its family. */
export function parseSample(
  scanner: OpenMetricsScanner,
  families: OpenMetricsFamilies,
  utf8Names: boolean,
): void {
  const series = readSeries(scanner, utf8Names);
  const { name, labels } = series;
  const family = families.resolve(name);
  const { rule } = family;
  const role = rule.samples.get(name.slice(family.name.length)) ?? "value";
  const point = takePoint(scanner, rule, role, labels);
  scanner.expect(" ", "before value");
  const token = scanner.readToken();
  const value = parseFloatText(token) ??
    scanner.fail(`expected float as value, got ${quote(token)}`);
  checkValue(scanner, family, role, value, labels);
  const isCount = role === "count" || (role === "point" && rule.pointLabel === "le");
  const count = isCount ? parseCount(scanner, token, value) : 0n;
  const created = role === "created" ? readTime(scanner, token) : undefined;
  const hasExemplar = scanner.take(" # ");
  const timestamped = !hasExemplar && readTimestamp(scanner);
  const exemplar = hasExemplar || scanner.take(" # ")
    ? readExemplar(scanner, rule, role, point, utf8Names)
    : undefined;
  const utf8 = series.utf8 || exemplar?.utf8 === true;
  if (!scanner.isAtEnd()) scanner.failFound("expected end of line");
  const { line } = scanner;
  family.add({ labels, role, value, count, point, created, exemplar, timestamped, utf8, line });
}

interface Series {
  readonly name: string;
  readonly labels: string[];
  readonly utf8: boolean;
}

/** `name`, `name{labels}` or `{"name",labels}`. */
function readSeries(scanner: OpenMetricsScanner, utf8Names: boolean): Series {
  const name = scanner.readMetricName();
  if (!scanner.take("{")) {
    if (name === "") scanner.fail("invalid metric name");
    return { name, labels: [], utf8: false };
  }
  const { list, metric, utf8 } = readLabels(scanner, utf8Names, name === "");
  return { name: name || (metric ?? scanner.fail("invalid metric name")), labels: list, utf8 };
}

/** Takes `le` or `quantile` out of the labels. */
function takePoint(
  scanner: OpenMetricsScanner,
  { pointLabel }: TypeRule,
  role: SampleRole,
  labels: string[],
): number {
  if (pointLabel === undefined) return NaN;
  const at = labels.findIndex((text, index) => text === pointLabel && index % 2 === 0);
  if (role !== "point") {
    if (at >= 0) scanner.fail(`a ${role} cannot have the label ${quote(pointLabel)}`);
    return NaN;
  }
  if (at < 0) scanner.fail(`expected a label ${quote(pointLabel)}`);
  const [, text = ""] = labels.splice(at, 2);
  const point = parseFloatText(text) ??
    scanner.fail(`expected float as value for '${pointLabel}' label, got ${quote(text)}`);
  if (Number.isNaN(point)) scanner.fail(`${pointLabel}="NaN" is not allowed`);
  if (pointLabel === "quantile" && !(point >= 0 && point <= 1)) {
    scanner.fail(`quantile ${quote(text)} is not between 0 and 1`);
  }
  return point;
}

function checkValue(
  scanner: OpenMetricsScanner,
  { name, rule: { word } }: OpenMetricsFamily,
  role: SampleRole,
  value: number,
  labels: readonly string[],
): void {
  const wrong = wrongValue(word, role, value);
  if (wrong !== undefined) scanner.fail(`${role} of ${word} ${quote(name)} ${wrong}`);
  if (word !== "stateset") return;
  const hasState = labels.some((text, index) => text === name && index % 2 === 0);
  if (!hasState) scanner.fail(`expected a label ${quote(name)}, which names the state`);
}

/** Quantiles of nothing are NaN; a gauge histogram may have a negative sum. */
function wrongValue(word: string, role: SampleRole, value: number): string | undefined {
  if (word === "info" && value !== 1) return "must be 1";
  if (word === "stateset" && value !== 0 && value !== 1) return "must be 0 or 1";
  if (word === "summary" && role === "point" && value < 0) return "is negative";
  const isCounter = (role === "sum" && word !== "gaugehistogram") ||
    (role === "value" && word === "counter");
  if (isCounter && !(value >= 0)) return "is negative or NaN";
  return role === "sum" && Number.isNaN(value) ? "is NaN" : undefined;
}

/** A count with all its digits: beyond 2^53 a float64 has not got them. */
function parseCount(scanner: OpenMetricsScanner, token: string, value: number): bigint {
  if (!Number.isInteger(value) || value < 0) {
    scanner.fail(`expected unsigned integer as count, got ${quote(token)}`);
  }
  const digits = token.length <= MAX_COUNT_LENGTH ? INTEGER.exec(token)?.[1] : undefined;
  const count = Number.isSafeInteger(value) ? BigInt(value) : BigInt(digits ?? value);
  return count <= MAX_COUNT
    ? count
    : scanner.fail(`count ${quote(token)} does not fit into 64 bits`);
}

/** True when there is a timestamp. Its value is of no use, since a push with one is refused. */
function readTimestamp(scanner: OpenMetricsScanner): boolean {
  if (scanner.isAtEnd()) return false;
  scanner.expect(" ", "after value");
  const token = scanner.readToken();
  if (!isRealNumber(token)) scanner.fail(`expected float as timestamp, got ${quote(token)}`);
  return true;
}

function readTime(scanner: OpenMetricsScanner, token: string): Time {
  return parseTime(token) ??
    scanner.fail(`expected seconds since 1970 as timestamp, got ${quote(token)}`);
}

/** `{labels} value timestamp` behind the `#`. */
function readExemplar(
  scanner: OpenMetricsScanner,
  { word, pointLabel }: TypeRule,
  role: SampleRole,
  point: number,
  utf8Names: boolean,
): Exemplar & { readonly utf8: boolean } {
  const isAllowed = (word === "counter" && role === "value") ||
    (pointLabel === "le" && role === "point");
  if (!isAllowed) scanner.fail("only the total of a counter and buckets can have an exemplar");
  scanner.expect("{", "at start of exemplar");
  const { list: labels, utf8 } = readLabels(scanner, utf8Names, false);
  const length = labels.reduce((sum, text) => sum + countCharacters(text), 0);
  if (length > MAX_EXEMPLAR_LENGTH) {
    scanner.fail(
      `labels of an exemplar have ${length} characters, more than ${MAX_EXEMPLAR_LENGTH}`,
    );
  }
  scanner.expect(" ", "before value of exemplar");
  const token = scanner.readToken();
  const value = parseFloatText(token) ??
    scanner.fail(`expected float as value of exemplar, got ${quote(token)}`);
  if (value > point) scanner.fail(`exemplar ${quote(token)} is beyond its bucket`);
  const time = scanner.take(" ") ? readTime(scanner, scanner.readToken()) : undefined;
  return { labels, value, time, utf8 };
}

/** The number of code points. */
function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
