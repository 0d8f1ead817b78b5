/**
 * Assembles a scrape: the gateway's own families and those of all groups, merged by name and sorted by it, as the names are once
 * escaped. The series come from the blocks' caches; only names whose families were accepted without the consistency check, or
 * that escaping may bring into conflict, are looked at series by series.
 */

import type { Family } from "../model/family.ts";
import type { Format } from "../render/format.ts";
import {
  type ConsistentPart,
  type Dropped,
  ExposedTypes,
  keepConsistent,
  type ScrapeView,
} from "./consistent-view.ts";
import type { ExposedName, NameEntry } from "./name-index.ts";
import type { OwnFamilies } from "./own-families.ts";
import type { StoreState } from "./state.ts";

/** What to gather. */
export interface GatherOptions {
  /** The gateway's own families, sorted by name. */
  readonly own: readonly Family[];
  /** Only families of these names, escaped or as pushed; all when absent. */
  readonly names?: ReadonlySet<string>;
}

/** The body of a scrape in pieces. */
export interface Scrape {
  /** The pieces in order. They are shared with caches and must not be modified. */
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  /** What had to be left out. */
  readonly dropped: readonly Dropped[];
}

/** A name that occurs in the scrape, and who has families of it. */
interface Occurrence extends ExposedName {
  readonly own: Family | undefined;
}

/** Assembles a scrape of a state. */
export function gatherScrape(
  state: StoreState,
  ownTypes: OwnFamilies,
  format: Format,
  options: GatherOptions,
): Scrape {
  state.invalidateStale();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const dropped: Dropped[] = [];
  const view = viewOf(state, ownTypes, format);
  const { exposed } = view;
  const isChanged = state.names.isChangedBy(format.escaping);
  for (const occurrence of occurrences(state.names.exposed(format.escaping), options.own)) {
    const { name, own, entries } = occurrence;
    const reserved = ownTypes.get(name);
    const isDoubtful = entries.some((entry) => entry.suspect || isEscaped(entry, format)) ||
      (isChanged && exposed.collision(name) !== undefined);
    const checked = isDoubtful ? keepConsistent(occurrence, view) : undefined;
    const parts: readonly ConsistentPart[] = checked?.parts ?? entries.map(wholePart);
    const type = own?.type ?? reserved?.type ?? checked?.type ?? firstType(entries[0]);
    // Also a name that was not asked for counts: what is left out because of it does not depend on the question.
    if (own !== undefined || parts.some(isExposed)) exposed.add(name, type);
    const wanted = select(occurrence, parts, options.names);
    for (const part of wanted.parts) dropped.push(...part.dropped);
    const shown = wanted.parts.filter(isExposed);
    if (wanted.own === undefined && shown.length === 0) continue;
    const series = wanted.own === undefined ? [] : [format.renderSeries([wanted.own])];
    for (const part of shown) renderPart(part, format, series);
    const help = reserved?.help ?? own?.help ?? firstText(shown, ({ entry }) => entry.help);
    const unit = firstText(shown, ({ entry }) => entry.unit);
    const head = { name, type, help, unit };
    chunks.push(format.renderHead(head, totalLength(series, format)), ...series);
    if (format.renderFoot !== undefined) chunks.push(format.renderFoot(head));
  }
  if (format.renderTail !== undefined) chunks.push(format.renderTail());
  return { chunks, dropped };
}

function viewOf(state: StoreState, ownTypes: OwnFamilies, { escaping }: Format): ScrapeView {
  return {
    escaping,
    exposed: new ExposedTypes(),
    ownType: (name) => ownTypes.get(name)?.type,
    isHeld: (name) => ownTypes.has(name) || state.names.get(name) !== undefined,
  };
}

/** Whether escaping may bring an entry into conflict with others or with itself. */
function isEscaped(entry: NameEntry, { escaping }: Format): boolean {
  return escaping !== "allow-utf-8" && entry.hasUtf8;
}

function wholePart(entry: NameEntry): ConsistentPart {
  return { entry, families: undefined, dropped: [] };
}

function isExposed({ families }: ConsistentPart): boolean {
  return families === undefined || families.length > 0;
}

/** What was asked for of a name: all of it by the name shown, some of it by the names pushed. */
function select(
  { name, own }: Occurrence,
  parts: readonly ConsistentPart[],
  names: GatherOptions["names"],
): { readonly own: Family | undefined; readonly parts: readonly ConsistentPart[] } {
  if (names === undefined || names.has(name)) return { own, parts };
  return { own: undefined, parts: parts.filter(({ entry }) => names.has(entry.name)) };
}

/** Adds what a part is rendered as, piece by piece: nearly all of a scrape comes this way. */
function renderPart(
  { entry, families }: ConsistentPart,
  format: Format,
  pieces: Uint8Array<ArrayBuffer>[],
): void {
  if (families !== undefined) pieces.push(format.renderSeries(families));
  else for (const block of entry.list.blocks) pieces.push(block.render(format));
}

function firstText(
  parts: readonly ConsistentPart[],
  textOf: (part: ConsistentPart) => string,
): string {
  for (const part of parts) {
    const text = textOf(part);
    if (text !== "") return text;
  }
  return "";
}

/** Merges two lists that are sorted by name. */
function* occurrences(
  names: readonly ExposedName[],
  own: readonly Family[],
): Generator<Occurrence> {
  let ownAt = 0;
  for (const { name, entries } of names) {
    for (let family = own[ownAt]; family && family.name < name; family = own[++ownAt]) {
      yield { name: family.name, own: family, entries: [] };
    }
    const same = own[ownAt]?.name === name ? own[ownAt++] : undefined;
    yield { name, own: same, entries };
  }
  for (const family of own.slice(ownAt)) yield { name: family.name, own: family, entries: [] };
}

/** The type of the first family in the order of the scrape: a function of the content, should there be several types. */
function firstType(entry: NameEntry | undefined): Family["type"] {
  return entry?.list.blocks[0]?.groups[0]?.traits(entry.name)?.type ?? "untyped";
}

function totalLength(chunks: readonly Uint8Array[], { lengthOf }: Format): number {
  return chunks.reduce((length, chunk) => length + (lengthOf?.(chunk) ?? chunk.length), 0);
}
