/**
 * The ids of all groups, each with a number, outside of the garbage collector's heap: the texts lie side by side in one array and a
 * hash table finds them. As strings in a Map a hundred thousand ids were as many objects and as many pieces of memory between which
 * those of every request are put, which so were never in the processor's caches: a push took 2.5 µs more of 12 with 100 000 groups
 * held than with 100, now 1 µs.
 *
 * A text is kept as UTF-8, filled up with zeros to whole words, so that most of the work is done four characters at a time.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** UTF-8 takes at most three bytes for what is one unit of a JavaScript string. */
const BYTES_PER_UNIT = 3;
const MAX_ASCII = 0x7f;
/** Entries of an empty table; a power of two, as always. */
const MIN_SLOTS = 16;
/** Words that the texts take at first, and those of removed ones that are not worth tidying. */
const MIN_WORDS = 256;
/** What a slot holds: 0 or a number and 1, and its hash. */
const SLOT = 2;
/** What is known of a number: where its text begins, in words, how long it is, in bytes, and its place. */
const ENTRY = 4;
const START = 0;
const LENGTH = 1;
const PLACE = 2;

/** Texts and their numbers. */
export class KeyTable {
  #size = 0;
  #slots = new Int32Array(MIN_SLOTS * SLOT);
  #entries = new Int32Array(MIN_SLOTS * ENTRY);
  #words = new Int32Array(MIN_WORDS);
  #bytes = new Uint8Array(this.#words.buffer);
  /** Words in use, and how many of them are those of texts that are gone. */
  #end = 0;
  #unused = 0;
  readonly #free: number[] = [];
  #numbers = 0;
  /** The text that is looked for, and its length in bytes. Kept, so that looking makes nothing. */
  #wanted = new Int32Array(64);
  #wantedBytes = new Uint8Array(this.#wanted.buffer);
  #wantedLength = 0;
  /** Differs from table to table, so that nobody can know which texts get in each other's way. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32) | 0;
  /** The texts that were asked for, while they are to be remembered. */
  #texts: (string | undefined)[] | undefined;

  /** How many texts there are. */
  get size(): number {
    return this.#size;
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
    if (this.#size * 2 * SLOT > this.#slots.length) this.#enlarge();
    this.#fill(number, hash);
    return number;
  }

  /** Keeps two integers with a number, where they are found without looking anywhere else. */
  setPlace(number: number, major: number, minor: number): void {
    this.#entries[number * ENTRY + PLACE] = major;
    this.#entries[number * ENTRY + PLACE + 1] = minor;
  }

  /** The first integer kept with a number. */
  major(number: number): number {
    return this.#entries[number * ENTRY + PLACE] as number;
  }

  /** The second one. */
  minor(number: number): number {
    return this.#entries[number * ENTRY + PLACE + 1] as number;
  }

  /** Forgets a number and its text. */
  remove(number: number): void {
    const text = this.text(number);
    const hash = this.#want(text);
    const mask = this.#mask;
    let slot = hash & mask;
    while (this.#slots[slot * SLOT] !== number + 1) slot = (slot + 1) & mask;
    this.#empty(slot);
    this.#size--;
    this.#free.push(number);
    if (this.#texts !== undefined) this.#texts[number] = undefined;
    this.#unused += wordsOf(this.#entries[number * ENTRY + LENGTH] as number);
    this.#entries[number * ENTRY + LENGTH] = -1;
    if (this.#unused > MIN_WORDS && this.#unused * 2 > this.#end) this.#tidy();
  }

  /** The text of a number; made anew at each call, unless texts are remembered. */
  text(number: number): string {
    const known = this.#texts?.[number];
    if (known !== undefined) return known;
    const start = (this.#entries[number * ENTRY + START] as number) * 4;
    const end = start + (this.#entries[number * ENTRY + LENGTH] as number);
    const text = decoder.decode(this.#bytes.subarray(start, end));
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
    const start = (this.#entries[number * ENTRY + START] as number) * 4;
    const length = this.#entries[number * ENTRY + LENGTH] as number;
    for (let i = 0; i < length && i < text.length; i++) {
      const byte = this.#bytes[start + i] as number;
      const unit = text.charCodeAt(i);
      if (byte > MAX_ASCII || unit > MAX_ASCII) return this.text(number) > text;
      if (byte !== unit) return byte > unit;
    }
    return length > text.length;
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
    return this.#hash();
  }

  #encode(text: string): number {
    const { written } = encoder.encodeInto(text, this.#wantedBytes);
    this.#wantedBytes.fill(0, written, wordsOf(written) * 4);
    return written;
  }

  /** FNV-1a (draft-eastlake-fnv) by words, its bits mixed in the end as MurmurHash3 does: a table takes the low ones alone. */
  #hash(): number {
    const wanted = this.#wanted;
    const words = wordsOf(this.#wantedLength);
    let hash = this.#seed;
    for (let i = 0; i < words; i++) hash = Math.imul(hash ^ (wanted[i] as number), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }

  #locate(hash: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = hash & mask;; slot = (slot + 1) & mask) {
      const number = (slots[slot * SLOT] as number) - 1;
      if (number < 0) return -1;
      if (slots[slot * SLOT + 1] === hash && this.#isWanted(number)) return number;
    }
  }

  #isWanted(number: number): boolean {
    const start = this.#entries[number * ENTRY + START] as number;
    if (this.#entries[number * ENTRY + LENGTH] !== this.#wantedLength) return false;
    const words = this.#words;
    const wanted = this.#wanted;
    const count = wordsOf(this.#wantedLength);
    for (let i = 0; i < count; i++) if (words[start + i] !== wanted[i]) return false;
    return true;
  }

  /** Keeps the text that was looked for under a number. */
  #keep(number: number): void {
    const count = wordsOf(this.#wantedLength);
    if ((number + 1) * ENTRY > this.#entries.length) this.#entries = grown(this.#entries, 0);
    if (this.#end + count > this.#words.length) this.#setWords(grown(this.#words, count));
    this.#words.set(this.#wanted.subarray(0, count), this.#end);
    this.#entries[number * ENTRY + START] = this.#end;
    this.#entries[number * ENTRY + LENGTH] = this.#wantedLength;
    this.#end += count;
  }

  #setWords(words: Int32Array<ArrayBuffer>): void {
    this.#words = words;
    this.#bytes = new Uint8Array(words.buffer);
  }

  #fill(number: number, hash: number): void {
    const mask = this.#mask;
    let slot = hash & mask;
    while (this.#slots[slot * SLOT] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot * SLOT] = number + 1;
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

  #enlarge(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (let at = 0; at < old.length; at += SLOT) {
      const entry = old[at] as number;
      if (entry !== 0) this.#fill(entry - 1, old[at + 1] as number);
    }
  }

  /** Moves the texts together. */
  #tidy(): void {
    const old = this.#words;
    this.#setWords(new Int32Array(Math.max(MIN_WORDS, this.#end - this.#unused)));
    this.#end = 0;
    this.#unused = 0;
    for (let number = 0; number < this.#numbers; number++) {
      const length = this.#entries[number * ENTRY + LENGTH] as number;
      if (length < 0) continue;
      const start = this.#entries[number * ENTRY + START] as number;
      const count = wordsOf(length);
      this.#words.set(old.subarray(start, start + count), this.#end);
      this.#entries[number * ENTRY + START] = this.#end;
      this.#end += count;
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
