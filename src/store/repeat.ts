/**
 * The push that most pushes are: a group gets the very series again that it holds, with other numbers. Whatever fitted together
 * before still does, so nothing needs to be labelled, checked or counted: the numbers are written into the group's row, and the
 * blocks they are rendered in forgotten. That takes 0.6 µs for five gauges where the general way takes 3, and makes nothing that
 * the garbage collector finds alive.
 */

import type { Distribution, PushedFamily } from "../model/family.ts";
import { copyText } from "../model/flatten.ts";
import type { GroupKey } from "../model/group-key.ts";
import { patternOf } from "../model/label-pattern.ts";
import { mergeLabels } from "../validate/merge-labels.ts";
import type { FamilyChange, GroupChange, PushWrite } from "./change.ts";
import { type FamilyPlan, readFamily } from "./family-plan.ts";
import { type Group, staleBit } from "./group.ts";
import type { Layout } from "./layout.ts";
import { isTimeFamily, PUSH_FAILURE_TIME, PUSH_TIME } from "./own-families.ts";
import type { StoreState } from "./state.ts";

/**
 * Carries out a push if it brings nothing but other numbers.
 *
 * @returns the change, or `undefined` when the push has to go the general way; then nothing was changed.
 */
export function repeatPush(
  state: StoreState,
  group: Group,
  write: PushWrite,
): GroupChange | undefined {
  const { layout } = group;
  const pushTime = layout.positions.get(PUSH_TIME);
  if (pushTime === undefined || !layout.positions.has(PUSH_FAILURE_TIME)) return undefined;
  const positions = matchFamilies(layout, write.families);
  if (positions === undefined) return undefined;
  // With PUT everything that is not pushed would have to go.
  if (write.replace && positions.length + 2 !== group.size) return undefined;
  positions.push(pushTime);
  const before = group.numbers();
  const start = group.row * layout.width;
  const { offsets, numbers } = layout;
  let at = 0;
  for (const pushed of write.families) {
    if (isTimeFamily(pushed.name)) continue;
    const position = positions[at++] as number;
    const plan = layout.plans[position] as FamilyPlan;
    writePushed(pushed, plan, write.at, numbers, start + (offsets[position] as number));
  }
  const offset = start + (offsets[pushTime] as number);
  numbers[offset] = write.at;
  numbers[offset + 1] = write.at / 1000;
  let stale = 0;
  for (const position of positions) stale |= staleBit(position);
  state.markStale(group, stale);
  return new NumbersChange(group, positions, before);
}

/** The positions of pushed families; `undefined` when any is not there with the same series, or is there twice. */
function matchFamilies(layout: Layout, families: readonly PushedFamily[]): number[] | undefined {
  const positions: number[] = [];
  for (const pushed of families) {
    if (pushed.timestamped) return undefined;
    if (isTimeFamily(pushed.name)) continue;
    const position = layout.positions.get(pushed.name);
    if (position === undefined || positions.includes(position)) return undefined;
    if (!isSame(pushed, layout.plans[position] as FamilyPlan)) return undefined;
    positions.push(position);
  }
  return positions;
}

function isSame(pushed: PushedFamily, plan: FamilyPlan): boolean {
  if (pushed.type !== plan.type || pushed.help !== plan.help) return false;
  if (pushed.utf8 || (pushed.unit ?? "") !== "") return false;
  const { series } = pushed;
  if (series.length !== plan.patterns.length) return false;
  let isMoved = false;
  for (let index = 0; index < series.length; index++) {
    const { labels, sample, wire } = series[index] as typeof series[number];
    let place = plan.order[index] as number;
    if (!isEqual(labels, plan.own[place] as readonly string[])) {
      place = plan.own.findIndex((own) => isEqual(labels, own));
      if (place < 0) return false;
      plan.order[index] = place;
      isMoved = true;
    }
    if (wire !== undefined) return false;
    if (typeof sample !== "number" && !hasPoints(sample, plan.points[place])) return false;
  }
  return !isMoved || isPermutation(plan.order);
}

function isEqual(labels: readonly string[], own: readonly string[]): boolean {
  if (labels.length !== own.length) return false;
  for (let i = 0; i < labels.length; i++) if (labels[i] !== own[i]) return false;
  return true;
}

function hasPoints({ points, values }: Distribution, planned: readonly number[] = []): boolean {
  if (points.length !== planned.length || values.length !== planned.length) return false;
  for (let i = 0; i < points.length; i++) if (!Object.is(points[i], planned[i])) return false;
  return true;
}

/** Where not every place occurs once, a series was pushed twice; the order is made a sound one again. */
function isPermutation(order: number[]): boolean {
  if (new Set(order).size === order.length) return true;
  for (let i = 0; i < order.length; i++) order[i] = i;
  return false;
}

function writePushed(
  { series }: PushedFamily,
  { order, starts }: FamilyPlan,
  at: number,
  numbers: Float64Array,
  start: number,
): void {
  numbers[start] = at;
  for (let index = 0; index < series.length; index++) {
    const { sample } = series[index] as typeof series[number];
    let next = start + (starts[order[index] as number] as number);
    if (typeof sample === "number") {
      numbers[next] = sample;
      continue;
    }
    numbers[next++] = sample.count;
    numbers[next++] = sample.sum;
    for (const value of sample.values) numbers[next++] = value;
  }
}

/**
 * Remembers how the series of a push are labelled, where that is not how their plans have it: labels may come in any order, and
 * some that the group overrides. The next such push is then seen to repeat this one.
 */
export function learnLabels(group: Group, { key, families }: PushWrite): void {
  for (const pushed of families) {
    const plan = group.plan(pushed.name);
    if (plan === undefined || isSame(pushed, plan)) continue;
    for (const { labels } of pushed.series) {
      const pattern = patternOf(mergeLabels(labels, key).text, key.id);
      const place = pattern === undefined ? -1 : plan.patterns.indexOf(pattern);
      if (place >= 0) plan.own[place] = labels.map(copyText);
    }
  }
}

/** A change of numbers alone. The records of the families are made when somebody asks for them. */
class NumbersChange implements GroupChange {
  readonly kind = "group" as const;
  readonly key: GroupKey;
  readonly #layout: Layout;
  readonly #positions: readonly number[];
  readonly #before: Float64Array;
  readonly #after: Float64Array;
  #families: readonly FamilyChange[] | undefined;

  constructor(group: Group, positions: readonly number[], before: Float64Array) {
    this.key = group.key;
    this.#layout = group.layout;
    this.#positions = positions;
    this.#before = before;
    this.#after = group.numbers();
  }

  get names(): readonly string[] {
    const { plans } = this.#layout;
    return this.#positions.map((position) => (plans[position] as FamilyPlan).name);
  }

  get families(): readonly FamilyChange[] {
    const { plans, offsets } = this.#layout;
    this.#families ??= this.#positions.map((position) => {
      const plan = plans[position] as FamilyPlan;
      const at = offsets[position] as number;
      const before = readFamily(plan, this.key, this.#before, at);
      return { name: plan.name, before, after: readFamily(plan, this.key, this.#after, at) };
    });
    return this.#families;
  }
}
