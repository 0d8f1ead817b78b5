/**
 * How much is held: series, and an estimate of the memory that they take, the caches of a scrape and its body among it. The
 * figures behind the estimate were measured in workerd; docs/edge.md has them.
 */

import { isScalar, type PushedFamily, type StoredFamily } from "../model/family.ts";

/** How much is held. */
export interface Usage {
  /** Number of series. */
  readonly series: number;
  /** Bytes, estimated. */
  readonly size: number;
}

/** A family name is in an index, with caches of its own. */
const NAME_BYTES = 1_500;
/** What a series takes beside its labels and numbers. */
const SERIES_BYTES = 100;
/** A label text is kept, rendered in a cache, part of the body of a scrape, and there once more while it is pushed or loaded. */
const COPIES = 4;

/** A metric name in use: how many groups hold it, and how many of them with each help text. */
interface NameInUse {
  groups: number;
  readonly helps: Map<string, number>;
}

/** Adds up what is held as it changes. */
export class UsageMeter {
  readonly #names = new Map<string, NameInUse>();
  #series = 0;
  #size = 0;

  /** What has been added up. */
  get usage(): Usage {
    return { series: this.#series, size: this.#size };
  }

  /** Takes a family of one group from one state to the next; undefined is not being there. */
  change(before: StoredFamily | undefined, after: StoredFamily | undefined): void {
    if (before !== undefined && after !== undefined && isSameSize(before, after)) return;
    if (after !== undefined) {
      this.#count(after, 1);
      this.#addName(after);
    }
    if (before === undefined) return;
    this.#count(before, -1);
    this.#removeName(before);
  }

  /** What a push would come to at the least: the labels of its group are not counted. */
  foresee(families: Iterable<PushedFamily>): Usage {
    let series = 0;
    let size = 0;
    for (const family of families) {
      const known = this.#names.get(family.name);
      if (known === undefined) size += sizeOfName(family.name);
      if (!known?.helps.has(family.help)) size += sizeOfHelp(family.help);
      series += family.series.length;
      for (const { labels } of family.series) {
        size += SERIES_BYTES;
        for (const text of labels) size += COPIES * text.length;
      }
    }
    return { series, size };
  }

  #count(family: StoredFamily, sign: 1 | -1): void {
    this.#series += sign * family.labels.length;
    this.#size += sign * sizeOfSeries(family);
  }

  #addName({ name, help }: StoredFamily): void {
    let known = this.#names.get(name);
    if (known === undefined) {
      this.#names.set(name, known = { groups: 0, helps: new Map() });
      this.#size += sizeOfName(name);
    }
    known.groups++;
    const holders = known.helps.get(help) ?? 0;
    known.helps.set(help, holders + 1);
    if (holders === 0) this.#size += sizeOfHelp(help);
  }

  #removeName({ name, help }: StoredFamily): void {
    const known = this.#names.get(name);
    if (known === undefined) return;
    const holders = known.helps.get(help) ?? 0;
    if (holders > 1) known.helps.set(help, holders - 1);
    else if (known.helps.delete(help)) this.#size -= sizeOfHelp(help);
    if (--known.groups > 0) return;
    this.#names.delete(name);
    this.#size -= sizeOfName(name);
  }
}

function sizeOfName(name: string): number {
  return NAME_BYTES + COPIES * name.length;
}

/** Groups of one name share equal help texts; any of those that differ can become the one that a scrape shows. */
function sizeOfHelp(help: string): number {
  return COPIES * help.length;
}

/** Whether a push only brought new numbers, as nearly all do: then nothing need be added up. */
function isSameSize(before: StoredFamily, after: StoredFamily): boolean {
  return before.labels === after.labels && before.extras === after.extras &&
    before.help === after.help && isScalar(before) && isScalar(after);
}

function sizeOfSeries(family: StoredFamily): number {
  let size = SERIES_BYTES * family.labels.length;
  for (const text of family.labels) size += COPIES * (family.name.length + text.length);
  if (isScalar(family)) size += 8 * family.samples.length;
  else for (const { points } of family.samples) size += 16 * (points.length + 1);
  size += COPIES * (family.extras?.unit.length ?? 0);
  for (const wire of family.extras?.wire ?? []) size += COPIES * (wire?.length ?? 0);
  return size;
}
