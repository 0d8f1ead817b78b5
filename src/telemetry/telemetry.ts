/**
 * The gateway's own metrics, which a scrape merges with what clients pushed. Names, labels and HELP texts are the reference's where
 * it has the metric; what Go told of itself there is told of the JavaScript runtime here.
 */

import type { BuildInfo } from "../model/build-info.ts";
import type { Clock } from "../model/clock.ts";
import type { Family, MetricType } from "../model/family.ts";
import { labelText } from "../model/label.ts";
import { type Collector, createCounter, type Definition, scalarFamily } from "./collector.ts";
import { createEventLoopCollector } from "./event-loop.ts";
import { createHeapCollector } from "./heap.ts";
import {
  createPersistenceObserver,
  type PersistenceObserver,
  type StorageFacts,
} from "./persistence.ts";
import { createProcessCollector } from "./process.ts";
import { createPushObserver, type PushMethod } from "./pushes.ts";
import { createRequestCounter, type HandlerName } from "./requests.ts";
import type { SystemReader } from "./system.ts";

/** What the own metrics are made of. */
export interface TelemetryOptions {
  /** Time, for the windows of the summaries and the timer of the event loop's lag. */
  readonly clock: Clock;
  /** What `pushgateway_build_info` says. */
  readonly build: BuildInfo;
  /** Reads about the process; without it there is no `process_*` and no heap size. */
  readonly system?: SystemReader;
  /** What to tell about the storage; without it there is none, and no `pushgateway_persistence_*`. */
  readonly storage?: StorageFacts;
  /** Whether to measure the lag of the event loop, which takes a timer: Workers run none between requests. Off by default. */
  readonly eventLoop?: boolean;
}

/** Counts what the gateway does and tells it to a scrape. */
export interface Telemetry {
  /** Counts one request with the method as the client sent it and the status code of the answer. */
  countRequest(handler: HandlerName, method: string, code: number): void;
  /** Takes one push, also a refused one: its duration in seconds and the size of the request in bytes. */
  observePush(method: PushMethod, seconds: number, bytes: number): void;
  /** Counts series that a scrape had to leave out. */
  countDroppedSeries(n: number): void;
  /** Takes note of what becomes of stored batches; absent where nothing is stored. */
  readonly persistence?: PersistenceObserver;
  /** The families as they stand, sorted by name; a family given is never changed afterwards. */
  collect(): readonly Family[];
  /** Every family that {@link Telemetry.collect} may ever give, by name: a push must not clash with these. */
  reserved(): ReadonlyMap<string, ReservedFamily>;
  /** Stops the timer, if there is one; everything else still answers. */
  close(): void;
}

/** Type and HELP text that a name of the gateway's own has. */
export interface ReservedFamily {
  /** Metric type. */
  readonly type: MetricType;
  /** HELP text. */
  readonly help: string;
}

const BUILD_INFO: Definition<"gauge"> = {
  name: "pushgateway_build_info",
  type: "gauge",
  help: "A metric with a constant '1' value labeled by version, revision, branch and tags " +
    "from which pushgateway was built, and the runtime it runs on.",
};

const DROPPED_SERIES: Definition<"counter"> = {
  name: "pushgateway_scrape_dropped_series_total",
  type: "counter",
  help: "Series left out of a scrape because they were inconsistent with others; " +
    "only with the consistency check disabled or names escaped.",
};

/** Starts counting, and measuring the event loop where the options say so: then it must be closed. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { clock, build, system } = options;
  const requests = createRequestCounter();
  const pushes = createPushObserver();
  const dropped = createCounter(DROPPED_SERIES);
  const persistence = options.storage ? createPersistenceObserver(options.storage) : undefined;
  const eventLoop = options.eventLoop ? createEventLoopCollector(clock) : undefined;
  const collectors: readonly Collector[] = [
    createBuildInfo(build),
    requests,
    pushes,
    dropped,
    ...(persistence ? [persistence] : []),
    ...(eventLoop ? [eventLoop] : []),
    ...(system ? systemCollectors(system) : []),
  ];
  const reserved = reservedBy(collectors);

  return {
    countRequest: requests.count,
    observePush(method, seconds, bytes) {
      pushes.observe(method, seconds, bytes, clock.monotonic());
    },
    countDroppedSeries: dropped.add,
    ...(persistence && { persistence }),
    collect() {
      const now = clock.monotonic();
      return collectors.flatMap((collector) => collector.collect(now)).sort(byName);
    },
    reserved: () => reserved,
    close() {
      eventLoop?.close();
    },
  };
}

function createBuildInfo(build: BuildInfo): Collector {
  const { branch, revision, runtime, tags, version } = build;
  const families = [
    scalarFamily(
      BUILD_INFO,
      1,
      labelText(Object.entries({ branch, revision, runtime, tags, version }).flat()),
    ),
  ];
  return { definitions: [BUILD_INFO], collect: () => families };
}

function systemCollectors(system: SystemReader): Collector[] {
  const process = createProcessCollector(system);
  return system.heap ? [process, createHeapCollector(() => system.heap?.())] : [process];
}

function reservedBy(collectors: readonly Collector[]): ReadonlyMap<string, ReservedFamily> {
  const definitions = collectors.flatMap((collector) => collector.definitions);
  return new Map(definitions.map(({ name, type, help }) => [name, { type, help }]));
}

function byName(a: Family, b: Family): number {
  return a.name < b.name ? -1 : 1;
}
