/**
 * A grouping key: the labels in the path of a push. Two keys are the same when their sets of labels are; order does not matter.
 *
 * Every label of the key is forced onto every series of the group, and a series without an `instance` label gets an empty one,
 * which keeps Prometheus from attaching the address of the gateway.
 */

import { isLabelName } from "./name.ts";
import { labelPair, labelText, sortLabels } from "./label.ts";
import { expandPattern, forcedPattern } from "./label-pattern.ts";

/** A set of label names that grouping keys are made of. Two groups of one shape can never hold the same series. */
export interface Shape {
  /** The names as one text; equal exactly for equal sets. */
  readonly id: string;
  /** The names, sorted. */
  readonly names: readonly string[];
  /** Whether any of the names is not valid under the legacy rule. */
  readonly utf8: boolean;
  /** The pattern of the label text of a series with no labels of its own. */
  readonly forcedPattern: string;
}

/** The key of a group as it is kept: no more than others need to know of it, since there may be a hundred thousand. */
export interface GroupKey {
  /** Label text of the key's own labels; equal exactly for equal keys. */
  readonly id: string;
  /** The names of the key's own labels. */
  readonly shape: Shape;
}

/** A key as the path of a request gives it, with what is derived from it once because every series of a push needs it. */
export interface PushKey extends Pick<GroupKey, "id"> {
  /** The names of the key's own labels, sorted. */
  readonly names: readonly string[];
  /** What every series gets: the key's labels and, unless it is among them, an empty `instance`; flat and sorted. */
  readonly forced: readonly string[];
  /** Whether any of the names is not valid under the legacy rule. */
  readonly utf8: boolean;
  /** {@link forced} as text pairs, one per label, in the same order. */
  readonly forcedPairs: readonly string[];
  /** {@link forced} as label text. */
  readonly forcedText: string;
}

const INSTANCE = "instance";

/** Makes a key of a flat list of labels in any order; names must be distinct. */
export function createGroupKey(labels: readonly string[]): PushKey {
  return new SortedKey(sortLabels(labels));
}

/** What is forced is worked out when somebody asks for it: a push of series that the group holds already does not. */
class SortedKey implements PushKey {
  readonly id: string;
  readonly #labels: readonly string[];
  #names: readonly string[] | undefined;
  #forced: readonly string[] | undefined;
  #forcedPairs: readonly string[] | undefined;
  #forcedText: string | undefined;

  constructor(sorted: readonly string[]) {
    this.#labels = sorted;
    this.id = labelText(sorted);
  }

  get names(): readonly string[] {
    this.#names ??= this.#labels.filter((_, index) => index % 2 === 0);
    return this.#names;
  }

  get forced(): readonly string[] {
    this.#forced ??= this.names.includes(INSTANCE)
      ? this.#labels
      : sortLabels([...this.#labels, INSTANCE, ""]);
    return this.#forced;
  }

  get forcedPairs(): readonly string[] {
    if (this.#forcedPairs === undefined) {
      const pairs: string[] = [];
      const { forced } = this;
      for (let i = 0; i < forced.length; i += 2) {
        pairs.push(labelPair(forced[i] as string, forced[i + 1] as string));
      }
      this.#forcedPairs = pairs;
    }
    return this.#forcedPairs;
  }

  get forcedText(): string {
    // With an instance of its own the key forces just its own labels.
    this.#forcedText ??= this.forced === this.#labels ? this.id : this.forcedPairs.join(",");
    return this.#forcedText;
  }

  get utf8(): boolean {
    return !this.names.every(isLabelName);
  }
}

/** The shape of a key with these label names, sorted. */
export function createShape(names: readonly string[]): Shape {
  return {
    id: JSON.stringify(names),
    names,
    utf8: !names.every(isLabelName),
    forcedPattern: forcedPattern(names, [INSTANCE, labelPair(INSTANCE, "")]),
  };
}

/** The label text of a series with no labels of its own, in the group with this key. */
export function forcedTextOf({ id, shape }: GroupKey): string {
  return expandPattern(shape.forcedPattern, id);
}
