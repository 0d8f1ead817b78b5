/**
 * One metric family of a reference's file, a client_model message, as the record that a push of it would have left in the store.
 * What is wrong with a part of it costs that part alone, and is reported.
 */

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FAMILY } from "../model/client-model.ts";
import { GatewayError } from "../model/error.ts";
import {
  isScalarType,
  type PushedFamily,
  type PushedScalarFamily,
  type PushedSeries,
  type StoredFamily,
} from "../model/family.ts";
import { copyText } from "../model/flatten.ts";
import type { PushKey } from "../model/group-key.ts";
import { sortLabels } from "../model/label.ts";
import { quote } from "../model/quote.ts";
import { parseFamilyMessage } from "../parse/protobuf.ts";
import { ProtobufReader } from "../parse/protobuf-reader.ts";
import { sanitizeFamily } from "../validate/sanitize.ts";
import { decodeGoTime } from "./go-time.ts";

/** A family as it stands in the file. */
export interface ReferenceFamily {
  /** The name under which it is stored; bytes that are not UTF-8 are replaced. */
  readonly name: string;
  /** The MetricFamily message, or `undefined` when there is none. */
  readonly message: Uint8Array | undefined;
  /** When it was pushed, as Go marshals a time, or `undefined` when there is no time. */
  readonly timestamp: Uint8Array | undefined;
}

/**
 * What a family lost on its way: all of it, some series, the timestamps of its samples, the bytes of its help text that are not
 * UTF-8, or the time when it was pushed.
 */
export type Lost = "family" | "series" | "timestamps" | "help" | "push time";

/** Told what was lost and why. */
export type OnLoss = (lost: Lost, reason: string) => void;

/** Makes the families of one file into records. Names and help texts that many groups have are kept once. */
export class FamilyImporter {
  readonly #texts = new Map<string, string>();

  /**
   * Makes one family into a record.
   *
   * @param family the family.
   * @param key the group it is in.
   * @param forcedText the label texts to share among the families of the group that have no labels of their own.
   * @param onLoss called for each thing that is lost.
   * @returns the record, or `undefined` when there is nothing that could be exposed.
   */
  import(
    family: ReferenceFamily,
    key: PushKey,
    forcedText: readonly [string],
    onLoss: OnLoss,
  ): StoredFamily | undefined {
    const pushed = readFamily(family, onLoss);
    if (pushed === undefined) return undefined;
    const kept = {
      name: this.#keep(pushed.name),
      help: this.#keep(pushed.help),
      forcedText,
      previous: undefined,
    };
    const push = { key, at: readTime(family, onLoss) };
    return sanitizeFamily(withoutForced(pushed, key), push, kept).family;
  }

  #keep(text: string): string {
    const kept = this.#texts.get(text);
    if (kept !== undefined) return kept;
    const copy = copyText(text);
    this.#texts.set(copy, copy);
    return copy;
  }
}

function readFamily(
  { name, message }: ReferenceFamily,
  onLoss: OnLoss,
): PushedFamily | undefined {
  if (message === undefined) return lose(onLoss, "there is no metric family under this name");
  const refused = new Refused();
  let pushed: PushedFamily | undefined;
  try {
    pushed = parseMessage(message, refused, onLoss);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return lose(onLoss, reasonOf(error));
  }
  if (pushed === undefined) return undefined;
  if (pushed.name !== name) return lose(onLoss, `the family is named ${quote(pushed.name)}`);
  if (pushed.series.length === 0) return lose(onLoss, refused.describe());
  if (refused.count > 0) onLoss("series", refused.describe());
  if (pushed.timestamped) onLoss("timestamps", "samples have timestamps");
  return pushed;
}

function lose(onLoss: OnLoss, reason: string): undefined {
  onLoss("family", reason);
}

/** Parses a family of which every metric may be refused but not the rest; the help text is mended if that is what is wrong. */
function parseMessage(
  message: Uint8Array,
  refused: Refused,
  onLoss: OnLoss,
): PushedFamily | undefined {
  const onRefused = (reason: GatewayError) => refused.add(reason);
  try {
    return parseFamilyMessage(message, onRefused);
  } catch (error) {
    const mended = error instanceof GatewayError ? mendHelp(message) : undefined;
    if (mended === undefined) throw error;
    const pushed = parseFamilyMessage(mended, onRefused);
    onLoss("help", "the help text is not UTF-8");
    return pushed;
  }
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The text format of the reference takes help texts in any encoding. A message with the bytes replaced that are not UTF-8, or
 * `undefined` when there are none.
 *
 * @throws GatewayError when it is no message.
 */
function mendHelp(message: Uint8Array): Uint8Array | undefined {
  const reader = new ProtobufReader(message);
  const writer = new BinaryWriter();
  let mended = false;
  for (let start = 0; reader.next(message.length); start = reader.position) {
    if (reader.field === FAMILY.help) {
      const end = reader.enter();
      const help = reader.bytes(reader.position, end);
      reader.position = end;
      mended ||= !isUtf8(help);
      writer.tag(FAMILY.help, WireType.LengthDelimited).string(lenient.decode(help));
    } else {
      reader.skip();
      writer.raw(reader.bytes(start, reader.position));
    }
  }
  return mended ? writer.finish() : undefined;
}

/** Whether bytes are UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function readTime({ timestamp }: ReferenceFamily, onLoss: OnLoss): number {
  if (timestamp === undefined) return 0;
  const time = decodeGoTime(timestamp);
  if (time === undefined) onLoss("push time", "the time of the push cannot be read");
  return time ?? 0;
}

/** What the errors of a push begin with. */
const PREFIX =
  /^(?:protobuf parsing error in message \d+|pushed metrics are invalid .*? metrics): /;

function reasonOf(error: GatewayError): string {
  return error.message.replace(PREFIX, "");
}

/** The series of one family that were refused. */
class Refused {
  count = 0;
  #first = "there are no series";

  add(reason: GatewayError): void {
    if (this.count++ === 0) this.#first = reasonOf(reason);
  }

  describe(): string {
    return this.count <= 1 ? this.#first : `${this.count} series, the first: ${this.#first}`;
  }
}

const NO_LABELS: readonly string[] = [];

/**
 * In the file every series has the labels of its group already. Where it has no others they are left out here, so that its label
 * text is not kept once for each family.
 */
function withoutForced(pushed: PushedFamily, { forced }: PushKey): PushedFamily {
  const strip = <S>(series: PushedSeries<S>): PushedSeries<S> =>
    isForced(series.labels, forced) ? { ...series, labels: NO_LABELS } : series;
  return isScalarFamily(pushed)
    ? { ...pushed, series: pushed.series.map(strip) }
    : { ...pushed, series: pushed.series.map(strip) };
}

function isScalarFamily(pushed: PushedFamily): pushed is PushedScalarFamily {
  return isScalarType(pushed.type);
}

function isForced(labels: readonly string[], forced: readonly string[]): boolean {
  if (labels.length !== forced.length) return false;
  return sortLabels(labels).every((text, index) => text === forced[index]);
}
