/**
 * The text format 0.0.4 on its way out, byte for byte as prometheus/common/expfmt writes it.
 *
 * A family is rendered in two parts: its head (HELP and TYPE), of which a scrape prints one however many groups hold the family,
 * and the lines of the series of one stored family, which are cached by blocks.
 *
 * Spec: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */

import { escapeHelp, escapeLabelValue } from "../model/escape.ts";
import { escapeLabelText } from "../model/escaped-labels.ts";
import { type Distribution, type Family, isScalar } from "../model/family.ts";
import { isMetricName } from "../model/name.ts";
import { formatFloat } from "../model/number.ts";
import { escapeName, type Escaping } from "../model/name-escaping.ts";
import type { FamilyHead, Format } from "./format.ts";

const encoder = new TextEncoder();

/** Makes the text format 0.0.4 with a way to write names that the legacy rule does not allow. */
export function createTextFormat(escaping: Escaping): Format {
  return {
    id: "text",
    escaping,
    contentType: `text/plain; version=0.0.4; charset=utf-8; escaping=${escaping}`,
    renderHead: (head) => encoder.encode(renderTextHead(head, escaping)),
    renderSeries: (families) =>
      encoder.encode(families.map((family) => renderTextSeries(family, escaping)).join("")),
  };
}

/** The text format as it is sent to those who ask for nothing else. */
export const textFormat: Format = createTextFormat("underscores");

/**
 * Renders the HELP and TYPE lines of a family; without help there is no HELP line. The format has no gauge histograms, so that
 * they go out as plain ones.
 */
export function renderTextHead(
  { name, type, help }: Omit<FamilyHead, "unit">,
  escaping: Escaping = "underscores",
): string {
  const written = quoteName(escapeName(name, escaping));
  const helpLine = help === "" ? "" : `# HELP ${written} ${escapeHelp(help)}\n`;
  return `${helpLine}# TYPE ${written} ${type === "gaugehistogram" ? "histogram" : type}\n`;
}

/** Renders the sample lines of a stored family, in its order. */
export function renderTextSeries(family: Family, escaping: Escaping = "underscores"): string {
  const { name, start } = startFor(family.name, escaping);
  const labels = family.extras?.utf8
    ? family.labels.map((text) => escapeLabelText(text, escaping))
    : family.labels;
  let lines = "";
  if (isScalar(family)) {
    for (let i = 0; i < labels.length; i++) {
      lines += `${series(start, labels[i] as string)} ${
        formatFloat(family.samples[i] as number)
      }\n`;
    }
    return lines;
  }
  const starts = startsOf(name);
  const renderOne = family.type === "summary" ? renderSummary : renderHistogram;
  for (let i = 0; i < labels.length; i++) {
    lines += renderOne(starts, labels[i] as string, family.samples[i] as Distribution);
  }
  return lines;
}

/** What the lines of one name begin with. */
interface LineStart {
  /** When there are no labels. */
  readonly bare: string;
  /** When labels and a closing brace follow. */
  readonly open: string;
}

/** A name as it is written, and what its lines begin with. */
interface NameStart {
  readonly pushed: string;
  readonly escaping: Escaping;
  readonly name: string;
  readonly start: LineStart;
}

let last: NameStart | undefined;

/** Families are rendered name by name, so it is mostly the same as the last time. */
function startFor(pushed: string, escaping: Escaping): NameStart {
  if (last?.pushed !== pushed || last.escaping !== escaping) {
    const name = escapeName(pushed, escaping);
    last = { pushed, escaping, name, start: startOf(name) };
  }
  return last;
}

/** The same for all names of a histogram or summary. */
type LineStarts = Readonly<Record<"point" | "bucket" | "sum" | "count", LineStart>>;

/** A name that the legacy rule does not allow stands in quotes, as the first within the braces. */
function startOf(name: string): LineStart {
  if (isMetricName(name)) return { bare: name, open: `${name}{` };
  const quoted = quoteName(name);
  return { bare: `{${quoted}}`, open: `{${quoted},` };
}

function startsOf(name: string): LineStarts {
  return {
    point: startOf(name),
    bucket: startOf(`${name}_bucket`),
    sum: startOf(`${name}_sum`),
    count: startOf(`${name}_count`),
  };
}

function quoteName(name: string): string {
  return isMetricName(name) ? name : `"${escapeLabelValue(name)}"`;
}

function renderSummary(starts: LineStarts, labels: string, summary: Distribution): string {
  let lines = "";
  for (let i = 0; i < summary.points.length; i++) {
    const quantile = formatFloat(summary.points[i] as number);
    const value = formatFloat(summary.values[i] as number);
    lines += `${series(starts.point, withLabel(labels, "quantile", quantile))} ${value}\n`;
  }
  return lines + renderTotals(starts, labels, summary);
}

function renderHistogram(starts: LineStarts, labels: string, histogram: Distribution): string {
  const { bucket } = starts;
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
  return lines + renderTotals(starts, labels, histogram);
}

function renderTotals(starts: LineStarts, labels: string, { sum, count }: Distribution): string {
  return `${series(starts.sum, labels)} ${formatFloat(sum)}\n` +
    `${series(starts.count, labels)} ${formatFloat(count)}\n`;
}

function series(start: LineStart, labels: string): string {
  return labels === "" ? start.bare : `${start.open}${labels}}`;
}

/** Appends a label behind the sorted ones, as expfmt does with `le` and `quantile`. */
function withLabel(labels: string, name: string, value: string): string {
  return labels === "" ? `${name}="${value}"` : `${labels},${name}="${value}"`;
}
