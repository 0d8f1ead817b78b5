/**
 * The bottom of a gob stream: integers, floats and byte strings, read from front to back. Every length is held to the bytes that
 * are left before anything is done with it.
 *
 * Spec: https://pkg.go.dev/encoding/gob (section "Encoding Details")
 */

/** A stream that is not a gob, or not the one that is wanted. No other error comes out of reading one. */
export class GobError extends Error {
  /** Where in the stream it was noticed, in bytes. */
  readonly offset: number;

  /** Makes an error that says what is wrong where. */
  constructor(reason: string, offset: number) {
    super(`gob: ${reason} (at byte ${offset})`);
    this.name = "GobError";
    this.offset = offset;
  }
}

const MAX_INTEGER_BYTES = 8;
const scratch = new DataView(new ArrayBuffer(8));

/** Reads the primitives of one stream. */
export class GobBytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Where the next byte is read. */
  position = 0;
  /** Where reading must stop: the end of a message or of all there is. */
  end: number;

  /** Begins to read. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.length;
  }

  /** How many bytes there are in all. */
  get length(): number {
    return this.#bytes.length;
  }

  /** Reads an unsigned integer of up to 64 bits. */
  uint(): bigint {
    const length = this.#integerLength();
    if (length === 0) return BigInt(this.#byte());
    let value = 0n;
    for (let left = length; left > 0; left--) value = (value << 8n) | BigInt(this.#byte());
    return value;
  }

  /** Reads an unsigned integer of which little is expected: a length, a count, a step; beyond 2^53 it is rounded. */
  number(): number {
    const length = this.#integerLength();
    if (length === 0) return this.#byte();
    let value = 0;
    for (let left = length; left > 0; left--) value = value * 256 + this.#byte();
    return value;
  }

  /** Reads a signed integer: the lowest bit says whether the others are complemented. */
  int(): bigint {
    const value = this.uint();
    return (value & 1n) === 0n ? value >> 1n : ~(value >> 1n);
  }

  /** Reads a float: its eight bytes from the lowest, as one integer, so that zeros at the end of the fraction take no room. */
  float(): number {
    scratch.setBigUint64(0, this.uint(), true);
    return scratch.getFloat64(0);
  }

  /** Reads how many elements follow. Each takes one byte at least, so that no count can be larger than what is left. */
  count(): number {
    const start = this.position;
    const count = this.number();
    if (count > this.end - this.position) {
      this.fail(`${count} announced with ${this.end - this.position} bytes left`, start);
    }
    return count;
  }

  /** Reads bytes that stand behind their length. They are not copied. */
  bytes(): Uint8Array {
    return this.#take(this.count());
  }

  /** Refuses the stream. */
  fail(reason: string, offset: number = this.position): never {
    throw new GobError(reason, offset);
  }

  #take(length: number): Uint8Array {
    const taken = this.#bytes.subarray(this.position, this.position + length);
    this.position += length;
    return taken;
  }

  #byte(): number {
    if (this.position >= this.end) {
      const whole = this.end === this.length;
      this.fail(whole ? "unexpected end of the stream" : "a value reaches beyond its message");
    }
    return this.#view.getUint8(this.position++);
  }

  /** Of an integer of one byte that is below 128, nothing but the value is written: 0. Else the number of bytes, negated. */
  #integerLength(): number {
    const first = this.#byte();
    if (first < 0x80) {
      this.position--;
      return 0;
    }
    const length = 0x100 - first;
    if (length > MAX_INTEGER_BYTES) {
      this.fail(`an integer of ${length} bytes`, this.position - 1);
    }
    return length;
  }
}
