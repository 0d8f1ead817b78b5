/**
 * What is left to do behind a batch that counts already: records of a large one move from the journal to their groups, keys of a
 * wiped generation are removed. Redis does it a step at a time, so that others get their turn, and whoever claims the store next
 * goes on where this gateway stopped.
 */

import type { Logger } from "../log/logger.ts";
import type { PersistenceError } from "./adapter.ts";
import type { PieceLimits } from "./redis-batch.ts";
import type { RedisSession } from "./redis-session.ts";

/** Tidies a store in the background. */
export interface Tidier {
  /** Takes what a script says is left, journal and wiped generations, and begins if there is something. */
  note(left: readonly (string | number)[]): void;
  /** Goes on where it failed before. */
  resume(): void;
  /** Resolves once the journal is empty. Rejects with a PersistenceError when that cannot be had. */
  finish(): Promise<void>;
  /** Stops after the step under way. Does not throw. */
  close(): Promise<void>;
}

/** Makes a tidier. */
export function createTidier(
  session: RedisSession,
  limit: PieceLimits,
  description: string,
  logger: Logger,
): Tidier {
  let left = false;
  let closed = false;
  let failing = false;
  let running: Promise<void> | undefined;

  const step = () => session.run("tidy", [limit.operations, limit.units]);

  async function tidy(): Promise<void> {
    try {
      while (left && !closed) left = isLeft(await step());
      failing = false;
    } catch (error) {
      const { message } = error as PersistenceError;
      if (!failing) {
        logger.warn("cannot tidy up, will go on later", { store: description, err: message });
      }
      failing = true;
    }
  }

  function resume(): void {
    if (!left || closed) return;
    running ??= tidy().finally(() => running = undefined);
  }

  function note(rest: readonly (string | number)[]): void {
    left = isLeft(rest);
    resume();
  }

  return {
    note,
    resume,
    finish: async () => {
      for (;;) {
        const rest = await step();
        if (rest[0] === 0) return note(rest);
      }
    },
    close: async () => {
      closed = true;
      await running;
    },
  };
}

function isLeft([journal, generations]: readonly (string | number)[]): boolean {
  return journal === 1 || generations === 1;
}
