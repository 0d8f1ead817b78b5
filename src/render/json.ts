/**
 * Stored families as the reference's HTTP API shows them: every number is a string in the form Go prints it, counts are whole
 * digits, keys come in alphabetical order.
 */

import {
  type Distribution,
  type Family,
  isScalar,
  type MetricType,
  type StoredFamily,
  typeName,
} from "../model/family.ts";
import { parseLabelText } from "../model/label.ts";
import { formatFloat } from "../model/number.ts";

/** A value that JSON.stringify prints. */
export type Json = string | number | boolean | null | readonly Json[] | {
  readonly [key: string]: Json;
};

/** Renders one family of one group for `/api/v1/metrics`. */
export function renderJsonFamily(family: StoredFamily): Json {
  const rendered: Record<string, Json> = {
    time_stamp: new Date(family.pushedAt).toISOString(),
    type: typeName(family.type),
  };
  if (family.help !== "") rendered["help"] = family.help;
  rendered["metrics"] = family.labels.map((text, index) => renderSeries(family, text, index));
  return rendered;
}

function renderSeries(family: Family, text: string, index: number): Json {
  const labels = jsonLabels(parseLabelText(text));
  if (isScalar(family)) return { labels, value: formatGoValue(family.samples[index] as number) };
  const sample = family.samples[index] as Distribution;
  const points = Object.fromEntries(sample.points.map((point, i) => [
    formatGoValue(point),
    formatCountOrValue(family.type, sample.values[i] as number),
  ]));
  const count = formatCount(sample.count);
  const sum = formatGoValue(sample.sum);
  return family.type === "summary"
    ? { count, labels, quantiles: points, sum }
    : { buckets: points, count, labels, sum };
}

/** Turns a flat label list into an object. */
export function jsonLabels(labels: readonly string[]): { readonly [name: string]: string } {
  const pairs: [string, string][] = [];
  for (let i = 0; i < labels.length; i += 2) {
    pairs.push([labels[i] as string, labels[i + 1] as string]);
  }
  return Object.fromEntries(pairs);
}

function formatCountOrValue(type: MetricType, value: number): string {
  return type === "summary" ? formatGoValue(value) : formatCount(value);
}

/** Counts are unsigned 64-bit integers and show all their digits; what is none of these, in a float histogram, prints as float. */
function formatCount(count: number): string {
  return Number.isInteger(count) && count < 2 ** 64
    ? BigInt(count).toString()
    : formatGoValue(count);
}

/** Go's fmt.Sprint, which, unlike the text format, keeps the sign of a negative zero. */
function formatGoValue(value: number): string {
  return Object.is(value, -0) ? "-0" : formatFloat(value);
}
