/**
 * What every source of own metrics has in common: it says beforehand which families it may give, so that the consistency check can
 * refuse pushes that would clash with them, and gives them at each scrape.
 */

import type { Distribution, Family, MetricType } from "../model/family.ts";

/** A family the gateway itself may expose. */
export interface Definition<T extends MetricType = MetricType> {
  /** Metric name. */
  readonly name: string;
  /** Metric type. */
  readonly type: T;
  /** HELP text. */
  readonly help: string;
}

/** A source of own metrics. */
export interface Collector {
  /** Every family that {@link Collector.collect} may ever give. */
  readonly definitions: readonly Definition[];
  /**
   * The families at the monotonic time `now` (milliseconds), in any order. A family given is never changed afterwards; one that
   * has not changed may be given again.
   */
  collect(now: number): readonly Family[];
}

/** A counter without labels. */
export interface Counter extends Collector {
  /** Adds `n`, which is not negative. */
  add(n: number): void;
}

/** A counter without labels that stands at zero. */
export function createCounter(definition: Definition<"counter">): Counter {
  let value = 0;
  let families: readonly Family[] | undefined;
  return {
    definitions: [definition],
    add(n) {
      value += n;
      families = undefined;
    },
    collect() {
      families ??= [scalarFamily(definition, value)];
      return families;
    },
  };
}

/** A family of one series; without labels unless a label text is given. */
export function scalarFamily(
  definition: Definition<"counter" | "gauge">,
  value: number,
  labels = "",
): Family {
  return { ...definition, labels: [labels], samples: [value] };
}

/** A family of summaries from label texts and what each holds. */
export function summaryFamily(
  definition: Definition<"summary">,
  labels: readonly string[],
  samples: readonly Distribution[],
): Family {
  return { ...definition, labels, samples };
}
