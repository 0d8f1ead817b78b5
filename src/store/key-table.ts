/**
 * The ids of all groups, each with a number, outside of the garbage collector's heap: the texts lie side by side in one array and a
 * hash table finds them. As strings in a Map a hundred thousand ids were as many objects and as many pieces of memory between which
 * those of every request are put, which so were never in the processor's caches: a push took 2.5 µs more of 12 with 100 000 groups
 * held than with 100, now 1 µs.
 *
 * A text is kept as UTF-8, filled up with zeros to whole words, so that most of the work is done four characters at a time. In front
 * of it stands what is asked for once it is found: each other place to look at takes 0.2 µs when it is in no cache.
 */

import { createHashKeys, hashWords } from "./key-hash.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** UTF-8 takes at most three bytes for what is one unit of a JavaScript string. */
const BYTES_PER_UNIT = 3;
const MAX_ASCII = 0x7f;
/** The number of an entry whose text is gone. */
const GONE = -1;
/** Entries of an empty table; a power of two, as always. */
const MIN_SLOTS = 16;
/** Words that the entries take at first, and those of removed ones that are not worth tidying. */
const MIN_WORDS = 256;
/** What a slot holds: 0 or where an entry begins and 1, and the hash of its text. */
const SLOT = 2;
/** What an entry holds: its number, how long its text is, in bytes, two integers of whoever has the table, and the text. */
const NUMBER = 0;
const LENGTH = 1;
const MAJOR = 2;
const MINOR = 3;
const TEXT = 4;

/** Texts and their numbers. */
export class KeyTable {
  #size = 0;
  #slots = new Int32Array(MIN_SLOTS * SLOT);
  /** Where the entry of each number begins, in words. */
  #starts = new Int32Array(MIN_SLOTS);
  #words = new Int32Array(MIN_WORDS);
  #bytes = new Uint8Array(this.#words.buffer);
  /** Where the entry begins that was found last. */
  #latest = 0;
  /** Words in use, and how many of them are those of texts that are gone. */
  #end = 0;
  #unused = 0;
  readonly #free: number[] = [];
  #numbers = 0;
  /** The text that is looked for, and its length in bytes. Kept, so that looking makes nothing. */
  #wanted = new Int32Array(64);
  #wantedBytes = new Uint8Array(this.#wanted.buffer);
  #wantedLength = 0;
  /** Differ from table to table, so that nobody can know which texts get in each other's way. */
  readonly #hashKeys = createHashKeys();
  /** The texts that were asked for, while they are to be remembered. */
  #texts: (string | undefined)[] | undefined;

  /** How many texts there are. */
  get size(): number {
    return this.#size;
  }

  /** How many texts there is room for before the hash table is made larger. */
  get room(): number {
    return this.#slots.length / (2 * SLOT);
  }

  /** The number of a text, or -1. */
  find(text: string): number {
    return this.#locate(this.#want(text));
  }

  /** The number of a text, which is added unless it is there. */
  add(text: string): number {
    const hash = this.#want(text);
    const known = this.#locate(hash);
    if (known >= 0) return known;
    const number = this.#free.pop() ?? this.#numbers++;
    this.#keep(number);
    this.#size++;
    if (this.#size > this.room) this.#resize(this.#slots.length * 2);
    this.#fill(this.#starts[number] as number, hash);
    return number;
  }

  /** Keeps two integers with a number, where they are found without looking anywhere else. */
  setPlace(number: number, major: number, minor: number): void {
    const start = this.#startOf(number);
    this.#words[start + MAJOR] = major;
    this.#words[start + MINOR] = minor;
  }

  /** The first integer kept with a number. */
  major(number: number): number {
    return this.#words[this.#startOf(number) + MAJOR] as number;
  }

  /** The second one. */
  minor(number: number): number {
    return this.#words[this.#startOf(number) + MINOR] as number;
  }

  /** Forgets a number and its text. */
  remove(number: number): void {
    const hash = this.#want(this.text(number));
    const start = this.#startOf(number);
    const mask = this.#mask;
    let slot = hash & mask;
    while (this.#slots[slot * SLOT] !== start + 1) slot = (slot + 1) & mask;
    this.#empty(slot);
    this.#size--;
    this.#free.push(number);
    this.#words[start + NUMBER] = GONE;
    if (this.#texts !== undefined) this.#texts[number] = undefined;
    this.#unused += TEXT + wordsOf(this.#wantedLength);
    if (this.#unused > MIN_WORDS && this.#unused * 2 > this.#end) this.#tidy();
  }

  /** The text of a number; made anew at each call, unless texts are remembered. */
  text(number: number): string {
    const known = this.#texts?.[number];
    if (known !== undefined) return known;
    const start = this.#startOf(number);
    const first = (start + TEXT) * 4;
    const end = first + (this.#words[start + LENGTH] as number);
    const text = decoder.decode(this.#bytes.subarray(first, end));
    if (this.#texts !== undefined) this.#texts[number] = text;
    return text;
  }

  /** Remembers the texts that are asked for while something is done that asks for each of them again and again. */
  remembering<T>(work: () => T): T {
    this.#texts = [];
    try {
      return work();
    } finally {
      this.#texts = undefined;
    }
  }

  /** Whether the text of a number comes after another one, in the order of JavaScript's `<`. */
  isAfter(number: number, text: string): boolean {
    const start = this.#startOf(number);
    const length = this.#words[start + LENGTH] as number;
    const first = (start + TEXT) * 4;
    for (let i = 0; i < length && i < text.length; i++) {
      const byte = this.#bytes[first + i] as number;
      const unit = text.charCodeAt(i);
      if (byte > MAX_ASCII || unit > MAX_ASCII) return this.text(number) > text;
      if (byte !== unit) return byte > unit;
    }
    return length > text.length;
  }

  /** Where the entry of a number begins. Mostly it is the one found last, which spares a look at another place. */
  #startOf(number: number): number {
    const latest = this.#latest;
    return this.#words[latest + NUMBER] === number ? latest : this.#starts[number] as number;
  }

  get #mask(): number {
    return this.#slots.length / SLOT - 1;
  }

  /** Puts a text where it is looked for from, and returns its hash. */
  #want(text: string): number {
    const room = wordsOf(text.length * BYTES_PER_UNIT);
    if (room > this.#wanted.length) {
      this.#wanted = new Int32Array(room);
      this.#wantedBytes = new Uint8Array(this.#wanted.buffer);
    }
    const wanted = this.#wanted;
    const whole = text.length - text.length % 4;
    let all = 0;
    let at = 0;
    for (; at < whole; at += 4) {
      const a = text.charCodeAt(at);
      const b = text.charCodeAt(at + 1);
      const c = text.charCodeAt(at + 2);
      const d = text.charCodeAt(at + 3);
      all |= a | b | c | d;
      wanted[at >> 2] = a | (b << 8) | (c << 16) | (d << 24);
    }
    let last = 0;
    for (let shift = 0; at < text.length; at++, shift += 8) {
      const unit = text.charCodeAt(at);
      all |= unit;
      last |= unit << shift;
    }
    if (whole < text.length) wanted[whole >> 2] = last;
    this.#wantedLength = all > MAX_ASCII ? this.#encode(text) : text.length;
    return hashWords(this.#wanted, wordsOf(this.#wantedLength), this.#hashKeys);
  }

  #encode(text: string): number {
    const { written } = encoder.encodeInto(text, this.#wantedBytes);
    this.#wantedBytes.fill(0, written, wordsOf(written) * 4);
    return written;
  }

  #locate(hash: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = hash & mask;; slot = (slot + 1) & mask) {
      const start = (slots[slot * SLOT] as number) - 1;
      if (start < 0) return -1;
      if (slots[slot * SLOT + 1] === hash && this.#isWanted(start)) {
        this.#latest = start;
        return this.#words[start + NUMBER] as number;
      }
    }
  }

  #isWanted(start: number): boolean {
    const words = this.#words;
    if (words[start + LENGTH] !== this.#wantedLength) return false;
    const wanted = this.#wanted;
    const count = wordsOf(this.#wantedLength);
    for (let i = 0; i < count; i++) if (words[start + TEXT + i] !== wanted[i]) return false;
    return true;
  }

  /** Makes an entry of the text that was looked for. */
  #keep(number: number): void {
    const count = wordsOf(this.#wantedLength);
    const start = this.#end;
    if (number >= this.#starts.length) this.#starts = grown(this.#starts, 1);
    this.#end += TEXT + count;
    if (this.#end > this.#words.length) this.#setWords(grown(this.#words, TEXT + count));
    this.#words[start + NUMBER] = number;
    this.#words[start + LENGTH] = this.#wantedLength;
    this.#words.set(this.#wanted.subarray(0, count), start + TEXT);
    this.#starts[number] = start;
  }

  #setWords(words: Int32Array<ArrayBuffer>): void {
    this.#words = words;
    this.#bytes = new Uint8Array(words.buffer);
  }

  #fill(start: number, hash: number): void {
    const mask = this.#mask;
    let slot = hash & mask;
    while (this.#slots[slot * SLOT] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot * SLOT] = start + 1;
    this.#slots[slot * SLOT + 1] = hash;
  }

  /** Empties a slot and moves up those behind it that would not be found any more (Knuth, volume 3, 6.4, algorithm R). */
  #empty(slot: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = slot;
    for (let next = (hole + 1) & mask; slots[next * SLOT] !== 0; next = (next + 1) & mask) {
      const home = (slots[next * SLOT + 1] as number) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      slots.copyWithin(hole * SLOT, next * SLOT, (next + 1) * SLOT);
      hole = next;
    }
    slots[hole * SLOT] = 0;
  }

  #resize(length: number): void {
    const old = this.#slots;
    this.#slots = new Int32Array(length);
    for (let at = 0; at < old.length; at += SLOT) {
      const entry = old[at] as number;
      if (entry !== 0) this.#fill(entry - 1, old[at + 1] as number);
    }
  }

  /** Moves the entries together; in a table far too large for them that would take longer each time than it takes to remove them. */
  #tidy(): void {
    while (this.room > MIN_SLOTS && this.room > this.#size * 4) {
      this.#resize(this.#slots.length / 2);
    }
    const old = this.#words;
    this.#setWords(new Int32Array(Math.max(MIN_WORDS, this.#end - this.#unused)));
    this.#end = 0;
    this.#unused = 0;
    this.#latest = 0;
    for (let slot = 0; slot < this.#slots.length; slot += SLOT) {
      const start = (this.#slots[slot] as number) - 1;
      if (start < 0) continue;
      const end = start + TEXT + wordsOf(old[start + LENGTH] as number);
      this.#words.set(old.subarray(start, end), this.#end);
      this.#starts[old[start + NUMBER] as number] = this.#end;
      this.#slots[slot] = this.#end + 1;
      this.#end += end - start;
    }
  }
}

function wordsOf(bytes: number): number {
  return (bytes + 3) >> 2;
}

/** By a quarter: room that is not used counts for the garbage collector. */
function grown(array: Int32Array, least: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.ceil(array.length * 1.25) + least);
  larger.set(array);
  return larger;
}
