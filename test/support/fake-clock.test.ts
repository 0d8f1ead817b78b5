import { describe, expect, it } from "vitest";
import { createFakeClock } from "./fake-clock.ts";

describe("createFakeClock", () => {
  it("stands still until it is moved", () => {
    const clock = createFakeClock(1_000_000);
    expect(clock.now()).toBe(1_000_000);
    const monotonic = clock.monotonic();
    clock.advance(250);
    expect(clock.now()).toBe(1_000_250);
    expect(clock.monotonic()).toBe(monotonic + 250);
  });

  it("steps the wall clock alone", () => {
    const clock = createFakeClock(1_000_000);
    const monotonic = clock.monotonic();
    clock.step(-5_000);
    expect(clock.now()).toBe(995_000);
    expect(clock.monotonic()).toBe(monotonic);
  });

  it("runs ticks at their moment, in the order they are due", () => {
    const clock = createFakeClock(0);
    const seen: string[] = [];
    clock.every(300, () => seen.push(`slow ${clock.now()}`));
    clock.every(200, () => seen.push(`fast ${clock.now()}`));
    clock.advance(599);
    expect(seen).toEqual(["fast 200", "slow 300", "fast 400"]);
    clock.advance(1);
    expect(seen.slice(3)).toEqual(["slow 600", "fast 600"]);
  });

  it("stops a timer, also from within its own tick", () => {
    const clock = createFakeClock();
    let ticks = 0;
    const stop = clock.every(10, () => {
      if (++ticks === 3) stop();
    });
    clock.advance(1_000);
    expect(ticks).toBe(3);
  });

  it("runs what fell due during a stall once, late", () => {
    const clock = createFakeClock(0);
    const seen: number[] = [];
    clock.every(100, () => seen.push(clock.now()));
    clock.stall(350);
    expect(seen).toEqual([]);
    clock.advance(0);
    expect(seen).toEqual([350]);
    clock.advance(100);
    expect(seen).toEqual([350, 450]);
  });

  it.each([0, -1, NaN])("refuses a period of %d ms, which would never let time pass", (period) => {
    expect(() => createFakeClock().every(period, () => {})).toThrow(RangeError);
  });
});
