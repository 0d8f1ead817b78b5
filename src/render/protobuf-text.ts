/**
 * MetricFamily messages as text, the way Go's prototext prints them, but always with single blanks where that puts in more at
 * random: known fields in the order in which they are declared, then unknown ones by number.
 *
 * Spec: https://protobuf.dev/reference/protobuf/textformat-spec/
 */

import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { TYPE_NUMBERS } from "../model/client-model.ts";
import { typeName } from "../model/family.ts";
import { formatFloat } from "../model/number.ts";
import {
  FAMILY_SCHEMA,
  type Field,
  type MessageSchema,
  type ScalarKind,
} from "./protobuf-schema.ts";

const INDENT = "  ";
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Prints fields of a MetricFamily.
 *
 * @param bytes the fields; they must be well-formed.
 * @param compact whether all are printed on one line, with blanks between them; otherwise each ends with a line feed.
 */
export function printFields(bytes: Uint8Array, compact: boolean): string {
  const fields = readFields(bytes, FAMILY_SCHEMA);
  return compact
    ? fields.map(compactField).join(" ")
    : fields.map((each) => longField(each, "")).join("");
}

/** A field ready to be printed: its text, or the fields in it. */
interface Printed {
  readonly name: string;
  readonly value: string | readonly Printed[];
}

function compactField({ name, value }: Printed): string {
  return `${name}:${typeof value === "string" ? value : `{${value.map(compactField).join(" ")}}`}`;
}

function longField({ name, value }: Printed, indent: string): string {
  if (typeof value === "string") return `${indent}${name}: ${value}\n`;
  if (value.length === 0) return `${indent}${name}: {}\n`;
  const fields = value.map((each) => longField(each, indent + INDENT)).join("");
  return `${indent}${name}: {\n${fields}${indent}}\n`;
}

function readFields(bytes: Uint8Array, schema: MessageSchema): Printed[] {
  const reader = new BinaryReader(bytes);
  const values = new Map<number, Printed["value"][]>();
  const messages = new Map<number, Uint8Array[]>();
  const unknown: Printed[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = schema.get(number);
    if (field === undefined || !fits(field, wireType)) {
      unknown.push({ name: String(number), value: readUnknown(reader, number, wireType) });
    } else if (typeof field.kind !== "string") {
      listOf(messages, number).push(reader.bytes());
    } else {
      listOf(values, number).push(...readScalars(reader, field.kind, wireType));
    }
  }
  for (const [number, parts] of messages) values.set(number, readMessages(schema, number, parts));
  return [...inDeclaredOrder(schema, values), ...unknown];
}

function* inDeclaredOrder(
  schema: MessageSchema,
  values: ReadonlyMap<number, readonly Printed["value"][]>,
): Generator<Printed> {
  for (const [number, { name, repeated }] of schema) {
    const found = values.get(number) ?? [];
    // Of a field that is not repeated the last one counts.
    for (const value of repeated ? found : found.slice(-1)) yield { name, value };
  }
}

/** A message that is not repeated but comes in several parts is one whose parts stand one behind the other. */
function readMessages(
  schema: MessageSchema,
  number: number,
  parts: readonly Uint8Array[],
): Printed["value"][] {
  const field = schema.get(number);
  if (field === undefined || typeof field.kind === "string") return [];
  const { kind, repeated } = field;
  const whole = repeated || parts.length === 1 ? parts : [concatenate(parts)];
  return whole.map((part) => readFields(part, kind));
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function listOf<T>(lists: Map<number, T[]>, number: number): T[] {
  const list = lists.get(number) ?? [];
  lists.set(number, list);
  return list;
}

/** Whether a field is encoded as its kind wants; repeated numbers may be packed. */
function fits({ kind, repeated }: Field, wireType: WireType): boolean {
  if (typeof kind !== "string" || kind === "string") return wireType === WireType.LengthDelimited;
  if (repeated && wireType === WireType.LengthDelimited) return true;
  return wireType === (kind === "double" ? WireType.Bit64 : WireType.Varint);
}

function readScalars(reader: BinaryReader, kind: ScalarKind, wireType: WireType): string[] {
  if (kind === "string" || wireType !== WireType.LengthDelimited) return [readScalar(reader, kind)];
  const values: string[] = [];
  for (const packed = new BinaryReader(reader.bytes()); packed.pos < packed.len;) {
    values.push(readScalar(packed, kind));
  }
  return values;
}

function readScalar(reader: BinaryReader, kind: ScalarKind): string {
  if (kind === "string") return quoteText(decoder.decode(reader.bytes()));
  if (kind === "double") return formatDouble(reader.double());
  if (kind === "type") return nameOfType(reader.int32());
  return String(reader[kind]());
}

function readUnknown(
  reader: BinaryReader,
  number: number,
  wireType: WireType,
): Printed["value"] {
  if (wireType === WireType.Varint) return String(reader.uint64());
  if (wireType === WireType.Bit32) return `0x${reader.fixed32().toString(16)}`;
  if (wireType === WireType.Bit64) return `0x${BigInt(reader.fixed64()).toString(16)}`;
  if (wireType === WireType.LengthDelimited) return quoteText(decoder.decode(reader.bytes()));
  const fields: Printed[] = [];
  while (wireType === WireType.StartGroup) {
    const [inner, innerType] = reader.tag();
    if (innerType === WireType.EndGroup && inner === number) break;
    fields.push({ name: String(inner), value: readUnknown(reader, inner, innerType) });
  }
  return fields;
}

function nameOfType(number: number): string {
  const type = TYPE_NUMBERS[number];
  return type === undefined ? String(number) : typeName(type);
}

function formatDouble(value: number): string {
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value)
    ? formatFloat(value)
    : formatFloat(value).toLowerCase().replace("+", "");
}

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};
// deno-lint-ignore no-control-regex -- control characters are what is looked for
const SPECIALS = /["\\\x00-\x1f\x7f-\x9f]/g;

/** One replace of a very long text takes memory for each of its matches. */
const PIECE_LENGTH = 16 * 1024;

/** A string in double quotes; what is not printable in Latin-1 is escaped, all else is UTF-8. */
function quoteText(text: string): string {
  let quoted = "";
  for (let at = 0; at < text.length; at += PIECE_LENGTH) {
    quoted += text.slice(at, at + PIECE_LENGTH).replace(SPECIALS, escapeChar);
  }
  return `"${quoted}"`;
}

function escapeChar(char: string): string {
  const code = char.charCodeAt(0);
  const hex = code.toString(16);
  return NAMED_ESCAPES[char] ??
    (code > 0x7f ? `\\u${hex.padStart(4, "0")}` : `\\x${hex.padStart(2, "0")}`);
}
