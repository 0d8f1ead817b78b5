/**
 * The braces of a sample line: labels, and the name of the metric where it is quoted and therefore stands among them
 * (`{"my.metric",a="b"}`). Label names may be quoted too.
 *
 * Spec: https://github.com/prometheus/proposals/blob/main/proposals/0028-utf8.md#text-escaping
 */

import { isLabelName } from "../model/name.ts";
import { parseFloatText } from "../model/number.ts";
import { quote } from "../model/quote.ts";
import { checkLabelName, checkMetricName } from "./names.ts";
import { CHAR, type Scanner } from "./scanner.ts";

/** What is known of a line when its braces begin. */
export interface LineContext {
  /** The family named in front of the braces; `undefined` when the name is to be found within them. */
  readonly name: string | undefined;
  /** The label that tells the lines of one series apart in that family. */
  readonly pointLabel: "le" | "quantile" | undefined;
}

/** What was read of a line's braces. */
export interface Labels {
  /** Flat list of the labels that belong to the series. */
  readonly list: string[];
  /** The names in the list, once there are many. */
  names: Set<string> | undefined;
  /** `le` or `quantile` as a number, NaN when there is none. */
  point: number;
  /** The name of the metric, when it stands within the braces. */
  metric: string | undefined;
  /** Whether any name is not valid under the legacy rule. */
  utf8: boolean;
}

/** From how many labels on a set of their names is kept; below, looking through the list is faster. */
const MANY_LABELS = 16;

/**
 * Reads `{name="value",…}`, with an optional comma at the end, from the opening brace on and over the blanks behind it.
 *
 * @param line the family that was named in front, or what stands for none.
 * @param utf8Names whether quoted names may be any UTF-8.
 * @throws GatewayError (malformed).
 */
export function parseLabels(scanner: Scanner, line: LineContext, utf8Names: boolean): Labels {
  const labels: Labels = {
    list: [],
    names: undefined,
    point: NaN,
    metric: undefined,
    utf8: false,
  };
  scanner.skip();
  for (;;) {
    scanner.skipBlanks();
    if (scanner.peek() === CHAR.closeBrace) break;
    const value = scanner.peek() === CHAR.quote
      ? parseQuotedItem(scanner, line, labels, utf8Names)
      : parseLabel(scanner, line, labels);
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

/**
 * Takes `le` or `quantile` out of the labels of a line whose family became known behind them.
 *
 * @throws GatewayError (malformed) when it is not a number.
 */
export function takePoint(scanner: Scanner, labels: Labels, pointLabel: string | undefined): void {
  if (pointLabel === undefined) return;
  const { list } = labels;
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] !== pointLabel) continue;
    const [name = "", value = ""] = list.splice(i, 2);
    labels.point = parsePoint(scanner, name, value);
    return;
  }
}

/** One `name="value"`; returns the value, which the error for what follows it quotes. */
function parseLabel(scanner: Scanner, line: LineContext, labels: Labels): string {
  const name = scanner.readLabelName();
  if (name === "") scanner.fail(`invalid label name for metric ${metricOf(line, labels)}`);
  scanner.skipBlanks();
  if (scanner.peek() !== CHAR.equals) scanner.failFound("expected '=' after label name");
  return parseLabelValue(scanner, line, labels, name);
}

/** One `"name"="value"`, or the quoted name of the metric; returns the value. */
function parseQuotedItem(
  scanner: Scanner,
  line: LineContext,
  labels: Labels,
  utf8Names: boolean,
): string {
  scanner.skip();
  const name = scanner.readQuoted(line.name === undefined ? "name" : "label name");
  scanner.skipBlanks();
  if (scanner.peek() !== CHAR.equals) {
    if (line.name !== undefined) scanner.failFound("expected '=' after label name");
    checkMetricName(scanner, name, utf8Names);
    return takeMetricName(scanner, labels, name);
  }
  checkLabelName(scanner, name, utf8Names);
  labels.utf8 ||= !isLabelName(name);
  return parseLabelValue(scanner, line, labels, name);
}

function takeMetricName(scanner: Scanner, labels: Labels, name: string): string {
  if (labels.metric !== undefined) {
    scanner.fail(`multiple metric names for metric ${quote(labels.metric)}`);
  }
  const next = scanner.peek();
  if (next !== CHAR.comma && next !== CHAR.closeBrace) {
    scanner.failFound(`expected ',' or '}' after metric name ${quote(name)}`);
  }
  labels.metric = name;
  return name;
}

/** `="value"` behind the name of a label. */
function parseLabelValue(
  scanner: Scanner,
  line: LineContext,
  labels: Labels,
  name: string,
): string {
  if (name === "__name__") scanner.fail('label name "__name__" is reserved');
  const isPoint = name === line.pointLabel;
  if (!isPoint && isRepeated(labels, name)) {
    scanner.fail(`duplicate label names for metric ${metricOf(line, labels)}`);
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

function metricOf(line: LineContext, labels: Labels): string {
  return quote(line.name ?? labels.metric ?? "");
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
