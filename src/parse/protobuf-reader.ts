/**
 * Walks the fields of protobuf messages in one body. Stricter than the library below it, because what passes here may be sent on
 * as it is and has to pass the parser of every scraper: lengths and integers that overflow, integers cut short, fields of the
 * wrong wire type and text that is not UTF-8 are errors.
 *
 * Spec: https://protobuf.dev/programming-guides/encoding/
 */

import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { GatewayError } from "../model/error.ts";

/** How deep unknown groups may be nested. Messages that are known are nested four deep. */
const MAX_DEPTH = 100;
const MAX_TAG = 0xffff_ffff;
const MAX_VARINT_BYTES = 10;
/** Up to this length the library's reading of 32 bits loses nothing. */
const SHORT_VARINT_BYTES = 4;
/** How many texts are remembered, and up to which length. */
const RECENT = 256;
const MAX_RECENT_LENGTH = 32;

/** Reads one body from front to back. */
export class ProtobufReader {
  readonly #bytes: Uint8Array;
  readonly #reader: BinaryReader;
  /** Number of the delimited message that is being read, for errors. */
  message: number;
  /** Number of the current field. */
  field = 0;
  #type: number = WireType.Varint;
  /** Texts that were read lately, by a simple hash. */
  readonly #recent: string[] = [];

  /** Begins to read. */
  constructor(bytes: Uint8Array, message = 1) {
    this.#bytes = bytes;
    this.#reader = new BinaryReader(bytes);
    this.message = message;
  }

  /** Where the next byte is read; may be set to where a message was found before. */
  get position(): number {
    return this.#reader.pos;
  }

  set position(position: number) {
    this.#reader.pos = position;
  }

  /** How many bytes there are. */
  get length(): number {
    return this.#bytes.length;
  }

  /** The bytes of a part of the body, not copied. */
  bytes(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(start, end);
  }

  /** Goes to the next field of the message that ends at `end`; false when there is none. */
  next(end: number): boolean {
    if (this.#reader.pos >= end) {
      if (this.#reader.pos > end) this.fail("a field reaches beyond the end of its message");
      return false;
    }
    const tag = this.#readVarint();
    this.field = tag >>> 3;
    this.#type = tag & 7;
    if (tag > MAX_TAG || this.field === 0) this.fail("invalid field number");
    return true;
  }

  /** Reads the current field as an unsigned 64-bit integer; beyond 2^53 the number is rounded. */
  varint(): number {
    this.#expect(WireType.Varint);
    return this.#readVarint();
  }

  /** Reads the current field as a double. */
  double(): number {
    this.#expect(WireType.Bit64);
    this.#require(8);
    return this.#reader.double();
  }

  /** Reads the current field as text. */
  string(): string {
    this.#expect(WireType.LengthDelimited);
    const start = this.#reader.pos;
    const end = this.enterDelimited();
    const length = end - this.#reader.pos;
    if (length > MAX_RECENT_LENGTH || length === 0) return this.#readString(start);
    // Names and many values of labels repeat from series to series. To look is cheaper than to make another string.
    const slot = (length * 31 + this.#byte(end - 1) * 7 + this.#byte(end - length)) % RECENT;
    const recent = this.#recent[slot];
    if (recent !== undefined && this.#isAt(recent, end - length, length)) {
      this.#reader.pos = end;
      return recent;
    }
    return this.#recent[slot] = this.#readString(start);
  }

  /** Enters the message in the current field and returns where it ends. */
  enter(): number {
    this.#expect(WireType.LengthDelimited);
    return this.enterDelimited();
  }

  /** Enters a message that stands behind its length, without a field; returns where it ends. */
  enterDelimited(): number {
    const length = this.#readLength();
    return this.#reader.pos + length;
  }

  /** Passes over the numbers of the current field, a repeated one: one number, or many behind a length. */
  checkNumbers(kind: "varint" | "double"): void {
    if (this.#type !== WireType.LengthDelimited) {
      if (kind === "varint") this.varint();
      else this.double();
      return;
    }
    const end = this.enterDelimited();
    if (kind === "double") {
      if ((end - this.#reader.pos) % 8 !== 0) this.fail(`field ${this.field} is cut short`);
      this.#reader.pos = end;
    }
    while (this.#reader.pos < end) this.#readVarint();
    if (this.#reader.pos > end) this.fail(`field ${this.field} is cut short`);
  }

  /** Passes over the current field, whatever it is. */
  skip(depth = 0): void {
    switch (this.#type) {
      case WireType.Varint:
        this.#readVarint();
        break;
      case WireType.Bit64:
        this.#advance(8);
        break;
      case WireType.Bit32:
        this.#advance(4);
        break;
      case WireType.LengthDelimited:
        this.#advance(this.#readLength());
        break;
      case WireType.StartGroup:
        this.#skipGroup(this.field, depth + 1);
        break;
      case WireType.EndGroup:
        this.fail("end of a group that was not begun");
        break;
      default:
        this.fail(`invalid wire type ${this.#type}`);
    }
  }

  /** Refuses the body. */
  fail(reason: string): never {
    throw new GatewayError(
      "malformed",
      `protobuf parsing error in message ${this.message}: ${reason}`,
    );
  }

  #readString(start: number): string {
    this.#reader.pos = start;
    try {
      return this.#reader.string(true);
    } catch {
      return this.fail(`field ${this.field} is not valid UTF-8`);
    }
  }

  #byte(at: number): number {
    return this.#bytes[at] as number;
  }

  /** Whether a text is what stands there, and is ASCII: of other texts the characters are not the bytes. */
  #isAt(text: string, at: number, length: number): boolean {
    if (text.length !== length) return false;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code !== this.#bytes[at + i] || code > 0x7f) return false;
    }
    return true;
  }

  #skipGroup(group: number, depth: number): void {
    if (depth > MAX_DEPTH) this.fail("groups are nested too deeply");
    while (this.next(this.#bytes.length)) {
      if (this.#type !== WireType.EndGroup) {
        this.skip(depth);
        continue;
      }
      if (this.field !== group) this.fail("mismatching end of a group");
      return;
    }
    this.fail(CUT_SHORT);
  }

  #expect(type: number): void {
    if (this.#type !== type) {
      this.fail(`field ${this.field} has wire type ${this.#type}, expected ${type}`);
    }
  }

  #readVarint(): number {
    const start = this.#reader.pos;
    const first = this.#bytes[start] ?? this.fail(CUT_SHORT);
    if (first < 0x80) {
      this.#reader.pos = start + 1;
      return first;
    }
    let last = start + 1;
    while ((this.#bytes[last] ?? 0) >= 0x80 && last - start < MAX_VARINT_BYTES) last++;
    const length = last - start + 1;
    const lastByte = this.#bytes[last] ?? this.fail(CUT_SHORT);
    if (length > MAX_VARINT_BYTES || (length === MAX_VARINT_BYTES && lastByte > 1)) {
      this.fail("an integer has more than 64 bits");
    }
    return length <= SHORT_VARINT_BYTES ? this.#reader.uint32() : Number(this.#reader.uint64());
  }

  #readLength(): number {
    const length = this.#readVarint();
    this.#require(length);
    return length;
  }

  #require(bytes: number): void {
    if (bytes > this.#bytes.length - this.#reader.pos) this.fail(CUT_SHORT);
  }

  #advance(bytes: number): void {
    this.#require(bytes);
    this.#reader.pos += bytes;
  }
}

const CUT_SHORT = "unexpected end of the body";
