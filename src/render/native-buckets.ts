/**
 * The buckets of a native histogram with their bounds, as the query APIs of Prometheus and of the reference list them.
 *
 * Spec: https://prometheus.io/docs/specs/native_histograms/#schema
 */

import type { Count, NativeBuckets, WireHistogram } from "./wire-histogram.ts";

/** Which bounds belong to a bucket. */
export const BOUNDARIES = { upper: 0, lower: 1, neither: 2, both: 3 } as const;

/** A bucket of a native histogram that has observations. */
export interface NativeBucket {
  /** Which bounds belong to it, one of {@link BOUNDARIES}. */
  readonly boundaries: number;
  /** Lower bound. */
  readonly lower: number;
  /** Upper bound. */
  readonly upper: number;
  /** Observations in it alone. */
  readonly count: Count;
}

/** The schemas whose bounds are powers; there may be others, which this gateway keeps without knowing what they mean. */
const [COARSEST, FINEST] = [-4, 8];

/** Whether a histogram is native, and of a schema whose bounds are known. */
export function hasNativeBuckets({ isNative, schema }: WireHistogram): boolean {
  return isNative && schema >= COARSEST && schema <= FINEST;
}

/** Lists the buckets that are not empty, from the lowest to the highest. */
export function listNativeBuckets(histogram: WireHistogram): NativeBucket[] {
  const { schema, negative, positive, zeroThreshold, zeroCount } = histogram;
  const above = listSide(positive, schema);
  const below = listSide(negative, schema).reverse().map(({ lower, upper, count }) => ({
    boundaries: BOUNDARIES.lower,
    lower: -upper,
    upper: -lower,
    count,
  }));
  const zero = {
    boundaries: BOUNDARIES.both,
    lower: -zeroThreshold,
    upper: zeroThreshold,
    count: zeroCount,
  };
  return [...below, zero, ...above].filter(({ count }) => Number(count) !== 0);
}

/** The buckets on one side as if it were the one above zero. */
function listSide({ spans, counts }: NativeBuckets, schema: number): NativeBucket[] {
  const buckets: NativeBucket[] = [];
  let index = 0;
  for (const { offset, length } of spans) {
    index += offset;
    // A span may claim more buckets than there are counts.
    const end = Math.min(buckets.length + length, counts.length);
    for (let at = buckets.length; at < end; at++, index++) {
      buckets.push({
        boundaries: BOUNDARIES.upper,
        lower: boundOf(index - 1, schema),
        upper: boundOf(index, schema),
        count: counts[at] ?? 0,
      });
    }
  }
  return buckets;
}

/**
 * The upper bound of a bucket, 2^(index / 2^schema). The last bucket for numbers ends at the largest of them; the one behind it is
 * there for infinity.
 */
function boundOf(index: number, schema: number): number {
  const exponent = index * 2 ** -schema;
  return exponent === 1024 ? Number.MAX_VALUE : 2 ** exponent;
}
