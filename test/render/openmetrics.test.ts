import { describe, expect, it } from "vitest";
import type { Family, MetricType, StoredFamily } from "../../src/model/family.ts";
import { createGroupKey } from "../../src/model/group-key.ts";
import { parseOpenMetrics } from "../../src/parse/openmetrics.ts";
import { writeCounter } from "../../src/parse/openmetrics-wire.ts";
import { formatOpenMetricsFloat } from "../../src/render/openmetrics-exemplar.ts";
import {
  createOpenMetricsFormat,
  renderOpenMetricsHead,
  renderOpenMetricsSeries,
} from "../../src/render/openmetrics.ts";
import { sanitizeFamily } from "../../src/validate/sanitize.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const key = createGroupKey(["job", "x"]);

/** Stores what a body says, in a group of which only `job` and `instance` are known. */
function store(lines: readonly string[], utf8Names = false): StoredFamily[] {
  const body = encoder.encode([...lines, "# EOF\n"].join("\n"));
  return parseOpenMetrics(body, { utf8Names }).map((pushed) => {
    const kept = {
      name: pushed.name,
      help: pushed.help,
      forcedText: [key.forcedText] as const,
      previous: undefined,
    };
    return sanitizeFamily(pushed, { key, at: 0 }, kept).family;
  });
}

/** What comes out of a body, without the labels of the group. */
function through(lines: readonly string[]): string[] {
  return store(lines).flatMap((family) =>
    [
      renderOpenMetricsHead({ ...family, unit: family.extras?.unit ?? "" }, "underscores"),
      renderOpenMetricsSeries(family, "underscores"),
    ].join("").replaceAll(/,?instance="",job="x"/g, "").replaceAll("{,", "{")
      .replaceAll(/^(\w+)\{\}/gm, "$1").trimEnd().split("\n")
  );
}

describe("renderOpenMetricsHead", () => {
  const cases: readonly (readonly [MetricType, string, string, string, string])[] = [
    ["untyped", "a", "", "", "# TYPE a unknown\n"],
    ["gauge", "a", 'say "hi"\\\n', "", '# HELP a say \\"hi\\"\\\\\\n\n# TYPE a gauge\n'],
    ["counter", "a_total", "x", "", "# HELP a x\n# TYPE a counter\n"],
    ["counter", "a", "", "", "# TYPE a unknown\n"],
    ["counter", "_total", "", "", "# TYPE _total unknown\n"],
    ["gauge", "a_total", "", "", "# TYPE a_total gauge\n"],
    ["histogram", "a", "", "", "# TYPE a histogram\n"],
    ["gaugehistogram", "a", "", "", "# TYPE a gaugehistogram\n"],
    ["summary", "a", "", "", "# TYPE a summary\n"],
    ["gauge", "a_bytes", "", "bytes", "# TYPE a_bytes gauge\n# UNIT a_bytes bytes\n"],
    ["counter", "a_s_total", "", "s", "# TYPE a_s counter\n# UNIT a_s s\n"],
    ["counter", "a_s", "", "s", "# TYPE a_s unknown\n# UNIT a_s s\n"],
    ["gauge", "a", "", "bytes", "# TYPE a gauge\n"],
    ["gauge", "bytes", "", "bytes", "# TYPE bytes gauge\n"],
  ];
  it.each(cases)("of a %s named %s with help %j and unit %j", (type, name, help, unit, lines) => {
    expect(renderOpenMetricsHead({ name, type, help, unit }, "underscores")).toBe(lines);
  });

  it("quotes or escapes names as the scraper wants", () => {
    const head = { name: "a.b_total", type: "counter", help: "x", unit: "" } as const;
    expect(renderOpenMetricsHead(head, "allow-utf-8")).toBe(
      '# HELP "a.b" x\n# TYPE "a.b" counter\n',
    );
    expect(renderOpenMetricsHead(head, "underscores")).toBe("# HELP a_b x\n# TYPE a_b counter\n");
  });
});

describe("renderOpenMetricsSeries", () => {
  it.each([
    [["# TYPE a gauge", "a 0.0"]],
    [["# TYPE a unknown", "a 1e+06"]],
    [["# HELP a \\\\ \\n", "# TYPE a counter", 'a_total{b="c"} 17.0']],
    [["# TYPE a_s counter", "# UNIT a_s s", "a_s_total 1.0"]],
    [["# TYPE a counter", "a_total 1.0 # {} -1.5"]],
    [["# TYPE a counter", 'a_total 1.0 # {z="\\"",b="d"} 2.0 1520879607.789']],
    [["# TYPE a counter", "a_total 1.0 # {} 2.0 1604676851.123456789"]],
    [["# TYPE a counter", "a_total 1.0 # {} 2.0 -0.5"]],
    [
      [
        "# TYPE h histogram",
        'h_bucket{le="0.1"} 8 # {} 0.054',
        'h_bucket{le="1"} 11 # {trace_id="KOO5S4vxi0o"} 0.67',
        'h_bucket{le="1e+06"} 17 # {trace_id="oHg5SJYRHA0"} 9.8 1520879607.789',
        'h_bucket{le="+Inf"} 17',
        "h_sum 324789.3",
        "h_count 17",
      ],
    ],
    [
      [
        "# TYPE h histogram",
        'h_bucket{a="1",le="+Inf"} 9007199254740993',
        'h_sum{a="1"} 0.0',
        'h_count{a="1"} 9007199254740993',
      ],
    ],
    [
      [
        "# TYPE h gaugehistogram",
        'h_bucket{le="-1"} 1',
        'h_bucket{le="+Inf"} 2',
        "h_gsum -0.5",
        "h_gcount 2",
      ],
    ],
    [[
      "# TYPE s summary",
      's{quantile="0.5"} NaN',
      's{quantile="1"} 2.0',
      "s_sum 3.0",
      "s_count 4",
    ]],
  ])("gives back what came: %j", (lines) => {
    expect(through(lines)).toEqual(lines);
  });

  it("does not show when a metric was created", () => {
    expect(through(["# TYPE a counter", "a_total 1.0", "a_created 5"])).toEqual([
      "# TYPE a counter",
      "a_total 1.0",
    ]);
  });

  it("shows an info and a state set as the gauges that they are kept as", () => {
    expect(through(["# TYPE a info", 'a_info{v="1"} 1', "# TYPE b stateset", 'b{b="x"} 0']))
      .toEqual([
        "# TYPE a_info gauge",
        'a_info{v="1"} 1.0',
        "# TYPE b gauge",
        'b{b="x"} 0.0',
      ]);
  });

  const histogram: Family = {
    name: "h",
    type: "histogram",
    help: "",
    labels: [""],
    samples: [{ count: 3, sum: 1e9, points: [10, 0.5], values: [2.5, 1] }],
  };

  it("sorts the buckets and adds the one for +Inf", () => {
    expect(renderOpenMetricsSeries(histogram, "underscores")).toBe(
      'h_bucket{le="0.5"} 1\nh_bucket{le="10"} 2.5\nh_bucket{le="+Inf"} 3\n' +
        "h_sum 1e+09\nh_count 3\n",
    );
  });

  it("does not give an exemplar to a counter that goes out as unknown", () => {
    const [total] = store(["# TYPE a counter", "a_total 1 # {} 2"]);
    expect(total?.extras?.wire).toHaveLength(1);
    const renamed: StoredFamily = { ...(total as StoredFamily), name: "a" };
    expect(renderOpenMetricsSeries(renamed, "underscores")).toBe('a{instance="",job="x"} 1.0\n');
  });

  it("leaves out an exemplar whose labels are longer than the format allows", () => {
    const rendered = (value: string) => {
      const exemplar = { labels: ["ab", value], value: 2, time: undefined };
      const wire = [writeCounter(1, exemplar, undefined)];
      const extras = { unit: "", wire, utf8: false };
      const family: Family = {
        name: "a_total",
        type: "counter",
        help: "",
        labels: [""],
        samples: [1],
        extras,
      };
      return renderOpenMetricsSeries(family, "underscores");
    };
    expect(rendered("💩".repeat(126))).toBe(`a_total 1.0 # {ab="${"💩".repeat(126)}"} 2.0\n`);
    expect(rendered("é".repeat(127))).toBe("a_total 1.0\n");
  });

  it("quotes or escapes names as the scraper wants", () => {
    const [family] = store(
      ['# TYPE "a.b" counter', '{"a.b_total","c.d"="e"} 1 # {"f.g"="h"} 2'],
      true,
    );
    const stored = family as StoredFamily;
    expect(renderOpenMetricsSeries(stored, "allow-utf-8")).toBe(
      '{"a.b_total","c.d"="e",instance="",job="x"} 1.0 # {"f.g"="h"} 2.0\n',
    );
    expect(renderOpenMetricsSeries(stored, "underscores")).toBe(
      'a_b_total{c_d="e",instance="",job="x"} 1.0 # {f_g="h"} 2.0\n',
    );
  });
});

describe("formatOpenMetricsFloat", () => {
  it.each([
    [0, "0.0"],
    [-0, "0.0"],
    [1, "1.0"],
    [-1, "-1.0"],
    [100000, "100000.0"],
    [1e6, "1e+06"],
    [1.5, "1.5"],
    [1e-5, "1e-05"],
    [NaN, "NaN"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
  ])("prints %d as %s", (value, text) => {
    expect(formatOpenMetricsFloat(value)).toBe(text);
  });
});

describe("createOpenMetricsFormat", () => {
  it.each(["1.0.0", "0.0.1"] as const)("says its version %s and ends the body", (version) => {
    const format = createOpenMetricsFormat(version, "dots");
    expect(format.contentType).toBe(
      `application/openmetrics-text; version=${version}; charset=utf-8; escaping=dots`,
    );
    expect(decoder.decode(format.renderTail?.())).toBe("# EOF\n");
  });

  it("renders head and series as bytes", () => {
    const format = createOpenMetricsFormat("1.0.0", "underscores");
    const [family] = store(["# TYPE a gauge", "a 1"]);
    const bytes = format.renderSeries([family as StoredFamily, family as StoredFamily]);
    expect(decoder.decode(bytes)).toBe('a{instance="",job="x"} 1.0\n'.repeat(2));
    const head = { name: "a", type: "gauge", help: "", unit: "" } as const;
    expect(decoder.decode(format.renderHead(head, 1))).toBe("# TYPE a gauge\n");
  });
});
