/**
 * Gathers the groups of a reference's file: from labels and families as they stand in it to groups that are ready for the store, and
 * a list of what did not come over.
 */

import type { StoredFamily } from "../model/family.ts";
import { copyText } from "../model/flatten.ts";
import { createGroupKey } from "../model/group-key.ts";
import { FamilyImporter, isUtf8, type Lost, type ReferenceFamily } from "./reference-family.ts";

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

/** The labels of a grouping key as they are read. */
export class ReferenceLabels {
  readonly #texts = new Map<string, string>();
  #utf8 = true;

  /** Adds a label. */
  add(name: Uint8Array, value: Uint8Array): void {
    this.#utf8 &&= isUtf8(name) && isUtf8(value);
    this.#texts.set(lenient.decode(name), lenient.decode(value));
  }

  /** The labels, flat and sorted by name; bytes that are not UTF-8 are replaced. */
  flat(): string[] {
    return [...this.#texts].sort(byName).flat();
  }

  /** Why they are no grouping key, or `undefined`. */
  wrong(): string | undefined {
    if (!this.#utf8) return "a label of the grouping key is not UTF-8";
    if (this.#texts.has("")) return "a label of the grouping key has no name";
    return this.#texts.has("job") ? undefined : "the grouping key has no job";
  }
}

const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** Gathers the groups of one file. */
export class GroupCollector {
  readonly #importer = new FamilyImporter();
  /** By the id of their key: in a damaged file two keys may have the same labels. */
  readonly #groups = new Map<string, GroupBuilder>();
  /** What did not come over. */
  readonly losses: ReferenceLoss[] = [];

  /** Adds a group, or to it. */
  add(key: ReferenceLabels, families: Iterable<ReferenceFamily>): void {
    const labels = key.flat();
    const wrong = key.wrong();
    if (wrong !== undefined) {
      this.losses.push({ group: labels, name: undefined, lost: "group", reason: wrong });
      return;
    }
    const groupKey = createGroupKey(labels);
    const forcedText = [copyText(groupKey.forcedText)] as const;
    const group = this.#groups.get(groupKey.id) ?? { labels, families: new Map() };
    this.#groups.set(groupKey.id, group);
    for (const family of families) {
      const stored = this.#importer.import(family, groupKey, forcedText, (lost, reason) => {
        this.losses.push({ group: labels, name: family.name, lost, reason });
      });
      if (stored !== undefined) group.families.set(stored.name, stored);
    }
  }

  /** The groups, in an order of their own: Go writes maps in any order. */
  groups(): ReferenceGroup[] {
    return [...this.#groups].filter(([, { families }]) => families.size > 0)
      .sort(byName)
      .map(([, { labels, families }]) => ({
        labels,
        families: [...families].sort(byName).map(([, family]) => family),
      }));
  }
}

interface GroupBuilder {
  readonly labels: readonly string[];
  readonly families: Map<string, StoredFamily>;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
