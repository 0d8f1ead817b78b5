/**
 * Quantiles of a stream over a sliding window, for the gateway's own summaries.
 *
 * client_golang's summaries forget what is older than ten minutes, in five steps of two minutes; so does this one: the window is
 * the step under way and the four before it. Each step counts observations in buckets of logarithmic width (the idea of DDSketch,
 * https://arxiv.org/abs/1908.10693), and a running total over the steps answers a read in one pass.
 *
 * A bucket remembers the last value seen in it, and that is what a quantile answers: always a value that was observed, and the
 * very one where the same value comes again and again, as sizes of pushes do. The observation of the exact rank is in the same
 * bucket, hence at most 1 % away.
 */

import type { Distribution } from "../model/family.ts";

/** A summary over a sliding window, fed one observation at a time. */
export interface SlidingSummary {
  /**
   * Takes one observation at the monotonic time `now` in milliseconds, without allocating. What is not above zero (a clock that
   * stepped back, not a number) counts as exactly zero.
   */
  observe(value: number, now: number): void;
  /**
   * The state at the monotonic time `now`: quantiles over the window, NaN when nothing was observed in it; sum and count since the
   * start. `quantiles` lie between 0 and 1 and ascend; the result shares the array.
   */
  read(quantiles: readonly number[], now: number): Distribution;
}

const STEPS = 5;
const STEP_MILLISECONDS = 120_000;

/** The largest value of a bucket over its smallest, which bounds the relative error of a quantile. */
const BUCKET_RATIO = 1.01;
/** From a nanosecond to 31 000 years, from a byte to a terabyte; what lies outside shares the outermost buckets. */
const SMALLEST = 1e-9;
const LARGEST = 1e12;

const LOG_SMALLEST = Math.log(SMALLEST);
const BUCKETS_PER_LOG = 1 / Math.log(BUCKET_RATIO);
/** Bucket 0 holds exact zeros. */
const LAST_BUCKET = 1 + Math.floor((Math.log(LARGEST) - LOG_SMALLEST) * BUCKETS_PER_LOG);

/** A summary that has seen nothing yet. Takes some 160 kB, of which the buckets never used stay untouched pages. */
export function createSlidingSummary(): SlidingSummary {
  const steps = Array.from({ length: STEPS }, () => new Uint32Array(LAST_BUCKET + 1));
  const total = new Uint32Array(LAST_BUCKET + 1);
  const latest = new Float64Array(LAST_BUCKET + 1);
  let head = 0;
  let step = steps[head] as Uint32Array;
  let turn = -Infinity;
  let inWindow = 0;
  let count = 0;
  let sum = 0;

  function turnTo(now: number): void {
    const reached = Math.floor(now / STEP_MILLISECONDS);
    if (reached <= turn) return;
    for (let left = Math.min(reached - turn, STEPS); left > 0; left--) {
      head = (head + 1) % STEPS;
      step = steps[head] as Uint32Array;
      inWindow -= forget(step, total);
    }
    turn = reached;
  }

  return {
    observe(value, now) {
      turnTo(now);
      const amount = value > 0 ? value : 0;
      const bucket = bucketOf(amount);
      step[bucket] = (step[bucket] as number) + 1;
      total[bucket] = (total[bucket] as number) + 1;
      latest[bucket] = amount;
      inWindow++;
      count++;
      sum += amount;
    },
    read(quantiles, now) {
      turnTo(now);
      return {
        count,
        sum,
        points: quantiles,
        values: valuesAt(quantiles, inWindow, total, latest),
      };
    },
  };
}

function bucketOf(amount: number): number {
  if (amount === 0) return 0;
  const bucket = 1 + (Math.log(amount) - LOG_SMALLEST) * BUCKETS_PER_LOG;
  if (bucket < 1) return 1;
  return bucket > LAST_BUCKET ? LAST_BUCKET : Math.floor(bucket);
}

/** Takes a step out of the total and empties it; gives the number of observations it held. */
function forget(step: Uint32Array, total: Uint32Array): number {
  let forgotten = 0;
  for (let bucket = 0; bucket < step.length; bucket++) {
    const held = step[bucket] as number;
    if (held === 0) continue;
    total[bucket] = (total[bucket] as number) - held;
    forgotten += held;
  }
  step.fill(0);
  return forgotten;
}

/** One pass over the buckets for all quantiles, which ascend. */
function valuesAt(
  quantiles: readonly number[],
  inWindow: number,
  total: Uint32Array,
  latest: Float64Array,
): number[] {
  if (inWindow === 0) return quantiles.map(() => NaN);
  let bucket = 0;
  let passed = total[0] as number;
  return quantiles.map((quantile) => {
    for (const rank = rankOf(quantile, inWindow); passed < rank;) {
      passed += total[++bucket] as number;
    }
    return latest[bucket] as number;
  });
}

/** The nearest rank, from 1. In binary 0.07 · 100 is a little over 7, which must not make it rank 8. */
function rankOf(quantile: number, inWindow: number): number {
  return Math.max(1, Math.ceil(quantile * inWindow - 1e-9));
}
