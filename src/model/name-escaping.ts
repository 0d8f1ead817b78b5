/**
 * Names that the legacy rule does not allow, written so that it does, and read back. A scraper says in its Accept header which way
 * of writing it wants; in a push path names come in the form of `values`.
 *
 * Spec: https://github.com/prometheus/proposals/blob/main/proposals/0028-utf8.md and EscapeName and UnescapeName of
 * prometheus/common/model.
 */

import { isLabelName, isMetricName } from "./name.ts";

/** The ways to write a name, as the `escaping` parameter of a media type has them. `allow-utf-8` leaves names alone. */
export const ESCAPINGS = ["underscores", "dots", "values", "allow-utf-8"] as const;
/** A way to write a name. */
export type Escaping = (typeof ESCAPINGS)[number];

const VALUES_PREFIX = "U__";
const MAX_HEX_DIGITS = 6;
const MAX_CODE_POINT = 0x10ffff;

/** Whether a text names a way to write names. */
export function isEscaping(text: string): text is Escaping {
  return (ESCAPINGS as readonly string[]).includes(text);
}

const METRIC_CHAR = /^[a-zA-Z_:]$/;
const LABEL_CHAR = /^[a-zA-Z_]$/;
const DECIMAL_DIGIT = /^[0-9]$/;

/** Writes the name of a metric. Names that the legacy rule allows stay as they are. */
export function escapeName(name: string, escaping: Escaping): string {
  if (escaping === "allow-utf-8" || isMetricName(name)) return name;
  return escapeChars(name, escaping, METRIC_CHAR);
}

/**
 * Writes the name of a label. Names that the legacy rule allows stay as they are. A colon, which that rule allows in the name of
 * a metric alone, is escaped, where the reference leaves it and no scraper can read what it sends.
 */
export function escapeLabelName(name: string, escaping: Escaping): string {
  if (escaping === "allow-utf-8" || isLabelName(name)) return name;
  return escapeChars(name, escaping, LABEL_CHAR);
}

function escapeChars(name: string, escaping: Escaping, legal: RegExp): string {
  if (name === "") return "";
  let escaped = escaping === "values" ? VALUES_PREFIX : "";
  let isFirst = true;
  for (const char of name) {
    const isLegal = legal.test(char) || (!isFirst && DECIMAL_DIGIT.test(char));
    escaped += isLegal && char !== "_" ? char : escapeChar(char, escaping);
    isFirst = false;
  }
  return escaped;
}

/** Writes an underscore or a character that is not allowed where it stands. */
function escapeChar(char: string, escaping: Escaping): string {
  if (escaping === "underscores") return "_";
  if (char === "_") return "__";
  if (escaping === "values") return `_${(char.codePointAt(0) ?? 0xfffd).toString(16)}_`;
  return char === "." ? "_dot_" : "__";
}

/** Reads a name in the form of `values`. What is not in that form, or not validly so, is returned as it is. */
export function unescapeName(escaped: string): string {
  if (!escaped.startsWith(VALUES_PREFIX)) return escaped;
  const text = escaped.slice(VALUES_PREFIX.length);
  let valid = true;
  const name = text.replace(/__|_([^_]*)(_?)/g, (match, hex: string | undefined, end: string) => {
    if (match === "__") return "_";
    const code = /^[0-9A-Fa-f]+$/.test(hex ?? "") && end === "_" ? parseInt(hex ?? "", 16) : NaN;
    valid &&= (hex ?? "").length <= MAX_HEX_DIGITS && code <= MAX_CODE_POINT && !isSurrogate(code);
    return valid ? String.fromCodePoint(code) : "";
  });
  return valid ? name : escaped;
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}
