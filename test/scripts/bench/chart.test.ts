import { describe, expect, it } from "vitest";
import { createAxis } from "../../../scripts/bench/axis.ts";
import { type Chart, MAX_LINES, renderChart } from "../../../scripts/bench/chart.ts";
import { curveTable, drawCharts } from "../../../scripts/bench/curve-charts.ts";

describe("createAxis", () => {
  it("marks the powers of ten around the values", () => {
    const axis = createAxis([15, 80_000], "log", 0, 400);
    expect(axis.ticks).toEqual([10, 100, 1000, 10_000, 100_000]);
    expect(axis.ticks.map((tick) => axis.place(tick))).toEqual([0, 100, 200, 300, 400]);
  });

  it("has no tick that rounding has bent", () => {
    expect(createAxis([0.001, 1], "log", 0, 1).ticks).toEqual([0.001, 0.01, 0.1, 1]);
  });

  it.each([[[10]], [[7]], [[1000, 1000]]])("has two ends for %j", (values) => {
    const axis = createAxis(values, "log", 300, 0);
    expect(axis.ticks.length).toBeGreaterThan(1);
    for (const value of values) expect(axis.place(value)).toBeGreaterThanOrEqual(0);
  });

  it.each([
    [[83e6, 79e6], [0, 20e6, 40e6, 60e6, 80e6, 100e6]],
    [[1_000_000], [0, 200_000, 400_000, 600_000, 800_000, 1_000_000]],
    [[11], [0, 2, 4, 6, 8, 10, 12]],
    [[3], [0, 0.5, 1, 1.5, 2, 2.5, 3]],
  ])("begins a plain axis at zero: %j", (values, ticks) => {
    expect(createAxis(values, "linear", 0, 1).ticks).toEqual(ticks);
  });
});

const CHART: Chart = {
  title: "Cost <of> a push & more",
  xTitle: "groups",
  xScale: "log",
  yScale: "log",
  renderX: String,
  renderY: (y) => `${y}/s`,
  lines: [
    { name: "ours", points: [[10, 1000], [100, 1000], [1000, 1000]] },
    { name: "reference", points: [[10, 100], [100, 10]] },
  ],
};

/** Attributes of the elements of one kind, by a pattern that captures numbers. */
function numbers(svg: string, pattern: RegExp): number[][] {
  return [...svg.matchAll(pattern)].map(([, ...groups]) => groups.map(Number));
}

describe("renderChart", () => {
  const svg = renderChart(CHART);

  it("is well-formed: every element is closed, no text breaks out", () => {
    expect(svg).toContain("<title>Cost &lt;of> a push &amp; more</title>");
    const open: string[] = [];
    for (const [, close, name = "", empty] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/gi)) {
      if (close) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name);
    }
    expect(open).toEqual([]);
  });

  it("draws every point, a level line level and a falling one falling", () => {
    const dots = (index: number) =>
      numbers(svg, new RegExp(`class="f${index}" cx="([\\d.]+)" cy="([\\d.]+)"`, "g"));
    expect(dots(0)).toHaveLength(3);
    expect(new Set(dots(0).map(([, y]) => y)).size).toBe(1);
    const [[x0 = 0, y0 = 0] = [], [x1 = 0, y1 = 0] = []] = dots(1);
    expect(x1).toBeGreaterThan(x0);
    // Down in a drawing is up in numbers.
    expect(y1).toBeGreaterThan(y0);
  });

  it("stays within its bounds", () => {
    for (const [x = 0, y = 0] of numbers(svg, /(?:cx|x)="([-\d.]+)" (?:cy|y)="([-\d.]+)"/g)) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(760);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(400);
    }
  });

  it("names the lines and the ticks in text", () => {
    for (const text of ["ours", "reference", "10", "100", "1000", "100/s", "groups"]) {
      expect(svg).toContain(`>${text}</text>`);
    }
  });

  it("has colours for both themes and a dash for who sees none", () => {
    expect(svg).toContain("prefers-color-scheme:dark");
    const dashes = [...svg.matchAll(/stroke-dasharray="([^"]+)"/g)].map(([, dash]) => dash);
    expect(new Set(dashes).size).toBe(2);
  });

  it("keeps names apart that end at the same place", () => {
    const lines = ["a", "b", "c", "d"].map((name) => ({
      name,
      points: [[10, 1], [100, 1]] as const,
    }));
    const at = numbers(
      renderChart({ ...CHART, lines }),
      /<text x="[\d.]+" y="([\d.]+)" class="f\d">/g,
    ).map(([y = 0]) => y);
    expect(at).toHaveLength(4);
    const gaps = at.slice(1).map((y, i) => y - (at[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(16);
  });

  it("refuses more lines than can be told apart, and none", () => {
    const [line] = CHART.lines as [Chart["lines"][number]];
    const many = Array.from({ length: MAX_LINES + 1 }, () => line);
    expect(() => renderChart({ ...CHART, lines: many })).toThrow("at most");
    expect(() => renderChart({ ...CHART, lines: [] })).toThrow("needs points");
  });
});

describe("curves", () => {
  const point = (groups: number) => ({
    groups,
    pushes: 1000,
    identity: 1,
    gzip: 2,
    memory: 50e6,
  });
  const curves = [
    { name: "ours", points: [point(10), point(100_000)] },
    { name: "reference", points: [point(10)] },
  ];

  it("become charts", () => {
    const charts = new Map(drawCharts(curves));
    expect([...charts.keys()]).toEqual([
      "benchmarks-pushes.svg",
      "benchmarks-scrape.svg",
      "benchmarks-memory.svg",
    ]);
    expect(charts.get("benchmarks-scrape.svg")).toContain(">reference, gzip</text>");
    expect(charts.get("benchmarks-memory.svg")).toContain(">100 000</text>");
  });

  it("become a table by size", () => {
    expect(curveTable(curves).map((row) => row.slice(0, 3))).toEqual([
      ["groups", "", "pushes"],
      ["10", "ours", "1 000/s"],
      ["10", "reference", "1 000/s"],
      ["100 000", "ours", "1 000/s"],
    ]);
  });
});
