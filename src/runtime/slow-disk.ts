/**
 * Decides where to commit. On a quick disk that is right here, within one turn of the event loop: handing a batch to a thread costs a
 * third of what one client can push (measured: 2 400 pushes per second here, 1 600 by a thread). On a slow one nothing else would get
 * a turn meanwhile, so commits are moved to a thread, and back when the disk is quick again.
 */
import type { Logger } from "../log/logger.ts";
import type { Clock } from "../model/clock.ts";
import { type PersistenceAdapter, toPersistenceError } from "../persist/adapter.ts";
import type { CommitThread } from "./commit-thread.ts";

/** What a change of place depends on, and whom it is told to. */
export interface SlowDiskOptions {
  /** Starts a thread that commits. */
  readonly startThread: () => Promise<CommitThread>;
  /** Measures commits. */
  readonly clock: Pick<Clock, "monotonic">;
  /** Where it is told what was found out. */
  readonly logger: Logger;
}

/** Commits that take longer than this on average are too long to wait for, and what is short enough again. Milliseconds. */
const SLOW = 4;
const QUICK = 1;
/** How much the latest commit counts in the average: some ten in a row make a difference. */
const WEIGHT = 0.1;

/** An adapter that commits with a thread while the disk is slow, and otherwise as `here` does, which must do so at once. */
export function withSlowDisk(
  here: PersistenceAdapter,
  { startThread, clock, logger }: SlowDiskOptions,
): PersistenceAdapter {
  let average = 0;
  let thread: CommitThread | undefined;
  let starting: Promise<void> | undefined;

  const start = async (): Promise<void> => {
    try {
      thread = await startThread();
      logger.info("the disk is slow: commits have got a thread of their own", {
        storage: here.description,
        seconds: (average / 1000).toFixed(3),
      });
    } catch (error) {
      const err = toPersistenceError(error).message;
      logger.warn("the disk is slow, and commits hold up everything else", { err });
    }
  };
  const observe = (milliseconds: number): void => {
    average += WEIGHT * (milliseconds - average);
    // Where it cannot be started once, it is not tried again.
    if (average > SLOW) starting ??= start();
  };
  const run = (
    atOnce: () => void | Promise<void>,
    byThread: (thread: CommitThread) => Promise<number>,
  ): void | Promise<void> => {
    if (thread?.isAlive() && average > QUICK) return byThread(thread).then(observe);
    const started = clock.monotonic();
    const result = atOnce();
    observe(clock.monotonic() - started);
    return result;
  };

  return {
    ...here,
    write: (batch) => run(() => here.write(batch), (thread) => thread.write(batch)),
    probe: () => run(() => here.probe(), (thread) => thread.probe()),
    close: async () => {
      await starting;
      await thread?.close();
      await here.close();
    },
  };
}
