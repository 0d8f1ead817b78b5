import { describe, expect, it } from "vitest";
import type { Family } from "../../src/model/family.ts";
import { describeSeries } from "../../src/validate/describe.ts";

const scalar = (type: "gauge" | "counter" | "untyped", ...samples: number[]): Family => {
  return { name: "x", type, help: "", labels: samples.map(String), samples };
};

const distribution = (type: "histogram" | "gaugehistogram" | "summary"): Family => {
  const sample = { count: 3, sum: 1e6, points: [1], values: [2] };
  return { name: "x", type, help: "", labels: ["l"], samples: [sample] };
};

describe("describeSeries", () => {
  it.each<[Family, string]>([
    [scalar("gauge", 1), "gauge:{value:1}"],
    [scalar("counter", 1e6), "counter:{value:1e+06}"],
    [scalar("untyped", NaN), "untyped:{value:NaN}"],
    [scalar("untyped", -Infinity), "untyped:{value:-Inf}"],
    [distribution("summary"), "summary:{sample_count:3 sample_sum:1e+06}"],
    [distribution("histogram"), "histogram:{sample_count:3 sample_sum:1e+06}"],
    [distribution("gaugehistogram"), "histogram:{sample_count:3 sample_sum:1e+06}"],
  ])("shows what a %o holds", (family, sample) => {
    expect(describeSeries(family, ["job", "a"], 0))
      .toBe(`collected metric "x" { label:{name:"job" value:"a"} ${sample} }`);
  });

  it("shows the series asked for", () => {
    expect(describeSeries(scalar("gauge", 1, 2, 3), ["a", "", "b", "2"], 1)).toBe(
      'collected metric "x" { label:{name:"a" value:""} label:{name:"b" value:"2"} gauge:{value:2} }',
    );
  });

  it("quotes as Go does, so that it stays one line", () => {
    const text = describeSeries(scalar("gauge", 1), ["a", 'q"\\\n\u0001ä'], 0);
    expect(text).toContain('value:"q\\"\\\\\\n\\x01ä"}');
  });

  it("clips long values and names", () => {
    const text = describeSeries(scalar("gauge", 1), ["n".repeat(1e6), "v".repeat(1e6)], 0);
    expect(text).toContain(`name:"${"n".repeat(128)}…" value:"${"v".repeat(128)}…"`);
    expect(text.length).toBeLessThan(400);
  });

  it.each([[32, false], [33, true], [10_000, true]])("shows 32 labels of %d", (count, cut) => {
    const labels = Array.from({ length: count }, (_, index) => [`l${index}`, ""]).flat();
    const text = describeSeries(scalar("gauge", 1), labels, 0);
    expect(text.match(/label:/g)).toHaveLength(32);
    expect(text.includes("} … gauge")).toBe(cut);
  });
});
