import { describe, expect, it } from "vitest";
import {
  createTimeFamily,
  isTimeFamily,
  PUSH_FAILURE_TIME,
  PUSH_TIME,
  timeOf,
} from "../../src/store/own-families.ts";
import { holderOf } from "./builders.ts";

describe("isTimeFamily", () => {
  it.each([
    ["push_time_seconds", true],
    ["push_failure_time_seconds", true],
    ["push_time_seconds_count", false],
    ["push_time", false],
    ["Push_time_seconds", false],
    ["", false],
  ])("%j: %s", (name, expected) => expect(isTimeFamily(name)).toBe(expected));
});

describe("createTimeFamily", () => {
  const { key } = holderOf(["job", "a", "instance", "b"]);

  it("makes a gauge in seconds, labelled with the group", () => {
    expect(createTimeFamily(PUSH_TIME, key, 1500, 2000)).toEqual({
      name: "push_time_seconds",
      type: "gauge",
      help: "Last Unix time when changing this group in the Pushgateway succeeded.",
      labels: ['instance="b",job="a"'],
      samples: [1.5],
      pushedAt: 2000,
    });
  });

  it("says of failures that they are", () => {
    const { name, help } = createTimeFamily(PUSH_FAILURE_TIME, key, 0, 0);
    expect(name).toBe("push_failure_time_seconds");
    expect(help).toBe("Last Unix time when changing this group in the Pushgateway failed.");
  });
});

describe("timeOf", () => {
  it("reads the time of a group, 0 where there is none", () => {
    const group = holderOf(["job", "a"]);
    const family = createTimeFamily(PUSH_TIME, group.key, 12_345, 0);
    group.change(group.layout, new Map([[PUSH_TIME, family]]));
    expect([timeOf(group, PUSH_TIME), timeOf(group, PUSH_FAILURE_TIME)]).toEqual([12.345, 0]);
  });
});
