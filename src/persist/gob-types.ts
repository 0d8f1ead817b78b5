/**
 * The types of a gob stream. A stream brings the definitions of its types along; the types that definitions are made of are known
 * beforehand, under fixed numbers, so that a definition is read like any other value.
 *
 * Spec: https://pkg.go.dev/encoding/gob (section "Encoding Details")
 */

import type { GobDecoder } from "./gob.ts";

/** A field of a struct. */
export interface GobField {
  /** Its name in Go. */
  readonly name: string;
  /** The number of its type. */
  readonly type: number;
}

/** A type. Other types are referred to by number, since they may be defined later. */
export type GobType =
  | {
    readonly kind: "bool" | "int" | "uint" | "float" | "bytes" | "string" | "complex" | "interface";
    readonly name: string;
  }
  | { readonly kind: "struct"; readonly name: string; readonly fields: readonly GobField[] }
  | { readonly kind: "map"; readonly name: string; readonly key: number; readonly elem: number }
  | { readonly kind: "slice"; readonly name: string; readonly elem: number }
  | { readonly kind: "array"; readonly name: string; readonly elem: number; readonly size: number }
  /** A type that makes its own bytes: GobEncoder, BinaryMarshaler, TextMarshaler. */
  | { readonly kind: "encoded"; readonly name: string };

/** What sort of type it is. */
export type GobKind = GobType["kind"];

/** The lowest number that a stream may give to a type. */
export const FIRST_TYPE = 64;

const INT = 2;
const STRING = 6;
const WIRE_TYPE = 16;
const ARRAY = 17;
const COMMON = 18;
const SLICE = 19;
const STRUCT = 20;
const FIELD = 21;
const FIELDS = 22;
const MAP = 23;
// Came later, and never stands in a stream: only a definition refers to it.
const ENCODED = 24;

/** The types that every stream knows. */
export const KNOWN_TYPES: ReadonlyMap<number, GobType> = new Map<number, GobType>([
  [1, { kind: "bool", name: "bool" }],
  [INT, { kind: "int", name: "int" }],
  [3, { kind: "uint", name: "uint" }],
  [4, { kind: "float", name: "float" }],
  [5, { kind: "bytes", name: "[]byte" }],
  [STRING, { kind: "string", name: "string" }],
  [7, { kind: "complex", name: "complex" }],
  [8, { kind: "interface", name: "interface" }],
  [
    WIRE_TYPE,
    struct("wireType", {
      ArrayT: ARRAY,
      SliceT: SLICE,
      StructT: STRUCT,
      MapT: MAP,
      GobEncoderT: ENCODED,
      BinaryMarshalerT: ENCODED,
      TextMarshalerT: ENCODED,
    }),
  ],
  [ARRAY, struct("ArrayType", { CommonType: COMMON, Elem: INT, Len: INT })],
  [COMMON, struct("CommonType", { Name: STRING, Id: INT })],
  [SLICE, struct("SliceType", { CommonType: COMMON, Elem: INT })],
  [STRUCT, struct("StructType", { CommonType: COMMON, Field: FIELDS })],
  [FIELD, struct("FieldType", { Name: STRING, Id: INT })],
  [FIELDS, { kind: "slice", name: "[]FieldType", elem: FIELD }],
  [MAP, struct("MapType", { CommonType: COMMON, Key: INT, Elem: INT })],
  [ENCODED, struct("gobEncoderType", { CommonType: COMMON })],
]);

function struct(name: string, fields: Readonly<Record<string, number>>): GobType {
  const list = Object.entries(fields).map(([field, type]) => ({ name: field, type }));
  return { kind: "struct", name, fields: list };
}

/**
 * Reads the definition of a type, which is a value of the type `wireType`.
 *
 * @throws GobError when it is none.
 */
export function readDefinition(decoder: GobDecoder): GobType {
  let defined: GobType | undefined;
  decoder.struct(WIRE_TYPE, (sort, type) => {
    defined = typeOf(sort, readParts(decoder, type));
  });
  return defined ?? decoder.fail("a type definition that defines nothing");
}

/** What the definitions of all sorts of types consist of. */
interface Parts {
  name: string;
  key: number;
  elem: number;
  size: number;
  readonly fields: GobField[];
}

function typeOf(sort: string, { name, key, elem, size, fields }: Parts): GobType {
  switch (sort) {
    case "ArrayT":
      return { kind: "array", name, elem, size };
    case "SliceT":
      return { kind: "slice", name, elem };
    case "StructT":
      return { kind: "struct", name, fields };
    case "MapT":
      return { kind: "map", name, key, elem };
    default:
      return { kind: "encoded", name };
  }
}

function readParts(decoder: GobDecoder, sort: number): Parts {
  const parts: Parts = { name: "", key: 0, elem: 0, size: 0, fields: [] };
  decoder.struct(sort, (field, type) => {
    if (field === "CommonType") parts.name = readNamed(decoder, type).name;
    else if (field === "Key") parts.key = Number(decoder.int(type));
    else if (field === "Elem") parts.elem = Number(decoder.int(type));
    else if (field === "Len") parts.size = Number(decoder.int(type));
    else decoder.list(type, (elem) => parts.fields.push(readNamed(decoder, elem)));
  });
  return parts;
}

const decoder = new TextDecoder();

/** Reads a name and a number: those of a type, or those of a field and its type. */
function readNamed(gob: GobDecoder, named: number): GobField {
  let name = "";
  let number = 0;
  gob.struct(named, (field, type) => {
    if (field === "Name") name = decoder.decode(gob.bytes(type));
    else number = Number(gob.int(type));
  });
  return { name, type: number };
}
