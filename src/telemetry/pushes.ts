/**
 * `pushgateway_http_push_duration_seconds` and `pushgateway_http_push_size_bytes`: how long pushes take and how large they are, as
 * summaries over ten minutes with the reference's quantiles. A method shows up with its first push, as there.
 */

import { labelPair } from "../model/label.ts";
import { type Collector, type Definition, summaryFamily } from "./collector.ts";
import { createSlidingSummary, type SlidingSummary } from "./quantiles.ts";

/** The methods that push, as they are labelled. */
export type PushMethod = "put" | "post";

/** Observes pushes. */
export interface PushObserver extends Collector {
  /** Takes one push: its duration in seconds and its size in bytes, at the monotonic time `now` (milliseconds). */
  observe(method: PushMethod, seconds: number, bytes: number, now: number): void;
}

interface MethodSummaries {
  readonly labels: string;
  readonly seconds: SlidingSummary;
  readonly bytes: SlidingSummary;
}

const QUANTILES = [0.1, 0.5, 0.9] as const;

const DURATION: Definition<"summary"> = {
  name: "pushgateway_http_push_duration_seconds",
  type: "summary",
  help: "HTTP request duration for pushes to the Pushgateway.",
};

const SIZE: Definition<"summary"> = {
  name: "pushgateway_http_push_size_bytes",
  type: "summary",
  help: "HTTP request size for pushes to the Pushgateway.",
};

/** An observer that has seen no push; it gives no family before the first. */
export function createPushObserver(): PushObserver {
  let post: MethodSummaries | undefined;
  let put: MethodSummaries | undefined;
  return {
    definitions: [DURATION, SIZE],
    observe(method, seconds, bytes, now) {
      const summaries = method === "put"
        ? put ??= createMethodSummaries("put")
        : post ??= createMethodSummaries("post");
      summaries.seconds.observe(seconds, now);
      summaries.bytes.observe(bytes, now);
    },
    collect(now) {
      const seen = [post, put].filter((summaries) => summaries !== undefined);
      if (seen.length === 0) return [];
      const labels = seen.map((summaries) => summaries.labels);
      const read = (summary: SlidingSummary) => summary.read(QUANTILES, now);
      return [
        summaryFamily(DURATION, labels, seen.map((summaries) => read(summaries.seconds))),
        summaryFamily(SIZE, labels, seen.map((summaries) => read(summaries.bytes))),
      ];
    },
  };
}

function createMethodSummaries(method: PushMethod): MethodSummaries {
  return {
    labels: labelPair("method", method),
    seconds: createSlidingSummary(),
    bytes: createSlidingSummary(),
  };
}
