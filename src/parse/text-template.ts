/**
 * Bodies that were seen before but for their values. A job pushes the same text again and again with other numbers in it; where all
 * between the numbers is the same, only they need to be read: 0.6 µs instead of 3 for five gauges.
 *
 * A template is found by the first line of a body, which must be a comment. Nothing in a template points into a body.
 */

import type { PushedFamily, PushedScalarFamily } from "../model/family.ts";
import { isScalarType } from "../model/family.ts";
import { copyText } from "../model/flatten.ts";
import { parseFloatText } from "../model/number.ts";

/** Longer bodies are not worth keeping a copy of. */
const MAX_LENGTH = 16 * 1024;
/** Templates that are kept; the oldest makes room for a new one. */
const MAX_TEMPLATES = 64;
const HASH = 35;
const LINE_FEED = 10;

/** Where the values stand in a body, noted while it is parsed. */
export class ValueRecord {
  /** Index of the first character of each value, and of the one behind its last, in turn. */
  readonly ends: number[] = [];
  /** The name of the family of each. */
  readonly names: string[] = [];

  /** Takes note of a value. */
  add(name: string, start: number, end: number): void {
    this.names.push(name);
    this.ends.push(start, end);
  }
}

interface Template {
  /** What stands in front of each value, and behind the last. */
  readonly pieces: readonly string[];
  /** The families with the values of the body that they are from. */
  readonly families: readonly PushedScalarFamily[];
}

/** What is known of bodies with one first line. */
interface Known {
  template: Template | undefined;
  /** Bodies to let pass before the next try at a template, and how many that will be after another failure. */
  wait: number;
  patience: number;
}

/** The templates of the bodies seen last. */
export class TextTemplates {
  readonly #known = new Map<string, Known>();

  /** The families of a body of which all but the values is known; `undefined` for any other. */
  fill(text: string): PushedFamily[] | undefined {
    const known = this.#known.get(firstLine(text));
    if (known?.template === undefined) return undefined;
    const families = fillTemplate(known.template, text);
    if (families !== undefined) known.patience = 1;
    return families;
  }

  /**
   * What to note the values of a body in that {@link fill} could not fill, when a template should be made of it. Bodies that begin
   * alike but have more than numbers of their own are tried less and less often.
   */
  recordFor(text: string): ValueRecord | undefined {
    const line = firstLine(text);
    if (line === "") return undefined;
    let known = this.#known.get(line);
    if (known === undefined) {
      if (this.#known.size >= MAX_TEMPLATES) this.#forgetOldest();
      known = { template: undefined, wait: 0, patience: 1 };
      this.#known.set(copyText(line), known);
    }
    if (known.wait-- > 0) return undefined;
    known.wait = known.patience;
    known.patience = Math.min(known.patience * 2, 1024);
    return new ValueRecord();
  }

  /** Makes a template of a parsed body, if it is one that a template can be made of. */
  learn(text: string, record: ValueRecord, families: readonly PushedFamily[]): void {
    const known = this.#known.get(firstLine(text));
    if (known !== undefined) known.template = createTemplate(text, record, families);
  }

  #forgetOldest(): void {
    for (const line of this.#known.keys()) {
      this.#known.delete(line);
      return;
    }
  }
}

/** The first line if it is a comment and the body short; otherwise empty. */
function firstLine(text: string): string {
  if (text.length > MAX_LENGTH || text.charCodeAt(0) !== HASH) return "";
  return text.slice(0, Math.max(text.indexOf("\n"), 0));
}

function fillTemplate({ pieces, families }: Template, text: string): PushedFamily[] | undefined {
  const values: number[] = [];
  let at = 0;
  for (let index = 0; index + 1 < pieces.length; index++) {
    const piece = pieces[index] as string;
    if (!text.startsWith(piece, at)) return undefined;
    const start = at + piece.length;
    const lineFeed = text.indexOf("\n", start);
    at = lineFeed < 0 ? text.length : lineFeed;
    const value = parseFloatText(text.slice(start, at));
    if (value === undefined) return undefined;
    values.push(value);
  }
  const tail = pieces.at(-1) as string;
  if (text.length - at !== tail.length || !text.endsWith(tail)) return undefined;
  let next = 0;
  return families.map(({ name, type, help, timestamped, series }) => ({
    name,
    type,
    help,
    timestamped,
    series: series.map(({ labels }) => ({ labels, sample: values[next++] as number })),
  }));
}

function createTemplate(
  text: string,
  { ends, names }: ValueRecord,
  families: readonly PushedFamily[],
): Template | undefined {
  const copies = copyFamilies(families);
  // The values must come family by family, each with the end of its line behind it.
  const order = copies?.flatMap(({ name, series }) => series.map(() => name));
  if (copies === undefined || order?.join("\n") !== names.join("\n")) return undefined;
  const pieces: string[] = [];
  let at = 0;
  for (let i = 0; i < ends.length; i += 2) {
    const [start, end] = [ends[i] as number, ends[i + 1] as number];
    if (end < text.length && text.charCodeAt(end) !== LINE_FEED) return undefined;
    pieces.push(copyText(text.slice(at, start)));
    at = end;
  }
  pieces.push(copyText(text.slice(at)));
  return { pieces, families: copies };
}

/** Families of plain numbers under plain names, without their body; `undefined` when there are others. */
function copyFamilies(families: readonly PushedFamily[]): PushedScalarFamily[] | undefined {
  const copies: PushedScalarFamily[] = [];
  for (const family of families) {
    if (!isScalar(family)) return undefined;
    const { name, type, help, timestamped, utf8, unit } = family;
    if (timestamped || utf8 || unit !== undefined) return undefined;
    const series = family.series.map(({ labels, sample }) => ({
      labels: labels.map(copyText),
      sample,
    }));
    copies.push({ name: copyText(name), type, help: copyText(help), timestamped, series });
  }
  return copies;
}

function isScalar(family: PushedFamily): family is PushedScalarFamily {
  return isScalarType(family.type);
}
