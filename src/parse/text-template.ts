/**
 * Bodies that were seen before but for their values. A job pushes the same text again and again with other numbers in it; where all
 * between the numbers is the same, only they need to be read: 0.6 µs instead of 3 for five gauges.
 *
 * A template is found by the first line of a body, which must be a comment. Nothing in a template points into a body.
 */

import type { PushedFamily, PushedScalarFamily } from "../model/family.ts";
import { isScalarType } from "../model/family.ts";
import { copyText } from "../model/flatten.ts";
import { parseFloatWithin } from "../model/number.ts";
import { type BodyPattern, RepeatedBody } from "../model/repeated-body.ts";

/** Longer bodies are not worth keeping a copy of. */
const MAX_LENGTH = 16 * 1024;
/** First lines that are known at the same time. */
const MAX_KNOWN = 1024;
/** Bodies that find no room before lines that nobody used meanwhile are forgotten: so many that those in use come again by then. */
const PATIENCE = 16 * MAX_KNOWN;
/** Characters of all bodies that templates are kept of. */
const MAX_TEXT = 4 * 1024 * 1024;
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
  readonly families: BodyPattern;
}

/** What is known of bodies with one first line. */
interface Known {
  template: Template | undefined;
  /** Characters of the body that the template is made of. */
  length: number;
  /** Bodies to let pass before the next try at a template, and how many that will be after another failure. */
  wait: number;
  patience: number;
  /** Whether a body came with it since lines that nobody uses were last forgotten. */
  isUsed: boolean;
}

/**
 * The templates of bodies that come again and again. A body is worth a template when one that begins alike was there before. When
 * there are more kinds of bodies than can be known, those that are known stay, and the others are read in the ordinary way: with a
 * template made and thrown away for each a push took three times as long.
 */
export class TextTemplates {
  readonly #known = new Map<string, Known>();
  /** Characters of the bodies of all templates. */
  #length = 0;
  /** Bodies that found no room since lines that nobody uses were last forgotten. */
  #turnedAway = 0;

  /** The families of a body of which all but the values is known; `undefined` for any other. */
  fill(text: string): RepeatedBody | undefined {
    const known = this.#known.get(firstLine(text));
    if (known?.template === undefined) return undefined;
    const numbers = readNumbers(known.template, text);
    if (numbers === undefined) return undefined;
    known.patience = 1;
    known.isUsed = true;
    return new RepeatedBody(known.template.families, numbers);
  }

  /**
   * What to note the values of a body in that {@link fill} could not fill, when a template should be made of it. Bodies that begin
   * alike but have more than numbers of their own are tried less and less often.
   */
  recordFor(text: string): ValueRecord | undefined {
    const line = firstLine(text);
    if (line === "") return undefined;
    const known = this.#known.get(line);
    if (known === undefined) {
      this.#note(line);
      return undefined;
    }
    known.isUsed = true;
    if (known.wait-- > 0) return undefined;
    known.wait = known.patience;
    known.patience = Math.min(known.patience * 2, 1024);
    return new ValueRecord();
  }

  /** Makes a template of a parsed body, if it is one that a template can be made of and there is room. */
  learn(text: string, record: ValueRecord, families: readonly PushedFamily[]): void {
    const known = this.#known.get(firstLine(text));
    if (known === undefined) return;
    this.#length -= known.length;
    const hasRoom = this.#length + text.length <= MAX_TEXT;
    known.template = hasRoom ? createTemplate(text, record, families) : undefined;
    known.length = known.template === undefined ? 0 : text.length;
    this.#length += known.length;
    if (!hasRoom) this.#turnAway();
  }

  #note(line: string): void {
    if (this.#known.size >= MAX_KNOWN) this.#turnAway();
    if (this.#known.size >= MAX_KNOWN) return;
    const known = { template: undefined, length: 0, wait: 0, patience: 1, isUsed: true };
    this.#known.set(copyText(line), known);
  }

  #turnAway(): void {
    if (++this.#turnedAway < PATIENCE) return;
    this.#turnedAway = 0;
    for (const [line, known] of this.#known) {
      if (!known.isUsed) {
        this.#known.delete(line);
        this.#length -= known.length;
      }
      known.isUsed = false;
    }
  }
}

/** The first line if it is a comment and the body short; otherwise empty. */
function firstLine(text: string): string {
  if (text.length > MAX_LENGTH || text.charCodeAt(0) !== HASH) return "";
  return text.slice(0, Math.max(text.indexOf("\n"), 0));
}

/** The values of a body that is as the template but for them. */
function readNumbers({ pieces }: Template, text: string): number[] | undefined {
  const values: number[] = [];
  let at = 0;
  for (let index = 0; index + 1 < pieces.length; index++) {
    const piece = pieces[index] as string;
    if (!text.startsWith(piece, at)) return undefined;
    const start = at + piece.length;
    const lineFeed = text.indexOf("\n", start);
    at = lineFeed < 0 ? text.length : lineFeed;
    const value = parseFloatWithin(text, start, at);
    if (value === undefined) return undefined;
    values.push(value);
  }
  const tail = pieces.at(-1) as string;
  return text.length - at === tail.length && text.endsWith(tail) ? values : undefined;
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
