import { describe, expect, it } from "vitest";
import { FamilyCollector } from "../../src/parse/fold.ts";
import { errorOf, parse, show } from "./parse.ts";

type Case = readonly [lines: string, families: string];

const HISTOGRAM = "# TYPE h histogram\n";
const SUMMARY = "# TYPE s summary\n";

describe("lines of a histogram", () => {
  const cases: readonly Case[] = [
    [
      'h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 3\nh_sum 4\nh_count 3\n',
      "histogram h: {} count 3 sum 4 [1=2 Infinity=3]",
    ],
    [
      'h_count 3\nh_sum 4\nh_bucket{le="+Inf"} 3\nh_bucket{le="1"} 2\n',
      "histogram h: {} count 3 sum 4 [Infinity=3 1=2]",
    ],
    ['h_bucket{le="1"} 2\n', "histogram h: {} count 0 sum 0 [1=2]"],
    ["h_sum 4\n", "histogram h: {} count 0 sum 4 []"],
    ["h_count 3\n", "histogram h: {} count 3 sum 0 []"],
    ["h_sum NaN\n", "histogram h: {} count 0 sum NaN []"],
    ["h_sum -4.5\n", "histogram h: {} count 0 sum -4.5 []"],
    // The texts of one bound: they are numbers.
    [
      'h_bucket{le="5.0"} 1\nh_bucket{le="1000000"} 2\nh_bucket{le="-1e-5"} 0\n',
      "histogram h: {} count 0 sum 0 [5=1 1000000=2 -0.00001=0]",
    ],
    ['h_bucket{le="inf"} 1\n', "histogram h: {} count 0 sum 0 [Infinity=1]"],
    ['h{le="1"} 2\n', "histogram h: {} count 0 sum 0 [1=2]"],
    // What has no bound is accepted and dropped, but for the series it belongs to.
    ["h 9\n", "histogram h: {} count 0 sum 0 []"],
    ["h -9\n", "histogram h: {} count 0 sum 0 []"],
    ["h_bucket 9\n", "histogram h: {} count 0 sum 0 []"],
    ['h_bucket{le="NaN"} 9\n', "histogram h: {} count 0 sum 0 []"],
    ['h_bucket{le="NaN"} -9\n', "histogram h: {} count 0 sum 0 []"],
    ['h_bucket{a="b"} 9\n', 'histogram h: {a="b"} count 0 sum 0 []'],
    // The last one wins.
    ["h_sum 1\nh_sum 2\nh_count 3\nh_count 4\n", "histogram h: {} count 4 sum 2 []"],
    ['h_bucket{le="1",le="2"} 3\n', "histogram h: {} count 0 sum 0 [2=3]"],
    ['h_sum{le="1"} 2\nh_count{le="2"} 3\n', "histogram h: {} count 3 sum 2 []"],
    // Counts need not be whole: these are float histograms.
    [
      'h_bucket{le="1"} 2.5\nh_count 3.7\n',
      "histogram h: {} count 3.7 sum 0 [1=2.5]",
    ],
    ['h_bucket{le="1"} NaN\nh_count +Inf\n', "histogram h: {} count Infinity sum 0 [1=NaN]"],
    ["h_count 18446744073709551616\n", `histogram h: {} count ${2 ** 64} sum 0 []`],
    // Labels tell series apart, in any order.
    [
      'h_bucket{a="1",le="1"} 1\nh_bucket{a="2",le="1"} 2\nh_sum{a="1"} 3\nh_sum{a="2"} 4\n',
      'histogram h: {a="1"} count 0 sum 3 [1=1], {a="2"} count 0 sum 4 [1=2]',
    ],
    [
      'h_bucket{a="1",b="2",le="1"} 1\nh_bucket{le="2",b="2",a="1"} 2\nh_sum{b="2",a="1"} 3\n',
      'histogram h: {a="1",b="2"} count 0 sum 3 [1=1 2=2]',
    ],
    ['h_sum{quantile="1"} 2\n', 'histogram h: {quantile="1"} count 0 sum 2 []'],
    ['h_sum{a=""} 1\nh_sum 2\n', 'histogram h: {a=""} count 0 sum 1 [], {} count 0 sum 2 []'],
  ];
  it.each(cases)("fold: %j", (lines, families) => {
    expect(show(parse(HISTOGRAM + lines))).toBe(families);
  });

  it.each(cases)("fold alike in a gauge histogram: %j", (lines, families) => {
    const body = `# TYPE h gaugehistogram\n${lines}`;
    expect(show(parse(body))).toBe(families.replace("histogram", "gaugehistogram"));
  });

  const refused: readonly (readonly [lines: string, message: string])[] = [
    ["h_count -1\n", 'negative count for histogram "h"'],
    ["h_count -Inf\n", 'negative count for histogram "h"'],
    ['h_bucket{le="1"} -1\n', 'negative bucket population for histogram "h"'],
    ['h{le="1"} -0.5\n', 'negative bucket population for histogram "h"'],
    ['h_bucket{le="x"} 1\n', "expected float as value for 'le' label, got \"x\""],
    ['h_bucket{le=""} 1\n', "expected float as value for 'le' label, got \"\""],
    ['h_sum{le="0x1"} 1\n', "expected float as value for 'le' label, got \"0x1\""],
    ['h_bucket{a="1",a="2"} 1\n', 'duplicate label names for metric "h"'],
  ];
  it.each(refused)("are refused: %j", (lines, message) => {
    const error = `text format parsing error in line 2: ${message}`;
    expect(errorOf(HISTOGRAM + lines)).toBe(error);
    expect(errorOf(`# TYPE h gaugehistogram\n${lines}`)).toBe(error);
  });

  const twice: readonly (readonly [lines: string, line: number, bound: string])[] = [
    ['h_bucket{le="1"} 1\nh_bucket{le="1"} 1\n', 3, "1"],
    ['h_bucket{le="1"} 1\nh_bucket{le="1.0"} 1\n', 3, "1"],
    ['h_bucket{le="1"} 1\nh_bucket{le="2"} 1\nh_bucket{le="1e0"} 1\n', 4, "1"],
    ['h_bucket{le="2"} 1\nh_bucket{le="1"} 1\nh_bucket{le="2"} 1\n', 4, "2"],
    ['h_bucket{le="2"} 1\nh_bucket{le="1"} 1\nh_bucket{le="1"} 1\n', 4, "1"],
    ['h_bucket{le="1"} 1\nh_bucket{le="0"} 1\nh_bucket{le="3"} 1\nh_bucket{le="3"} 1\n', 5, "3"],
    ['h_bucket{le="inf"} 1\nh_bucket{le="+Inf"} 1\n', 3, "+Inf"],
    ['h_bucket{le="-Inf"} 1\nh_bucket{le="-inf"} 1\n', 3, "-Inf"],
    ['h_bucket{le="0"} 1\nh_bucket{le="-0"} 1\n', 3, "0"],
    ['h_bucket{le="1000000"} 1\nh_sum 1\nh{le="1e6"} 1\n', 4, "1e+06"],
  ];
  it.each(twice)("are refused with a bound given twice: %j", (lines, line, bound) => {
    expect(errorOf(HISTOGRAM + lines)).toBe(
      `text format parsing error in line ${line}: le="${bound}" occurs twice in one series of ` +
        'histogram "h"',
    );
  });

  it("may have one bound in two series", () => {
    const lines = 'h_bucket{a="1",le="1"} 1\nh_bucket{le="1"} 1\n';
    expect(show(parse(HISTOGRAM + lines))).toBe(
      'histogram h: {a="1"} count 0 sum 0 [1=1], {} count 0 sum 0 [1=1]',
    );
  });
});

describe("lines of a summary", () => {
  const cases: readonly Case[] = [
    [
      's{quantile="0.5"} 1\ns{quantile="0.9"} 2\ns_sum 3\ns_count 4\n',
      "summary s: {} count 4 sum 3 [0.5=1 0.9=2]",
    ],
    ['s_count 4\ns{quantile="0.9"} 2\n', "summary s: {} count 4 sum 0 [0.9=2]"],
    ['s{quantile="0.50"} NaN\n', "summary s: {} count 0 sum 0 [0.5=NaN]"],
    ['s{quantile="0.5"} -1\ns_sum -2\n', "summary s: {} count 0 sum -2 [0.5=-1]"],
    ["s_count 3.7\n", "summary s: {} count 3 sum 0 []"],
    ["s_count 0.3\n", "summary s: {} count 0 sum 0 []"],
    ["s_count 1e15\n", "summary s: {} count 1000000000000000 sum 0 []"],
    ["s 9\n", "summary s: {} count 0 sum 0 []"],
    ['s{quantile="NaN"} 9\n', "summary s: {} count 0 sum 0 []"],
    ['s_sum{quantile="0.5"} 9\n', "summary s: {} count 0 sum 9 []"],
    ['s{le="1"} 9\n', 'summary s: {le="1"} count 0 sum 0 []'],
    [
      's{a="1",quantile="0.5"} 1\ns_sum{a="1"} 2\ns_sum{a="2"} 3\n',
      'summary s: {a="1"} count 0 sum 2 [0.5=1], {a="2"} count 0 sum 3 []',
    ],
  ];
  it.each(cases)("fold: %j", (lines, families) => {
    expect(show(parse(SUMMARY + lines))).toBe(families);
  });

  const refused: readonly (readonly [lines: string, message: string])[] = [
    ["s_count -1\n", 'negative count for summary "s"'],
    ['s{quantile="x"} 1\n', "expected float as value for 'quantile' label, got \"x\""],
    [
      's{quantile="0.5"} 1\ns{quantile="5e-1"} 1\n',
      'quantile="0.5" occurs twice in one series of summary "s"',
    ],
  ];
  it.each(refused)("are refused: %j", (lines, message) => {
    expect(errorOf(SUMMARY + lines)).toMatch(/^text format parsing error in line [23]: /);
    expect(errorOf(SUMMARY + lines)).toContain(message);
  });
});

describe("lines that only look like those of another family", () => {
  const cases: readonly Case[] = [
    // Without a TYPE line, or after it came, they are families of their own.
    ["h_sum 1\nh_count 2\n", "untyped h_sum: {} 1; untyped h_count: {} 2"],
    [`h_sum 1\n${HISTOGRAM}h_sum 2\n`, "untyped h_sum: {} 1, {} 2"],
    [`${HISTOGRAM}h_sum 1\n`, "histogram h: {} count 0 sum 1 []"],
    [
      `# TYPE h_sum gauge\n${HISTOGRAM}h_sum 1\nh_count 2\n`,
      "gauge h_sum: {} 1; histogram h: {} count 2 sum 0 []",
    ],
    [`# HELP h_sum x\n${HISTOGRAM}h_sum 1\n`, 'untyped h_sum "x": {} 1'],
    [`# HELP h_sum \n${HISTOGRAM}h_sum 1\n`, "untyped h_sum: {} 1"],
    [`${HISTOGRAM}# HELP h_sum x\nh_sum 1\n`, 'histogram h "x": {} count 0 sum 1 []'],
    // Of a type that has no such lines.
    ["# TYPE a gauge\na_sum 1\n", "untyped a_sum: {} 1"],
    ["# TYPE a counter\na_count 1\na 2\n", "counter a: {} 2; untyped a_count: {} 1"],
    [`${SUMMARY}s_bucket{le="1"} 2\n`, 'untyped s_bucket: {le="1"} 2'],
    ["a 1\na_sum 1\n", "untyped a: {} 1; untyped a_sum: {} 1"],
    // Names that are nothing but a suffix, or carry two.
    [`${HISTOGRAM}_sum 1\n_count 2\n`, "untyped _sum: {} 1; untyped _count: {} 2"],
    [`${HISTOGRAM}h_sum_count 1\n`, "untyped h_sum_count: {} 1"],
    ["# TYPE a_sum summary\na_sum_count 1\na_sum 2\n", "summary a_sum: {} count 1 sum 0 []"],
    [`${HISTOGRAM}h_sumx 1\nhx_sum 2\n`, "untyped h_sumx: {} 1; untyped hx_sum: {} 2"],
    [
      `${HISTOGRAM}h_sum 1\nother 2\nh_sum 3\nh_count 4\n`,
      "histogram h: {} count 4 sum 3 []; untyped other: {} 2",
    ],
  ];
  it.each(cases)("%j", (body, families) => {
    expect(show(parse(body))).toBe(families);
  });
});

describe("FamilyCollector", () => {
  it("finds a family again by each name of its lines", () => {
    const families = new FamilyCollector();
    const { family, role } = families.resolve("h");
    family.type = "histogram";
    expect(role).toBe("point");
    expect(families.resolve("h_bucket")).toEqual({ family, role: "point" });
    expect(families.resolve("h_sum")).toEqual({ family, role: "sum" });
    expect(families.resolve("h_count")).toEqual({ family, role: "count" });
    expect(families.resolve("h_max").family).not.toBe(family);
  });

  it("keeps the order in which names first came, and no family without samples", () => {
    const families = new FamilyCollector();
    const line = { labels: [], point: NaN, value: 1, timestamped: false };
    for (const name of ["b", "empty", "a", "b"]) {
      const { family, role } = families.resolve(name);
      if (name !== "empty") expect(family.add(line, role)).toBeUndefined();
    }
    expect(families.finish().map(({ name, type }) => `${type} ${name}`)).toEqual([
      "untyped b",
      "untyped a",
    ]);
  });

  it("notes a timestamp on any line of a family", () => {
    expect(show(parse(`${HISTOGRAM}h_sum 1\nh_count 2 5\n`))).toBe(
      "histogram h@: {} count 2 sum 1 []",
    );
    expect(show(parse(`${HISTOGRAM}h 9 5\n`))).toBe("histogram h@: {} count 0 sum 0 []");
  });
});
