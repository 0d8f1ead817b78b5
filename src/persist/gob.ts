/**
 * A reader of gob streams, the format in which Go programs store their values. It knows no Go types: it walks a value by the type
 * definitions that the stream brings along, and whoever reads picks fields by name, so that neither their order nor fields that came
 * or went between versions matter.
 *
 * Nothing is built up: the reader is moved over the value, and only what the caller keeps takes memory. Strings are bytes, because
 * Go's strings need not be UTF-8. Every step takes a byte at least, nesting is bounded, and no count is believed that is larger
 * than what is left, so that bad input ends in an error after no more work than its length. Interface values, for which Go needs
 * a registry of types, are refused.
 *
 * Spec: https://pkg.go.dev/encoding/gob (section "Encoding Details")
 */

import { GobBytes } from "./gob-bytes.ts";
import {
  FIRST_TYPE,
  type GobKind,
  type GobType,
  KNOWN_TYPES,
  readDefinition,
} from "./gob-types.ts";

/** How deep values may be nested; those of a Pushgateway are ten deep. */
const MAX_DEPTH = 100;

/**
 * Walks one stream. A method that reads a value takes the number of its type and leaves the reader behind the value; a callback
 * must read or skip what it is called for.
 */
export class GobDecoder {
  readonly #bytes: GobBytes;
  readonly #types = new Map<number, GobType>(KNOWN_TYPES);
  #depth = 0;

  /** Begins to read. */
  constructor(bytes: Uint8Array) {
    this.#bytes = new GobBytes(bytes);
  }

  /**
   * Goes to the next value, by way of the definitions that stand before it.
   *
   * @returns the number of its type, or `undefined` at the end of the stream.
   * @throws GobError when there is something else.
   */
  next(): number | undefined {
    for (;;) {
      const type = this.#enterMessage();
      if (type === undefined) return undefined;
      if (type >= 0) {
        // A value that is no struct stands behind a zero, as if it were a field.
        if (this.type(type).kind !== "struct" && this.#bytes.number() !== 0) {
          this.fail("a value without the zero before it");
        }
        return type;
      }
      this.#define(-type);
    }
  }

  /**
   * Reads one message when it is a definition.
   *
   * @returns the type defined, or `undefined` when there is no message or a value in it.
   */
  nextDefinition(): GobType | undefined {
    const type = this.#enterMessage();
    return type === undefined || type >= 0 ? undefined : this.#define(-type);
  }

  /** Makes sure that the value which was read is all that there was in its message. */
  finish(): void {
    const left = this.#bytes.end - this.#bytes.position;
    if (left > 0) this.fail(`${left} bytes left over in a message`);
    this.#bytes.end = this.#bytes.length;
  }

  /** The type with a number. */
  type(number: number): GobType {
    return this.#types.get(number) ?? this.fail(`type ${number} is not defined`);
  }

  /** Reads a struct: calls back for each field that is there, in the order of their definition. Fields that are zero are not there. */
  struct(type: number, onField: (name: string, type: number) => void): void {
    const { fields, name } = this.#expect(type, "struct");
    this.#nest(() => {
      let at = -1;
      for (let step = this.#bytes.number(); step !== 0; step = this.#bytes.number()) {
        at += step;
        const field = fields[at] ??
          this.fail(`field ${at} of struct ${show(name)}, which has ${fields.length}`);
        onField(field.name, field.type);
      }
    });
  }

  /** Reads a map: calls back for each pair; the key has to be read first. */
  map(type: number, onEntry: (key: number, elem: number) => void): void {
    const { key, elem } = this.#expect(type, "map");
    this.#nest(() => {
      for (let left = this.#bytes.count(); left > 0; left--) onEntry(key, elem);
    });
  }

  /** Reads a slice or an array: calls back for each element. */
  list(type: number, onElement: (type: number) => void): void {
    const found = this.type(type);
    const { elem } = found.kind === "array" ? found : this.#expect(type, "slice");
    this.#nest(() => {
      const count = this.#bytes.count();
      if (found.kind === "array" && count !== found.size) {
        this.fail(`${count} elements of an array that has ${found.size}`);
      }
      for (let left = count; left > 0; left--) onElement(elem);
    });
  }

  /** Reads a string, a []byte, or what a type made of itself. The bytes are not copied. */
  bytes(type: number): Uint8Array {
    this.#expect(type, "string", "bytes", "encoded");
    return this.#bytes.bytes();
  }

  /** Reads a signed integer. */
  int(type: number): bigint {
    this.#expect(type, "int");
    return this.#bytes.int();
  }

  /** Reads an unsigned integer. */
  uint(type: number): bigint {
    this.#expect(type, "uint");
    return this.#bytes.uint();
  }

  /** Reads a float. */
  float(type: number): number {
    this.#expect(type, "float");
    return this.#bytes.float();
  }

  /** Reads a bool. */
  bool(type: number): boolean {
    this.#expect(type, "bool");
    return this.#bytes.uint() !== 0n;
  }

  /** Passes over a value of any type. */
  skip(type: number): void {
    switch (this.type(type).kind) {
      case "struct":
        return this.struct(type, (_, field) => this.skip(field));
      case "map":
        return this.map(type, (key, elem) => {
          this.skip(key);
          this.skip(elem);
        });
      case "slice":
      case "array":
        return this.list(type, (elem) => this.skip(elem));
      case "string":
      case "bytes":
      case "encoded":
        this.#bytes.bytes();
        return;
      case "interface":
        return this.fail("interface values cannot be read");
      case "complex":
        this.#bytes.float();
    }
    // What is left are numbers: a complex one is two, and all of them are integers on the wire.
    this.#bytes.number();
  }

  /** Refuses the stream. */
  fail(reason: string): never {
    return this.#bytes.fail(reason);
  }

  /** Goes into the next message and reads the number that it begins with: a type's, negative when it is being defined. */
  #enterMessage(): number | undefined {
    const bytes = this.#bytes;
    if (bytes.position >= bytes.length) return undefined;
    const length = bytes.number();
    // A message that is cut short is read as far as it goes.
    bytes.end = Math.min(bytes.position + length, bytes.length);
    return Number(bytes.int());
  }

  #define(number: number): GobType {
    if (number < FIRST_TYPE || this.#types.has(number)) {
      this.fail(`type ${number} is defined again`);
    }
    const type = readDefinition(this);
    this.#types.set(number, type);
    this.finish();
    return type;
  }

  #expect<K extends GobKind>(
    number: number,
    ...kinds: readonly K[]
  ): Extract<GobType, { kind: K }> {
    const type = this.type(number);
    const isExpected = (one: GobType): one is Extract<GobType, { kind: K }> =>
      (kinds as readonly GobKind[]).includes(one.kind);
    if (isExpected(type)) return type;
    return this.fail(`expected ${kinds[0]}, found ${type.kind} ${show(type.name)}`);
  }

  #nest(read: () => void): void {
    if (this.#depth >= MAX_DEPTH) this.fail("values are nested too deeply");
    this.#depth++;
    read();
    this.#depth--;
  }
}

const MAX_SHOWN = 64;

/** A name that came with the stream, in an error. */
function show(name: string): string {
  return JSON.stringify(name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}…` : name);
}
