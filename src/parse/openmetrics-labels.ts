/**
 * The braces of an OpenMetrics sample or exemplar: labels, and the name of the metric where it is quoted and therefore stands
 * among them (`{"my.metric",a="b"}`), as Prometheus writes UTF-8 names in this format.
 *
 * Spec: https://prometheus.io/docs/specs/om/open_metrics_spec/#abnf
 */

import { isLabelName, isMetricName } from "../model/name.ts";
import { quote } from "../model/quote.ts";
import type { OpenMetricsScanner } from "./openmetrics-scanner.ts";

/** What was read of a pair of braces. */
export interface OpenMetricsLabels {
  /** Flat list of the labels in the order pushed. */
  readonly list: string[];
  /** The quoted name of the metric. */
  metric: string | undefined;
  /** Whether the name of any label is not valid under the legacy rule. */
  utf8: boolean;
  /** The names in the list, once there are many. */
  names: Set<string> | undefined;
}

/** From how many labels on a set of their names is kept; below, looking through the list is faster. */
const MANY_LABELS = 16;

/**
 * Reads labels behind the opening brace, up to and over the closing one.
 *
 * @param utf8Names whether quoted names may be any UTF-8.
 * @param mayName whether the name of the metric may stand first.
 * @throws GatewayError (malformed).
 */
export function readLabels(
  scanner: OpenMetricsScanner,
  utf8Names: boolean,
  mayName: boolean,
): OpenMetricsLabels {
  const labels: OpenMetricsLabels = { list: [], metric: undefined, utf8: false, names: undefined };
  if (scanner.take("}")) return labels;
  readItem(scanner, labels, utf8Names, mayName);
  while (!scanner.take("}")) {
    if (!scanner.take(",")) scanner.failFound("expected ',' or '}' after label");
    readItem(scanner, labels, utf8Names, false);
  }
  return labels;
}

/** One label, or the quoted name of the metric. */
function readItem(
  scanner: OpenMetricsScanner,
  labels: OpenMetricsLabels,
  utf8Names: boolean,
  mayName: boolean,
): void {
  const isQuoted = scanner.take('"');
  const name = isQuoted ? scanner.readQuoted() : scanner.readLabelName();
  if (!isQuoted && name === "") scanner.failFound("expected a label name");
  const isLabel = scanner.take("=");
  if (!isLabel && !(isQuoted && mayName)) scanner.failFound("expected '=' after label name");
  if (isQuoted) checkQuoted(scanner, labels, name, isLabel, utf8Names);
  if (!isLabel) {
    labels.metric = name;
    return;
  }
  if (name === "__name__") scanner.fail('label name "__name__" is reserved');
  if (isRepeated(labels, name)) scanner.fail(`duplicate label name ${quote(name)}`);
  scanner.expect('"', "at start of label value");
  labels.list.push(name, scanner.readQuoted());
}

function checkQuoted(
  scanner: OpenMetricsScanner,
  labels: OpenMetricsLabels,
  name: string,
  isLabel: boolean,
  utf8Names: boolean,
): void {
  const isValid = isLabel ? isLabelName(name) : isMetricName(name);
  if (name === "" || !(utf8Names || isValid)) {
    scanner.fail(`invalid ${isLabel ? "label" : "metric"} name ${quote(name)}`);
  }
  if (isLabel && !isValid) labels.utf8 = true;
}

/** Whether the list has a label of this name already, which is about to be added to it. */
function isRepeated(labels: OpenMetricsLabels, name: string): boolean {
  const { list } = labels;
  if (list.length < 2 * MANY_LABELS) {
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name) return true;
    }
    return false;
  }
  labels.names ??= new Set(list.filter((_, index) => index % 2 === 0));
  const { size } = labels.names;
  return labels.names.add(name).size === size;
}
