/**
 * Reads delimited MetricFamily messages field by field with the protobuf library, apart from everything under test.
 */

import { BinaryReader } from "@bufbuild/protobuf/wire";

/** A message: values by field number, in the order written. */
export type Message = readonly (readonly [field: number, value: Value])[];
type Value = number | bigint | string | Message;

/** How to read a field: as a double, number, text, or as a message with fields of its own. */
type Shape = "double" | "uint" | "text" | { readonly [field: number]: Shape };

const LABEL: Shape = { 1: "text", 2: "text" };
const SCALAR: Shape = { 1: "double" };
const FAMILY: Shape = {
  1: "text",
  2: "text",
  3: "uint",
  4: {
    1: LABEL,
    2: SCALAR,
    3: SCALAR,
    4: { 1: "uint", 2: "double", 3: { 1: "double", 2: "double" } },
    5: SCALAR,
    7: { 1: "uint", 2: "double", 3: { 1: "uint", 2: "double", 4: "double" }, 4: "double" },
  },
  5: "text",
};

/** Reads a body to its end. */
export function readFamilies(body: Uint8Array): Message[] {
  const families: Message[] = [];
  for (const reader = new BinaryReader(body); reader.pos < reader.len;) {
    families.push(readMessage(reader.bytes(), FAMILY));
  }
  return families;
}

function readMessage(bytes: Uint8Array, shape: Shape): Message {
  const fields: [number, Value][] = [];
  for (const reader = new BinaryReader(bytes); reader.pos < reader.len;) {
    const [number] = reader.tag();
    const inner = typeof shape === "string" ? undefined : shape[number];
    if (inner === undefined) throw new Error(`unexpected field ${number}`);
    fields.push([number, readValue(reader, inner)]);
  }
  return fields;
}

function readValue(reader: BinaryReader, shape: Shape): Value {
  if (shape === "double") return reader.double();
  if (shape === "uint") return BigInt(reader.uint64());
  if (shape === "text") return reader.string(true);
  return readMessage(reader.bytes(), shape);
}
