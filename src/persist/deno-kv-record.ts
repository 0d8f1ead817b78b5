/**
 * Records in Deno KV: `["narthex", "family", epoch, group, name, part]`, and as the value the bytes of
 *
 * ```
 * 1c291ca3
 * {"type":"gauge",…
 * ```
 *
 * a checksum of everything and the record, cut into parts where it is longer than a value may be. A small group is one record, whose
 * name is empty. The local database is SQLite, which notices when its own structure is damaged, but not when a byte within a value is.
 *
 * Deno's keys take any text, but not a long one. A long group or name is in the key as its SHA-256 and in clear behind the
 * checksum, as JSON. A text and a hash are parts of different types, so one is never taken for the other; that two texts have one
 * SHA-256 has never been seen and is not expected to be.
 */

import { concatBytes } from "../decode/bytes.ts";
import { crc32c } from "../decode/crc32c.ts";
import type { StoredRecord } from "./adapter.ts";
import type { Kv, KvEntry, KvKey } from "./deno-kv-api.ts";
import { MAX_VALUE_BYTES, type Mutation } from "./deno-kv-commit.ts";

/** A record as it was found. */
export interface FoundRecord {
  /** The entries that its parts are. */
  readonly entries: readonly KvEntry[];
  /** What is stored there; undefined when it is damaged. */
  readonly record: StoredRecord | undefined;
}

/** What begins the keys of records, followed by the epoch. */
export const FAMILIES = ["narthex", "family"] as const;

/** UTF-16 units of the longest text that is in a key as it is. Two of them come to 1200 bytes at most, a key may have 2048. */
const MAX_KEY_UNITS = 200;
/** How many entries are fetched at a time. */
const PAGE = 500;
/** Hexadecimal digits of the checksum. */
const DIGITS = 8;
const LINE_FEED = 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The key of a record, to which the number of the part is added. Returns no promise where it can do without. */
export function recordKey(epoch: number, group: string, name: string): KvKey | Promise<KvKey> {
  const groupPart = keyPart(group);
  const namePart = keyPart(name);
  if (groupPart instanceof Promise || namePart instanceof Promise) {
    return Promise.all([groupPart, namePart]).then((parts) => [...FAMILIES, epoch, ...parts]);
  }
  return [...FAMILIES, epoch, groupPart, namePart];
}

function keyPart(text: string): string | Promise<Uint8Array> {
  if (text.length <= MAX_KEY_UNITS) return text;
  return crypto.subtle.digest("SHA-256", encoder.encode(text)).then((hash) => new Uint8Array(hash));
}

/** The entries that a record becomes, under the keys that begin with `key`. */
export function writeParts(key: KvKey, { group, name, text }: StoredRecord): Mutation[] {
  const isLong = group.length > MAX_KEY_UNITS || name.length > MAX_KEY_UNITS;
  const clear = isLong ? JSON.stringify([group, name]) : "";
  const bytes = encoder.encode(`${"0".repeat(DIGITS)}${clear}\n${text}`);
  encoder.encodeInto(checksum(group, name, bytes).toString(16).padStart(DIGITS, "0"), bytes);
  const parts: Mutation[] = [];
  for (let at = 0; at < bytes.length; at += MAX_VALUE_BYTES) {
    parts.push({ key: [...key, parts.length], value: bytes.subarray(at, at + MAX_VALUE_BYTES) });
  }
  return parts;
}

/** The entries to delete so that of a record only the first `from` of `to` parts are left. */
export function deleteParts(key: KvKey, from: number, to: number): Mutation[] {
  const parts: Mutation[] = [];
  for (let part = from; part < to; part++) parts.push({ key: [...key, part] });
  return parts;
}

/** Covers group and name too: a damaged key would move a family to another group. */
function checksum(group: string, name: string, bytes: Uint8Array): number {
  return crc32c(bytes.subarray(DIGITS), crc32c(encoder.encode(`${group}\0${name}\0`)));
}

/** Reads all records of an epoch. */
export async function* readRecords(kv: Kv, epoch: number): AsyncGenerator<FoundRecord> {
  let entries: KvEntry[] = [];
  for await (const entry of kv.list({ prefix: [...FAMILIES, epoch] }, { batchSize: PAGE })) {
    const first = entries[0];
    if (first !== undefined && !isSameRecord(first.key, entry.key)) {
      yield await assemble(entries);
      entries = [];
    }
    entries.push(entry);
  }
  if (entries.length > 0) yield await assemble(entries);
}

const GROUP = FAMILIES.length + 1;
const NAME = GROUP + 1;
const PART = NAME + 1;

function isSameRecord(a: readonly unknown[], b: readonly unknown[]): boolean {
  return isSamePart(a[GROUP], b[GROUP]) && isSamePart(a[NAME], b[NAME]);
}

function isSamePart(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return a instanceof Uint8Array && b instanceof Uint8Array && a.length === b.length &&
    a.every((byte, i) => byte === b[i]);
}

async function assemble(entries: readonly KvEntry[]): Promise<FoundRecord> {
  const parts: Uint8Array[] = [];
  for (const { key, value } of entries) {
    if (key[PART] !== parts.length || !(value instanceof Uint8Array)) break;
    parts.push(value);
  }
  const key = entries[0]?.key ?? [];
  const record = parts.length === entries.length ? parseParts(key, concatBytes(parts)) : undefined;
  return { entries, record: record !== undefined && await isAt(key, record) ? record : undefined };
}

function parseParts(key: readonly unknown[], bytes: Uint8Array): StoredRecord | undefined {
  const end = bytes.indexOf(LINE_FEED);
  if (end < DIGITS) return undefined;
  const texts = parseTexts(key, decoder.decode(bytes.subarray(DIGITS, end)));
  if (texts === undefined) return undefined;
  const [group, name] = texts;
  const digits = decoder.decode(bytes.subarray(0, DIGITS));
  if (digits !== checksum(group, name, bytes).toString(16).padStart(DIGITS, "0")) return undefined;
  return { group, name, text: decoder.decode(bytes.subarray(end + 1)) };
}

function parseTexts(key: readonly unknown[], clear: string): [string, string] | undefined {
  let texts: unknown[] = [key[GROUP], key[NAME]];
  if (clear !== "") {
    try {
      texts = Object(JSON.parse(clear)) as unknown[];
    } catch {
      return undefined;
    }
  }
  const [group, name] = [texts[0], texts[1]];
  return typeof group === "string" && typeof name === "string" ? [group, name] : undefined;
}

/** Whether a record is where it belongs, so that the next change of it finds it. */
async function isAt(key: readonly unknown[], { group, name }: StoredRecord): Promise<boolean> {
  if (key[GROUP] === group && key[NAME] === name) return true;
  const right = await recordKey(0, group, name);
  return isSameRecord(key, right);
}
