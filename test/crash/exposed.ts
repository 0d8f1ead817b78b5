/** What a gateway exposes of the groups of the kill test, read from its text format. */

/** A group as it is exposed. */
export interface ExposedGroup {
  /** The number that each family carries. */
  readonly numbers: Record<string, number>;
  /** Seconds; 0 when no push was accepted. */
  pushTime?: number;
  /** Seconds; 0 when no push was refused. */
  failureTime?: number;
}

/** Series that each family of a push has; a family with fewer, or with different numbers, is half of one. */
export const SERIES = 3;

const LINE = /^(\w+)\{(.*?)\} (\S+)$/;

/**
 * Reads a scrape.
 *
 * @returns the groups by their label `instance`.
 * @throws Error when a family does not have all of its series, or they carry different numbers: then a push is half there.
 */
export function readExposed(text: string): ReadonlyMap<string, ExposedGroup> {
  const groups = new Map<string, ExposedGroup>();
  const counts = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name = "", labels = "", value = ""] = LINE.exec(line) ?? [];
    const [, instance] = /(?:^|,)instance="([^"]*)"/.exec(labels) ?? [];
    if (instance === undefined || !labels.includes('job="crash"')) continue;
    let group = groups.get(instance);
    if (group === undefined) groups.set(instance, group = { numbers: {} });
    if (name === "push_time_seconds") group.pushTime = Number(value);
    else if (name === "push_failure_time_seconds") group.failureTime = Number(value);
    else {
      const number = Number(value);
      const id = `${instance} ${name}`;
      counts.set(id, (counts.get(id) ?? 0) + 1);
      if ((group.numbers[name] ??= number) !== number) {
        throw new Error(`${id} carries ${group.numbers[name]} and ${number}: half a push`);
      }
    }
  }
  for (const [id, count] of counts) {
    if (count !== SERIES) throw new Error(`${id} has ${count} of ${SERIES} series: half a push`);
  }
  return groups;
}
