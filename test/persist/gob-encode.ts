/**
 * Writes gob streams for tests, whether or not they make sense. The numbers of types are given by hand.
 */

import { FIRST_TYPE } from "../../src/persist/gob-types.ts";

/** Bytes that are put together. */
export type Bytes = readonly number[];

/** A stream of these bytes. */
export function stream(...parts: readonly Bytes[]): Uint8Array {
  return Uint8Array.from(parts.flat());
}

/** An unsigned integer. */
export function uint(value: bigint | number): Bytes {
  if (value < 0x80) return [Number(value)];
  const bytes: number[] = [];
  for (let rest = BigInt(value); rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 0xffn));
  return [0x100 - bytes.length, ...bytes];
}

/** A signed integer. */
export function int(value: bigint | number): Bytes {
  const big = BigInt(value);
  return uint(big < 0n ? (~big << 1n) | 1n : big << 1n);
}

/** A float. */
export function float(value: number): Bytes {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return uint(view.getBigUint64(0, true));
}

/** Bytes or text behind their length. */
export function bytes(value: string | Iterable<number>): Bytes {
  const encoded = typeof value === "string" ? new TextEncoder().encode(value) : value;
  const list = [...encoded];
  return [...uint(list.length), ...list];
}

/** A struct of the fields given by number, in order. */
export function struct(...fields: readonly (readonly [at: number, value: Bytes])[]): Bytes {
  let before = -1;
  const parts = fields.flatMap(([at, value]) => {
    const step = at - before;
    before = at;
    return [...uint(step), ...value];
  });
  return [...parts, 0];
}

/** A slice or array. */
export function list(...elems: readonly Bytes[]): Bytes {
  return [...uint(elems.length), ...elems.flat()];
}

/** A map. */
export function map(...pairs: readonly (readonly [key: Bytes, elem: Bytes])[]): Bytes {
  return [...uint(pairs.length), ...pairs.flat(2)];
}

/** A message: bytes behind their length. */
export function message(...parts: readonly Bytes[]): Bytes {
  return bytes(parts.flat());
}

/** A message with a value of a type; one that is no struct stands behind a zero. */
export function value(type: number, encoded: Bytes, isStruct = false): Bytes {
  return message(int(type), isStruct ? [] : [0], encoded);
}

/** The numbers of the types that need no definition. */
export const BOOL = 1, INT = 2, UINT = 3, FLOAT = 4, BYTES = 5, STRING = 6, COMPLEX = 7;
/** The number of interface values. */
export const INTERFACE = 8;

/** The definition of a type. */
export type Definition =
  | { readonly array: number; readonly size: number }
  | { readonly slice: number }
  | { readonly struct: Readonly<Record<string, number>> }
  | { readonly map: readonly [key: number, elem: number] }
  | { readonly encoded: "GobEncoder" | "BinaryMarshaler" | "TextMarshaler" };

/** A message that defines a type. */
export function define(number: number, definition: Definition, name = ""): Bytes {
  const common = struct([0, bytes(name)], [1, int(number)]);
  return message(int(-number), wireType(definition, common));
}

const SORTS = { GobEncoder: 4, BinaryMarshaler: 5, TextMarshaler: 6 } as const;

function wireType(definition: Definition, common: Bytes): Bytes {
  if ("array" in definition) {
    return struct([0, struct([0, common], [1, int(definition.array)], [2, int(definition.size)])]);
  }
  if ("slice" in definition) return struct([1, struct([0, common], [1, int(definition.slice)])]);
  if ("struct" in definition) {
    const fields = Object.entries(definition.struct)
      .map(([name, type]) => struct([0, bytes(name)], [1, int(type)]));
    return struct([2, struct([0, common], [1, list(...fields)])]);
  }
  if ("map" in definition) {
    const [key, elem] = definition.map;
    return struct([3, struct([0, common], [1, int(key)], [2, int(elem)])]);
  }
  return struct([SORTS[definition.encoded], struct([0, common])]);
}

/** The number of the first type that a stream defines. */
export const FIRST: number = FIRST_TYPE;
