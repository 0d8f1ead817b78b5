/**
 * The text format 0.0.4: bytes in, families out. Error texts are those of the reference, because users search for them and
 * clients print them. More lenient than the reference: CR LF line ends, a missing final line feed, blanks at the end of a line.
 *
 * Spec: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */

import type { MetricType, PushedFamily } from "../model/family.ts";
import { parseFloatText } from "../model/number.ts";
import { quote } from "../model/quote.ts";
import { type FamilyBuilder, FamilyCollector, type Target } from "./fold.ts";
import { type Labels, type LineContext, parseLabels, takePoint } from "./labels.ts";
import { checkMetricName } from "./names.ts";
import { CHAR, END_OF_LINE, Scanner } from "./scanner.ts";
import { TextTemplates, type ValueRecord } from "./text-template.ts";
import { decodeUtf8 } from "./utf8.ts";

const TYPES: ReadonlyMap<string, MetricType> = new Map([
  ["counter", "counter"],
  ["gauge", "gauge"],
  ["summary", "summary"],
  ["untyped", "untyped"],
  ["histogram", "histogram"],
  ["gaugehistogram", "gaugehistogram"],
  ["gauge_histogram", "gaugehistogram"],
]);

const NO_LABELS: readonly string[] = [];
// Hoisted: a literal inside a function is a new object at every call.
const ONLY_BLANKS = /^[ \t]*$/;
const INTEGER = /^[+-]?0*[0-9]{1,19}$/;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** What holds for a body. */
export interface TextOptions {
  /** Whether quoted names may be any UTF-8; without it they must be valid under the legacy rule like any other. */
  readonly utf8Names?: boolean;
}

/**
 * Parses a body in the text format 0.0.4.
 *
 * @param body the bytes, decompressed.
 * @returns the families that have samples, in the order in which they first occur; a {@link RepeatedBody} where only numbers differ
 * from a body that came before.
 * @throws GatewayError (malformed) with the reference's text, naming the line.
 */
export function parseText(
  body: Uint8Array,
  { utf8Names = false }: TextOptions = {},
): Iterable<PushedFamily> {
  const text = decodeUtf8(body);
  const known = templates.fill(text);
  if (known !== undefined) return known;
  const record = templates.recordFor(text);
  const families = parseLines(new Scanner(text), { utf8Names, record });
  if (record !== undefined) templates.learn(text, record, families);
  return families;
}

/** Of bodies whose names are plain, so that they are good for every way to take names. */
const templates = new TextTemplates();

/** What holds for the lines of a body. */
interface Lines {
  readonly utf8Names: boolean;
  /** Where to note the values, if they are to be noted. */
  readonly record: ValueRecord | undefined;
}

function parseLines(scanner: Scanner, lines: Lines): PushedFamily[] {
  const families = new FamilyCollector();
  while (scanner.nextLine()) {
    scanner.skipBlanks();
    const first = scanner.peek();
    if (first === END_OF_LINE) continue;
    if (first === CHAR.hash) parseComment(scanner, families, lines);
    else if (first === CHAR.openBrace) parseBracedSample(scanner, families, lines);
    else parseSample(scanner, families, lines);
  }
  return families.finish();
}

/** `# HELP name text` and `# TYPE name type`; every other comment is skipped. */
function parseComment(scanner: Scanner, families: FamilyCollector, { utf8Names }: Lines): void {
  scanner.skip();
  scanner.skipBlanks();
  const keyword = scanner.readToken();
  if (keyword !== "HELP" && keyword !== "TYPE") return;
  if (!scanner.skipBlanks()) return;
  const isQuoted = scanner.peek() === CHAR.quote;
  const name = isQuoted ? readQuotedName(scanner) : scanner.readMetricName();
  if (scanner.peek() === END_OF_LINE) return;
  if (name === "" || !scanner.skipBlanks()) scanner.fail("invalid metric name in comment");
  if (isQuoted) checkMetricName(scanner, name, utf8Names);
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
  const type = TYPES.get(word) ?? TYPES.get(word.toLowerCase());
  family.type = type ?? scanner.fail(`unknown metric type ${quote(word)}`);
}

function readQuotedName(scanner: Scanner): string {
  scanner.skip();
  return scanner.readQuoted("metric name");
}

/** `name{labels} value timestamp`. */
function parseSample(scanner: Scanner, families: FamilyCollector, lines: Lines): void {
  const name = scanner.readMetricName();
  if (name === "") scanner.fail("invalid metric name");
  const target = families.resolve(name);
  target.family.type ??= "untyped";
  scanner.skipBlanks();
  const labels = scanner.peek() === CHAR.openBrace
    ? parseLabels(scanner, target.family, lines.utf8Names)
    : undefined;
  addLine(scanner, target, labels, lines);
}

const NOT_NAMED_YET: LineContext = { name: undefined, pointLabel: undefined };

/** `{"name",labels} value timestamp`. */
function parseBracedSample(scanner: Scanner, families: FamilyCollector, lines: Lines): void {
  const labels = parseLabels(scanner, NOT_NAMED_YET, lines.utf8Names);
  const target = families.resolve(labels.metric ?? scanner.fail("invalid metric name"));
  target.family.type ??= "untyped";
  takePoint(scanner, labels, target.family.pointLabel);
  addLine(scanner, target, labels, lines);
}

/** Reads what follows the labels and adds the line to its family. */
function addLine(
  scanner: Scanner,
  { family, role }: Target,
  labels: Labels | undefined,
  { record }: Lines,
): void {
  const start = scanner.position;
  const value = parseValue(scanner);
  record?.add(family.name, start, scanner.position);
  const timestamped = parseTimestamp(scanner);
  if (labels?.utf8) family.hasUtf8Labels = true;
  const wrong = family.add({
    labels: labels?.list ?? NO_LABELS,
    point: labels?.point ?? NaN,
    value,
    timestamped,
  }, role);
  if (wrong !== undefined) scanner.fail(wrong);
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
