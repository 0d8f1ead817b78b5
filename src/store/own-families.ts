/**
 * Families that nobody pushes: those of the gateway about itself, and the two gauges that every group carries about itself. The
 * latter are families of the group like any other: checked, swapped, cached and rendered the same way.
 */

import type { MetricType, StoredFamily } from "../model/family.ts";
import { forcedTextOf, type GroupKey } from "../model/group-key.ts";
import type { Group } from "./group.ts";

/** What the gateway exposes about itself, by name. Pushes may add series to these families but not contradict their types. */
export type OwnFamilies = ReadonlyMap<string, { readonly type: MetricType; readonly help: string }>;

/** When a change of the group last succeeded. */
export const PUSH_TIME = "push_time_seconds";
/** When a change of the group last failed. */
export const PUSH_FAILURE_TIME = "push_failure_time_seconds";

const HELP: Readonly<Record<string, string>> = {
  [PUSH_TIME]: "Last Unix time when changing this group in the Pushgateway succeeded.",
  [PUSH_FAILURE_TIME]: "Last Unix time when changing this group in the Pushgateway failed.",
};

/** Whether a name is one of the two; pushed families of these names are overridden. */
export function isTimeFamily(name: string): boolean {
  return name === PUSH_TIME || name === PUSH_FAILURE_TIME;
}

/**
 * Makes one of the two gauges.
 *
 * @param time milliseconds since the Unix epoch; 0 stands for never.
 * @param pushedAt when it is made, in milliseconds since the Unix epoch.
 */
export function createTimeFamily(
  name: string,
  key: GroupKey,
  time: number,
  pushedAt: number,
): StoredFamily {
  return {
    name,
    type: "gauge",
    help: HELP[name] ?? "",
    labels: [forcedTextOf(key)],
    samples: [time / 1000],
    pushedAt,
    ...(key.shape.utf8 ? UTF8_EXTRAS : undefined),
  };
}

const UTF8_EXTRAS: Pick<StoredFamily, "extras"> = { extras: { unit: "", wire: [], utf8: true } };

/** One of the two times of a group, in seconds since the Unix epoch; 0 stands for never. */
export function timeOf(group: Group, name: string): number {
  const value = group.family(name)?.samples[0];
  return typeof value === "number" ? value : 0;
}
