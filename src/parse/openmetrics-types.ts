/**
 * The metric types of OpenMetrics: which samples a family of each has, and what of it the gateway keeps, which is what Prometheus
 * would keep. A counter is known by the name of its samples, `foo_total`; infos and state sets are gauges.
 *
 * Spec: https://prometheus.io/docs/specs/om/open_metrics_spec/#metric-types-1
 */

import type { MetricType } from "../model/family.ts";

/** What a sample is to its metric. */
export type SampleRole = "value" | "point" | "count" | "sum" | "created";

/** What there is to know of a type. */
export interface TypeRule {
  /** As a TYPE line has it. */
  readonly word: string;
  /** The type that the gateway keeps. */
  readonly type: MetricType;
  /** What follows the name of the family in the name that is kept. */
  readonly keptSuffix: string;
  /** The samples by what follows the name of the family in theirs. */
  readonly samples: ReadonlyMap<string, SampleRole>;
  /** The label that tells buckets or quantiles apart. */
  readonly pointLabel: "le" | "quantile" | undefined;
}

/** The type of a family that has no TYPE line. */
export const UNKNOWN: TypeRule = createRule("unknown", "untyped", { "": "value" });

const RULES: readonly TypeRule[] = [
  UNKNOWN,
  createRule("gauge", "gauge", { "": "value" }),
  createRule("counter", "counter", { "_total": "value", "_created": "created" }, {
    keptSuffix: "_total",
  }),
  createRule("info", "gauge", { "_info": "value" }, { keptSuffix: "_info" }),
  createRule("stateset", "gauge", { "": "value" }),
  createRule("histogram", "histogram", {
    "_bucket": "point",
    "_count": "count",
    "_sum": "sum",
    "_created": "created",
  }, { pointLabel: "le" }),
  createRule("gaugehistogram", "gaugehistogram", {
    "_bucket": "point",
    "_gcount": "count",
    "_gsum": "sum",
  }, { pointLabel: "le" }),
  createRule("summary", "summary", {
    "": "point",
    "_count": "count",
    "_sum": "sum",
    "_created": "created",
  }, { pointLabel: "quantile" }),
];

const BY_WORD: ReadonlyMap<string, TypeRule> = new Map(RULES.map((rule) => [rule.word, rule]));

/** The type that a TYPE line names, if there is one. */
export function findTypeRule(word: string): TypeRule | undefined {
  return BY_WORD.get(word);
}

function createRule(
  word: string,
  type: MetricType,
  samples: Readonly<Record<string, SampleRole>>,
  { keptSuffix = "", pointLabel = undefined }: Partial<
    Pick<TypeRule, "keptSuffix" | "pointLabel">
  > = {},
): TypeRule {
  return { word, type, keptSuffix, pointLabel, samples: new Map(Object.entries(samples)) };
}
