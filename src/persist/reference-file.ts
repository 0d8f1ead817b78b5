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

import { GobDecoder } from "./gob.ts";
import { GobError } from "./gob-bytes.ts";
import type { GobType } from "./gob-types.ts";
import type { ReferenceFamily } from "./reference-family.ts";
import {
  GroupCollector,
  type ReferenceGroup,
  ReferenceLabels,
  type ReferenceLoss,
} from "./reference-groups.ts";
import { encodeFamily } from "./reference-protobuf.ts";

/** What a file of the reference holds. */
export interface ReferenceFile {
  /** Its groups, sorted by grouping key, with their families sorted by name; none is without a family. */
  readonly groups: readonly ReferenceGroup[];
  /** What was left out of them. */
  readonly losses: readonly ReferenceLoss[];
  /** Where the file is damaged or cut short, in which case the groups are those before that place, the last one not whole. */
  readonly damage?: GobError;
}

/** The names that the type of the map had, which stand at the beginning of the file. */
const FILE_TYPES = ["GroupingKeyToMetricGroup", "JobToInstanceMap", "jobToInstanceMap"];

/**
 * Whether bytes are the beginning of a file that the reference wrote, be it of a version that cannot be read. An empty file is
 * nobody's, although {@link readReferenceFile} takes it.
 *
 * @param head the first 256 bytes, or more.
 */
export function isReferenceFile(head: Uint8Array): boolean {
  try {
    return FILE_TYPES.includes(new GobDecoder(head).nextDefinition()?.name ?? "");
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
  labels: ReferenceLabels | undefined;
  /** By name: Go's maps have no key twice, and of what is damaged the last counts, as it would there. */
  readonly families: Map<string, ReferenceFamily>;
}

/** Reads one file. */
class FileReader {
  readonly #decoder: GobDecoder;
  readonly #groups = new GroupCollector();
  #top = 0;

  constructor(decoder: GobDecoder) {
    this.#decoder = decoder;
  }

  result(): ReferenceFile {
    return { groups: this.#groups.groups(), losses: this.#groups.losses };
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
      const draft: GroupDraft = { labels: undefined, families: new Map() };
      try {
        this.#readGroup(group, draft);
        draft.labels ??= new ReferenceLabels();
      } finally {
        // Also what was read of a group in which the file is cut short.
        if (draft.labels !== undefined) this.#groups.add(draft.labels, draft.families.values());
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
        const labels = new ReferenceLabels();
        decoder.map(type, (name, value) => labels.add(decoder.bytes(name), decoder.bytes(value)));
        draft.labels = labels;
      } else if (field === "Metrics") {
        decoder.map(type, (name, family) => {
          const text = lenient.decode(decoder.bytes(name));
          draft.families.set(text, this.#readFamily(text, family));
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
}

const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
