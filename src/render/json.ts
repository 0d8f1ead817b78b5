/**
 * Stored families as the reference's HTTP API shows them: every number is a string in the form Go prints it, counts are whole
 * digits, keys come in alphabetical order. What came as protobuf is shown as it came, native histograms and counts of 64 bits too.
 */

import {
  type Distribution,
  type Family,
  isScalar,
  type StoredFamily,
  typeName,
} from "../model/family.ts";
import { parseLabelText } from "../model/label.ts";
import { formatFloat } from "../model/number.ts";
import { hasNativeBuckets, listNativeBuckets } from "./native-buckets.ts";
import { type Count, readHistogram, readSummaryCount } from "./wire-histogram.ts";

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
  const wire = family.extras?.wire[index];
  const sum = formatGoValue(sample.sum);
  if (family.type === "summary") {
    const count = formatCount(wire === undefined ? sample.count : readSummaryCount(wire));
    return { count, labels, quantiles: pointMap(sample, formatGoValue), sum };
  }
  if (wire !== undefined) return { ...renderWireHistogram(wire), labels, sum };
  const count = formatCount(sample.count);
  return { buckets: pointMap(sample, formatCount), count, labels, sum };
}

function pointMap({ points, values }: Distribution, format: (value: number) => string): Json {
  return Object.fromEntries(
    points.map((point, i) => [formatGoValue(point), format(values[i] as number)]),
  );
}

function renderWireHistogram(bytes: Uint8Array): { readonly buckets: Json; readonly count: Json } {
  const histogram = readHistogram(bytes);
  const count = formatCount(histogram.count);
  if (!hasNativeBuckets(histogram)) {
    const buckets = histogram.buckets.map((each) => [
      formatGoValue(each.bound),
      formatCount(each.count),
    ]);
    return { buckets: Object.fromEntries(buckets), count };
  }
  const buckets = listNativeBuckets(histogram).map((each) => [
    each.boundaries,
    formatGoValue(each.lower),
    formatGoValue(each.upper),
    formatCount(each.count),
  ]);
  return { buckets, count };
}

/** Turns a flat label list into an object. */
export function jsonLabels(labels: readonly string[]): { readonly [name: string]: string } {
  const pairs: [string, string][] = [];
  for (let i = 0; i < labels.length; i += 2) {
    pairs.push([labels[i] as string, labels[i + 1] as string]);
  }
  return Object.fromEntries(pairs);
}

/** Counts are unsigned 64-bit integers and show all their digits; what is none of these, in a float histogram, prints as float. */
function formatCount(count: Count): string {
  if (typeof count === "bigint") return count.toString();
  return Number.isInteger(count) && count < 2 ** 64
    ? BigInt(count).toString()
    : formatGoValue(count);
}

/** Go's fmt.Sprint, which, unlike the text format, keeps the sign of a negative zero. */
function formatGoValue(value: number): string {
  return Object.is(value, -0) ? "-0" : formatFloat(value);
}
