/**
 * Labels as text. A series is known by its label text: the pairs sorted by name, values escaped as the text format 0.0.4 wants
 * them, joined by commas, without braces (`instance="",job="a"`). The same text is the identity of the series, what is kept of
 * it, and what a scrape prints, so that no scrape escapes anything.
 *
 * Label lists are flat, `[name, value, name, value, …]`: half the objects of a list of pairs.
 */

import { escapeLabelValue, findClosingQuote, unescapeText } from "./escape.ts";

/** One pair as text, `name="escaped value"`. */
export function labelPair(name: string, value: string): string {
  return `${name}="${escapeLabelValue(value)}"`;
}

/** The label text of a flat list that is already sorted by name. */
export function labelText(sorted: readonly string[]): string {
  let text = "";
  for (let i = 0; i < sorted.length; i += 2) {
    const pair = labelPair(sorted[i] as string, sorted[i + 1] as string);
    text = text === "" ? pair : `${text},${pair}`;
  }
  return text;
}

/** Sorts a flat list by label name; returns the same array when it is sorted already. */
export function sortLabels(labels: readonly string[]): readonly string[] {
  for (let i = 2; i < labels.length; i += 2) {
    if ((labels[i - 2] as string) > (labels[i] as string)) return sortedCopy(labels);
  }
  return labels;
}

/**
 * Reads a label text back into a flat list. The text must be one that {@link labelText} made.
 *
 * No regular expression reads the values: beyond some megabytes JavaScriptCore (Bun 1.4) finds no match and V8 (Node 20) throws.
 */
export function parseLabelText(text: string): string[] {
  const labels: string[] = [];
  for (let at = 0; at < text.length;) {
    const equals = text.indexOf("=", at);
    const start = equals + 2;
    const close = findClosingQuote(text, start);
    if (equals < 0 || close < 0) break;
    labels.push(text.slice(at, equals), unescapeText(text.slice(start, close), (char) => char));
    at = close + 2;
  }
  return labels;
}

function sortedCopy(labels: readonly string[]): string[] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < labels.length; i += 2) {
    pairs.push([labels[i] as string, labels[i + 1] as string]);
  }
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return pairs.flat();
}
