/**
 * Assembles a scrape: the gateway's own families and those of all groups, merged by name and sorted by it. The series come from
 * the blocks' caches; only names whose families were accepted without the consistency check are looked at series by series.
 */

import type { Family } from "../model/family.ts";
import type { Format } from "../render/format.ts";
import { type Dropped, ExposedTypes, keepConsistent } from "./consistent-view.ts";
import type { NameEntry } from "./name-index.ts";
import type { OwnFamilies } from "./own-families.ts";
import type { StoreState } from "./state.ts";

/** What to gather. */
export interface GatherOptions {
  /** The gateway's own families, sorted by name. */
  readonly own: readonly Family[];
  /** Only families of these names; all when absent. */
  readonly names?: ReadonlySet<string>;
}

/** The body of a scrape in pieces. */
export interface Scrape {
  /** The pieces in order. They are shared with caches and must not be modified. */
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  /** Length of all pieces together, in bytes. */
  readonly length: number;
  /** What had to be left out. */
  readonly dropped: readonly Dropped[];
}

/** A name that occurs in the scrape, and who has families of it. */
interface Occurrence {
  readonly name: string;
  readonly own: Family | undefined;
  readonly entry: NameEntry | undefined;
}

/** Assembles a scrape of a state. */
export function gatherScrape(
  state: StoreState,
  ownTypes: OwnFamilies,
  format: Format,
  options: GatherOptions,
): Scrape {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const dropped: Dropped[] = [];
  const exposed = new ExposedTypes();
  for (const { name, own, entry } of occurrences(state.names.sorted(), options.own)) {
    const reserved = ownTypes.get(name);
    const part = entry?.suspect ? keepConsistent(entry, reserved?.type, exposed) : undefined;
    const type = own?.type ?? reserved?.type ?? part?.type ?? firstType(entry);
    const isEmpty = own === undefined && part?.families.length === 0;
    // Also a name that was not asked for counts: what is left out because of it does not depend on the question.
    if (!isEmpty) exposed.add(name, type);
    if (options.names !== undefined && !options.names.has(name)) continue;
    if (part !== undefined) dropped.push(...part.dropped);
    if (isEmpty) continue;
    const series = own === undefined ? [] : [format.renderSeries([own])];
    if (part !== undefined) series.push(format.renderSeries(part.families));
    else for (const block of entry?.list.blocks ?? []) series.push(block.render(format));
    const help = reserved?.help ?? own?.help ?? entry?.help ?? "";
    chunks.push(format.renderHead({ name, type, help }, totalLength(series)), ...series);
  }
  return { chunks, length: totalLength(chunks), dropped };
}

/** Merges two lists that are sorted by name. */
function* occurrences(
  entries: readonly NameEntry[],
  own: readonly Family[],
): Generator<Occurrence> {
  let ownAt = 0;
  for (const entry of entries) {
    for (let family = own[ownAt]; family && family.name < entry.name; family = own[++ownAt]) {
      yield { name: family.name, own: family, entry: undefined };
    }
    const same = own[ownAt]?.name === entry.name ? own[ownAt++] : undefined;
    yield { name: entry.name, own: same, entry };
  }
  for (const family of own.slice(ownAt)) yield { name: family.name, own: family, entry: undefined };
}

/** The type of the first family in the order of the scrape: a function of the content, should there be several types. */
function firstType(entry: NameEntry | undefined): Family["type"] {
  return entry?.list.blocks[0]?.slots[0]?.family.type ?? "untyped";
}

function totalLength(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((length, chunk) => length + chunk.length, 0);
}
