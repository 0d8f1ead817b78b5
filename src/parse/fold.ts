/**
 * Gathers the lines of a text body into families. The lines of a histogram (`_bucket`, `_sum`, `_count`) and of a summary
 * (quantiles, `_sum`, `_count`) fold into one series each, when a TYPE line came before them; what such a line may leave out and
 * what is dropped follows prometheus/common/expfmt.
 */

import {
  type Distribution,
  isScalarType,
  type MetricType,
  type PushedFamily,
  type PushedSeries,
} from "../model/family.ts";
import { labelText, sortLabels } from "../model/label.ts";
import { isMetricName } from "../model/name.ts";
import { formatFloat } from "../model/number.ts";
import { quote } from "../model/quote.ts";

/** What a line of a histogram or summary adds to its series. */
export type Role = "point" | "count" | "sum";

/** A family that is being gathered, and what the current line is in it. */
export interface Target {
  /** The family. */
  readonly family: FamilyBuilder;
  /** What the line with this name means in that family. */
  readonly role: Role;
}

/** One line of a body: a series and its value. */
export interface Line {
  /** Flat list of labels without `le` (histograms) or `quantile` (summaries). */
  readonly labels: readonly string[];
  /** `le` or `quantile` as a number; NaN when the line has none. */
  readonly point: number;
  /** The value of the line. */
  readonly value: number;
  /** Whether the line has a timestamp. */
  readonly timestamped: boolean;
}

/** The families of one body, by name, in the order of their first line. */
export class FamilyCollector {
  readonly #families = new Map<string, FamilyBuilder>();
  #lastName: string | undefined;
  #last: Target | undefined;

  /** Finds the family to which a line of this name belongs, or begins one. */
  resolve(name: string): Target {
    // Lines of one name mostly follow each other. Nothing that a line adds can change what the very same name means next.
    if (this.#last === undefined || this.#lastName !== name) {
      this.#lastName = name;
      this.#last = this.#find(name) ?? { family: this.#create(name), role: "point" };
    }
    return this.#last;
  }

  /** The families that have at least one series. */
  finish(): PushedFamily[] {
    const families: PushedFamily[] = [];
    for (const builder of this.#families.values()) {
      const family = builder.finish();
      if (family !== undefined) families.push(family);
    }
    return families;
  }

  #find(name: string): Target | undefined {
    const exact = this.#families.get(name);
    if (exact !== undefined) return { family: exact, role: "point" };
    for (const { suffix, role, types } of SUFFIXES) {
      if (!name.endsWith(suffix) || name.length === suffix.length) continue;
      const family = this.#families.get(name.slice(0, -suffix.length));
      if (family?.type !== undefined && types.includes(family.type)) return { family, role };
    }
    return undefined;
  }

  #create(name: string): FamilyBuilder {
    const family = new FamilyBuilder(name);
    this.#families.set(name, family);
    return family;
  }
}

const UTF8: { readonly utf8: true } = { utf8: true };
const HISTOGRAMS: readonly MetricType[] = ["histogram", "gaugehistogram"];
const SUFFIXES: readonly { suffix: string; role: Role; types: readonly MetricType[] }[] = [
  { suffix: "_count", role: "count", types: [...HISTOGRAMS, "summary"] },
  { suffix: "_sum", role: "sum", types: [...HISTOGRAMS, "summary"] },
  { suffix: "_bucket", role: "point", types: HISTOGRAMS },
];

/** One family that is being gathered. */
export class FamilyBuilder {
  /** Metric name. */
  readonly name: string;
  /** The type of the TYPE line, or `untyped` once a sample came without one. */
  type: MetricType | undefined;
  /** The text of the HELP line, unescaped. */
  help: string | undefined;
  /** Whether the name of any label is not valid under the legacy rule. */
  hasUtf8Labels = false;
  readonly #scalars: PushedSeries<number>[] = [];
  #distributions: Map<string, PushedSeries<DistributionBuilder>> | undefined;
  #timestamped = false;

  /** Begins a family. */
  constructor(name: string) {
    this.name = name;
  }

  /** The label that tells the lines of one series apart in a family of this type. */
  get pointLabel(): "le" | "quantile" | undefined {
    if (this.type === "summary") return "quantile";
    return this.type === "histogram" || this.type === "gaugehistogram" ? "le" : undefined;
  }

  /**
   * Adds one line.
   *
   * @returns what is wrong with it, or `undefined`.
   */
  add(line: Line, role: Role): string | undefined {
    if (line.timestamped) this.#timestamped = true;
    const pointLabel = this.pointLabel;
    if (pointLabel === undefined) {
      this.#scalars.push({ labels: line.labels, sample: line.value });
      return undefined;
    }
    const { sample } = this.#distributionOf(line);
    if (role === "sum") sample.sum = line.value;
    else if (role === "count") return this.#addCount(sample, line);
    else if (!Number.isNaN(line.point)) return this.#addPoint(sample, line, pointLabel);
    return undefined;
  }

  /** The family as the rest of the gateway knows it, or `undefined` when it has no series. */
  finish(): PushedFamily | undefined {
    const { name, help = "", type = "untyped" } = this;
    const timestamped = this.#timestamped;
    const utf8 = this.hasUtf8Labels || !isMetricName(name) ? UTF8 : undefined;
    if (!isScalarType(type)) {
      const series = [...this.#distributions?.values() ?? []];
      return series.length === 0 ? undefined : { name, type, help, timestamped, series, ...utf8 };
    }
    const series = this.#scalars;
    return series.length === 0 ? undefined : { name, type, help, timestamped, series, ...utf8 };
  }

  #addCount(sample: DistributionBuilder, { value }: Line): string | undefined {
    const isSummary = this.type === "summary";
    if (value < 0) {
      return `negative count for ${isSummary ? "summary" : "histogram"} ${quote(this.name)}`;
    }
    sample.count = isSummary ? Math.trunc(value) : value;
    return undefined;
  }

  #addPoint(
    sample: DistributionBuilder,
    { point, value }: Line,
    label: string,
  ): string | undefined {
    if (label === "le" && value < 0) {
      return `negative bucket population for histogram ${quote(this.name)}`;
    }
    if (sample.add(point, value)) return undefined;
    const text = `${label}="${formatFloat(point)}"`;
    return `${text} occurs twice in one series of ${this.type} ${quote(this.name)}`;
  }

  #distributionOf(line: Line): PushedSeries<DistributionBuilder> {
    const key = line.labels.length === 0 ? "" : labelText(sortLabels(line.labels));
    this.#distributions ??= new Map();
    let series = this.#distributions.get(key);
    if (series === undefined) {
      series = { labels: line.labels, sample: new DistributionBuilder() };
      this.#distributions.set(key, series);
    }
    return series;
  }
}

/** One histogram or summary that is being gathered. */
class DistributionBuilder implements Distribution {
  count = 0;
  sum = 0;
  readonly points: number[] = [];
  readonly values: number[] = [];
  /** The points seen, kept from the moment when they stop rising: while they rise, a new one cannot be there already. */
  #seen: Set<number> | undefined;
  #highest = -Infinity;

  /** Adds a point and its value; false when there is one at that point already. */
  add(point: number, value: number): boolean {
    if (this.#seen === undefined && (point > this.#highest || this.points.length === 0)) {
      this.#highest = point;
    } else {
      this.#seen ??= new Set(this.points);
      if (this.#seen.has(point)) return false;
      this.#seen.add(point);
    }
    this.points.push(point);
    this.values.push(value);
    return true;
  }
}
