/**
 * Counts that go on where an earlier life of the gateway left off, for places where a gateway is put away whenever nobody asks for
 * it: a counter that starts anew each time says nothing. Counters, and the counts and sums of summaries, are carried over; quantiles
 * are of the last ten minutes and begin anew.
 */

import { type Distribution, type Family, isScalar, type MetricType } from "../model/family.ts";
import type { Telemetry } from "./telemetry.ts";

/** What a summary had come to. */
export interface CarriedSummary {
  /** Number of observations. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
  /** The quantiles that it tells. */
  readonly points: readonly number[];
}

/** Counts by family and label text; survives JSON and structured cloning. */
export type CarriedCounts = {
  readonly [family: string]: { readonly [labels: string]: number | CarriedSummary };
};

/** Telemetry whose counts can be taken along. */
export interface CarryingTelemetry extends Telemetry {
  /** What all counts have come to, earlier lives included. */
  counts(): CarriedCounts;
}

/** Makes telemetry go on from what was counted before. */
export function carryOn(telemetry: Telemetry, before: CarriedCounts): CarryingTelemetry {
  const collect = (): readonly Family[] => {
    const families = new Map(telemetry.collect().map((family) => [family.name, family]));
    for (const [name, counts] of Object.entries(before)) {
      const reserved = telemetry.reserved().get(name);
      // Another version of the gateway may have counted other things.
      if (reserved === undefined || !isCounted(reserved.type)) continue;
      const family = families.get(name) ?? emptyFamily(name, reserved.type, reserved.help);
      families.set(name, addCounts(family, counts));
    }
    return [...families.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  return { ...telemetry, collect, counts: () => countsOf(collect()) };
}

/** The counts among families. What the system counts for the process starts anew with every process. */
function countsOf(families: readonly Family[]): CarriedCounts {
  const all: Record<string, Record<string, number | CarriedSummary>> = {};
  for (const family of families) {
    if (!isCounted(family.type) || !family.name.startsWith("pushgateway_")) continue;
    const counts: Record<string, number | CarriedSummary> = {};
    family.labels.forEach((labels, i) => {
      const sample = family.samples[i] as number | Distribution;
      counts[labels] = typeof sample === "number"
        ? sample
        : { count: sample.count, sum: sample.sum, points: sample.points };
    });
    all[family.name] = counts;
  }
  return all;
}

function isCounted(type: MetricType): type is "counter" | "summary" {
  return type === "counter" || type === "summary";
}

function emptyFamily(name: string, type: "counter" | "summary", help: string): Family {
  return { name, type, help, labels: [], samples: [] };
}

function addCounts(family: Family, before: CarriedCounts[string]): Family {
  const samples = new Map<string, number | Distribution>();
  family.labels.forEach((labels, i) => samples.set(labels, family.samples[i] ?? 0));
  for (const [labels, earlier] of Object.entries(before)) {
    const added = addCount(samples.get(labels), earlier, isScalar(family));
    if (added !== undefined) samples.set(labels, added);
  }
  const labels = [...samples.keys()].sort();
  return { ...family, labels, samples: labels.map((text) => samples.get(text)) } as Family;
}

/** Undefined when what was stored does not fit the family any more. */
function addCount(
  now: number | Distribution | undefined,
  before: number | CarriedSummary,
  isNumber: boolean,
): number | Distribution | undefined {
  if (typeof before === "number") {
    return isNumber ? (typeof now === "number" ? now : 0) + before : undefined;
  }
  if (isNumber) return undefined;
  const { count, sum, points } = before;
  const current = typeof now === "object"
    ? now
    : { count: 0, sum: 0, points, values: points.map(() => NaN) };
  return { ...current, count: current.count + count, sum: current.sum + sum };
}
