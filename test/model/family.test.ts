import { describe, expect, it } from "vitest";
import {
  type Family,
  isScalar,
  isScalarType,
  type MetricType,
  typeName,
} from "../../src/model/family.ts";

// The type, its name in client_model, whether its series carry one number.
const types: readonly (readonly [type: MetricType, name: string, scalar: boolean])[] = [
  ["counter", "COUNTER", true],
  ["gauge", "GAUGE", true],
  ["untyped", "UNTYPED", true],
  ["histogram", "HISTOGRAM", false],
  ["gaugehistogram", "GAUGE_HISTOGRAM", false],
  ["summary", "SUMMARY", false],
];

describe("metric types", () => {
  it.each(types)("%s is %s", (type, name) => {
    expect(typeName(type)).toBe(name);
  });

  it.each(types)("%s (%s) has plain numbers: %s", (type, _, scalar) => {
    expect(isScalarType(type)).toBe(scalar);
    const family = { name: "a", type, help: "", labels: [], samples: [] } as Family;
    expect(isScalar(family)).toBe(scalar);
  });
});
