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

/** Types whose series carry a distribution. */
export type DistributionType = Exclude<MetricType, ScalarType>;

/** The state of one classic histogram or of one summary. */
export interface Distribution {
  /** Number of observations. Not an integer in a float histogram. */
  readonly count: number;
  /** Sum of all observations. */
  readonly sum: number;
  /**
   * Upper bounds (`le`) of a histogram, quantiles of a summary, in the order pushed. Series of one family share the array when
   * theirs are equal.
   */
  readonly points: readonly number[];
  /** At each point: the cumulative count of a histogram, the value of a summary's quantile. */
  readonly values: readonly number[];
}

/**
 * What only protobuf and OpenMetrics say of a family, and what only UTF-8 names need. Nearly no family has it, so that nearly none
 * pays for it.
 */
export interface FamilyExtras {
  /** Unit of the values, as OpenMetrics has it; empty when there is none. */
  readonly unit: string;
  /**
   * Per series the value as a client_model message (Counter, Histogram, …), where it says more than the sample: exemplars, created
   * timestamps, native histograms, float or very large counts. What was pushed as protobuf comes out of it with nothing lost.
   * Never points into a request.
   */
  readonly wire: readonly (Uint8Array | undefined)[];
  /** Whether the name of the family or of any label is not valid under the legacy rule. */
  readonly utf8: boolean;
}

interface FamilyOf<T extends MetricType, S> {
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
  readonly samples: readonly S[];
  /** What few families have. */
  readonly extras?: FamilyExtras;
}

/** A stored family whose series carry one number each. */
export type ScalarFamily = FamilyOf<ScalarType, number>;
/** A stored family of histograms or summaries. */
export type DistributionFamily = FamilyOf<DistributionType, Distribution>;
/** A family as compact record: immutable, the unit of rendering. */
export type Family = ScalarFamily | DistributionFamily;
/** A family that a group holds: the unit of storage. */
export type StoredFamily = Family & {
  /** When it was pushed, in milliseconds since the Unix epoch. */
  readonly pushedAt: number;
};

/** One series of a pushed family. */
export interface PushedSeries<S> {
  /** Label names and values in turn (`[name, value, name, value, …]`), in the order pushed, without `le` and `quantile`. */
  readonly labels: readonly string[];
  /** What the series holds. */
  readonly sample: S;
  /** The value as a client_model message, where it says more than the sample; may point into the request. */
  readonly wire?: Uint8Array;
}

interface PushedFamilyOf<T extends MetricType, S> {
  /** Metric name. */
  readonly name: string;
  /** Metric type. */
  readonly type: T;
  /** HELP text, unescaped; empty when there is none. */
  readonly help: string;
  /** Unit of the values, where the client sent one. */
  readonly unit?: string;
  /** Set by the parser when the name of the family or of any label is not valid under the legacy rule. */
  readonly utf8?: boolean;
  /** Whether any sample came with a timestamp, which the gateway refuses. */
  readonly timestamped: boolean;
  /** The series in the order pushed; never empty. */
  readonly series: readonly PushedSeries<S>[];
}

/** A pushed family of plain numbers. */
export type PushedScalarFamily = PushedFamilyOf<ScalarType, number>;
/** A pushed family of histograms or summaries. */
export type PushedDistributionFamily = PushedFamilyOf<DistributionType, Distribution>;
/** A family as a parser delivers it: not yet labelled with its group, not yet checked. */
export type PushedFamily = PushedScalarFamily | PushedDistributionFamily;

/** Tells types of plain numbers from those of distributions. */
export function isScalarType(type: MetricType): type is ScalarType {
  return type === "gauge" || type === "counter" || type === "untyped";
}

/** Tells families of plain numbers from those of distributions. */
export function isScalar(family: Family): family is ScalarFamily {
  return isScalarType(family.type);
}

const TYPE_NAMES: Readonly<Record<MetricType, string>> = {
  counter: "COUNTER",
  gauge: "GAUGE",
  histogram: "HISTOGRAM",
  gaugehistogram: "GAUGE_HISTOGRAM",
  summary: "SUMMARY",
  untyped: "UNTYPED",
};

/** The name of a metric type in client_model, which the HTTP API and the reference's error texts show. */
export function typeName(type: MetricType): string {
  return TYPE_NAMES[type];
}
