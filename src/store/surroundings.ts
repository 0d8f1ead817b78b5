/**
 * What the consistency check asks of the store, from the point of view of one push: a few look-ups by name, whatever is held.
 */

import type { Family, MetricType } from "../model/family.ts";
import type { Shape } from "../model/group-key.ts";
import type { SanitizedPush, Surroundings } from "../validate/consistency.ts";
import type { PushWrite } from "./change.ts";
import type { OwnFamilies } from "./own-families.ts";
import { patternOf } from "../model/label-pattern.ts";
import type { Group } from "./group.ts";
import type { StoreState } from "./state.ts";

/** What the check of one push asks of the store. */
export class StoreSurroundings implements Surroundings {
  readonly #state: StoreState;
  readonly #own: OwnFamilies;
  readonly #replace: boolean;
  readonly #pushed: SanitizedPush["families"];
  readonly #shape: Shape;
  readonly #group: Group | undefined;

  /** Looks at a state from the group that is pushed to. */
  constructor(
    state: StoreState,
    { key, families }: SanitizedPush,
    { replace }: PushWrite,
    own: OwnFamilies,
  ) {
    this.#state = state;
    this.#own = own;
    this.#replace = replace;
    this.#pushed = families;
    this.#shape = key.shape;
    this.#group = state.groups.get(key.id);
  }

  /** @inheritdoc */
  ownType(name: string): MetricType | undefined {
    return this.#own.get(name)?.type;
  }

  /** @inheritdoc */
  typesElsewhere(name: string): readonly MetricType[] {
    return this.#state.names.get(name)?.types(this.#group?.traits(name)?.type) ?? [];
  }

  /** @inheritdoc */
  typesRemaining(name: string): readonly MetricType[] {
    const held = this.#replace || this.#pushed.has(name)
      ? this.typesElsewhere(name)
      : this.#state.names.get(name)?.types() ?? [];
    const own = this.ownType(name);
    return own === undefined ? held : [...held, own];
  }

  /** @inheritdoc */
  shapesElsewhere(name: string): readonly Shape[] {
    return this.#state.names.get(name)?.shapes(this.#shape) ?? [];
  }

  /** @inheritdoc */
  hasSeries(groupId: string, name: string, text: string): boolean {
    return hasSeries(this.#state.groups.get(groupId), name, text);
  }
}

function hasSeries(group: Group | undefined, name: string, text: string): boolean {
  const plan = group?.plan(name);
  if (plan !== undefined) {
    const pattern = patternOf(text, (group as Group).key.id);
    return pattern !== undefined && plan.patterns.includes(pattern);
  }
  const family = group?.record(name);
  if (family === undefined) return false;
  return family.labels.length < 8 ? family.labels.includes(text) : labelIndexOf(family).has(text);
}

/** Sets of label texts of large families. A stored family never changes, so its set is as good as long as it lives. */
const labelIndexes = new WeakMap<Family, ReadonlySet<string>>();

function labelIndexOf(family: Family): ReadonlySet<string> {
  let index = labelIndexes.get(family);
  if (index === undefined) {
    index = new Set(family.labels);
    labelIndexes.set(family, index);
  }
  return index;
}
