import { describe, expect, it } from "vitest";
import {
  describeSoak,
  drawSoak,
  growth,
  type SoakPoint,
  soakTable,
} from "../../../scripts/bench/soak-report.ts";

/** Twenty points of memory as `resident` has it. */
function soak(resident: (interval: number) => number): SoakPoint[] {
  return Array.from({ length: 20 }, (_, i) => ({
    pushes: (i + 1) * 50_000,
    resident: resident(i),
    heap: 10e6,
  }));
}

describe("growth", () => {
  it("is none where memory stays", () => expect(growth(soak(() => 80e6), "resident")).toBe(0));

  it("does not look at the first half", () => {
    expect(growth(soak((i) => i < 10 ? i * 8e6 : 80e6), "resident")).toBe(0);
  });

  it("sees a leak", () => {
    // 1 MB each 50 000 pushes, from 90 to 99 MB.
    expect(growth(soak((i) => (80 + i) * 1e6), "resident")).toBeCloseTo(9 / 94.5, 6);
  });

  it("sees through a saw", () => {
    expect(Math.abs(growth(soak((i) => 80e6 + i % 2 * 4e6), "resident"))).toBeLessThan(0.02);
  });
});

describe("a report", () => {
  it("says flat", () => {
    expect(describeSoak(soak(() => 80e6))).toBe(
      "After 1 000 000 pushes resident memory is flat (+0.0 % over the second half), " +
        "heap in use is flat (+0.0 % over the second half).",
    );
  });

  it("says not flat", () => {
    expect(describeSoak(soak((i) => (80 + i) * 1e6))).toContain(
      "resident memory is not flat (+9.5 %",
    );
  });

  it("has a table and a chart", () => {
    const points = soak(() => 80e6);
    expect(soakTable(points)[1]).toEqual(["50 000", "80.0 MB", "10.0 MB"]);
    expect(drawSoak(points)).toContain(">resident</text>");
  });
});
