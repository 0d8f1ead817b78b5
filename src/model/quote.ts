/**
 * Quoting as Go's `%q` does it, because the reference's error texts are written with it and clients match on them.
 * Spec: strconv.Quote and strconv.QuoteRune, https://pkg.go.dev/strconv#Quote
 */

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

/** What Go prints as it is: letters, marks, numbers, punctuation, symbols and the ASCII space. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const PLAIN = /^[ !#-[\]-~]*$/;

/** What is quoted comes from clients: a body of 64 MiB must not come back as an error text of 256. */
const MAX_LENGTH = 1024;

/**
 * Returns `text` in double quotes, escaped as a Go string literal (`%q` of a string). Of a text beyond 1024 characters only these
 * are quoted, with `…` behind them.
 */
export function quote(text: string): string {
  if (text.length > MAX_LENGTH) return `"${escapeChars(clip(text))}…"`;
  return PLAIN.test(text) ? `"${text}"` : `"${escapeChars(text)}"`;
}

/** Returns the character `char` in single quotes, escaped as a Go rune literal (`%q` of a byte or rune). */
export function quoteChar(char: string): string {
  return char === "'" ? "'\\''" : `'${escapeChar(char)}'`;
}

/** The start of a long text, not ending in half a surrogate pair. */
function clip(text: string): string {
  return text.slice(0, MAX_LENGTH).replace(/[\ud800-\udbff]$/, "");
}

function escapeChars(text: string): string {
  let escaped = "";
  for (const char of text) escaped += char === '"' ? '\\"' : escapeChar(char);
  return escaped;
}

function escapeChar(char: string): string {
  const named = NAMED_ESCAPES[char];
  if (named !== undefined) return named;
  if (PRINTABLE.test(char)) return char;
  const code = char.codePointAt(0) ?? 0xfffd;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code > 0xffff) return `\\U${code.toString(16).padStart(8, "0")}`;
  return `\\u${code.toString(16).padStart(4, "0")}`;
}
