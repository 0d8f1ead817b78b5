/**
 * Whether the gateway could still be scraped if a push were accepted. The check looks at the state after the push and costs what
 * the push carries, never what the gateway holds: everything about other groups comes from look-ups by family name.
 *
 * Rules and wording follow the checks of client_golang's Gatherers.
 */

import { isScalarType, type MetricType, typeName } from "../model/family.ts";
import type { GroupKey, Shape } from "../model/group-key.ts";
import { labelText } from "../model/label.ts";
import { RESERVED_LABEL_PREFIX } from "../model/name.ts";
import { quote } from "../model/quote.ts";
import { describeSeries } from "./describe.ts";
import type { SanitizedFamily } from "./sanitize.ts";

/** A push that is to be checked. */
export interface SanitizedPush {
  /** The group pushed to. */
  readonly key: GroupKey;
  /** Its families by name. */
  readonly families: ReadonlyMap<string, SanitizedFamily>;
}

/** What the check has to know of the state that the push would leave behind, apart from what it carries itself. */
export interface Surroundings {
  /** The type of the gateway's own family of this name. */
  ownType(name: string): MetricType | undefined;
  /** The types that a family of this name has in other groups. */
  typesElsewhere(name: string): readonly MetricType[];
  /**
   * The types that a family of this name has anywhere: in the gateway itself, in other groups, and in the group where the push
   * leaves its family alone.
   */
  typesRemaining(name: string): readonly MetricType[];
  /** The shapes of the groups, other than those of the group's own shape, that hold a family of this name. */
  shapesElsewhere(name: string): readonly Shape[];
  /** Whether the group with this key holds exactly this series. */
  hasSeries(groupId: string, name: string, labelText: string): boolean;
}

/** One reason to refuse a push. */
export interface Inconsistency {
  /** What is wrong, in the wording of the reference. */
  readonly message: string;
  /** The names of the families that cannot be exposed together or at all. */
  readonly names: readonly string[];
}

/**
 * Finds what is wrong with a push, most important first.
 *
 * @param all whether to go on after the first family with something wrong; the first reason is the one to tell the client.
 */
export function findInconsistencies(
  push: SanitizedPush,
  around: Surroundings,
  all: boolean,
): readonly Inconsistency[] {
  const found: Inconsistency[] = [];
  for (const sanitized of push.families.values()) {
    const { name, type } = sanitized.family;
    const message = findInvalidSeries(sanitized) ?? findTypeConflict(sanitized, around) ??
      findDuplicateElsewhere(sanitized, around);
    if (message !== undefined) found.push({ message, names: [name] });
    collectCollisions(name, type, push, around, found);
    if (found.length > 0 && !all) break;
  }
  return found;
}

/** The same series twice in one family, a reserved label name, or a `quantile` label on a summary. */
function findInvalidSeries({ family, labelSets }: SanitizedFamily): string | undefined {
  const seen = family.labels.length > 1 ? new Set<string>() : undefined;
  for (let index = 0; index < labelSets.length; index++) {
    const labels = labelSets[index] as readonly string[];
    for (let i = 0; i < labels.length; i += 2) {
      const label = labels[i] as string;
      if (label.startsWith(RESERVED_LABEL_PREFIX)) {
        return `${
          describeSeries(family, labels, index)
        } has a label with an invalid name: ${label}`;
      }
      if (label === "quantile" && family.type === "summary") {
        return `${
          describeSeries(family, labels, index)
        } must not have an explicit "quantile" label`;
      }
    }
    const text = family.labels[index] as string;
    if (seen?.has(text)) return collectedBefore({ family, labelSets }, index);
    seen?.add(text);
  }
  return undefined;
}

/** A type other than the one that the name has in the gateway itself or in another group. */
function findTypeConflict(
  { family, labelSets }: SanitizedFamily,
  around: Surroundings,
): string | undefined {
  const { name, type } = family;
  const own = around.ownType(name);
  if (own !== undefined && own !== type) {
    return `gathered metric family ${name} has type ${typeName(type)} but should have ${
      typeName(own)
    }`;
  }
  const others = around.typesElsewhere(name);
  const other = others[0] === type ? others[1] : others[0];
  if (other === undefined) return undefined;
  return `${describeSeries(family, labelSets[0] ?? [], 0)} is not a ${typeName(other)}`;
}

/**
 * A series that another group holds. Groups of one shape differ in some forced label, so only groups of other shapes come into
 * question, and of each shape only the one whose key is made of the series' own values.
 */
function findDuplicateElsewhere(
  sanitized: SanitizedFamily,
  around: Surroundings,
): string | undefined {
  const { family, labelSets } = sanitized;
  const shapes = around.shapesElsewhere(family.name);
  if (shapes.length === 0) return undefined;
  for (const [first, end] of runsOfNames(labelSets)) {
    const names = labelSets[first] as readonly string[];
    for (const shape of shapes) {
      // Most shapes fall out here, once for all series with the same names.
      if (project(names, shape) === undefined) continue;
      for (let index = first; index < end; index++) {
        const groupId = project(labelSets[index] as readonly string[], shape) as string;
        if (around.hasSeries(groupId, family.name, family.labels[index] as string)) {
          return collectedBefore(sanitized, index);
        }
      }
    }
  }
  return undefined;
}

/** Where neighbouring label sets have the same names: the first index of each run, and the one behind it. */
function runsOfNames(labelSets: readonly (readonly string[])[]): [number, number][] {
  const runs: [number, number][] = [];
  let first = 0;
  for (let index = 1; index <= labelSets.length; index++) {
    if (sameNames(labelSets[first] as readonly string[], labelSets[index])) continue;
    runs.push([first, index]);
    first = index;
  }
  return runs;
}

function sameNames(a: readonly string[], b: readonly string[] | undefined): boolean {
  if (a.length !== b?.length) return false;
  for (let i = 0; i < a.length; i += 2) if (a[i] !== b[i]) return false;
  return true;
}

/** The id of the only group of a shape that could hold a series with these labels. */
function project(labels: readonly string[], shape: Shape): string | undefined {
  const key: string[] = [];
  for (let i = 0; i < labels.length && key.length < shape.names.length * 2; i += 2) {
    if (labels[i] === shape.names[key.length / 2]) {
      key.push(labels[i] as string, labels[i + 1] as string);
    }
  }
  return key.length === shape.names.length * 2 ? labelText(key) : undefined;
}

/** Names that read like a line of a histogram or summary of another name, in either direction. */
function collectCollisions(
  name: string,
  type: MetricType,
  push: SanitizedPush,
  around: Surroundings,
  found: Inconsistency[],
): void {
  for (const suffix of HISTOGRAM_SUFFIXES) {
    if (!name.endsWith(suffix) || name.length === suffix.length) continue;
    const base = name.slice(0, -suffix.length);
    const baseType = typeWithLine(typesAfter(base, push, around), suffix);
    if (baseType === undefined) continue;
    const message = `collected metric named ${quote(name)} collides with previously collected ` +
      `${typeName(baseType).toLowerCase()} named ${quote(base)}`;
    found.push({ message, names: [name, base] });
  }
  for (const suffix of suffixesOf(type)) {
    const line = `${name}${suffix}`;
    if (typesAfter(line, push, around).length === 0) continue;
    const kind = suffix === "_bucket" ? "histogram" : "histogram or summary";
    const message = `collected ${kind} named ${quote(name)} collides with previously ` +
      `collected metric named ${quote(line)}`;
    found.push({ message, names: [name, line] });
  }
}

/** The types that a name has once the push is accepted. */
function typesAfter(
  name: string,
  push: SanitizedPush,
  around: Surroundings,
): readonly MetricType[] {
  const pushed = push.families.get(name);
  const remaining = around.typesRemaining(name);
  return pushed === undefined ? remaining : [pushed.family.type, ...remaining];
}

/** Among some types one whose families have lines with this suffix. */
function typeWithLine(types: readonly MetricType[], suffix: string): MetricType | undefined {
  return types.find((type) => suffixesOf(type).includes(suffix));
}

const NO_SUFFIXES: readonly string[] = [];
const SUMMARY_SUFFIXES: readonly string[] = ["_count", "_sum"];
const HISTOGRAM_SUFFIXES: readonly string[] = ["_count", "_sum", "_bucket"];

/** The suffixes that the lines of a family of this type carry. */
export function suffixesOf(type: MetricType): readonly string[] {
  if (isScalarType(type)) return NO_SUFFIXES;
  return type === "summary" ? SUMMARY_SUFFIXES : HISTOGRAM_SUFFIXES;
}

function collectedBefore(
  { family, labelSets }: Pick<SanitizedFamily, "family" | "labelSets">,
  index: number,
): string {
  const series = describeSeries(family, labelSets[index] ?? [], index);
  return `${series} was collected before with the same name and label values`;
}
