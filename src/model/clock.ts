/**
 * Time comes from outside, so that a test owns it: nothing below `runtime/` reads the system's clock or starts its timers.
 */

/** Where the gateway gets its time and its timers. */
export interface Clock {
  /** Wall clock: milliseconds since the Unix epoch, with fractions where the system has them. */
  now(): number;
  /** Monotonic clock for durations: milliseconds since an arbitrary moment. */
  monotonic(): number;
  /** Calls `tick` every `milliseconds` until the returned function is called; does not keep a process alive. */
  every(milliseconds: number, tick: () => void): () => void;
}

/** Resolves after some milliseconds of a clock. */
export function pause(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = clock.every(milliseconds, () => {
      stop();
      resolve();
    });
  });
}
