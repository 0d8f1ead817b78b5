/**
 * Label patterns: a label text with the group's own labels taken out, so that thousands of groups of one shape that hold the same
 * series share one text. `instance="h1",job="a",kind="io"` of the group `instance="h1",job="a"` is the pattern `⏎,kind="io"`.
 *
 * A line feed stands for what was taken out, since a label text has none: they are escaped. There is one where the group's labels
 * stand side by side, and one for each of them where others are in between.
 */

import { nextPairEnd, parseLabelText } from "./label.ts";

const MARK = "\n";

/**
 * Takes a group's labels out of the label text of one of its series.
 *
 * @param text the label text.
 * @param id the label text of the group's own labels.
 * @returns the pattern, or `undefined` when the series does not have all of the labels.
 */
export function patternOf(text: string, id: string): string | undefined {
  if (text === id) return MARK;
  let pattern = "";
  let marks = "";
  let keyAt = 0;
  for (let at = 0; at < text.length;) {
    const end = nextPairEnd(text, at);
    const keyEnd = nextPairEnd(id, keyAt);
    const isKey = keyAt < id.length && end - at === keyEnd - keyAt &&
      text.startsWith(id.slice(keyAt, keyEnd), at);
    if (isKey) {
      keyAt = keyEnd + 1;
      marks += marks === "" ? MARK : `,${MARK}`;
    }
    pattern += `${at === 0 ? "" : ","}${isKey ? MARK : text.slice(at, end)}`;
    at = end + 1;
  }
  if (keyAt < id.length) return undefined;
  return marks === MARK ? pattern : pattern.replace(marks, MARK);
}

/** Puts the labels of a group back where {@link patternOf} took them out. */
export function expandPattern(pattern: string, id: string): string {
  if (pattern === MARK) return id;
  const at = pattern.indexOf(MARK);
  const next = pattern.indexOf(MARK, at + 1);
  if (next < 0) return pattern.slice(0, at) + id + pattern.slice(at + 1);
  let keyAt = 0;
  return pattern.replaceAll(MARK, () => {
    const start = keyAt;
    const end = nextPairEnd(id, start);
    keyAt = end + 1;
    return id.slice(start, end);
  });
}

/** The labels that are not the group's, as a flat list sorted by name. */
export function ownLabelsOf(pattern: string): string[] {
  return parseLabelText(`${pattern},`.replaceAll(`${MARK},`, ""));
}

/**
 * The pattern of a series that has no labels but what its group forces on it.
 *
 * @param names the names of the group's labels, sorted.
 * @param extra the name and text of the label that is forced beside them, if it is not among them.
 */
export function forcedPattern(
  names: readonly string[],
  [extra, pair]: readonly [string, string],
): string {
  if (names.includes(extra)) return MARK;
  const before = names.filter((name) => name < extra).length;
  if (before === 0) return `${pair},${MARK}`;
  if (before === names.length) return `${MARK},${pair}`;
  return names.map((_, index) => index === before ? `${pair},${MARK}` : MARK).join(",");
}
