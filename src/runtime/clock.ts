/**
 * The system's clock and timers. The wall clock is `Date.now()`, which follows the corrections of the system's time and goes on
 * while a machine sleeps; `performance.timeOrigin + performance.now()` does neither. The monotonic clock only adds what has passed
 * within the millisecond, so that a push and the one that was refused just before it do not seem to come at the same time.
 */

import type { Clock } from "../model/clock.ts";

/** The parts of a timer handle that Node, Bun and Deno have and Workers do not. */
interface MaybeUnref {
  unref?(): unknown;
}

/** What a fraction of a millisecond may come to at most, so that it stays one. */
const LARGEST_FRACTION = 0.999;

/** Makes a clock over the system's. Its timers do not keep the process alive. */
export function createSystemClock(): Clock {
  let millisecond = NaN;
  let began = 0;
  return {
    now: () => {
      const wall = Date.now();
      const monotonic = performance.now();
      if (wall !== millisecond) {
        millisecond = wall;
        began = monotonic;
      }
      return wall + Math.min(monotonic - began, LARGEST_FRACTION);
    },
    monotonic: () => performance.now(),
    every: (milliseconds, tick) => {
      const timer: ReturnType<typeof setInterval> & MaybeUnref = setInterval(tick, milliseconds);
      timer.unref?.();
      return () => clearInterval(timer);
    },
  };
}
