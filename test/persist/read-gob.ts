/** Reads any value of a gob as a JavaScript value, for tests that compare. */

import { GobDecoder } from "../../src/persist/gob.ts";
import { GobError } from "../../src/persist/gob-bytes.ts";

/** A value: structs are objects, maps are lists of pairs, bytes of all kinds are lists of numbers. */
export type Value = unknown;

/** Reads a value of a type. */
export function readValue(decoder: GobDecoder, type: number): Value {
  switch (decoder.type(type).kind) {
    case "bool":
      return decoder.bool(type);
    case "int":
      return decoder.int(type);
    case "uint":
      return decoder.uint(type);
    case "float":
      return decoder.float(type);
    case "string":
    case "bytes":
    case "encoded":
      return [...decoder.bytes(type)];
    case "slice":
    case "array":
      return readList(decoder, type);
    case "map":
      return readMap(decoder, type);
    case "struct":
      return readStruct(decoder, type);
    default:
      decoder.skip(type);
      return "skipped";
  }
}

function readList(decoder: GobDecoder, type: number): Value[] {
  const values: Value[] = [];
  decoder.list(type, (elem) => values.push(readValue(decoder, elem)));
  return values;
}

function readMap(decoder: GobDecoder, type: number): Value[] {
  const values: Value[] = [];
  decoder.map(type, (key, elem) => {
    const read = readValue(decoder, key);
    values.push([read, readValue(decoder, elem)]);
  });
  return values;
}

function readStruct(decoder: GobDecoder, type: number): Value {
  const fields: [string, Value][] = [];
  decoder.struct(type, (name, field) => fields.push([name, readValue(decoder, field)]));
  return Object.fromEntries(fields);
}

/** All values of a stream. */
export function readAll(bytes: Uint8Array): Value[] {
  const decoder = new GobDecoder(bytes);
  const values: Value[] = [];
  for (let type = decoder.next(); type !== undefined; type = decoder.next()) {
    values.push(readValue(decoder, type));
    decoder.finish();
  }
  return values;
}

/** The error of a stream that must be refused. Other errors pass through. */
export function errorOf(bytes: Uint8Array, read: (bytes: Uint8Array) => unknown = readAll): string {
  try {
    read(bytes);
  } catch (error) {
    if (!(error instanceof GobError)) throw error;
    return error.message;
  }
  throw new Error("accepted");
}
