import { describe, expect, it } from "vitest";
import type { PushedFamily } from "../../src/model/family.ts";
import { parseOpenMetrics } from "../../src/parse/openmetrics.ts";
import { show } from "./parse.ts";

type Case = readonly [body: string, families: string];

const encoder = new TextEncoder();

function parse(body: string, utf8Names = false): PushedFamily[] {
  return parseOpenMetrics(encoder.encode(body), { utf8Names });
}

const HISTOGRAM = [
  "# TYPE h histogram",
  'h_bucket{le="0.5"} 1',
  'h_bucket{le="+Inf"} 3',
  "h_count 3",
  "h_sum 4.5",
];

describe("parseOpenMetrics", () => {
  const types: readonly Case[] = [
    ["", ""],
    ["a 1", "untyped a: {} 1"],
    ["# TYPE a unknown\na 1", "untyped a: {} 1"],
    ["# TYPE a gauge\na -1.5", "gauge a: {} -1.5"],
    ["# TYPE a gauge", ""],
    ["# TYPE a counter\na_total 17", "counter a_total: {} 17"],
    ["# TYPE a counter\na_total 17\na_created 1", "counter a_total: {} 17"],
    ["# TYPE a counter\na_created 1\na_total 17", "counter a_total: {} 17"],
    ['# TYPE a info\na_info{v="1"} 1.0', 'gauge a_info: {v="1"} 1'],
    ['# TYPE a stateset\na{a="x"} 0\na{a="y"} 1', 'gauge a: {a="x"} 0, {a="y"} 1'],
    [HISTOGRAM.join("\n"), "histogram h: {} count 3 sum 4.5 [0.5=1 Infinity=3]"],
    ['# TYPE h histogram\nh_bucket{le="+Inf"} 3', "histogram h: {} count 3 sum 0 [Infinity=3]"],
    [
      '# TYPE h histogram\nh_bucket{le="-1"} 1\nh_bucket{le="+Inf"} 3\nh_count 3',
      "histogram h: {} count 3 sum 0 [-1=1 Infinity=3]",
    ],
    [
      '# TYPE g gaugehistogram\ng_bucket{le="-1"} 2\ng_bucket{le="+Inf"} 42.0\ng_gcount 42\ng_gsum -3',
      "gaugehistogram g: {} count 42 sum -3 [-1=2 Infinity=42]",
    ],
    [
      '# TYPE s summary\ns{quantile="0.99"} NaN\ns{quantile="0.5"} 2\ns_count 17.0\ns_sum 3.5',
      "summary s: {} count 17 sum 3.5 [0.99=NaN 0.5=2]",
    ],
    ["# TYPE s summary\ns_count 2\ns_created 1", "summary s: {} count 2 sum 0 []"],
    ['# TYPE c counter\nc_total{le="1"} 1', 'counter c_total: {le="1"} 1'],
  ];
  it.each(types)("keeps what Prometheus would keep: %j", (body, families) => {
    expect(show(parse(`${body}\n# EOF\n`.trimStart()))).toBe(families);
  });

  const lexical: readonly Case[] = [
    ["a{} 1", "untyped a: {} 1"],
    ['a{b="c",d="e"} +Inf', 'untyped a: {b="c",d="e"} Infinity'],
    ['a{b="\\\\ \\" \\n"} nan', 'untyped a: {b="\\\\ \\" \\n"} NaN'],
    ['a{b="\\x"} 1', 'untyped a: {b="\\\\x"} 1'],
    ['a{b="\r,}{=# é💩"} 1', 'untyped a: {b="\r,}{=# é💩"} 1'],
    ["a:b_9 0042", "untyped a:b_9: {} 42"],
    ["a 1.e3\nb .5\nc -infinity", "untyped a: {} 1000; untyped b: {} 0.5; untyped c: {} -Infinity"],
    ['# HELP a \\\\ \\n \\" \\x\na 1', 'untyped a "\\\\ \\n \\" \\\\x": {} 1'],
    ["# HELP a \n# HELP a x\na 1", 'untyped a "x": {} 1'],
    ["# HELP a  x \na 1", 'untyped a " x ": {} 1'],
    ['# TYPE "a" gauge\n{"a"} 1\n{"a","b"="c"} 2', 'gauge a: {} 1, {b="c"} 2'],
    ["# TYPE a gauge\nb 1", "untyped b: {} 1"],
  ];
  it.each(lexical)("reads %j", (body, families) => {
    expect(show(parse(`${body}\n# EOF`))).toBe(families);
  });

  const timestamps: readonly Case[] = [
    ["a 1 1520879607.789", "untyped a@: {} 1"],
    ["# TYPE a counter\na_total 1 1e9", "counter a_total@: {} 1"],
    ["# TYPE a counter\na_total 1 -1 # {} 1 2", "counter a_total@: {} 1"],
    ["a 1 123\na 2 456", "untyped a@: {} 1, {} 2"],
  ];
  it.each(timestamps)("leaves it to others to refuse timestamps: %j", (body, families) => {
    expect(show(parse(`${body}\n# EOF\n`))).toBe(families);
  });

  it("takes several points in time of one metric for timestamps, not for repetition", () => {
    const points = ["foo_count 0 123", "foo_sum 0 123", "foo_count 0 456", "foo_sum 0 456"];
    const [family] = parse(["# TYPE foo summary", ...points, "# EOF"].join("\n"));
    expect(family?.timestamped).toBe(true);
    const labelled = ['c_total{a="1"} 1 1', 'c_total{a="2"} 1 1', 'c_total{a="1"} 1 2'];
    expect(parse(["# TYPE c counter", ...labelled, "# EOF"].join("\n"))[0]?.timestamped).toBe(true);
  });

  it("keeps the unit", () => {
    const units = (body: string) => parse(`${body}\n# EOF`).map(({ name, unit }) => [name, unit]);
    expect(units("# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total 1")).toEqual([
      ["a_seconds_total", "seconds"],
    ]);
    expect(units("# UNIT a_b_c b_c\na_b_c 1")).toEqual([["a_b_c", "b_c"]]);
    expect(units("# UNIT a \na 1")).toEqual([["a", undefined]]);
  });

  it("takes quoted UTF-8 names where they are on", () => {
    const body = '# TYPE "my.metric" counter\n{"my.metric_total","a.b"="c",d="e"} 1\n# EOF\n';
    const [family] = parse(body, true);
    expect(family).toMatchObject({ name: "my.metric_total", type: "counter", utf8: true });
    expect(family?.series[0]?.labels).toEqual(["a.b", "c", "d", "e"]);
    expect(parse('a{"b.c"="d"} 1\n# EOF\n', true)[0]?.utf8).toBe(true);
    expect(parse("a 1\n# EOF\n", true)[0]?.utf8).toBeUndefined();
  });

  it("reads a body with many labels in one line", () => {
    const labels = Array.from({ length: 10_000 }, (_, index) => `l${index}="x"`);
    expect(parse(`a{${labels.join(",")}} 1\n# EOF\n`)[0]?.series[0]?.labels).toHaveLength(20_000);
    expect(() => parse(`a{${labels.join(",")},l5="x"} 1\n# EOF\n`)).toThrow('label name "l5"');
  });
});
