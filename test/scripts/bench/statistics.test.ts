import { describe, expect, it } from "vitest";
import {
  largest,
  median,
  pairwise,
  percentile,
  ratios,
  slope,
  smallest,
} from "../../../scripts/bench/statistics.ts";

describe("median", () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
    // As numbers, not as text.
    [[10, 9, 100], 10],
  ])("of %j is %d", (figures, expected) => expect(median(figures)).toBe(expected));

  it("of nothing is not a number", () => expect(median([])).toBeNaN());

  it("leaves the list as it is", () => {
    const figures = [3, 1, 2];
    median(figures);
    expect(figures).toEqual([3, 1, 2]);
  });
});

describe("percentile", () => {
  const hundred = Array.from({ length: 101 }, (_, i) => 100 - i);

  it.each([0, 1, 50, 99, 100])("%d of 0 to 100 is just that", (percent) => {
    expect(percentile(hundred, percent)).toBe(percent);
  });

  it("lies between two figures where there is none at it", () => {
    expect(percentile([10, 20], 25)).toBe(12.5);
  });
});

describe("largest and smallest", () => {
  it("take more figures than a call takes arguments", () => {
    const many = Array.from({ length: 1_000_000 }, (_, i) => i);
    expect([smallest(many), largest(many)]).toEqual([0, 999_999]);
  });

  it("know negative ones", () => expect([smallest([-1, -3]), largest([-1, -3])]).toEqual([-3, -1]));

  it("of nothing are not numbers", () => expect([smallest([]), largest([])]).toEqual([NaN, NaN]));
});

describe("pairwise", () => {
  it("combines round by round", () => {
    expect(ratios([10, 30], [2, 3])).toEqual([5, 10]);
    expect(pairwise([10, 30], [2, 3], (a, b) => a - b)).toEqual([8, 27]);
  });

  it("leaves rounds out that one of them has not", () => {
    expect(ratios([10, 30, 50], [2])).toEqual([5]);
    expect(ratios([10], [])).toEqual([]);
    expect(ratios([], [1])).toEqual([]);
  });
});

describe("slope", () => {
  it("of a line is its own", () => expect(slope([1, 2, 5], [7, 9, 15])).toBeCloseTo(2, 12));

  it("of a saw is that of the line through it", () => {
    const x = Array.from({ length: 1000 }, (_, i) => i);
    expect(slope(x, x.map((i) => 3 + 0.5 * i + (i % 2)))).toBeCloseTo(0.5, 4);
  });

  it("of one point is none", () => expect(slope([1], [1])).toBeNaN());
});
