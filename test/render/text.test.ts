import { describe, expect, it } from "vitest";
import type { DistributionFamily, Family, ScalarFamily } from "../../src/model/family.ts";
import { renderTextHead, renderTextSeries, textFormat } from "../../src/render/text.ts";

describe("renderTextHead", () => {
  // Type, help, lines.
  const cases: readonly (readonly [type: Family["type"], help: string, lines: string])[] = [
    ["untyped", "", "# TYPE a untyped\n"],
    ["gauge", "text", "# HELP a text\n# TYPE a gauge\n"],
    ["counter", " two  words ", "# HELP a  two  words \n# TYPE a counter\n"],
    ["summary", 'say "hi"', '# HELP a say "hi"\n# TYPE a summary\n'],
    ["histogram", "C:\\dir\n2", "# HELP a C:\\\\dir\\n2\n# TYPE a histogram\n"],
    ["histogram", "\\n", "# HELP a \\\\n\n# TYPE a histogram\n"],
    ["gauge", "日本💩", "# HELP a 日本💩\n# TYPE a gauge\n"],
    // The format has no other word for it.
    ["gaugehistogram", "", "# TYPE a histogram\n"],
  ];
  it.each(cases)("of a %s with help %j", (type, help, lines) => {
    expect(renderTextHead({ name: "a", type, help })).toBe(lines);
  });
});

describe("renderTextSeries", () => {
  const scalars: readonly (readonly [labels: string, value: number, line: string])[] = [
    ["", 1, "a 1\n"],
    ['job="x"', 3.14, 'a{job="x"} 3.14\n'],
    ['instance="",job="\\"\\\\\\n"', 0, 'a{instance="",job="\\"\\\\\\n"} 0\n'],
    ["", -0, "a 0\n"],
    ["", 1e6, "a 1e+06\n"],
    ["", 1e-5, "a 1e-05\n"],
    ["", NaN, "a NaN\n"],
    ["", Infinity, "a +Inf\n"],
    ["", -Infinity, "a -Inf\n"],
  ];
  it.each(scalars)("of a plain number with labels %j and value %d", (labels, value, line) => {
    const family: ScalarFamily = {
      name: "a",
      type: "gauge",
      help: "",
      labels: [labels],
      samples: [value],
    };
    expect(renderTextSeries(family)).toBe(line);
  });

  it("keeps the order of the series", () => {
    const family: ScalarFamily = {
      name: "a",
      type: "counter",
      help: "",
      labels: ['b="2"', "", 'b="1"'],
      samples: [1, 2, 3],
    };
    expect(renderTextSeries(family)).toBe('a{b="2"} 1\na 2\na{b="1"} 3\n');
  });

  it("writes a histogram with its buckets as they are, then sum and count", () => {
    expect(renderTextSeries(distribution("histogram", [10, 0.5, Infinity], [3, 1, 4]))).toBe(
      'h_bucket{job="x",le="10"} 3\n' +
        'h_bucket{job="x",le="0.5"} 1\n' +
        'h_bucket{job="x",le="+Inf"} 4\n' +
        'h_sum{job="x"} 7.5\n' +
        'h_count{job="x"} 4\n',
    );
  });

  it("adds the bucket for +Inf to a histogram without", () => {
    expect(renderTextSeries(distribution("histogram", [1e6], [2.5]))).toBe(
      'h_bucket{job="x",le="1e+06"} 2.5\n' +
        'h_bucket{job="x",le="+Inf"} 4\n' +
        'h_sum{job="x"} 7.5\n' +
        'h_count{job="x"} 4\n',
    );
    expect(renderTextSeries(distribution("histogram", [-Infinity], [1], ""))).toBe(
      'h_bucket{le="-Inf"} 1\nh_bucket{le="+Inf"} 4\nh_sum 7.5\nh_count 4\n',
    );
  });

  it("writes a gauge histogram like a histogram", () => {
    const histogram = distribution("histogram", [1, 2], [3, 4]);
    expect(renderTextSeries({ ...histogram, type: "gaugehistogram" })).toBe(
      renderTextSeries(histogram),
    );
  });

  it("writes a summary with its quantiles as they are, then sum and count", () => {
    expect(renderTextSeries(distribution("summary", [0.9, 0.5], [NaN, 1e-7]))).toBe(
      'h{job="x",quantile="0.9"} NaN\n' +
        'h{job="x",quantile="0.5"} 1e-07\n' +
        'h_sum{job="x"} 7.5\n' +
        'h_count{job="x"} 4\n',
    );
  });

  it("adds nothing to a summary without quantiles", () => {
    expect(renderTextSeries(distribution("summary", [], [], ""))).toBe("h_sum 7.5\nh_count 4\n");
  });
});

describe("textFormat", () => {
  it("names its content type", () => {
    expect(textFormat.contentType).toBe(
      "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
    );
  });

  it("encodes heads and series as UTF-8", () => {
    const head = textFormat.renderHead(
      { name: "a", type: "gauge", help: "\ufeffé💩", unit: "" },
      0,
    );
    expect(decode(head)).toBe("# HELP a \ufeffé💩\n# TYPE a gauge\n");
    const family: Family = {
      name: "a",
      type: "gauge",
      help: "",
      labels: ['b="日本"'],
      samples: [1],
    };
    expect(decode(textFormat.renderSeries([family, family]))).toBe('a{b="日本"} 1\n'.repeat(2));
    expect(textFormat.renderSeries([])).toEqual(new Uint8Array());
  });
});

function distribution(
  type: "histogram" | "summary",
  points: number[],
  values: number[],
  labels = 'job="x"',
): DistributionFamily {
  const samples = [{ count: 4, sum: 7.5, points, values }];
  return { name: "h", type, help: "", labels: [labels], samples };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
