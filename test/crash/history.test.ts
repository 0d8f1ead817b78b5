/** The judge of the kill test must find what it is there for. */

import { describe, expect, it } from "vitest";
import { readExposed } from "./exposed.ts";
import {
  ABSENT,
  describeState,
  type GroupState,
  isInState,
  type Operation,
  possibleStates,
  type Wipe,
} from "./history.ts";

const a1: GroupState = { numbers: { a: 1 }, pushed: [10, 11] };

describe("what a group may hold after a crash", () => {
  it("is what was acknowledged last", () => {
    expect(states(a1, [put(2, [20, 21], "a", "b"), put(3, [22, 23], "a")]))
      .toEqual(['[["a",3]] pushed 22…23']);
    expect(states(a1, [post(2, [20, 21], "b")])).toEqual(['[["a",1],["b",2]] pushed 20…21']);
    expect(states(a1, [remove([20, 21])])).toEqual(["[] pushed never"]);
    expect(states(a1, [put(2, [20, 21], "a"), refused([22, 23])]))
      .toEqual(['[["a",2]] pushed 20…21']);
    expect(states(a1, [])).toEqual(['[["a",1]] pushed 10…11']);
  });

  it("is with or without what was not acknowledged", () => {
    expect(states(a1, [put(2, [20], "a")])).toEqual([
      '[["a",2]] pushed 20…Infinity',
      '[["a",1]] pushed 10…11',
    ]);
    expect(states(a1, [remove([20])])).toEqual(["[] pushed never", '[["a",1]] pushed 10…11']);
  });

  it("is nothing after a wipe", () => {
    expect(states(a1, [], [wipe(20, 21)])).toEqual(["[] pushed never"]);
    expect(states(ABSENT, [put(2, [18, 19], "a")], [wipe(20, 21)])).toEqual(["[] pushed never"]);
  });

  it("is what came after a wipe", () => {
    expect(states(a1, [post(2, [30, 31], "b")], [wipe(20, 21)]))
      .toEqual(['[["b",2]] pushed 30…31']);
  });

  it("is either, where a wipe and a push were under way together", () => {
    expect(states(ABSENT, [put(2, [20, 22], "a")], [wipe(21, 23)])).toEqual([
      '[["a",2]] pushed 20…22',
      "[] pushed never",
    ]);
    expect(states(a1, [post(2, [20, 22], "b")], [wipe(21, 23)])).toEqual([
      '[["b",2]] pushed 20…22',
      "[] pushed never",
    ]);
  });

  it("is with or without a wipe that was not acknowledged", () => {
    expect(states(a1, [], [wipe(20)])).toEqual(['[["a",1]] pushed 10…11', "[] pushed never"]);
    expect(states(a1, [put(2, [22, 23], "b")], [wipe(20), wipe(20, 21)])).toEqual([
      '[["b",2]] pushed 22…23',
      "[] pushed never",
    ]);
  });
});

describe("whether a group is in a state", () => {
  it("compares names and numbers", () => {
    expect(isInState({ a: 1 }, 10.5, a1)).toBe(true);
    expect(isInState({ a: 2 }, 10.5, a1)).toBe(false);
    expect(isInState({ a: 1, b: 1 }, 10.5, a1)).toBe(false);
    expect(isInState({}, 10.5, a1)).toBe(false);
  });

  it("compares push times", () => {
    expect(isInState({ a: 1 }, 9.9, a1)).toBe(false);
    expect(isInState({ a: 1 }, 11.1, a1)).toBe(false);
    expect(isInState({ a: 1 }, undefined, a1)).toBe(false);
    expect(isInState({}, undefined, ABSENT)).toBe(true);
    expect(isInState({}, 0, ABSENT)).toBe(true);
    expect(isInState({}, 10, ABSENT)).toBe(false);
  });
});

describe("what is exposed", () => {
  const whole = [0, 1, 2].map((part) => `crash_a{instance="g",job="crash",part="${part}"} 7\n`)
    .join("");
  const times = 'push_time_seconds{instance="g",job="crash"} 1.5e+09\n' +
    'push_failure_time_seconds{instance="g",job="crash"} 0\n';

  it("is read by group", () => {
    expect(readExposed(`# TYPE crash_a gauge\n${whole}${times}go_info 1\n`)).toEqual(
      new Map([["g", { numbers: { crash_a: 7 }, pushTime: 1.5e9, failureTime: 0 }]]),
    );
  });

  it("is refused when it is half a push", () => {
    expect(() => readExposed(whole.replace("7", "8"))).toThrow("half a push");
    expect(() => readExposed(whole.replace(/.*\n/, ""))).toThrow("half a push");
  });
});

type Times = readonly [sent: number, acknowledged?: number];

function operation(
  kind: Operation["kind"],
  number: number,
  [sent, acknowledged]: Times,
  names: readonly string[],
): Operation {
  return { kind, number, names, sent, acknowledged };
}

function put(number: number, times: Times, ...names: readonly string[]): Operation {
  return operation("PUT", number, times, names);
}

function post(number: number, times: Times, ...names: readonly string[]): Operation {
  return operation("POST", number, times, names);
}

function remove(times: Times): Operation {
  return operation("DELETE", 0, times, []);
}

function refused(times: Times): Operation {
  return operation("refused", 0, times, ["a"]);
}

function wipe(sent: number, acknowledged?: number): Wipe {
  return { sent, acknowledged };
}

function states(
  start: GroupState,
  operations: readonly Operation[],
  wipes: readonly Wipe[] = [],
): string[] {
  return possibleStates(start, operations, wipes).map(describeState);
}
