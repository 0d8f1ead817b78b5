/**
 * What the store knows by family name: who holds it, with which types and help texts, and from groups of which shapes. It answers
 * the consistency check in a few look-ups, and a scrape in the order of the names.
 */

import type { MetricType } from "../model/family.ts";
import { copyText } from "../model/flatten.ts";
import type { Shape } from "../model/group-key.ts";
import { isMetricName } from "../model/name.ts";
import { escapeName, type Escaping } from "../model/name-escaping.ts";
import { BlockList } from "./blocks.ts";
import type { FamilyTraits, Group } from "./group.ts";

const NO_TYPES: readonly MetricType[] = [];
const ONLY: Readonly<Record<MetricType, readonly MetricType[]>> = {
  counter: ["counter"],
  gauge: ["gauge"],
  histogram: ["histogram"],
  gaugehistogram: ["gaugehistogram"],
  summary: ["summary"],
  untyped: ["untyped"],
};
const NO_SHAPES: readonly Shape[] = [];

/** All that is known of one family name. */
export class NameEntry {
  /** The name, in the one copy that is kept. */
  readonly name: string;
  /** The families of this name in the order in which a scrape prints them. */
  readonly list: BlockList;
  /** Whether a push that was accepted without the check made it impossible to expose all of these families. */
  suspect = false;
  /** Whether the legacy rule does not allow the name. */
  readonly isUtf8Name: boolean;
  /** Whether it was logged that help texts differ. */
  helpConflictLogged = false;
  readonly #types = new Map<MetricType, number>();
  readonly #shapes = new Map<string, Counted<Shape>>();
  readonly #helps = new Map<string, Counted<string>>();
  readonly #units = new Map<string, Counted<string>>();
  #winningHelp: string | undefined;
  #utf8Families = 0;

  /** Begins an entry that nobody holds yet. */
  constructor(name: string) {
    this.name = name;
    this.list = new BlockList(name);
    this.isUtf8Name = !isMetricName(name);
  }

  /** Whether any name here, of the family or of a label, is one that the legacy rule does not allow. */
  get hasUtf8(): boolean {
    return this.isUtf8Name || this.#utf8Families > 0;
  }

  /** Whether no group holds a family of this name. */
  get isEmpty(): boolean {
    return this.#types.size === 0;
  }

  /** Whether groups disagree about the help text. */
  get hasHelpConflict(): boolean {
    return this.#helps.size > 1;
  }

  /**
   * The help text to expose: the one that most groups have, the smallest of them where several tie. It depends on what is held
   * and not on who came first, so that a restart does not change it.
   */
  get help(): string {
    this.#winningHelp ??= pickText(this.#helps.values());
    return this.#winningHelp;
  }

  /** The unit to expose, chosen like the help text; empty when no group has one. */
  get unit(): string {
    return this.#units.size === 0 ? "" : pickText(this.#units.values());
  }

  /** Of how many shapes the groups are that hold a family of this name. */
  get shapeCount(): number {
    return this.#shapes.size;
  }

  /** The types that groups hold, less one family of type `without`. */
  types(without?: MetricType): readonly MetricType[] {
    // Nearly always all groups agree, or nobody else is there.
    if (this.#types.size === 1 && without !== undefined) {
      return (this.#types.get(without) ?? 0) > 1 ? ONLY[without] : NO_TYPES;
    }
    return [...this.#types.keys()].filter((type) =>
      type !== without || this.#types.get(type) !== 1
    );
  }

  /** The shapes of the groups that hold a family of this name, less the shape `without`. */
  shapes(without: Shape): readonly Shape[] {
    // Nearly always all groups that hold a name are of one shape.
    if (this.#shapes.size === 1 && this.#shapes.has(without.id)) return NO_SHAPES;
    const shapes: Shape[] = [];
    for (const { item } of this.#shapes.values()) if (item.id !== without.id) shapes.push(item);
    return shapes;
  }

  /** The copy of a help text that is kept, if any. */
  keptHelp(help: string): string {
    return this.#helps.get(help)?.item ?? copyText(help);
  }

  /** Takes note of a group that holds a family of this name now. */
  add(group: Group): void {
    this.list.insert(group);
    countUp(this.#shapes, group.key.shape.id, group.key.shape);
    const traits = group.traits(this.name);
    if (traits !== undefined) this.#countFamily(traits);
  }

  /** Takes note that a group is about to lose its family. */
  remove(group: Group): void {
    this.list.remove(group);
    countDown(this.#shapes, group.key.shape.id);
    const traits = group.traits(this.name);
    if (traits !== undefined) this.#discountFamily(traits);
  }

  /** Takes note that a group is about to swap its family. */
  swap(group: Group, after: FamilyTraits): void {
    const before = group.traits(this.name);
    const hasOtherExtras = before?.extras?.unit !== after.extras?.unit ||
      before?.extras?.utf8 !== after.extras?.utf8;
    if (before?.type !== after.type || before.help !== after.help || hasOtherExtras) {
      if (before !== undefined) this.#discountFamily(before);
      this.#countFamily(after);
    }
    group.block(this.name)?.invalidate();
  }

  #countFamily({ type, help, extras }: FamilyTraits): void {
    if (extras !== undefined && extras.unit !== "") countUp(this.#units, extras.unit, extras.unit);
    if (extras?.utf8) this.#utf8Families++;
    this.#types.set(type, (this.#types.get(type) ?? 0) + 1);
    countUp(this.#helps, help, help);
    this.#winningHelp = undefined;
  }

  #discountFamily({ type, help, extras }: FamilyTraits): void {
    if (extras !== undefined) countDown(this.#units, extras.unit);
    if (extras?.utf8) this.#utf8Families--;
    const count = (this.#types.get(type) ?? 0) - 1;
    if (count > 0) this.#types.set(type, count);
    else this.#types.delete(type);
    countDown(this.#helps, help);
    this.#winningHelp = undefined;
  }
}

/** A name as a scrape shows it, and who is shown under it. */
export interface ExposedName {
  /** The name, escaped as the scrape wants it. */
  readonly name: string;
  /** The families of that name, first the one that has it without being escaped. */
  readonly entries: readonly NameEntry[];
}

/** The entries of all names that are held. */
export class NameIndex {
  readonly #entries = new Map<string, NameEntry>();
  #sorted: readonly NameEntry[] | undefined;
  #hasUtf8Names: boolean | undefined;
  /** By escaping; while no name needs any, by the empty text. */
  readonly #exposed = new Map<Escaping | "", readonly ExposedName[]>();

  /** The entry of a name that somebody holds. */
  get(name: string): NameEntry | undefined {
    return this.#entries.get(name);
  }

  /** The entry of a name that somebody is about to hold. */
  ensure(name: string): NameEntry {
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      entry = new NameEntry(name);
      this.#entries.set(name, entry);
      this.#forgetOrder();
    }
    return entry;
  }

  /** Forgets an entry that nobody holds any more. */
  dropIfEmpty(entry: NameEntry): void {
    if (entry.isEmpty && this.#entries.delete(entry.name)) this.#forgetOrder();
  }

  /** All entries, sorted by name. */
  sorted(): readonly NameEntry[] {
    this.#sorted ??= [...this.#entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return this.#sorted;
  }

  /** Whether an escaping makes other names of those that are held. */
  isChangedBy(escaping: Escaping): boolean {
    this.#hasUtf8Names ??= this.sorted().some((entry) => entry.isUtf8Name);
    return this.#hasUtf8Names && escaping !== "allow-utf-8";
  }

  /** All entries under the names that a scrape shows them with, sorted by these. */
  exposed(escaping: Escaping): readonly ExposedName[] {
    const key = this.isChangedBy(escaping) ? escaping : "";
    let exposed = this.#exposed.get(key);
    if (exposed === undefined) {
      exposed = key === ""
        ? this.sorted().map((entry) => ({ name: entry.name, entries: [entry] }))
        : mergeEscaped(this.sorted(), escaping);
      this.#exposed.set(key, exposed);
    }
    return exposed;
  }

  #forgetOrder(): void {
    this.#sorted = undefined;
    this.#hasUtf8Names = undefined;
    this.#exposed.clear();
  }
}

function mergeEscaped(entries: readonly NameEntry[], escaping: Escaping): ExposedName[] {
  const byName = new Map<string, NameEntry[]>();
  const needsNone = entries.filter((entry) => !entry.isUtf8Name);
  for (const entry of [...needsNone, ...entries.filter((entry) => entry.isUtf8Name)]) {
    const name = escapeName(entry.name, escaping);
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [entry]);
    else same.push(entry);
  }
  return [...byName].map(([name, entries]) => ({ name, entries }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface Counted<T> {
  readonly item: T;
  count: number;
}

function countUp<T>(counts: Map<string, Counted<T>>, id: string, item: T): void {
  const counted = counts.get(id);
  if (counted === undefined) counts.set(id, { item, count: 1 });
  else counted.count++;
}

function countDown<T>(counts: Map<string, Counted<T>>, id: string): void {
  const counted = counts.get(id);
  if (counted === undefined) return;
  counted.count--;
  if (counted.count === 0) counts.delete(id);
}

function pickText(texts: Iterable<Counted<string>>): string {
  let winner: Counted<string> = { item: "", count: 0 };
  for (const text of texts) {
    const wins = winner.item === "" || text.count > winner.count ||
      (text.count === winner.count && text.item < winner.item);
    if (text.item !== "" && wins) winner = text;
  }
  return winner.item;
}
