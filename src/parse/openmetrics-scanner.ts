/**
 * Reads an OpenMetrics body line by line and token by token. It knows the lexical rules and where it is, so that every error names
 * its line; it does not know what a line means.
 *
 * It is not the scanner of the text format: here exactly one blank stands between tokens, nothing but a line feed ends a line, and
 * a backslash before any other character stands for itself.
 *
 * Spec: https://prometheus.io/docs/specs/om/open_metrics_spec/#abnf
 */

import { GatewayError } from "../model/error.ts";
import { findClosingQuote, unescapeText } from "../model/escape.ts";
import { quoteChar } from "../model/quote.ts";
import { decodeUtf8 } from "./utf8.ts";

const LINE_FEED = 10;
const BLANK = 32;
const LAST_LINE = "# EOF";
const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;

/** A cursor over the lines of a body. */
export class OpenMetricsScanner {
  readonly #text: string;
  /** Whether a backslash occurs anywhere: without one no quoted text needs unescaping. */
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

  /** The number of the current line, from 1. */
  get line(): number {
    return this.#line;
  }

  /** Moves to the start of the next line; false at the end of the body. */
  nextLine(): boolean {
    if (this.#next >= this.#text.length) return false;
    this.#pos = this.#next;
    const lineFeed = this.#text.indexOf("\n", this.#pos);
    this.#end = lineFeed < 0 ? this.#text.length : lineFeed;
    this.#next = this.#end + 1;
    this.#line++;
    if (this.#text[this.#end - 1] === "\r" && this.#end > this.#pos) {
      this.fail("a carriage return ends the line, only a line feed may");
    }
    return true;
  }

  /** Whether the current line is the one that ends an exposition. */
  isLastLine(): boolean {
    return this.#end - this.#pos === LAST_LINE.length &&
      this.#text.startsWith(LAST_LINE, this.#pos);
  }

  /** Whether nothing is left of the line. */
  isAtEnd(): boolean {
    return this.#pos >= this.#end;
  }

  /** Whether a text comes next in the line; it is stepped over. */
  take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#pos) || this.#pos + text.length > this.#end) {
      return false;
    }
    this.#pos += text.length;
    return true;
  }

  /** Steps over a text that has to come next. */
  expect(text: string, where: string): void {
    if (!this.take(text)) this.failFound(`expected '${text}' ${where}`);
  }

  /** Reads a metric name; empty when the next character cannot start one. */
  readMetricName(): string {
    return this.#match(METRIC_NAME);
  }

  /** Reads a label name; empty when the next character cannot start one. */
  readLabelName(): string {
    return this.#match(LABEL_NAME);
  }

  /** Reads up to the next blank or the end of the line. */
  readToken(): string {
    const start = this.#pos;
    while (this.#pos < this.#end && this.#text.charCodeAt(this.#pos) !== BLANK) this.#pos++;
    return this.#text.slice(start, this.#pos);
  }

  /** Reads the rest of the line as it is. */
  readRest(): string {
    const rest = this.#text.slice(this.#pos, this.#end);
    this.#pos = this.#end;
    return rest;
  }

  /** Reads the rest of the line, undoing escapes. */
  readEscapedRest(): string {
    return unescape(this.readRest());
  }

  /** Reads a quoted text after its opening quote, up to and over the closing one, undoing escapes. */
  readQuoted(): string {
    const start = this.#pos;
    const close = this.#escapes
      ? findClosingQuote(this.#text, start)
      : this.#text.indexOf('"', start);
    if (close < 0 || close >= this.#end) this.fail("the line ends inside a quoted text");
    this.#pos = close + 1;
    const raw = this.#text.slice(start, close);
    return this.#escapes ? unescape(raw) : raw;
  }

  /** Throws a parse error for the current line, or for one before it. */
  fail(message: string, line: number = this.#line): never {
    throw new GatewayError("malformed", `openmetrics parsing error in line ${line}: ${message}`);
  }

  /** Throws a parse error that ends with what was found instead. */
  failFound(expectation: string): never {
    const code = this.isAtEnd() ? LINE_FEED : this.#text.codePointAt(this.#pos) ?? LINE_FEED;
    return this.fail(`${expectation}, found ${quoteChar(String.fromCodePoint(code))}`);
  }

  #match(name: RegExp): string {
    name.lastIndex = this.#pos;
    if (!name.test(this.#text)) return "";
    const start = this.#pos;
    this.#pos = name.lastIndex;
    return this.#text.slice(start, this.#pos);
  }
}

/** Decodes a body; bytes that are not UTF-8 are a parse error of this format. */
export function decodeOpenMetrics(body: Uint8Array): string {
  try {
    return decodeUtf8(body);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new GatewayError(error.kind, error.message.replace(/^text format/, "openmetrics"));
  }
}

function unescape(text: string): string {
  return unescapeText(text, (char) => `\\${char}`);
}
