import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSlidingSummary } from "../../src/telemetry/quantiles.ts";

const MINUTE = 60_000;
const STEP = 2 * MINUTE;

function summaryOf(values: readonly number[]) {
  const summary = createSlidingSummary();
  for (const value of values) summary.observe(value, 0);
  return summary;
}

function quantileOf(values: readonly number[], quantile: number): number | undefined {
  return summaryOf(values).read([quantile], 0).values[0];
}

/** The value of the nearest rank for a quantile in percent, computed without fractions. */
function exactQuantile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.floor((percent * sorted.length + 99) / 100));
  return sorted[rank - 1] ?? NaN;
}

/** A positive number anywhere in the range that a summary resolves, every magnitude as likely as any other. */
const magnitude = fc.double({ min: Math.log(1e-9), max: Math.log(1e12), noNaN: true })
  .map((log) => Math.min(1e12, Math.max(1e-9, Math.exp(log))));
const observation = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: magnitude },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
);

describe("quantiles", () => {
  it("are NaN before the first observation", () => {
    expect(createSlidingSummary().read([0.1, 0.5, 0.9], 0))
      .toEqual({ count: 0, sum: 0, points: [0.1, 0.5, 0.9], values: [NaN, NaN, NaN] });
  });

  it.each<[readonly number[], number, number]>([
    [[135], 0.1, 135],
    [[135], 0.9, 135],
    [[135, 135, 135], 0.5, 135],
    [[1, 2, 3], 0.1, 1],
    [[3, 1, 2], 0.5, 2],
    [[2, 3, 1], 0.9, 3],
    [[1, 2], 0.5, 1],
    [[1, 2], 0.51, 2],
    [[1, 2, 4], 0, 1],
    [[1, 2, 4], 1, 4],
    [[0, 0, 5], 0.5, 0],
    [[0, 0, 5], 0.9, 5],
    [[0], 0.5, 0],
    [[1e-9, 1], 0.1, 1e-9],
    [[1e12, 1], 0.9, 1e12],
    [[1e-30, 1], 0.1, 1e-30],
    [[1e300, 1], 0.9, 1e300],
    [[Infinity, 1], 0.9, Infinity],
  ])("of %j at %d is %d", (values, quantile, expected) => {
    expect(quantileOf(values, quantile)).toBe(expected);
  });

  it.each([-1, -0, NaN, -Infinity])("count %d as exactly zero", (value) => {
    expect(summaryOf([value, 8]).read([0.5, 0.9], 0))
      .toEqual({ count: 2, sum: 8, points: [0.5, 0.9], values: [0, 8] });
  });

  it("do not take the error of 0.07 · 100 in binary for one rank more", () => {
    expect(0.07 * 100).toBeGreaterThan(7);
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(quantileOf(values, 0.07)).toBe(7);
  });

  it("share the array of points with the caller", () => {
    const points = [0.5];
    expect(summaryOf([1]).read(points, 0).points).toBe(points);
  });

  it("lie within 1 % of the exact ones and were observed", () => {
    fc.assert(fc.property(
      fc.array(observation, { minLength: 1, maxLength: 200 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 1 }),
      (values, unsorted) => {
        const percents = unsorted.toSorted((a, b) => a - b);
        const estimates = summaryOf(values).read(percents.map((p) => p / 100), 0).values;
        for (const [index, percent] of percents.entries()) {
          const estimate = estimates[index] ?? NaN;
          const exact = exactQuantile(values, percent);
          expect(values).toContain(estimate);
          expect(Math.abs(estimate - exact)).toBeLessThanOrEqual(exact * (0.01 + 1e-9));
        }
      },
    ));
  });
});

describe("sum and count", () => {
  it("cover everything since the start", () => {
    const summary = createSlidingSummary();
    for (let step = 0; step < 20; step++) summary.observe(step, step * STEP);
    expect(summary.read([], 20 * STEP)).toMatchObject({ count: 20, sum: 190 });
  });
});

describe("the window", () => {
  it.each<[string, number, number]>([
    ["keeps an observation in the step it was made in", STEP - 1, 7],
    ["keeps it for four steps more", 5 * STEP - 1, 7],
    ["forgets it with the fifth", 5 * STEP, NaN],
    ["forgets it after any pause", 1_000 * STEP + 17, NaN],
  ])("%s", (_, now, expected) => {
    const summary = createSlidingSummary();
    summary.observe(7, 0);
    expect(summary.read([0.5], now).values).toEqual([expected]);
  });

  it("starts wherever the monotonic clock happens to stand, below zero too", () => {
    const summary = createSlidingSummary();
    summary.observe(3, -12_345.678);
    summary.observe(5, 1);
    expect(summary.read([0.5, 1], 2).values).toEqual([3, 5]);
  });

  it("does not turn back with a clock that does", () => {
    const summary = createSlidingSummary();
    summary.observe(3, 10 * STEP);
    for (let i = 0; i < 10; i++) summary.observe(5, (10 - i % 2) * STEP);
    expect(summary.read([0, 1], 10 * STEP).values).toEqual([3, 5]);
  });

  it("tells a value that came back from one that was forgotten in the same bucket", () => {
    const summary = createSlidingSummary();
    summary.observe(1_000, 0);
    summary.observe(1_000.5, 5 * STEP);
    expect(summary.read([0.5], 5 * STEP).values).toEqual([1_000.5]);
  });

  it("holds what a list of every observation and its time would", () => {
    const event = fc.record({ pause: fc.integer({ min: 0, max: 4 * MINUTE }), value: observation });
    fc.assert(fc.property(fc.array(event, { minLength: 1, maxLength: 100 }), (events) => {
      const summary = createSlidingSummary();
      const all: { step: number; value: number }[] = [];
      let now = 0;
      for (const { pause, value } of events) {
        now += pause;
        summary.observe(value, now);
        all.push({ step: Math.floor(now / STEP), value });
        const step = Math.floor(now / STEP);
        const held = all.filter((one) => one.step > step - 5).map((one) => one.value);
        const median = summary.read([0.5], now).values[0] ?? NaN;
        const exact = exactQuantile(held, 50);
        expect(held).toContain(median);
        expect(Math.abs(median - exact)).toBeLessThanOrEqual(exact * (0.01 + 1e-9));
      }
    }));
  });
});
