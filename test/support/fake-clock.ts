/**
 * A clock that stands still until a test moves it. The wall clock and the monotonic clock start at different numbers, so that code
 * which mixes them up is found out.
 */

import type { Clock } from "../../src/model/clock.ts";

/** A clock that a test moves. */
export interface FakeClock extends Clock {
  /** Lets `milliseconds` pass and runs every tick that falls due, each at its own moment and in the order they are due. */
  advance(milliseconds: number): void;
  /** Lets `milliseconds` pass without running anything, as when the event loop is held up; what is overdue then runs late. */
  stall(milliseconds: number): void;
  /** Moves the wall clock alone, as an administrator or NTP does. */
  step(milliseconds: number): void;
}

interface Timer {
  readonly period: number;
  readonly tick: () => void;
  due: number;
}

/** 2023-11-14T22:13:20Z, a round number of seconds. */
const DEFAULT_START = 1_700_000_000_000;
const MONOTONIC_START = 5_000;

/** A clock whose wall time starts at `startMs`, in milliseconds since the Unix epoch. */
export function createFakeClock(startMs: number = DEFAULT_START): FakeClock {
  const timers = new Set<Timer>();
  let monotonic = MONOTONIC_START;
  let offset = startMs - MONOTONIC_START;

  function nextBy(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.due <= end && (next === undefined || timer.due < next.due)) next = timer;
    }
    return next;
  }

  return {
    now: () => monotonic + offset,
    monotonic: () => monotonic,
    every(period, tick) {
      if (!(period > 0)) throw new RangeError(`Cannot tick every ${period} ms`);
      const timer = { period, tick, due: monotonic + period };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    advance(milliseconds) {
      const end = monotonic + milliseconds;
      for (let timer = nextBy(end); timer !== undefined; timer = nextBy(end)) {
        monotonic = Math.max(monotonic, timer.due);
        timer.due = monotonic + timer.period;
        timer.tick();
      }
      monotonic = Math.max(monotonic, end);
    },
    stall(milliseconds) {
      monotonic += milliseconds;
    },
    step(milliseconds) {
      offset += milliseconds;
    },
  };
}
