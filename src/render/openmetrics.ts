/**
 * OpenMetrics 1.0 on its way out. No metric changes its name by it: the samples of a counter are named `foo_total` in this format,
 * so that only a counter of such a name goes out as one (its family is then `foo`), and any other as unknown. For the same reason
 * `le` and `quantile` are written as in the text format, `le="1"` and not `le="1.0"`: Prometheus 2 takes these for two series.
 *
 * Spec: https://prometheus.io/docs/specs/om/open_metrics_spec/
 */

import { escapeLabelValue } from "../model/escape.ts";
import { escapeLabelText } from "../model/escaped-labels.ts";
import { type Distribution, type Family, isScalar, type MetricType } from "../model/family.ts";
import { isMetricName } from "../model/name.ts";
import { escapeName, type Escaping } from "../model/name-escaping.ts";
import { formatFloat } from "../model/number.ts";
import type { FamilyHead, Format } from "./format.ts";
import { formatOpenMetricsFloat, renderExemplar } from "./openmetrics-exemplar.ts";
import {
  type Count,
  readCounterExemplar,
  readWireHistogram,
  type WireBucket,
} from "./openmetrics-wire.ts";

/** The versions that can be asked for; what is sent is the same. */
export type OpenMetricsVersion = "1.0.0" | "0.0.1";

const encoder = new TextEncoder();
const TAIL = encoder.encode("# EOF\n");
const TOTAL = "_total";

const TYPE_WORDS: Readonly<Record<MetricType, string>> = {
  counter: "counter",
  gauge: "gauge",
  histogram: "histogram",
  gaugehistogram: "gaugehistogram",
  summary: "summary",
  untyped: "unknown",
};

/** Makes OpenMetrics with a way to write names that the legacy rule does not allow. */
export function createOpenMetricsFormat(version: OpenMetricsVersion, escaping: Escaping): Format {
  return {
    id: "openmetrics",
    escaping,
    contentType:
      `application/openmetrics-text; version=${version}; charset=utf-8; escaping=${escaping}`,
    renderHead: (head) => encoder.encode(renderOpenMetricsHead(head, escaping)),
    renderSeries: (families) =>
      encoder.encode(families.map((one) => renderOpenMetricsSeries(one, escaping)).join("")),
    renderTail: () => TAIL,
  };
}

/** Renders the metadata of a family. There is a UNIT line only where the name says the unit as well, as the format demands. */
export function renderOpenMetricsHead(
  { name, type, help, unit }: FamilyHead,
  escaping: Escaping,
): string {
  const escaped = escapeName(name, escaping);
  const isCounter = isTotal(type, escaped);
  const family = isCounter ? escaped.slice(0, -TOTAL.length) : escaped;
  const written = quoteName(family);
  const word = type === "counter" && !isCounter ? "unknown" : TYPE_WORDS[type];
  const helpLine = help === "" ? "" : `# HELP ${written} ${escapeLabelValue(help)}\n`;
  const hasUnit = unit !== "" && family.endsWith(`_${unit}`) && isMetricName(`_${unit}`);
  return `${helpLine}# TYPE ${written} ${word}\n${hasUnit ? `# UNIT ${written} ${unit}\n` : ""}`;
}

/** Renders the samples of a stored family, in its order. */
export function renderOpenMetricsSeries(family: Family, escaping: Escaping): string {
  const name = escapeName(family.name, escaping);
  const { extras } = family;
  const labelsAt = (index: number): string => {
    const text = family.labels[index] as string;
    return extras?.utf8 ? escapeLabelText(text, escaping) : text;
  };
  // What is rendered of other families is cached once for all ways to write names.
  const exemplarEscaping = extras?.utf8 ? escaping : "underscores";
  let lines = "";
  for (let index = 0; index < family.labels.length; index++) {
    const labels = labelsAt(index);
    const wire = extras?.wire[index];
    if (isScalar(family)) {
      const exemplar = wire && isTotal(family.type, name) ? readCounterExemplar(wire) : undefined;
      const value = formatOpenMetricsFloat(family.samples[index] as number);
      lines += `${series(name, labels)} ${value}${renderExemplar(exemplar, exemplarEscaping)}\n`;
    } else {
      const sample = family.samples[index] as Distribution;
      lines += family.type === "summary"
        ? renderSummary(name, labels, sample)
        : renderHistogram(name, labels, family.type, sample, wire, exemplarEscaping);
    }
  }
  return lines;
}

/** Whether a family can be a counter in this format: something must be left of the name without its `_total`. */
function isTotal(type: MetricType, name: string): boolean {
  return type === "counter" && name.endsWith(TOTAL) && name.length > TOTAL.length;
}

function renderSummary(
  name: string,
  labels: string,
  { count, sum, points, values }: Distribution,
): string {
  let lines = "";
  for (let i = 0; i < points.length; i++) {
    const quantile = formatFloat(points[i] as number);
    const value = formatOpenMetricsFloat(values[i] as number);
    lines += `${series(name, withLabel(labels, "quantile", quantile))} ${value}\n`;
  }
  return `${lines}${series(`${name}_sum`, labels)} ${formatOpenMetricsFloat(sum)}\n` +
    `${series(`${name}_count`, labels)} ${formatCount(count)}\n`;
}

/** The format demands rising buckets, whatever the order pushed. */
function renderHistogram(
  name: string,
  labels: string,
  type: MetricType,
  sample: Distribution,
  wire: Uint8Array | undefined,
  escaping: Escaping,
): string {
  const { count, buckets } = wire === undefined ? fromColumns(sample) : readWireHistogram(wire);
  let lines = "";
  for (const bucket of rising(buckets, count)) {
    const start = series(`${name}_bucket`, withLabel(labels, "le", formatFloat(bucket.bound)));
    const exemplar = renderExemplar(bucket.exemplar, escaping);
    lines += `${start} ${formatCount(bucket.count)}${exemplar}\n`;
  }
  const [sumName, countName] = type === "gaugehistogram"
    ? ["_gsum", "_gcount"]
    : ["_sum", "_count"];
  return `${lines}${series(`${name}${sumName}`, labels)} ${formatOpenMetricsFloat(sample.sum)}\n` +
    `${series(`${name}${countName}`, labels)} ${formatCount(count)}\n`;
}

function fromColumns({ count, points, values }: Distribution): {
  readonly count: Count;
  readonly buckets: readonly WireBucket[];
} {
  const buckets = points.map((bound, i) => ({
    bound,
    count: values[i] as number,
    exemplar: undefined,
  }));
  return { count, buckets };
}

/** The buckets sorted, with one for +Inf at their end. */
function rising(buckets: readonly WireBucket[], count: Count): WireBucket[] {
  const sorted = buckets.toSorted((a, b) => a.bound < b.bound ? -1 : a.bound > b.bound ? 1 : 0);
  if (sorted.at(-1)?.bound === Infinity) return sorted;
  return [...sorted, { bound: Infinity, count, exemplar: undefined }];
}

/** Integers have all their digits and no decimal point; only float histograms count in floats. */
function formatCount(count: Count): string {
  if (typeof count === "bigint") return count.toString();
  return Number.isInteger(count) ? BigInt(count).toString() : formatOpenMetricsFloat(count);
}

function series(name: string, labels: string): string {
  if (isMetricName(name)) return labels === "" ? name : `${name}{${labels}}`;
  return labels === "" ? `{${quoteName(name)}}` : `{${quoteName(name)},${labels}}`;
}

function quoteName(name: string): string {
  return isMetricName(name) ? name : `"${escapeLabelValue(name)}"`;
}

function withLabel(labels: string, name: string, value: string): string {
  return labels === "" ? `${name}="${value}"` : `${labels},${name}="${value}"`;
}
