import { describe, expect, it } from "vitest";
import { renderCount, renderFigure, threeDigits } from "../../../scripts/bench/figure.ts";

describe("threeDigits", () => {
  it.each([
    [0, "0"],
    [0.0001234, "0.000123"],
    [0.5, "0.500"],
    [0.99951, "1.00"],
    [9.999, "10.0"],
    [12.34, "12.3"],
    [999.6, "1 000"],
    [1234, "1 230"],
    [1_234_567, "1 230 000"],
    [-12.34, "−12.3"],
  ])("renders %d as %s", (figure, expected) => expect(threeDigits(figure)).toBe(expected));
});

describe("renderCount", () => {
  it.each([[7, "7"], [999, "999"], [1000, "1 000"], [1_234_567, "1 234 567"]])(
    "renders %d as %s",
    (count, expected) => expect(renderCount(count)).toBe(expected),
  );
});

describe("renderFigure", () => {
  it.each(
    [
      [1100, "/s", "1 100/s"],
      [64.2, "ms", "64.2 ms"],
      [1000, "ms", "1 000 ms"],
      [12_000, "ms", "12.0 s"],
      [252e6, "bytes", "252 MB"],
      [15.2, "µs", "15.2 µs"],
      [99, "MB/s", "99.0 MB/s"],
      [0.5, "ratio", "0.500"],
      [NaN, "ms", "–"],
    ] as const,
  )("renders %d as %s", (figure, unit, expected) => {
    expect(renderFigure(figure, unit)).toBe(expected);
  });
});
