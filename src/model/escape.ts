/**
 * The escapes of the text format 0.0.4, both ways: `\\`, `\n` and, in label values, `\"`.
 *
 * Long texts are worked on in pieces: V8 (Node 20, Deno 2.9) keeps something for each match of one replace. A value of 64 MiB made
 * of nothing but escapes was seen to take 20 s and 3.6 GB at once, 5 s and 0.4 GB in pieces.
 *
 * Spec: https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information
 */

const PIECE_LENGTH = 16 * 1024;
const BACKSLASH = 92;

const LABEL_SPECIALS = /[\\"\n]/;
const EVERY_LABEL_SPECIAL = /[\\"\n]/g;
const EVERY_HELP_SPECIAL = /[\\\n]/g;
const EVERY_SEQUENCE = /\\(.?)/gsu;

/** Escapes a label value: backslash, double quote and line feed. */
export function escapeLabelValue(value: string): string {
  return LABEL_SPECIALS.test(value) ? escapeAll(value, EVERY_LABEL_SPECIAL) : value;
}

/** Escapes a HELP text: backslash and line feed. */
export function escapeHelp(help: string): string {
  return escapeAll(help, EVERY_HELP_SPECIAL);
}

/**
 * Undoes `\\`, `\n` and `\"`.
 *
 * @param escaped the text with its escapes.
 * @param onUnknown what to put in place of any other sequence, given the character behind its backslash; empty at the end.
 */
export function unescapeText(escaped: string, onUnknown: (char: string) => string): string {
  if (!escaped.includes("\\")) return escaped;
  let text = "";
  for (let at = 0; at < escaped.length;) {
    const end = endOfPiece(escaped, at);
    text += escaped.slice(at, end).replace(EVERY_SEQUENCE, (_, char: string) => {
      if (char === "n") return "\n";
      return char === "\\" || char === '"' ? char : onUnknown(char);
    });
    at = end;
  }
  return text;
}

/**
 * Finds the double quote that ends an escaped label value.
 *
 * @param text where to look.
 * @param start index of the value's first character.
 * @returns the index of the quote, or -1 when there is none.
 */
export function findClosingQuote(text: string, start: number): number {
  let close = text.indexOf('"', start);
  while (close >= 0 && isEscaped(text, start, close)) close = text.indexOf('"', close + 1);
  return close;
}

function escapeAll(text: string, special: RegExp): string {
  let escaped = "";
  for (let at = 0; at < text.length; at += PIECE_LENGTH) {
    const piece = text.slice(at, at + PIECE_LENGTH);
    escaped += piece.replace(special, (char) => char === "\n" ? "\\n" : `\\${char}`);
  }
  return escaped;
}

/** The end of the piece that starts at `start`, moved so that it cuts no escape in two. */
function endOfPiece(escaped: string, start: number): number {
  const end = start + PIECE_LENGTH;
  if (end >= escaped.length) return escaped.length;
  return isEscaped(escaped, start, end) ? end + 1 : end;
}

/** Whether an odd number of backslashes stands directly before `at`, counted from `start` on. */
function isEscaped(text: string, start: number, at: number): boolean {
  let pos = at;
  while (pos > start && text.charCodeAt(pos - 1) === BACKSLASH) pos--;
  return (at - pos) % 2 === 1;
}
