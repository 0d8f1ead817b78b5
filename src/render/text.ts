/**
 * The text format 0.0.4 on its way out, byte for byte as prometheus/common/expfmt writes it.
 *
 * A family is rendered in two parts: its head (HELP and TYPE), of which a scrape prints one however many groups hold the family,
 * and the lines of the series of one stored family, which are cached by blocks.
 *
 * Spec: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */

import { escapeHelp } from "../model/escape.ts";
import { type Distribution, type Family, isScalar } from "../model/family.ts";
import { formatFloat } from "../model/number.ts";
import type { FamilyHead, Format } from "./format.ts";

const encoder = new TextEncoder();

/** The text format 0.0.4. */
export const textFormat: Format = {
  id: "text",
  contentType: "text/plain; version=0.0.4; charset=utf-8",
  renderHead: (head) => encoder.encode(renderTextHead(head)),
  renderSeries: (families) => encoder.encode(families.map(renderTextSeries).join("")),
};

/**
 * Renders the HELP and TYPE lines of a family; without help there is no HELP line. The format has no gauge histograms, so that
 * they go out as plain ones.
 */
export function renderTextHead({ name, type, help }: FamilyHead): string {
  const helpLine = help === "" ? "" : `# HELP ${name} ${escapeHelp(help)}\n`;
  return `${helpLine}# TYPE ${name} ${type === "gaugehistogram" ? "histogram" : type}\n`;
}

/** Renders the sample lines of a stored family, in its order. */
export function renderTextSeries(family: Family): string {
  const { name, labels } = family;
  let lines = "";
  if (isScalar(family)) {
    for (let i = 0; i < labels.length; i++) {
      lines += `${series(name, labels[i] as string)} ${formatFloat(family.samples[i] as number)}\n`;
    }
    return lines;
  }
  const renderOne = family.type === "summary" ? renderSummary : renderHistogram;
  for (let i = 0; i < labels.length; i++) {
    lines += renderOne(name, labels[i] as string, family.samples[i] as Distribution);
  }
  return lines;
}

function renderSummary(name: string, labels: string, summary: Distribution): string {
  let lines = "";
  for (let i = 0; i < summary.points.length; i++) {
    const quantile = formatFloat(summary.points[i] as number);
    const value = formatFloat(summary.values[i] as number);
    lines += `${series(name, withLabel(labels, "quantile", quantile))} ${value}\n`;
  }
  return lines + renderTotals(name, labels, summary);
}

function renderHistogram(name: string, labels: string, histogram: Distribution): string {
  const bucket = `${name}_bucket`;
  let lines = "";
  let infinite = false;
  for (let i = 0; i < histogram.points.length; i++) {
    const bound = histogram.points[i] as number;
    const count = formatFloat(histogram.values[i] as number);
    lines += `${series(bucket, withLabel(labels, "le", formatFloat(bound)))} ${count}\n`;
    if (bound === Infinity) infinite = true;
  }
  if (!infinite) {
    lines += `${series(bucket, withLabel(labels, "le", "+Inf"))} ${formatFloat(histogram.count)}\n`;
  }
  return lines + renderTotals(name, labels, histogram);
}

function renderTotals(name: string, labels: string, { sum, count }: Distribution): string {
  return `${series(`${name}_sum`, labels)} ${formatFloat(sum)}\n` +
    `${series(`${name}_count`, labels)} ${formatFloat(count)}\n`;
}

function series(name: string, labels: string): string {
  return labels === "" ? name : `${name}{${labels}}`;
}

/** Appends a label behind the sorted ones, as expfmt does with `le` and `quantile`. */
function withLabel(labels: string, name: string, value: string): string {
  return labels === "" ? `${name}="${value}"` : `${labels},${name}="${value}"`;
}
