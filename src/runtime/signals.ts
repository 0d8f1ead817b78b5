/**
 * Turns SIGTERM and SIGINT into one graceful stop; who is in a hurry sends a second one.
 */

/** The signals that stop the gateway. */
export const STOP_SIGNALS = ["SIGTERM", "SIGINT"] as const;
/** A signal that stops the gateway. */
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** The part of `process` that is used here. */
export interface SignalSource {
  /** Calls `listener` for each `signal` instead of ending the process. */
  on(signal: StopSignal, listener: () => void): unknown;
  /** Ends the process at once. */
  exit(code: number): unknown;
}

/** Calls `stop` for the first signal; any further one ends the process at once with exit code 1. */
export function onStopSignal(source: SignalSource, stop: (signal: StopSignal) => void): void {
  let isStopping = false;
  for (const signal of STOP_SIGNALS) {
    source.on(signal, () => {
      if (isStopping) {
        source.exit(1);
        return;
      }
      isStopping = true;
      stop(signal);
    });
  }
}
