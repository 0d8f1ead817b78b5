/**
 * Counts requests that are being answered, for runtimes whose server cannot be asked to wait for them.
 */

/** Knows how many requests are in flight. */
export interface InFlight {
  /** A request begins. */
  enter(): void;
  /** A request ends. */
  leave(): void;
  /** Resolves as soon as none is in flight, at once when there is none now. */
  idle(): Promise<void>;
}

/** Makes a counter at zero. */
export function createInFlight(): InFlight {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    enter() {
      count++;
    },
    leave() {
      count--;
      if (count > 0) return;
      const resolves = waiting;
      waiting = [];
      for (const resolve of resolves) resolve();
    },
    idle() {
      return count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
    },
  };
}
