import { describe, expect, it } from "vitest";
import {
  createCounter,
  type Definition,
  scalarFamily,
  summaryFamily,
} from "../../src/telemetry/collector.ts";

const COUNTER: Definition<"counter"> = { name: "c_total", type: "counter", help: "Help." };

describe("createCounter", () => {
  it("shows zero before anything is counted", () => {
    expect(createCounter(COUNTER).collect(0))
      .toEqual([{ name: "c_total", type: "counter", help: "Help.", labels: [""], samples: [0] }]);
  });

  it("adds up and leaves the families it gave before as they were", () => {
    const counter = createCounter(COUNTER);
    counter.add(2);
    const before = counter.collect(0);
    counter.add(3);
    expect(counter.collect(0)[0]?.samples).toEqual([5]);
    expect(before[0]?.samples).toEqual([2]);
  });

  it("gives the same family again while nothing changes", () => {
    const counter = createCounter(COUNTER);
    counter.add(1);
    expect(counter.collect(1)[0]).toBe(counter.collect(2)[0]);
  });
});

describe("families", () => {
  it("take a label text for their one series", () => {
    expect(scalarFamily({ ...COUNTER, type: "gauge" }, 4, 'a="b"'))
      .toEqual({ name: "c_total", type: "gauge", help: "Help.", labels: ['a="b"'], samples: [4] });
  });

  it("pair label texts and summaries by index", () => {
    const samples = [{ count: 1, sum: 2, points: [0.5], values: [2] }];
    expect(summaryFamily({ name: "s", type: "summary", help: "" }, ['a="b"'], samples))
      .toEqual({ name: "s", type: "summary", help: "", labels: ['a="b"'], samples });
  });
});
