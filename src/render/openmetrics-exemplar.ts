/**
 * Numbers, points in time and exemplars as OpenMetrics writes them.
 *
 * Spec: https://prometheus.io/docs/specs/om/open_metrics_spec/#exemplars-1
 */

import { labelText } from "../model/label.ts";
import { escapeLabelName, type Escaping } from "../model/name-escaping.ts";
import { formatFloat } from "../model/number.ts";
import type { WireExemplar, WireTime } from "./openmetrics-wire.ts";

/** Characters that the labels of an exemplar may have, names and values together. */
const MAX_LENGTH = 128;
const NANOS = 1_000_000_000n;

/** Prints a number as the text format does, and with `.0` where nothing else tells that it is a float. */
export function formatOpenMetricsFloat(value: number): string {
  const text = formatFloat(value);
  return /^-?[0-9]+$/.test(text) ? `${text}.0` : text;
}

/**
 * Renders what stands behind the value of a sample that has an exemplar, with a blank in front; empty when there is none, or when
 * its labels are longer than the format allows: clients of protobuf are not held to that.
 */
export function renderExemplar(exemplar: WireExemplar | undefined, escaping: Escaping): string {
  if (exemplar === undefined) return "";
  const { labels, value, time } = exemplar;
  const escaped = labels.map((text, index) =>
    index % 2 === 0 ? escapeLabelName(text, escaping) : text
  );
  if (Array.from(escaped.join("")).length > MAX_LENGTH) return "";
  const timeText = time === undefined ? "" : ` ${formatTime(time)}`;
  return ` # {${labelText(escaped)}} ${formatOpenMetricsFloat(value)}${timeText}`;
}

/** Seconds with as many decimals as it takes; exact, which a float64 would not be. */
function formatTime({ seconds, nanos }: WireTime): string {
  const total = seconds * NANOS + BigInt(nanos);
  const magnitude = total < 0n ? -total : total;
  const fraction = (magnitude % NANOS).toString().padStart(9, "0").replace(/0+$/, "");
  return `${total < 0n ? "-" : ""}${magnitude / NANOS}.${fraction || "0"}`;
}
