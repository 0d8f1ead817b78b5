/**
 * The gateway as a naive model: groups in a map, and everything else found out anew whenever it is asked for, by merging all groups
 * and looking at every series, as client_golang's Gatherers do. It shares no code with `src`, so that a mistake there is not
 * repeated here. It works on families, not on bodies: whoever makes the bodies says what they mean.
 */

/** Label names and values. */
export type NaiveLabels = Readonly<Record<string, string>>;

/** One histogram or summary. */
export interface NaiveDistribution {
  /** Upper bounds or quantiles as they are printed, each with its count or value. */
  readonly points: readonly (readonly [string, number])[];
  /** Sum of the observations. */
  readonly sum: number;
  /** Number of the observations. */
  readonly count: number;
}

/** One series. */
export interface NaiveSeries {
  /** As pushed, or with the group's labels once it is held. */
  readonly labels: NaiveLabels;
  /** What it holds. */
  readonly value: number | NaiveDistribution;
}

/** One family in a body or in a group. */
export interface NaiveFamily {
  /** Metric name. */
  readonly name: string;
  /** The word of its TYPE line. */
  readonly type: string;
  /** HELP text; empty when there is none. */
  readonly help: string;
  /** Whether a sample came with a timestamp. */
  readonly timestamped: boolean;
  /** The series. */
  readonly series: readonly NaiveSeries[];
}

/** A push that can be read. */
export interface NaivePush {
  /** PUT replaces the group, POST families of the same name. */
  readonly method: "PUT" | "POST";
  /** The grouping key. */
  readonly key: NaiveLabels;
  /** The body. */
  readonly families: readonly NaiveFamily[];
}

/** What becomes of a push. */
export interface NaiveAnswer {
  /** The status. */
  readonly status: number;
  /** Everything for which the push may be refused; empty when it is accepted. See {@link reasonOf}. */
  readonly reasons: ReadonlySet<string>;
}

/** One series that is held, as a scrape prints it. */
export interface NaiveHeld {
  /** Its family. */
  readonly name: string;
  /** Type of the family in its group. */
  readonly type: string;
  /** All labels as text. */
  readonly labels: string;
  /** Its lines. */
  readonly text: string;
  /** Whether no scrape may expose it, whatever else is held. */
  readonly invalid: boolean;
}

/** A group. */
export interface NaiveGroup {
  /** The grouping key. */
  readonly key: NaiveLabels;
  /** Pushed families by name, labelled with the key. */
  readonly families: ReadonlyMap<string, NaiveFamily>;
  /** When a push last succeeded and failed, in milliseconds since the Unix epoch; 0 stands for never. */
  readonly pushed: number;
  readonly failed: number;
}

/** How a model is made. */
export interface NaiveOptions {
  /** Type and HELP text of the gateway's own families. */
  readonly own: ReadonlyMap<string, { readonly type: string; readonly help: string }>;
  /** Whether inconsistent pushes are refused. */
  readonly checkConsistency: boolean;
}

const PUSHED = "push_time_seconds";
const FAILED = "push_failure_time_seconds";
const TIME_HELP: Readonly<Record<string, string>> = {
  [PUSHED]: "Last Unix time when changing this group in the Pushgateway succeeded.",
  [FAILED]: "Last Unix time when changing this group in the Pushgateway failed.",
};

/** The model. */
export class NaiveGateway {
  readonly #options: NaiveOptions;
  #groups = new Map<string, NaiveGroup>();

  /** A model that holds nothing. */
  constructor(options: NaiveOptions) {
    this.#options = options;
  }

  /** The groups in the order of their keys. */
  get groups(): readonly NaiveGroup[] {
    return [...this.#groups].sort(([a], [b]) => compare(a, b)).map(([, group]) => group);
  }

  /** Takes a push at `now`, in milliseconds since the Unix epoch. */
  push({ method, key, families }: NaivePush, now: number): NaiveAnswer {
    const id = labelsText(key);
    const before = this.#groups.get(id);
    if (before === undefined && this.#isRepeated(key)) {
      return { status: 400, reasons: new Set([duplicate(PUSHED, withInstance(key))]) };
    }
    const kept = method === "POST" && before ? [...before.families.values()] : [];
    const pushed = families.filter(({ name }) => name !== PUSHED && name !== FAILED)
      .map((family) => label(family, key));
    const after: NaiveGroup = {
      key,
      families: new Map([...kept, ...pushed].map((family) => [family.name, family])),
      pushed: now,
      failed: before?.failed ?? 0,
    };
    const groups = new Map(this.#groups).set(id, after);
    const reasons = families.some((family) => family.timestamped)
      ? new Set(["timestamps"])
      : this.#options.checkConsistency
      ? findReasons([...groups.values()], this.#options.own)
      : new Set<string>();
    if (reasons.size === 0) {
      this.#groups = groups;
      return { status: this.#options.checkConsistency ? 200 : 202, reasons };
    }
    const refused = before ?? { key, families: new Map(), pushed: 0 };
    this.#groups.set(id, { ...refused, failed: now });
    return { status: 400, reasons };
  }

  /** Deletes a group. */
  delete(key: NaiveLabels): void {
    this.#groups.delete(labelsText(key));
  }

  /** Deletes all groups. */
  wipe(): void {
    this.#groups.clear();
  }

  /** What a scrape shows of the groups when all of it is consistent. */
  scrape(): string {
    const held = this.held();
    const names = [...new Set(held.map(({ name }) => name))].sort(compare);
    return names.map((name) => {
      const series = held.filter((one) => one.name === name);
      return this.head(name, series[0]?.type ?? "") + series.map(({ text }) => text).join("");
    }).join("");
  }

  /** HELP and TYPE of a name. */
  head(name: string, type: string): string {
    const help = this.#options.own.get(name)?.help ?? this.#help(name);
    const escaped = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
    return `${help === "" ? "" : `# HELP ${name} ${escaped}\n`}# TYPE ${name} ${
      printedType(type)
    }\n`;
  }

  /** Every series held, in the order in which a scrape prints those of one name. */
  held(): NaiveHeld[] {
    return this.groups.flatMap((group) =>
      everyFamily(group).flatMap((family) =>
        [...family.series].sort(bySizeAndValues).map((series) => ({
          name: family.name,
          type: family.type,
          labels: labelsText(series.labels),
          text: seriesText(family, series),
          invalid: invalidLabels(family, series).length > 0,
        }))
      )
    );
  }

  /** The text that most groups have, the smallest where several tie; a group without one has no say. */
  #help(name: string): string {
    const helps = this.groups.flatMap(everyFamily)
      .filter((family) => family.name === name && family.help !== "").map(({ help }) => help);
    const votes = (help: string) => helps.filter((other) => other === help).length;
    return helps.sort((a, b) => votes(b) - votes(a) || compare(a, b))[0] ?? "";
  }

  #isRepeated(key: NaiveLabels): boolean {
    const text = labelsText(withInstance(key));
    return this.groups.some((group) => labelsText(withInstance(group.key)) === text);
  }
}

/** The word for a type in a scrape: the text format has no gauge histograms. */
export function printedType(type: string): string {
  return type === "gaugehistogram" ? "histogram" : type;
}

/** The reason that an error text of the gateway tells, in the words of {@link NaiveAnswer}. */
export function reasonOf(message: string): string {
  const text = message.replace(
    "pushed metrics are invalid or inconsistent with existing metrics: ",
    "",
  );
  if (text === "pushed metrics must not have timestamps") return "timestamps";
  const own = /^gathered metric family (\S+) has type (\S+) but should have (\S+)$/.exec(text);
  if (own) return `${own[1]} of the gateway is a ${own[3]}, not a ${own[2]}`;
  const line = /^collected metric named "(.*)" collides with previously collected \S+ named "(.*)"$/
    .exec(text);
  if (line) return `${line[1]} collides with ${line[2]}`;
  const base = new RegExp(
    'collected histogram(?: or summary)? named "(.*)" collides with previously collected metric named "(.*)"$',
  ).exec(text);
  if (base) return `${base[2]} collides with ${base[1]}`;
  const series = /^collected metric "(.*?)" \{ (.*) (\w+):\{.*\} \} (.*)$/.exec(text);
  if (series === null) return `unknown: ${text}`;
  const [, name = "", pairs = "", kind = "", trouble = ""] = series;
  if (trouble.startsWith("is not a ")) return `${name} is a ${kind}, ${trouble}`;
  const labels = [...pairs.matchAll(/label:\{name:(".*?[^\\]") value:("(?:[^"\\]|\\.)*")\}/g)]
    .map(([, label = "", value = ""]) => [JSON.parse(label), JSON.parse(value)]);
  if (trouble === "was collected before with the same name and label values") {
    return duplicate(name, Object.fromEntries(labels));
  }
  const invalid = /^has a label with an invalid name: (\S+)$/.exec(trouble)?.[1] ??
    /^must not have an explicit "(quantile)" label$/.exec(trouble)?.[1];
  return `${name} has label ${invalid}`;
}

/** Everything that is wrong with a scrape of these groups. */
function findReasons(groups: readonly NaiveGroup[], own: NaiveOptions["own"]): Set<string> {
  const reasons = new Set<string>();
  const families = groups.flatMap(everyFamily);
  const seen = new Set<string>();
  for (const family of families) {
    const { name, type } = family;
    const ownType = own.get(name)?.type ?? type;
    if (ownType !== type) {
      reasons.add(`${name} of the gateway is a ${typeWord(ownType)}, not a ${typeWord(type)}`);
    }
    for (const other of families) {
      if (other.name !== name || other.type === type) continue;
      reasons.add(`${name} is a ${sampleWord(type)}, is not a ${typeWord(other.type)}`);
    }
    for (const series of family.series) {
      const same = duplicate(name, series.labels);
      if (seen.has(same)) reasons.add(same);
      seen.add(same);
      for (const label of invalidLabels(family, series)) reasons.add(`${name} has label ${label}`);
    }
  }
  const everything = [...families, ...[...own].map(([name, { type }]) => ({ name, type }))];
  for (const base of everything) {
    for (const { name } of everything) {
      if (isLineOf(name, base)) reasons.add(`${name} collides with ${base.name}`);
    }
  }
  return reasons;
}

/** Whether a family of this name could be mistaken for lines of the histogram or summary `base`. */
export function isLineOf(name: string, base: { name: string; type: string }): boolean {
  const suffixes: Readonly<Record<string, readonly string[]>> = {
    summary: ["_sum", "_count"],
    histogram: ["_sum", "_count", "_bucket"],
    gaugehistogram: ["_sum", "_count", "_bucket"],
  };
  return (suffixes[base.type] ?? []).some((suffix) => name === base.name + suffix);
}

function everyFamily({ key, families, pushed, failed }: NaiveGroup): NaiveFamily[] {
  const labels = withInstance(key);
  const times = [[PUSHED, pushed], [FAILED, failed]] as const;
  return [
    ...families.values(),
    ...times.map(([name, time]) => ({
      name,
      type: "gauge",
      help: TIME_HELP[name] ?? "",
      timestamped: false,
      series: [{ labels, value: time / 1000 }],
    })),
  ];
}

function label(family: NaiveFamily, key: NaiveLabels): NaiveFamily {
  const series = family.series
    .map(({ labels, value }) => ({ labels: withInstance({ ...labels, ...key }), value }));
  return { ...family, series };
}

function withInstance(labels: NaiveLabels): NaiveLabels {
  return { instance: "", ...labels };
}

function invalidLabels(family: NaiveFamily, { labels }: NaiveSeries): string[] {
  return Object.keys(labels).filter((name) =>
    name.startsWith("__") || (name === "quantile" && family.type === "summary")
  );
}

function duplicate(name: string, labels: NaiveLabels): string {
  return `${name} {${labelsText(labels)}} twice`;
}

function labelsText(labels: NaiveLabels): string {
  return Object.entries(labels).sort(([a], [b]) => compare(a, b)).map(([name, value]) => {
    const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
    return `${name}="${escaped}"`;
  }).join(",");
}

/** By number of labels, then by their values in the order of the names, then by the names. */
function bySizeAndValues({ labels: a }: NaiveSeries, { labels: b }: NaiveSeries): number {
  const size = Object.keys(a).length - Object.keys(b).length;
  if (size !== 0) return size;
  const valuesOf = (labels: NaiveLabels) =>
    Object.entries(labels).sort(([x], [y]) => compare(x, y)).map(([, value]) => value);
  const others = valuesOf(b);
  for (const [index, value] of valuesOf(a).entries()) {
    const order = compare(value, others[index] ?? "");
    if (order !== 0) return order;
  }
  return compare(labelsText(a), labelsText(b));
}

function seriesText({ name, type }: NaiveFamily, { labels, value }: NaiveSeries): string {
  const text = labelsText(labels);
  if (typeof value === "number") return `${name}{${text}} ${numberText(value)}\n`;
  const isSummary = type === "summary";
  const points = [...value.points];
  if (!isSummary && !points.some(([point]) => point === "+Inf")) points.push(["+Inf", value.count]);
  const lines = points.map(([point, number]) =>
    isSummary
      ? `${name}{${text},quantile="${point}"} ${numberText(number)}\n`
      : `${name}_bucket{${text},le="${point}"} ${numberText(number)}\n`
  );
  return `${lines.join("")}${name}_sum{${text}} ${numberText(value.sum)}\n` +
    `${name}_count{${text}} ${numberText(value.count)}\n`;
}

/** Good for the numbers that the tests use: none that takes an exponent. */
function numberText(value: number): string {
  return Number.isFinite(value) || Number.isNaN(value)
    ? String(value)
    : value > 0
    ? "+Inf"
    : "-Inf";
}

function typeWord(type: string): string {
  return type === "gaugehistogram" ? "GAUGE_HISTOGRAM" : type.toUpperCase();
}

/** The name of the part of a protobuf metric that holds a sample of this type. */
function sampleWord(type: string): string {
  return type === "gaugehistogram" ? "histogram" : type;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
