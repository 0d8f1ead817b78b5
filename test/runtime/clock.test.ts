import { afterEach, describe, expect, it, vi } from "vitest";
import { createSystemClock } from "../../src/runtime/clock.ts";

describe("createSystemClock", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("follows the system's time when that is set", () => {
    vi.useFakeTimers({ now: 1_700_000_000_000 });
    const clock = createSystemClock();
    expect(clock.now()).toBe(1_700_000_000_000);
    vi.setSystemTime(1_600_000_000_000);
    expect(clock.now()).toBe(1_600_000_000_000);
  });

  it("measures durations on a clock of its own", () => {
    vi.useFakeTimers({ now: 1_700_000_000_000 });
    const clock = createSystemClock();
    const start = clock.monotonic();
    vi.setSystemTime(1_600_000_000_000);
    vi.advanceTimersByTime(250);
    expect(clock.monotonic() - start).toBe(250);
  });

  it("ticks until it is told to stop", () => {
    vi.useFakeTimers();
    const tick = vi.fn();
    const stop = createSystemClock().every(100, tick);
    vi.advanceTimersByTime(350);
    expect(tick).toHaveBeenCalledTimes(3);
    stop();
    vi.advanceTimersByTime(350);
    expect(tick).toHaveBeenCalledTimes(3);
  });

  it("does not keep the process alive", () => {
    const setInterval = vi.spyOn(globalThis, "setInterval");
    const stop = createSystemClock().every(100, () => {});
    const timer: NodeJS.Timeout = setInterval.mock.results[0]?.value;
    expect(timer.hasRef()).toBe(false);
    stop();
    setInterval.mockRestore();
  });
});
