/**
 * What a metric family is, on its way in and at rest.
 *
 * A *pushed* family is what a parser makes of a body: one object per series, gone after the request. A *stored* family is a
 * compact, immutable record: one label text and one number per series, in columns. An object per label or per sample would cost
 * twenty times the memory. A push never changes a stored family, it swaps it; whatever is cached by it cannot be stale.
 *
 * Names follow the Prometheus data model: https://prometheus.io/docs/concepts/data_model/
 */

/** The metric types of the text format 0.0.4 and of client_model, as they are written in a TYPE line. */
export type MetricType =
  | "counter"
  | "gauge"
  | "histogram"
  | "gaugehistogram"
  | "summary"
  | "untyped";

/** Types whose series carry one number. */
export type ScalarType = "counter" | "gauge" | "untyped";

/** Types whose series carry buckets. */
export type HistogramType = "histogram" | "gaugehistogram";

/** The state of one classic histogram: cumulative `counts[i]` observations are at or below `bounds[i]`. */
export interface Histogram {
  /** Number of observations. Not an integer in a float histogram. */
  readonly count: number;
  /** Sum of all observations. */
  readonly sum: number;
  /** Upper bounds (`le`) in the order pushed. Series of one family share the array when their bounds are equal. */
  readonly bounds: readonly number[];
  /** Cumulative counts, one per bound. */
  readonly counts: readonly number[];
}

/** The state of one summary: `values[i]` is the `quantiles[i]`-quantile. */
export interface Summary {
  /** Number of observations. */
  readonly count: number;
  /** Sum of all observations. */
  readonly sum: number;
  /** Quantiles between 0 and 1, in the order pushed. Series of one family share the array when it is equal. */
  readonly quantiles: readonly number[];
  /** The value at each quantile. */
  readonly values: readonly number[];
}

/** What the series of a family of type `T` hold. */
export type SampleOf<T extends MetricType> = T extends ScalarType ? number
  : T extends HistogramType ? Histogram
  : Summary;

interface FamilyOf<T extends MetricType> {
  /** Metric name, without `_sum`, `_count` or `_bucket`. */
  readonly name: string;
  /** Metric type. */
  readonly type: T;
  /** HELP text, unescaped; empty when there is none. */
  readonly help: string;
  /**
   * One label text per series: the pairs sorted by name, values escaped, joined by commas, without braces
   * (`instance="",job="a"`). The text is the identity of the series within the family.
   */
  readonly labels: readonly string[];
  /** What each series holds, by the same index. */
  readonly samples: readonly SampleOf<T>[];
}

/** A stored family whose series carry one number each. */
export type ScalarFamily = { [T in ScalarType]: FamilyOf<T> }[ScalarType];
/** A stored family of histograms. */
export type HistogramFamily = { [T in HistogramType]: FamilyOf<T> }[HistogramType];
/** A stored family of summaries. */
export type SummaryFamily = FamilyOf<"summary">;
/** A stored family: immutable, the unit of storage and of rendering. */
export type Family = ScalarFamily | HistogramFamily | SummaryFamily;

/** One series of a pushed family. */
export interface PushedSeries<S> {
  /** Label names and values in turn (`[name, value, name, value, …]`), in the order pushed, without `le` and `quantile`. */
  readonly labels: readonly string[];
  /** What the series holds. */
  readonly sample: S;
  /** Whether the client sent a timestamp, which the gateway refuses. */
  readonly timestamped: boolean;
}

interface PushedFamilyOf<T extends MetricType> {
  /** Metric name. */
  readonly name: string;
  /** Metric type. */
  readonly type: T;
  /** HELP text, unescaped; empty when there is none. */
  readonly help: string;
  /** The series in the order pushed; never empty. */
  readonly series: readonly PushedSeries<SampleOf<T>>[];
}

/** A family as a parser delivers it: not yet labelled with its group, not yet checked. */
export type PushedFamily = { [T in MetricType]: PushedFamilyOf<T> }[MetricType];

/** Tells families of plain numbers from histograms and summaries. */
export function isScalar(family: Family): family is ScalarFamily {
  return family.type === "gauge" || family.type === "counter" || family.type === "untyped";
}

/** Tells families of histograms from the others. */
export function isHistogram(family: Family): family is HistogramFamily {
  return family.type === "histogram" || family.type === "gaugehistogram";
}
