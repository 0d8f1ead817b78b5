/**
 * Gathers the samples of an OpenMetrics body into families. Families follow each other, and within one its metrics; a family ends
 * where metadata or a sample comes that cannot be part of it.
 *
 * Spec: https://prometheus.io/docs/specs/om/open_metrics_spec/#metricfamily-1
 */

import {
  type Distribution,
  isScalarType,
  type PushedFamily,
  type PushedSeries,
} from "../model/family.ts";
import { labelText, sortLabels } from "../model/label.ts";
import { isMetricName } from "../model/name.ts";
import { quote } from "../model/quote.ts";
import { MetricBuilder, type MetricSample } from "./openmetrics-metric.ts";
import { type TypeRule, UNKNOWN } from "./openmetrics-types.ts";

/** Throws a parse error for the current line, or for one before it. */
export type Fail = (message: string, line?: number) => never;

/** A sample line, read and checked by itself. */
export interface FamilySample extends MetricSample {
  /** Flat list of the labels, in the order pushed, without `le` (histograms) and `quantile` (summaries). */
  readonly labels: readonly string[];
  /** Whether it has a timestamp. */
  readonly timestamped: boolean;
  /** Whether the name of any label, also of the exemplar, is not valid under the legacy rule. */
  readonly utf8: boolean;
  /** Number of the line. */
  readonly line: number;
}

interface OpenMetric {
  /** Label text, which tells metrics of one family apart. */
  readonly key: string;
  readonly line: number;
  readonly metric: MetricBuilder;
}

/** One family that is being gathered. */
export class OpenMetricsFamily {
  /** Name of the family, which is not always that of its samples. */
  readonly name: string;
  /** The type of its TYPE line, if it came. */
  declared: TypeRule | undefined;
  /** HELP text, unescaped. */
  help = "";
  /** Unit of its values. */
  unit = "";
  /** Whether any sample came. */
  hasSamples = false;
  readonly #fail: Fail;
  readonly #scalars: PushedSeries<number>[] = [];
  readonly #distributions: PushedSeries<Distribution>[] = [];
  readonly #keys = new Set<string>();
  #open: OpenMetric | undefined;
  #timestamped = false;
  #utf8: boolean;

  /** Begins a family. */
  constructor(name: string, fail: Fail) {
    this.name = name;
    this.#fail = fail;
    this.#utf8 = !isMetricName(name);
  }

  /** Its type. */
  get rule(): TypeRule {
    return this.declared ?? UNKNOWN;
  }

  /** Adds a sample. */
  add(sample: FamilySample): void {
    const { labels, timestamped } = sample;
    if (timestamped) this.#timestamped = true;
    this.#utf8 ||= sample.utf8;
    if (this.rule.samples.size === 1) this.#scalars.push({ labels, sample: sample.value });
    else {
      const wrong = this.#openMetric(sample).add(sample);
      if (wrong !== undefined) this.#refuse(wrong, sample.line);
    }
  }

  /** The family as the rest of the gateway knows it, or `undefined` when it has no series. */
  finish(): PushedFamily | undefined {
    this.#closeMetric();
    const { type, keptSuffix } = this.rule;
    const common = {
      name: this.name + keptSuffix,
      help: this.help,
      timestamped: this.#timestamped,
      ...(this.unit !== "" && { unit: this.unit }),
      ...(this.#utf8 && { utf8: true }),
    };
    if (!this.hasSamples) return undefined;
    return isScalarType(type)
      ? { ...common, type, series: this.#scalars }
      : { ...common, type, series: this.#distributions };
  }

  #openMetric({ labels, line }: FamilySample): MetricBuilder {
    const key = labels.length === 0 ? "" : labelText(sortLabels(labels));
    if (this.#open?.key === key) return this.#open.metric;
    this.#closeMetric();
    if (this.#keys.has(key)) this.#refuse("has samples of other metrics in between", line);
    this.#keys.add(key);
    const metric = new MetricBuilder(this.rule, labels);
    this.#open = { key, line, metric };
    return metric;
  }

  #closeMetric(): void {
    if (this.#open === undefined) return;
    const { metric, line } = this.#open;
    const wrong = metric.check();
    if (wrong !== undefined) this.#refuse(wrong, line);
    if (isScalarType(this.rule.type)) this.#scalars.push(metric.finishScalar());
    else this.#distributions.push(metric.finishDistribution());
    this.#open = undefined;
  }

  /** Several points in time of one metric break these rules, but that there are timestamps at all is the reason to tell. */
  #refuse(reason: string, line: number): void {
    if (this.#timestamped) return;
    this.#fail(`${this.rule.word} ${quote(this.name)} ${reason}`, line);
  }
}

/** The families of one body. */
export class OpenMetricsFamilies {
  readonly #fail: Fail;
  readonly #done: PushedFamily[] = [];
  /** The family that has or could have samples of a name, by that name. */
  readonly #owners = new Map<string, string>();
  #current: OpenMetricsFamily | undefined;

  /** Begins a body. */
  constructor(fail: Fail) {
    this.#fail = fail;
  }

  /** The family that a metadata line is about. */
  describe(name: string): OpenMetricsFamily {
    const family = this.#current?.name === name ? this.#current : this.#begin(name);
    if (family.hasSamples) this.#fail(`metadata of ${quote(name)} comes after its samples`);
    return family;
  }

  /** The family to which a sample of this name belongs. */
  resolve(name: string): OpenMetricsFamily {
    const current = this.#current;
    let family = current;
    if (family === undefined || !isSampleOf(family, name)) {
      if (current?.name === name) {
        this.#fail(`${current.rule.word} ${quote(name)} cannot have a sample of that very name`);
      }
      family = this.#begin(name);
    }
    if (!family.hasSamples) this.#claim(family);
    family.hasSamples = true;
    return family;
  }

  /** All families that have series. */
  finish(): PushedFamily[] {
    this.#close();
    return this.#done;
  }

  #begin(name: string): OpenMetricsFamily {
    this.#close();
    const owner = this.#owners.get(name);
    if (owner === name) {
      this.#fail(`${quote(name)} was there before, its lines must follow each other`);
    }
    if (owner !== undefined) this.#fail(clash(name, owner));
    this.#owners.set(name, name);
    this.#current = new OpenMetricsFamily(name, this.#fail);
    return this.#current;
  }

  /** Takes the names that samples of a family may have. */
  #claim({ name, rule }: OpenMetricsFamily): void {
    for (const suffix of rule.samples.keys()) {
      const owner = this.#owners.get(name + suffix);
      if (owner !== undefined && owner !== name) this.#fail(clash(name + suffix, name, owner));
      this.#owners.set(name + suffix, name);
    }
  }

  #close(): void {
    const family = this.#current?.finish();
    if (family !== undefined) this.#done.push(family);
    this.#current = undefined;
  }
}

/** Whether a family can have a sample of a name. */
function isSampleOf({ name, rule }: OpenMetricsFamily, sample: string): boolean {
  return sample.startsWith(name) && rule.samples.has(sample.slice(name.length));
}

function clash(sample: string, ...families: readonly string[]): string {
  return `${quote(sample)} could be a sample of ${families.map(quote).join(" and of ")}`;
}
