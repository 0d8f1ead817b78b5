/**
 * The text format 0.0.4: bytes in, families out. Error texts are those of the reference, because users search for them and
 * clients print them. More lenient than the reference: CR LF line ends, a missing final line feed, blanks at the end of a line.
 *
 * Spec: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */

import type { MetricType, PushedFamily } from "../model/family.ts";
import { parseFloatText } from "../model/number.ts";
import { quote } from "../model/quote.ts";
import { type FamilyBuilder, FamilyCollector } from "./fold.ts";
import { CHAR, END_OF_LINE, Scanner } from "./scanner.ts";
import { decodeUtf8 } from "./utf8.ts";

const TYPES: Readonly<Record<string, MetricType>> = {
  counter: "counter",
  gauge: "gauge",
  summary: "summary",
  untyped: "untyped",
  histogram: "histogram",
  gaugehistogram: "gaugehistogram",
  gauge_histogram: "gaugehistogram",
};

const NO_LABELS: readonly string[] = [];
// Hoisted: a literal inside a function is a new object at every call.
const ONLY_BLANKS = /^[ \t]*$/;
const INTEGER = /^[+-]?0*[0-9]{1,19}$/;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/**
 * Parses a body in the text format 0.0.4.
 *
 * @param body the bytes, decompressed.
 * @returns the families that have samples, in the order in which they first occur.
 * @throws GatewayError (malformed) with the reference's text, naming the line.
 */
export function parseText(body: Uint8Array): PushedFamily[] {
  const scanner = new Scanner(decodeUtf8(body));
  const families = new FamilyCollector();
  while (scanner.nextLine()) {
    scanner.skipBlanks();
    const first = scanner.peek();
    if (first === END_OF_LINE) continue;
    if (first === CHAR.hash) parseComment(scanner, families);
    else parseSample(scanner, families);
  }
  return families.finish();
}

/** `# HELP name text` and `# TYPE name type`; every other comment is skipped. */
function parseComment(scanner: Scanner, families: FamilyCollector): void {
  scanner.skip();
  scanner.skipBlanks();
  const keyword = scanner.readToken();
  if (keyword !== "HELP" && keyword !== "TYPE") return;
  if (!scanner.skipBlanks()) return;
  const name = scanner.readMetricName();
  if (scanner.peek() === END_OF_LINE) return;
  if (name === "" || !scanner.skipBlanks()) scanner.fail("invalid metric name in comment");
  // Even with nothing behind it the name begins a family, if one that vanishes unless samples follow.
  const { family } = families.resolve(name);
  if (scanner.peek() === END_OF_LINE) return;
  if (keyword === "HELP") parseHelp(scanner, family);
  else parseType(scanner, family);
}

function parseHelp(scanner: Scanner, family: FamilyBuilder): void {
  if (family.help !== undefined) {
    scanner.fail(`second HELP line for metric name ${quote(family.name)}`);
  }
  family.help = scanner.readEscapedRest();
}

function parseType(scanner: Scanner, family: FamilyBuilder): void {
  if (family.type !== undefined) {
    scanner.fail(
      `second TYPE line for metric name ${quote(family.name)}, or TYPE reported after samples`,
    );
  }
  const word = scanner.readTrimmedRest();
  const key = word.toLowerCase();
  const type = Object.hasOwn(TYPES, key) ? TYPES[key] : undefined;
  family.type = type ?? scanner.fail(`unknown metric type ${quote(word)}`);
}

function parseSample(scanner: Scanner, families: FamilyCollector): void {
  const name = scanner.readMetricName();
  if (name === "") scanner.fail("invalid metric name");
  const { family, role } = families.resolve(name);
  family.type ??= "untyped";
  scanner.skipBlanks();
  const labels = scanner.peek() === CHAR.openBrace ? parseLabels(scanner, family) : undefined;
  const value = parseValue(scanner);
  const timestamped = parseTimestamp(scanner);
  const wrong = family.add({
    labels: labels?.list ?? NO_LABELS,
    point: labels?.point ?? NaN,
    value,
    timestamped,
  }, role);
  if (wrong !== undefined) scanner.fail(wrong);
}

/** From how many labels on a set of their names is kept; below, looking through the list is faster. */
const MANY_LABELS = 16;

interface Labels {
  /** Flat list of the labels that belong to the series. */
  readonly list: string[];
  /** The names in the list, once there are many. */
  names: Set<string> | undefined;
  /** `le` or `quantile` as a number, NaN when there is none. */
  point: number;
}

/** `{name="value",…}`, with an optional comma at the end. */
function parseLabels(scanner: Scanner, family: FamilyBuilder): Labels {
  const labels: Labels = { list: [], names: undefined, point: NaN };
  scanner.skip();
  for (;;) {
    scanner.skipBlanks();
    if (scanner.peek() === CHAR.closeBrace) break;
    const value = parseLabel(scanner, family, labels);
    scanner.skipBlanks();
    if (scanner.peek() === CHAR.closeBrace) break;
    if (scanner.peek() !== CHAR.comma) {
      scanner.fail(`unexpected end of label value ${quote(value)}`);
    }
    scanner.skip();
  }
  scanner.skip();
  scanner.skipBlanks();
  return labels;
}

/** One `name="value"`; returns the value, which the error for what follows it quotes. */
function parseLabel(scanner: Scanner, family: FamilyBuilder, labels: Labels): string {
  const name = scanner.readLabelName();
  if (name === "") scanner.fail(`invalid label name for metric ${quote(family.name)}`);
  scanner.skipBlanks();
  if (scanner.peek() !== CHAR.equals) scanner.failFound("expected '=' after label name");
  if (name === "__name__") scanner.fail('label name "__name__" is reserved');
  const isPoint = name === family.pointLabel;
  if (!isPoint && isRepeated(labels, name)) {
    scanner.fail(`duplicate label names for metric ${quote(family.name)}`);
  }
  scanner.skip();
  scanner.skipBlanks();
  if (scanner.peek() !== CHAR.quote) scanner.failFound("expected '\"' at start of label value");
  scanner.skip();
  const value = scanner.readQuoted();
  if (isPoint) labels.point = parsePoint(scanner, name, value);
  else labels.list.push(name, value);
  return value;
}

function parsePoint(scanner: Scanner, name: string, value: string): number {
  return parseFloatText(value) ??
    scanner.fail(`expected float as value for '${name}' label, got ${quote(value)}`);
}

/** Whether the list has a label of this name already, which is about to be added to it. */
function isRepeated(labels: Labels, name: string): boolean {
  const { list } = labels;
  if (list.length < 2 * MANY_LABELS) {
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name) return true;
    }
    return false;
  }
  labels.names ??= new Set(list.filter((_, index) => index % 2 === 0));
  const known = labels.names.size;
  return labels.names.add(name).size === known;
}

function parseValue(scanner: Scanner): number {
  const token = scanner.readToken();
  return parseFloatText(token) ?? scanner.fail(`expected float as value, got ${quote(token)}`);
}

/** True when there is a timestamp. Its value is of no use, since a push with one is refused. */
function parseTimestamp(scanner: Scanner): boolean {
  scanner.skipBlanks();
  if (scanner.peek() === END_OF_LINE) return false;
  const token = scanner.readToken();
  if (!isInt64(token)) scanner.fail(`expected integer as timestamp, got ${quote(token)}`);
  const rest = scanner.readRest();
  if (!ONLY_BLANKS.test(rest)) scanner.fail(`spurious string after timestamp: ${quote(rest)}`);
  return true;
}

function isInt64(token: string): boolean {
  if (!INTEGER.test(token)) return false;
  const value = BigInt(token.startsWith("+") ? token.slice(1) : token);
  return value >= INT64_MIN && value <= INT64_MAX;
}
