/**
 * The system's clock and timers. The wall clock is `Date.now()`: it follows the corrections of the system's time and goes on
 * while a machine sleeps, which `performance.timeOrigin + performance.now()` does not (it drifts by what was corrected or slept
 * since the start, for days in a gateway). Whole milliseconds are what a push time needs.
 */
import type { Clock } from "../model/clock.ts";

/** The parts of a timer handle that Node, Bun and Deno have and Workers do not. */
interface MaybeUnref {
  unref?(): unknown;
}

/** Makes a clock over the system's. Its timers do not keep the process alive. */
export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    every: (milliseconds, tick) => {
      const timer: ReturnType<typeof setInterval> & MaybeUnref = setInterval(tick, milliseconds);
      timer.unref?.();
      return () => clearInterval(timer);
    },
  };
}
