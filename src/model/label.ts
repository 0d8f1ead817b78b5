/**
 * Labels as text. A series is known by its label text: the pairs sorted by name, values escaped as the text format 0.0.4 wants
 * them, joined by commas, without braces (`instance="",job="a"`). The same text is the identity of the series, what is kept of
 * it, and what a scrape prints, so that no scrape escapes anything. A name that the legacy rule does not allow is quoted like a
 * value (`"my.label"="v"`), as it is where UTF-8 names may be sent.
 *
 * Label lists are flat, `[name, value, name, value, …]`: half the objects of a list of pairs.
 */

import { escapeLabelValue, findClosingQuote, unescapeText } from "./escape.ts";
import { isLabelName } from "./name.ts";

/** One pair as text, `name="escaped value"` or `"escaped name"="escaped value"`. */
export function labelPair(name: string, value: string): string {
  const written = isLabelName(name) ? name : `"${escapeLabelValue(name)}"`;
  return `${written}="${escapeLabelValue(value)}"`;
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
    const isQuoted = text[at] === '"';
    const equals = isQuoted ? findClosingQuote(text, at + 1) + 1 : text.indexOf("=", at);
    const start = equals + 2;
    const close = findClosingQuote(text, start);
    if (equals <= 0 || close < 0) break;
    const name = isQuoted ? unescape(text.slice(at + 1, equals - 1)) : text.slice(at, equals);
    labels.push(name, unescape(text.slice(start, close)));
    at = close + 2;
  }
  return labels;
}

/**
 * The index behind the pair that begins at `at` in a label text: that of the comma that follows, or the length of the text. It is
 * where the text ends when there is no pair.
 */
export function nextPairEnd(text: string, at: number): number {
  const isQuoted = text[at] === '"';
  const equals = isQuoted ? findClosingQuote(text, at + 1) + 1 : text.indexOf("=", at);
  const close = equals <= 0 ? -1 : findClosingQuote(text, equals + 2);
  return close < 0 ? text.length : close + 1;
}

function unescape(escaped: string): string {
  return unescapeText(escaped, (char) => char);
}

function sortedCopy(labels: readonly string[]): string[] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < labels.length; i += 2) {
    pairs.push([labels[i] as string, labels[i + 1] as string]);
  }
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return pairs.flat();
}
