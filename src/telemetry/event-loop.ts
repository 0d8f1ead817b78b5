/**
 * `pushgateway_runtime_event_loop_lag_seconds`: how late a timer due every second runs. Everything the gateway does shares one
 * thread; what holds that thread up holds up every push and scrape, and shows here.
 */

import type { Clock } from "../model/clock.ts";
import { type Collector, type Definition, summaryFamily } from "./collector.ts";
import { createSlidingSummary } from "./quantiles.ts";

/** Collects the lag while its timer runs. */
export interface EventLoopCollector extends Collector {
  /** Stops the timer; may be called more than once. */
  close(): void;
}

const PERIOD_MILLISECONDS = 1_000;
const QUANTILES = [0.5, 0.9, 0.99] as const;
const LABELS = [""] as const;

const LAG: Definition<"summary"> = {
  name: "pushgateway_runtime_event_loop_lag_seconds",
  type: "summary",
  help: "How late the event loop ran a timer that is due every second.",
};

/** Starts the timer. Where nothing was measured within ten minutes, before the first second for one, the quantiles are NaN. */
export function createEventLoopCollector(clock: Clock): EventLoopCollector {
  const lag = createSlidingSummary();
  let previous = clock.monotonic();
  const stop = clock.every(PERIOD_MILLISECONDS, () => {
    const now = clock.monotonic();
    // A runtime that makes up for a late tick runs the next one early: not late at all, which the summary counts as zero.
    lag.observe((now - previous - PERIOD_MILLISECONDS) / 1_000, now);
    previous = now;
  });
  return {
    definitions: [LAG],
    collect: (now) => [summaryFamily(LAG, LABELS, [lag.read(QUANTILES, now)])],
    close: stop,
  };
}
