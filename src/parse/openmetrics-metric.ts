/**
 * One metric of a counter, histogram or summary while its samples come in. Here are the rules for samples that make one value
 * together; `openmetrics-family.ts` knows which samples those are.
 *
 * Spec: https://prometheus.io/docs/specs/om/open_metrics_spec/#metric-types
 */

import type { Distribution, PushedSeries } from "../model/family.ts";
import { formatFloat } from "../model/number.ts";
import type { Time } from "./openmetrics-time.ts";
import type { SampleRole, TypeRule } from "./openmetrics-types.ts";
import { type Exemplar, writeCounter, writeHistogram, writeSummary } from "./openmetrics-wire.ts";

/** What a sample adds to its metric. */
export interface MetricSample {
  /** What it is to the metric. */
  readonly role: SampleRole;
  /** Its value. */
  readonly value: number;
  /** The same as exact count, for buckets and counts; 0 for everything else. */
  readonly count: bigint;
  /** `le` or `quantile`; NaN for everything else. */
  readonly point: number;
  /** The value of a `_created` sample. */
  readonly created: Time | undefined;
  /** Its exemplar. */
  readonly exemplar: Exemplar | undefined;
}

/** A metric that is being gathered. */
export class MetricBuilder {
  readonly #rule: TypeRule;
  readonly #labels: readonly string[];
  readonly #seen = new Set<SampleRole>();
  readonly #points: number[] = [];
  readonly #values: number[] = [];
  readonly #counts: bigint[] = [];
  readonly #exemplars: (Exemplar | undefined)[] = [];
  /** The quantiles seen, which may come in any order. */
  readonly #quantiles = new Set<number>();
  #value = 0;
  #sum = 0;
  #count = 0n;
  #created: Time | undefined;
  #exemplar: Exemplar | undefined;
  /** Whether it says more than the numbers that the gateway keeps. */
  #hasMore = false;

  /** Begins a metric with these labels, without `le` and `quantile`. */
  constructor(rule: TypeRule, labels: readonly string[]) {
    this.#rule = rule;
    this.#labels = labels;
  }

  /**
   * Adds one sample.
   *
   * @returns what is wrong with it, or `undefined`.
   */
  add(sample: MetricSample): string | undefined {
    const { role, value, count } = sample;
    if (sample.exemplar !== undefined || count > Number.MAX_SAFE_INTEGER) this.#hasMore = true;
    if (role === "point") return this.#addPoint(sample);
    if (this.#seen.has(role)) return "occurs twice in one metric";
    this.#seen.add(role);
    if (role === "sum") this.#sum = value;
    else if (role === "count") this.#count = count;
    else if (role === "created") {
      this.#created = sample.created;
      this.#hasMore = true;
    } else {
      this.#value = value;
      this.#exemplar = sample.exemplar;
    }
    return undefined;
  }

  /** What is wrong with the metric as a whole, or `undefined`. */
  check(): string | undefined {
    const { word, pointLabel } = this.#rule;
    if (word === "counter" && !this.#seen.has("value")) return "has no _total";
    return pointLabel === "le" ? this.#checkHistogram() : undefined;
  }

  /** The series of a family of plain numbers. */
  finishScalar(): PushedSeries<number> {
    const series = { labels: this.#labels, sample: this.#value };
    if (!this.#hasMore) return series;
    return { ...series, wire: writeCounter(this.#value, this.#exemplar, this.#created) };
  }

  /** The series of a family of histograms or summaries. */
  finishDistribution(): PushedSeries<Distribution> {
    const isHistogram = this.#rule.pointLabel === "le";
    // The bucket that counts everything says how many there are, where no other sample does.
    const count = isHistogram && !this.#seen.has("count") ? this.#counts.at(-1) ?? 0n : this.#count;
    const sample = {
      count: Number(count),
      sum: this.#sum,
      points: this.#points,
      values: this.#values,
    };
    if (!this.#hasMore) return { labels: this.#labels, sample };
    const wire = isHistogram
      ? writeHistogram(count, this.#sum, this.#exactBuckets(), this.#created)
      : writeSummary(count, this.#sum, this.#points, this.#values, this.#created);
    return { labels: this.#labels, sample, wire };
  }

  #addPoint(sample: MetricSample): string | undefined {
    const { point, value, count, exemplar } = sample;
    const wrong = this.#rule.pointLabel === "le"
      ? this.#wrongBucket(point, count)
      : this.#wrongQuantile(point);
    if (wrong !== undefined) return `${this.#rule.pointLabel}="${formatFloat(point)}" ${wrong}`;
    this.#points.push(point);
    this.#values.push(value);
    this.#counts.push(count);
    this.#exemplars.push(exemplar);
    return undefined;
  }

  #wrongBucket(bound: number, count: bigint): string | undefined {
    const last = this.#points.at(-1);
    if (last === undefined || last < bound) {
      return count < (this.#counts.at(-1) ?? 0n)
        ? "counts less than the bucket before it, buckets must be cumulative"
        : undefined;
    }
    return last === bound ? "occurs twice in one metric" : "is out of order, buckets must rise";
  }

  #wrongQuantile(quantile: number): string | undefined {
    const { size } = this.#quantiles;
    return this.#quantiles.add(quantile).size === size ? "occurs twice in one metric" : undefined;
  }

  #checkHistogram(): string | undefined {
    if (this.#points.at(-1) !== Infinity) return 'has no bucket with le="+Inf"';
    const { pointLabel, word } = this.#rule;
    if (this.#seen.has("count") && this.#count !== this.#counts.at(-1)) {
      return `has a count other than that of its bucket with ${pointLabel}="+Inf"`;
    }
    if (!this.#seen.has("sum")) return undefined;
    if (!this.#seen.has("count")) return "has a sum but no count";
    const isNegative = (this.#points[0] ?? 0) < 0;
    if (word === "histogram" && isNegative) return "has a sum although it has negative buckets";
    if (!isNegative && this.#sum < 0) return "has a negative sum";
    return undefined;
  }

  #exactBuckets(): { count: bigint; bound: number; exemplar: Exemplar | undefined }[] {
    return this.#points.map((bound, index) => ({
      bound,
      count: this.#counts[index] ?? 0n,
      exemplar: this.#exemplars[index],
    }));
  }
}
