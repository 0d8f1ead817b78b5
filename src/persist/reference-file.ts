/**
 * The file in which the reference keeps its groups (its `--persistence.file`), a gob of a map from grouping keys to groups.
 *
 * | written by | keys | a group | a family |
 * | --- | --- | --- | --- |
 * | 0.1 | jobs, then instances | families by name | – (refused) |
 * | 0.2 to 0.4 | hashes | Labels, Metrics | Timestamp, MetricFamily: a struct |
 * | 0.5 to 0.9 | hashes | Labels, Metrics | Timestamp, GobbableMetricFamily: a protobuf message |
 * | from 0.10 | texts | Labels, Metrics | the same |
 *
 * The keys say nothing that the labels do not, so one reader does for all of these but the first.
 */

import type { StoredFamily } from "../model/family.ts";
import { copyText } from "../model/flatten.ts";
import { createGroupKey } from "../model/group-key.ts";
import { GobDecoder } from "./gob.ts";
import { GobError } from "./gob-bytes.ts";
import type { GobType } from "./gob-types.ts";
import { FamilyImporter, isUtf8, type Lost, type ReferenceFamily } from "./reference-family.ts";
import { encodeFamily } from "./reference-protobuf.ts";

/** A group of the file. */
export interface ReferenceGroup {
  /** The labels of its grouping key, flat and sorted by name. */
  readonly labels: readonly string[];
  /** Its families, ready for the store, its two push times among them. */
  readonly families: readonly StoredFamily[];
}

/** Something that did not come over. */
export interface ReferenceLoss {
  /** The labels of the group, flat and sorted by name; bytes that are not UTF-8 are replaced. */
  readonly group: readonly string[];
  /** The family; `undefined` when the whole group is lost. */
  readonly name: string | undefined;
  /** What is lost: the group or the family, or a part of the family, of which the rest came over. */
  readonly lost: Lost | "group";
  /** Why. */
  readonly reason: string;
}

/** What a file of the reference holds. */
export interface ReferenceFile {
  /** Its groups, sorted by grouping key, with their families sorted by name; none is without a family. */
  readonly groups: readonly ReferenceGroup[];
  /** What was left out of them. */
  readonly losses: readonly ReferenceLoss[];
  /** Where the file is damaged or cut short, in which case the groups are those before that place, the last one not whole. */
  readonly damage?: GobError;
}

/** The name of the map's type, which stands at the beginning of the file. */
const FILE_TYPE = "GroupingKeyToMetricGroup";

/**
 * Whether bytes are the beginning of a file that the reference wrote. An empty file is nobody's: {@link readReferenceFile} takes it,
 * but it is none of the reference's.
 *
 * @param head the first 256 bytes, or more.
 */
export function isReferenceFile(head: Uint8Array): boolean {
  try {
    return new GobDecoder(head).nextDefinition()?.name === FILE_TYPE;
  } catch (error) {
    if (!(error instanceof GobError)) throw error;
    return false;
  }
}

/**
 * Reads a file that the reference wrote. What is kept shares no memory with it.
 *
 * @param bytes the whole file; without any, nothing is stored.
 * @returns everything in it. It is not checked for consistency: with `--push.disable-consistency-check` the reference may have
 * stored anything.
 * @throws GobError when it is no such file.
 */
export function readReferenceFile(bytes: Uint8Array): ReferenceFile {
  const reader = new FileReader(new GobDecoder(bytes));
  if (bytes.length === 0) return reader.result();
  reader.findGroups();
  try {
    reader.readGroups();
  } catch (error) {
    if (!(error instanceof GobError)) throw error;
    return { ...reader.result(), damage: error };
  }
  return reader.result();
}

/** A group that is being read. */
interface GroupDraft {
  /** Its labels, once all are read. */
  labels: readonly (readonly [name: Uint8Array, value: Uint8Array])[] | undefined;
  readonly families: ReferenceFamily[];
}

interface GroupBuilder {
  readonly labels: readonly string[];
  readonly families: Map<string, StoredFamily>;
}

/** Reads one file. */
class FileReader {
  readonly #decoder: GobDecoder;
  readonly #importer = new FamilyImporter();
  /** By the id of their key: in a damaged file two keys may have the same labels. */
  readonly #groups = new Map<string, GroupBuilder>();
  readonly #losses: ReferenceLoss[] = [];
  #top = 0;

  constructor(decoder: GobDecoder) {
    this.#decoder = decoder;
  }

  result(): ReferenceFile {
    const groups = [...this.#groups].filter(([, { families }]) => families.size > 0)
      .sort(byName)
      .map(([, { labels, families }]) => ({
        labels,
        families: [...families].sort(byName).map(([, family]) => family),
      }));
    return { groups, losses: this.#losses };
  }

  /** Goes to the groups. */
  findGroups(): void {
    const top = this.#decoder.next();
    if (top === undefined) return this.#decoder.fail("the file ends before its groups");
    this.#top = top;
    const group = this.#typeIn(this.#decoder.type(top));
    if (group?.kind === "map") {
      this.#decoder.fail("a file of a Pushgateway older than 0.2, which cannot be read");
    }
    const metrics = this.#fieldOf(group, "Metrics");
    const family = metrics === undefined ? undefined : this.#typeIn(metrics);
    const message = this.#fieldOf(family, "GobbableMetricFamily") ??
      this.#fieldOf(family, "MetricFamily");
    if (this.#fieldOf(group, "Labels")?.kind !== "map" || message === undefined) {
      this.#decoder.fail("not the groups of a Pushgateway");
    }
  }

  /** Reads the groups. */
  readGroups(): void {
    const decoder = this.#decoder;
    decoder.map(this.#top, (key, group) => {
      decoder.skip(key);
      const draft: GroupDraft = { labels: undefined, families: [] };
      try {
        this.#readGroup(group, draft);
        draft.labels ??= [];
      } finally {
        // Also what was read of a group in which the file is cut short.
        if (draft.labels !== undefined) this.#addGroup(draft.labels, draft.families);
      }
    });
    decoder.finish();
  }

  #typeIn(map: GobType): GobType | undefined {
    return map.kind === "map" ? this.#decoder.type(map.elem) : undefined;
  }

  #fieldOf(struct: GobType | undefined, name: string): GobType | undefined {
    if (struct?.kind !== "struct") return undefined;
    const field = struct.fields.find((one) => one.name === name);
    return field === undefined ? undefined : this.#decoder.type(field.type);
  }

  #readGroup(group: number, draft: GroupDraft): void {
    const decoder = this.#decoder;
    decoder.struct(group, (field, type) => {
      if (field === "Labels") {
        const labels: [Uint8Array, Uint8Array][] = [];
        decoder.map(
          type,
          (name, value) => labels.push([decoder.bytes(name), decoder.bytes(value)]),
        );
        draft.labels = labels;
      } else if (field === "Metrics") {
        decoder.map(type, (name, family) => {
          const text = lenient.decode(decoder.bytes(name));
          draft.families.push(this.#readFamily(text, family));
        });
      } else decoder.skip(type);
    });
  }

  #readFamily(name: string, family: number): ReferenceFamily {
    const decoder = this.#decoder;
    let message: Uint8Array | undefined;
    let timestamp: Uint8Array | undefined;
    decoder.struct(family, (field, type) => {
      if (field === "Timestamp") timestamp = decoder.bytes(type);
      else if (field === "GobbableMetricFamily") message = decoder.bytes(type);
      else if (field === "MetricFamily") message = encodeFamily(decoder, type);
      else decoder.skip(type);
    });
    return { name, message, timestamp };
  }

  #addGroup(
    pairs: readonly (readonly [name: Uint8Array, value: Uint8Array])[],
    families: readonly ReferenceFamily[],
  ): void {
    const texts = new Map(
      pairs.map(([name, value]) => [lenient.decode(name), lenient.decode(value)]),
    );
    const labels = [...texts].sort(byName).flat();
    const wrong = findWrongLabels(pairs, texts);
    if (wrong !== undefined) {
      this.#losses.push({ group: labels, name: undefined, lost: "group", reason: wrong });
      return;
    }
    const key = createGroupKey(labels);
    const forcedText = [copyText(key.forcedText)] as const;
    const group = this.#groups.get(key.id) ?? { labels, families: new Map() };
    this.#groups.set(key.id, group);
    for (const family of families) {
      const stored = this.#importer.import(family, key, forcedText, (lost, reason) => {
        this.#losses.push({ group: labels, name: family.name, lost, reason });
      });
      if (stored !== undefined) group.families.set(stored.name, stored);
    }
  }
}

/** Go writes maps in any order. */
function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** Why labels are no grouping key. */
function findWrongLabels(
  pairs: readonly (readonly [name: Uint8Array, value: Uint8Array])[],
  texts: ReadonlyMap<string, string>,
): string | undefined {
  if (!pairs.every(([name, value]) => isUtf8(name) && isUtf8(value))) {
    return "a label of the grouping key is not UTF-8";
  }
  if (texts.has("")) return "a label of the grouping key has no name";
  return texts.has("job") ? undefined : "the grouping key has no job";
}
