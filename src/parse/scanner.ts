/**
 * Reads a text body line by line and token by token. It knows the lexical rules of the text format 0.0.4 and where it is, so that
 * every error names its line; it does not know what a line means.
 *
 * Spec: https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
 */

import { GatewayError } from "../model/error.ts";
import { findClosingQuote, unescapeText } from "../model/escape.ts";
import { quote, quoteChar } from "../model/quote.ts";

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BLANK = 32;
const COLON = 58;

const LETTER = 1;
const DIGIT = 2;
const COLON_CLASS = 4;

/** Character classes of ASCII, so that a name is read with one look-up a character. */
const CLASSES: Uint8Array = classifyAscii();

/** The end of a line, as {@link Scanner.peek} reports it. */
export const END_OF_LINE = -1;

/** A cursor over the lines of a body. */
export class Scanner {
  readonly #text: string;
  /** Whether a backslash occurs anywhere: without one no quoted value needs unescaping. */
  readonly #escapes: boolean;
  #pos = 0;
  #end = 0;
  #next = 0;
  #line = 0;

  /** Stands before the first line of `text`. */
  constructor(text: string) {
    this.#text = text;
    this.#escapes = text.includes("\\");
  }

  /** Moves to the start of the next line; false when there is none. A line ends with LF, CR LF, or the end of the body. */
  nextLine(): boolean {
    if (this.#next >= this.#text.length) return false;
    this.#pos = this.#next;
    const lineFeed = this.#text.indexOf("\n", this.#pos);
    this.#end = lineFeed < 0 ? this.#text.length : lineFeed;
    this.#next = this.#end + 1;
    if (this.#end > this.#pos && this.#text.charCodeAt(this.#end - 1) === CARRIAGE_RETURN) {
      this.#end--;
    }
    this.#line++;
    return true;
  }

  /** The index of the next character in the body. */
  get position(): number {
    return this.#pos;
  }

  /** The code of the next character, or {@link END_OF_LINE}. */
  peek(): number {
    return this.#pos < this.#end ? this.#text.charCodeAt(this.#pos) : END_OF_LINE;
  }

  /** Steps over one character. */
  skip(): void {
    this.#pos++;
  }

  /** Steps over blanks and tabs; true when there was at least one. */
  skipBlanks(): boolean {
    const start = this.#pos;
    while (isBlank(this.peek())) this.#pos++;
    return this.#pos > start;
  }

  /** Reads a metric name, `[a-zA-Z_:][a-zA-Z0-9_:]*`; empty when the next character cannot start one. */
  readMetricName(): string {
    return this.#readName(LETTER | COLON_CLASS);
  }

  /** Reads a label name, `[a-zA-Z_][a-zA-Z0-9_]*`; empty when the next character cannot start one. */
  readLabelName(): string {
    return this.#readName(LETTER);
  }

  /** Reads up to the next blank, tab or the end of the line. */
  readToken(): string {
    const start = this.#pos;
    while (this.#pos < this.#end && !isBlank(this.#text.charCodeAt(this.#pos))) this.#pos++;
    return this.#text.slice(start, this.#pos);
  }

  /** Reads the rest of the line as it is. */
  readRest(): string {
    const rest = this.#text.slice(this.#pos, this.#end);
    this.#pos = this.#end;
    return rest;
  }

  /** Reads the rest of the line without the blanks and tabs at its end. */
  readTrimmedRest(): string {
    const start = this.#pos;
    this.#pos = this.#end;
    let end = this.#end;
    while (end > start && isBlank(this.#text.charCodeAt(end - 1))) end--;
    return this.#text.slice(start, end);
  }

  /** Reads the rest of the line, undoing `\\`, `\n` and `\"`. */
  readEscapedRest(): string {
    const rest = this.readRest();
    return this.#escapes ? this.#unescape(rest) : rest;
  }

  /**
   * Reads a quoted text after its opening quote, up to and over the closing one, undoing `\\`, `\n` and `\"`.
   *
   * @param what what the text is, for the error when there is no closing quote.
   */
  readQuoted(what = "label value"): string {
    const start = this.#pos;
    const close = this.#escapes
      ? findClosingQuote(this.#text, start)
      : this.#text.indexOf('"', start);
    if (close < 0 || close >= this.#end) return this.#failUnclosed(start, what);
    this.#pos = close + 1;
    const raw = this.#text.slice(start, close);
    return this.#escapes ? this.#unescape(raw) : raw;
  }

  /** Throws a parse error for the current line. */
  fail(message: string): never {
    throw new GatewayError(
      "malformed",
      `text format parsing error in line ${this.#line}: ${message}`,
    );
  }

  /**
   * Throws a parse error that ends with what was found instead, in the wording of the reference: where the body ends in the
   * middle of its last line, that it did so.
   */
  failFound(expectation: string): never {
    if (this.peek() !== END_OF_LINE) {
      const char = String.fromCodePoint(this.#text.codePointAt(this.#pos) ?? LINE_FEED);
      this.fail(`${expectation}, found ${quoteChar(char)}`);
    }
    if (this.#next > this.#text.length) this.fail("unexpected end of input stream");
    return this.fail(`${expectation}, found '\\n'`);
  }

  #readName(classes: number): string {
    const start = this.#pos;
    if ((classAt(this.#text, start) & classes) === 0) return "";
    const continued = classes | DIGIT;
    let pos = start + 1;
    while (pos < this.#end && (classAt(this.#text, pos) & continued) !== 0) pos++;
    this.#pos = pos;
    return this.#text.slice(start, pos);
  }

  #unescape(raw: string): string {
    // At the end of a line the character that follows the backslash is the line feed itself.
    const refuse = (char: string) => this.fail(`invalid escape sequence '\\${char || "\n"}'`);
    return unescapeText(raw, refuse);
  }

  #failUnclosed(start: number, what: string): never {
    if (this.#next > this.#text.length) this.fail("unexpected end of input stream");
    const value = this.#text.slice(start, this.#end);
    // The reference reads the value first, so a bad escape in it is reported before the missing quote.
    return this.fail(`${what} ${quote(this.#unescape(value))} contains unescaped new-line`);
  }
}

function isBlank(code: number): boolean {
  return code === BLANK || code === TAB;
}

function classAt(text: string, at: number): number {
  return CLASSES[text.charCodeAt(at)] ?? 0;
}

function classifyAscii(): Uint8Array {
  const classes = new Uint8Array(128);
  for (let code = 0; code < 128; code++) {
    const char = String.fromCharCode(code);
    if (/[a-zA-Z_]/.test(char)) classes[code] = LETTER;
    else if (/[0-9]/.test(char)) classes[code] = DIGIT;
    else if (code === COLON) classes[code] = COLON_CLASS;
  }
  return classes;
}

/** Character codes that the grammar gives a meaning. */
export const CHAR: Readonly<
  Record<"hash" | "comma" | "equals" | "quote" | "openBrace" | "closeBrace", number>
> = {
  hash: 35,
  comma: 44,
  equals: 61,
  quote: 34,
  openBrace: 123,
  closeBrace: 125,
};
