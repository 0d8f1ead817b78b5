import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isLabelName, isMetricName, RESERVED_LABEL_PREFIX } from "../../src/model/name.ts";
import { anyChar } from "./any-char.ts";

// What the name is, whether it is a label name, whether it is a metric name.
const cases: readonly (readonly [name: string, label: boolean, metric: boolean])[] = [
  ["a", true, true],
  ["_", true, true],
  ["Z9_", true, true],
  ["some_metric_total", true, true],
  ["__name__", true, true],
  ["a:b", false, true],
  [":", false, true],
  [":a", false, true],
  ["", false, false],
  ["9a", false, false],
  ["a-b", false, false],
  ["a.b", false, false],
  ["a b", false, false],
  ["a ", false, false],
  [" a", false, false],
  ["a\n", false, false],
  ["a\0", false, false],
  ["é", false, false],
  ["aé", false, false],
  ["ａ", false, false],
  ["\u212a", false, false], // the Kelvin sign, a K under /i
];

describe("isLabelName", () => {
  it.each(cases)("%j: %s", (name, label) => {
    expect(isLabelName(name)).toBe(label);
  });
});

describe("isMetricName", () => {
  it.each(cases)("%j: %s, %s", (name, _, metric) => {
    expect(isMetricName(name)).toBe(metric);
  });

  it("takes every label name, and no name with a character outside ASCII", () => {
    fc.assert(fc.property(fc.string({ unit: anyChar, maxLength: 5 }), (name) => {
      if (isLabelName(name)) expect(isMetricName(name)).toBe(true);
      if (isMetricName(name)) expect(name).toMatch(/^[ -~]+$/);
    }));
  });
});

it("reserves the prefix of Prometheus' own labels", () => {
  expect(RESERVED_LABEL_PREFIX).toBe("__");
});
