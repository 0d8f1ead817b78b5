/**
 * Random writes that get in each other's way: few names, among them the gateway's own and those that read like lines of a histogram;
 * groups whose labels overlap; labels in bodies that equal the labels of other groups. Every push comes as the path and body of a
 * request and as what they mean.
 */

import fc from "fast-check";
import { parseGroupingPath } from "../../src/http/grouping-path.ts";
import { parseText } from "../../src/parse/text.ts";
import type { Write } from "../../src/store/change.ts";
import type {
  NaiveDistribution,
  NaiveFamily,
  NaiveLabels,
  NaivePush,
  NaiveSeries,
} from "../support/naive-gateway.ts";

/** One step of a random history. */
export type RandomWrite =
  | {
    readonly kind: "push";
    readonly path: string;
    readonly body: string;
    readonly push: NaivePush;
  }
  | { readonly kind: "malformed"; readonly path: string; readonly body: string }
  | { readonly kind: "delete"; readonly path: string; readonly key: NaiveLabels }
  | { readonly kind: "wipe" };

const encoder = new TextEncoder();

/** Names that occur in pushes, and one that does not. */
export const NAMES: readonly string[] = [
  "x",
  "x_bucket",
  "x_count",
  "x_count_sum",
  "x_sum",
  "y",
  "push_time_seconds",
  "push_failure_time_seconds",
  "pushgateway_build_info",
  "pushgateway_http_push_size_bytes",
  "pushgateway_http_push_size_bytes_sum",
  "z",
];

const key: fc.Arbitrary<NaiveLabels> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ job: oneOf("1", "2") }) },
  { weight: 3, arbitrary: fc.record({ job: oneOf("1", "2"), instance: oneOf("", "1") }) },
  { weight: 3, arbitrary: fc.record({ job: oneOf("1", "2"), a: oneOf("", "1") }) },
  { weight: 2, arbitrary: fc.record({ b: oneOf("1", "2"), job: oneOf("1"), a: oneOf("1") }) },
  { weight: 2, arbitrary: fc.record({ job: oneOf("1"), b: oneOf("1", "2") }) },
  { weight: 1, arbitrary: fc.record({ job: oneOf("1"), a: oneOf('"', "\\", "\n", "a/b,c=") }) },
  { weight: 1, arbitrary: fc.record({ job: oneOf("1"), quantile: oneOf("1") }) },
);

/** Not in the order of their names. */
const labels: fc.Arbitrary<NaiveLabels> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  {
    weight: 24,
    arbitrary: fc.record({
      job: oneOf("1", "3"),
      instance: oneOf("", "1"),
      b: oneOf("1", "2"),
      a: oneOf("", "1", '"\\\n'),
    }, { requiredKeys: [] }),
  },
  { weight: 1, arbitrary: fc.record({ a: oneOf("1"), __a: oneOf("1") }) },
);

const number = fc.constantFrom(0, 1, 2.5, -3, 123456, NaN, Infinity);
const count = fc.constantFrom(0, 1, 7);

const head = fc.record({
  name: fc.oneof(
    { weight: 4, arbitrary: oneOf("x", "y") },
    { weight: 4, arbitrary: oneOf("x_bucket", "x_count", "x_sum", "x_count_sum") },
    { weight: 1, arbitrary: oneOf(...NAMES) },
  ),
  help: oneOf("", "", "", "one", "two", "a\\b\n"),
  timestamped: fc.nat(39).map((dice) => dice === 0),
});

const scalars = fc.array(fc.record({ labels, value: number }), { minLength: 1, maxLength: 3 });

/** The text format cannot say the same distribution twice. */
function distributions(points: fc.Arbitrary<NaiveDistribution["points"]>) {
  const value = fc.record({ points, sum: number, count });
  return fc.uniqueArray(fc.record({ labels, value }), {
    minLength: 1,
    maxLength: 3,
    selector: ({ labels }) => JSON.stringify(Object.entries(labels).sort()),
  });
}

const quantiles = fc.subarray(["0.5", "0.9"]).chain((points) => values(points, number));
const buckets = fc.subarray(["1", "2.5", "+Inf"]).chain((points) => values(points, count));

const family: fc.Arbitrary<NaiveFamily> = fc.oneof(
  { weight: 6, arbitrary: withSeries(oneOf("gauge", "untyped"), scalars) },
  { weight: 1, arbitrary: withSeries(oneOf("counter"), scalars) },
  { weight: 1, arbitrary: withSeries(oneOf("summary"), distributions(quantiles)) },
  { weight: 1, arbitrary: withSeries(oneOf("histogram"), distributions(buckets)) },
  { weight: 1, arbitrary: withSeries(oneOf("gaugehistogram"), distributions(buckets)) },
);

const body = fc.uniqueArray(family, { maxLength: 3, selector: ({ name }) => name });

const push = fc.record({ method: fc.constantFrom("PUT", "POST"), key, families: body })
  .map(({ method, key, families }): RandomWrite => {
    // What reads like a line of another family must come first, or it would be one.
    const sorted = [...families].sort((a, b) => (a.name > b.name ? -1 : 1));
    const names = new Set(sorted.map(({ name }) => name));
    const lines = sorted.map((family) => familyLines(family, names));
    const held = sorted.map((family) => asRead(family, names));
    return {
      kind: "push",
      path: pathOf(key),
      body: lines.flat().map((line) => `${line}\n`).join(""),
      push: { method, key, families: held.filter(({ series }) => series.length > 0) },
    };
  });

/** Any write. */
export const anyWrite: fc.Arbitrary<RandomWrite> = fc.oneof(
  { weight: 40, arbitrary: push },
  { weight: 5, arbitrary: key.map((key) => ({ kind: "delete" as const, path: pathOf(key), key })) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("malformed" as const),
      path: key.map(pathOf),
      body: oneOf("x{", "x 1\nx bar\n", "# TYPE x gauge\n# TYPE x gauge\n", 'x{a="1",a="2"} 1\n'),
    }),
  },
);

/** Any write, and at times everything goes. */
export const anyWriteOrWipe: fc.Arbitrary<RandomWrite> = fc.oneof(
  { weight: 60, arbitrary: anyWrite },
  { weight: 1, arbitrary: fc.constant({ kind: "wipe" }) },
);

/** What a write comes to for a store at a moment, in milliseconds; undefined where its body is refused before it gets there. */
export function toWrite(random: RandomWrite, at: number): Write | undefined {
  if (random.kind === "wipe") return { kind: "wipe" };
  if (random.kind === "malformed") return undefined;
  const key = parseGroupingPath(random.path);
  if (random.kind === "delete") return { kind: "delete", key };
  const families = parseText(encoder.encode(random.body), { utf8Names: true });
  return { kind: "push", key, families, replace: random.push.method === "PUT", at };
}

/** The path of a push to a group, what a path cannot carry in base64. */
export function pathOf({ job = "", ...others }: NaiveLabels): string {
  const segments = Object.entries(others).map(([name, value]) =>
    value === "" || value.includes("/")
      ? `/${name}@base64/${Buffer.from(value).toString("base64url") || "="}`
      : `/${name}/${encodeURIComponent(value)}`
  );
  return `/metrics/job/${encodeURIComponent(job)}${segments.join("")}`;
}

function familyLines(family: NaiveFamily, names: ReadonlySet<string>): string[] {
  const { name, type, help, timestamped } = family;
  const lines = family.series.flatMap((series) => seriesLines(family, series, names));
  if (timestamped && lines.length > 0) lines[0] += " 1234";
  if (type !== "untyped") lines.unshift(`# TYPE ${name} ${type}`);
  const escaped = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  if (help !== "") lines.unshift(`# HELP ${name} ${escaped}`);
  return lines;
}

function seriesLines(
  { name, type }: NaiveFamily,
  { labels, value }: NaiveSeries,
  names: ReadonlySet<string>,
): string[] {
  if (typeof value === "number") return [`${name}${braces(labels)} ${value}`];
  const [pointName, pointLabel] = type === "summary"
    ? [name, "quantile"]
    : [`${name}_bucket`, "le"];
  const points = value.points
    .map(([point, number]) =>
      `${pointName}${braces({ ...labels, [pointLabel]: point })} ${number}`
    );
  return [
    ...(pointName === name || !names.has(pointName) ? points : []),
    ...(names.has(`${name}_sum`) ? [] : [`${name}_sum${braces(labels)} ${value.sum}`]),
    ...(names.has(`${name}_count`) ? [] : [`${name}_count${braces(labels)} ${value.count}`]),
  ];
}

/** A family as a parser has to understand it, where another family of the body has the name of its lines. */
function asRead(family: NaiveFamily, names: ReadonlySet<string>): NaiveFamily {
  const { name, type } = family;
  const series = family.series.filter((series) => seriesLines(family, series, names).length > 0)
    .map(({ labels, value }) => {
      if (typeof value === "number") return { labels, value };
      const lost = type !== "summary" && names.has(`${name}_bucket`);
      return {
        labels,
        value: {
          points: lost ? [] : value.points,
          sum: names.has(`${name}_sum`) ? 0 : value.sum,
          count: names.has(`${name}_count`) ? 0 : value.count,
        },
      };
    });
  return { ...family, series };
}

function braces(labels: NaiveLabels): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
    return `${name}="${escaped}"`;
  });
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function oneOf<T>(...values: T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...values);
}

function values(
  points: readonly string[],
  value: fc.Arbitrary<number>,
): fc.Arbitrary<NaiveDistribution["points"]> {
  return fc.tuple(...points.map((point) => value.map((number) => [point, number] as const)));
}

function withSeries(
  type: fc.Arbitrary<string>,
  series: fc.Arbitrary<NaiveSeries[]>,
): fc.Arbitrary<NaiveFamily> {
  return fc.record({ head, type, series })
    .map(({ head, type, series }) => ({ ...head, type, series }));
}
