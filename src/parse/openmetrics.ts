/**
 * OpenMetrics 1.0 in its text form: bytes in, families out. The format is strict on purpose (an exposition that is invalid in part
 * is erroneous as a whole), so that what the specification forbids is refused. Two things are taken all the same, because clients
 * do send them: a histogram's count without a sum, and quoted UTF-8 names where the gateway has them switched on.
 *
 * Spec: https://prometheus.io/docs/specs/om/open_metrics_spec/
 */

import type { PushedFamily } from "../model/family.ts";
import { isMetricName } from "../model/name.ts";
import { quote } from "../model/quote.ts";
import { OpenMetricsFamilies, type OpenMetricsFamily } from "./openmetrics-family.ts";
import { parseSample } from "./openmetrics-sample.ts";
import { decodeOpenMetrics, OpenMetricsScanner } from "./openmetrics-scanner.ts";
import { findTypeRule } from "./openmetrics-types.ts";

/** What holds for a body. */
export interface OpenMetricsOptions {
  /** Whether quoted names may be any UTF-8; without it they must be valid under the legacy rule like any other. */
  readonly utf8Names?: boolean;
}

const UNIT = /^[a-zA-Z0-9_:]*$/;

/**
 * Parses a body in OpenMetrics text.
 *
 * @param body the bytes, decompressed.
 * @returns the families that have samples, under the names and types that Prometheus would give them.
 * @throws GatewayError (malformed) naming the line.
 */
export function parseOpenMetrics(
  body: Uint8Array,
  { utf8Names = false }: OpenMetricsOptions = {},
): PushedFamily[] {
  const scanner = new OpenMetricsScanner(decodeOpenMetrics(body));
  const families = new OpenMetricsFamilies((message, line) => scanner.fail(message, line));
  while (scanner.nextLine()) {
    if (scanner.isLastLine()) return finish(scanner, families);
    if (scanner.take("#")) parseMetadata(scanner, families, utf8Names);
    else parseSample(scanner, families, utf8Names);
  }
  return scanner.fail('the body does not end with "# EOF"', scanner.line + 1);
}

function finish(scanner: OpenMetricsScanner, families: OpenMetricsFamilies): PushedFamily[] {
  const parsed = families.finish();
  if (scanner.nextLine()) scanner.fail('something comes after "# EOF"');
  return parsed;
}

/** `# TYPE name type`, `# UNIT name unit` and `# HELP name text`; the format has no other comments. */
function parseMetadata(
  scanner: OpenMetricsScanner,
  families: OpenMetricsFamilies,
  utf8Names: boolean,
): void {
  const keyword = scanner.take(" ") ? scanner.readToken() : "";
  if (keyword !== "TYPE" && keyword !== "UNIT" && keyword !== "HELP") {
    scanner.fail('a line with "#" must be "# TYPE", "# UNIT", "# HELP" or "# EOF"');
  }
  scanner.expect(" ", `after ${keyword}`);
  const name = readFamilyName(scanner, utf8Names);
  scanner.expect(" ", "after metric name");
  const family = families.describe(name);
  if (keyword === "TYPE") parseType(scanner, family);
  else if (keyword === "UNIT") family.unit = parseOnce(scanner, family, keyword, family.unit);
  else family.help = parseOnce(scanner, family, keyword, family.help);
  checkUnit(scanner, family);
}

function readFamilyName(scanner: OpenMetricsScanner, utf8Names: boolean): string {
  const name = scanner.take('"') ? scanner.readQuoted() : scanner.readMetricName();
  if (name === "" || !(utf8Names || isMetricName(name))) {
    scanner.fail("invalid metric name in comment");
  }
  return name;
}

function parseType(scanner: OpenMetricsScanner, family: OpenMetricsFamily): void {
  if (family.declared !== undefined) failSecond(scanner, family, "TYPE");
  const word = scanner.readRest();
  family.declared = findTypeRule(word) ?? scanner.fail(`unknown metric type ${quote(word)}`);
}

/** Reads a text that a family may have once; an empty one is as good as none. */
function parseOnce(
  scanner: OpenMetricsScanner,
  family: OpenMetricsFamily,
  keyword: string,
  before: string,
): string {
  const text = scanner.readEscapedRest();
  if (text === "") return before;
  return before === "" ? text : failSecond(scanner, family, keyword);
}

function failSecond(
  scanner: OpenMetricsScanner,
  { name }: OpenMetricsFamily,
  keyword: string,
): never {
  return scanner.fail(`second ${keyword} line for metric name ${quote(name)}`);
}

function checkUnit(
  scanner: OpenMetricsScanner,
  { name, unit, rule: { word } }: OpenMetricsFamily,
): void {
  if (unit === "") return;
  if (word === "info" || word === "stateset") {
    scanner.fail(`${word} ${quote(name)} cannot have a unit`);
  }
  if (!UNIT.test(unit)) scanner.fail(`invalid unit ${quote(unit)}`);
  if (!name.endsWith(`_${unit}`)) {
    scanner.fail(`metric name ${quote(name)} does not end with its unit ${quote(unit)}`);
  }
}
