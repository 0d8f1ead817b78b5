/**
 * What the gateway tells about its storage. The probes stay green when storage is in trouble, since a gateway that can be read must
 * not be restarted for it; `pushgateway_persistence_healthy` is what to alert on.
 */

import type { Family } from "../model/family.ts";
import {
  type Collector,
  createCounter,
  type Definition,
  scalarFamily,
  summaryFamily,
} from "./collector.ts";
import { createSlidingSummary } from "./quantiles.ts";

/** What is asked at each scrape. */
export interface StorageFacts {
  /** How many groups are held. */
  groups(): number;
  /** Bytes that the storage takes, where it tells. */
  size(): number | undefined;
}

/** Takes note of what becomes of batches. */
export interface PersistenceObserver extends Collector {
  /** A batch of `bytes` was stored within `seconds`, at the monotonic time `now` (milliseconds). */
  committed(seconds: number, bytes: number, now: number): void;
  /** A batch or a probe failed. */
  failed(): void;
  /** Whether storage works. */
  health(healthy: boolean): void;
}

const HEALTHY: Definition<"gauge"> = {
  name: "pushgateway_persistence_healthy",
  type: "gauge",
  help: "Whether the last attempt to store something succeeded.",
};

const ERRORS: Definition<"counter"> = {
  name: "pushgateway_persistence_errors_total",
  type: "counter",
  help:
    "Attempts to store something that failed. Pushes in them were undone and answered with 503.",
};

const DURATION: Definition<"summary"> = {
  name: "pushgateway_persistence_commit_duration_seconds",
  type: "summary",
  help: "How long it took to make a batch of changes durable.",
};

const WRITTEN: Definition<"counter"> = {
  name: "pushgateway_persistence_written_bytes_total",
  type: "counter",
  help: "Bytes of stored families, as often as they were written.",
};

const GROUPS: Definition<"gauge"> = {
  name: "pushgateway_persistence_groups",
  type: "gauge",
  help: "Groups that are stored.",
};

const SIZE: Definition<"gauge"> = {
  name: "pushgateway_persistence_size_bytes",
  type: "gauge",
  help: "Bytes that the storage takes.",
};

const QUANTILES = [0.1, 0.5, 0.9] as const;

/** An observer of a storage that works and has stored nothing yet. */
export function createPersistenceObserver(facts: StorageFacts): PersistenceObserver {
  const errors = createCounter(ERRORS);
  const written = createCounter(WRITTEN);
  const durations = createSlidingSummary();
  let isHealthy = true;
  return {
    definitions: [HEALTHY, ERRORS, DURATION, WRITTEN, GROUPS, SIZE],
    committed(seconds, bytes, now) {
      durations.observe(seconds, now);
      written.add(bytes);
    },
    failed: () => errors.add(1),
    health: (healthy) => {
      isHealthy = healthy;
    },
    collect(now) {
      const size = facts.size();
      const families: Family[] = [
        scalarFamily(HEALTHY, isHealthy ? 1 : 0),
        summaryFamily(DURATION, [""], [durations.read(QUANTILES, now)]),
        scalarFamily(GROUPS, facts.groups()),
        ...errors.collect(now),
        ...written.collect(now),
      ];
      return size === undefined ? families : [...families, scalarFamily(SIZE, size)];
    },
  };
}
