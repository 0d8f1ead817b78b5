/**
 * The time for which a store in Redis is ours: runs scripts that check it, keeps the lease alive, and remembers what this gateway
 * knows to be stored.
 */

import type { Logger } from "../log/logger.ts";
import type { Clock } from "../model/clock.ts";
import { PersistenceError, toPersistenceError } from "./adapter.ts";
import {
  takenBy,
  tellLoss,
  tellNotReleased,
  tellNotRenewed,
  tellRenewed,
} from "./lease-messages.ts";
import { callerArgs, type Claim, parseLease } from "./redis-lease.ts";
import type { RunScript, ScriptName } from "./redis-scripts.ts";

/** A store that is ours until it is lost or given back. */
export interface RedisSession {
  /** Runs a script that is no batch; gives what it answers behind `ok`. */
  run(name: ScriptName, args: readonly (string | number)[]): Promise<readonly (string | number)[]>;
  /** Runs a script that makes a batch count; the number it goes by is put before `args`. */
  commit(
    name: ScriptName,
    args: readonly (string | number)[],
  ): Promise<readonly (string | number)[]>;
  /** Stops renewing the lease and gives it back. Does not throw. */
  release(): Promise<void>;
}

/** What a session needs. */
export interface SessionOptions {
  /** How the store is called in messages. */
  readonly description: string;
  /** Milliseconds that a lease lives. */
  readonly leaseMs: number;
  /** Tells when to renew the lease. */
  readonly clock: Clock;
  /** Hears when the lease cannot be renewed. */
  readonly logger: Logger;
  /** Called whenever the lease was renewed, so that what was left undone can be taken up again. */
  readonly onRenewed?: () => void;
}

/** How often a lease is renewed in its life. */
const RENEWALS = 3;

/** Begins to keep a claim. */
export function createSession(
  run: RunScript,
  claim: Claim,
  options: SessionOptions,
): RedisSession {
  const { clock, leaseMs } = options;
  let known = claim.sequence;
  let latest = claim.sequence;
  let lost: PersistenceError | undefined;

  async function call(
    name: ScriptName,
    args: readonly (string | number)[],
  ): Promise<readonly (string | number)[]> {
    if (lost !== undefined) throw lost;
    const caller = callerArgs({ ...claim, sequence: known }, leaseMs);
    const [answer, ...rest] = await run(name, [...caller, ...args]);
    if (answer === "ok") return rest;
    const error = refusalOf(answer, String(rest[0] ?? ""), options);
    if (error.outcome === "lost") {
      lost ??= error;
      tellLoss(options, error);
    }
    throw error;
  }

  const stopRenewing = keepRenewing(() => call("renew", []), options);

  return {
    run: call,
    commit: async (name, args) => {
      const number = ++latest;
      const rest = await call(name, [number, ...args]);
      known = number;
      return rest;
    },
    release: async () => {
      stopRenewing();
      if (lost !== undefined) return;
      await call("release", []).catch((error) => {
        if (lost === undefined) tellNotReleased(options, toPersistenceError(error));
      });
    },
  };

  function keepRenewing(renew: () => Promise<unknown>, { onRenewed }: SessionOptions): () => void {
    let busy = false;
    let failing = false;
    const stop = clock.every(leaseMs / RENEWALS, () => {
      if (lost !== undefined) return stop();
      if (busy) return;
      busy = true;
      renew().then(() => {
        if (failing) tellRenewed(options);
        failing = false;
        onRenewed?.();
      }, (error: PersistenceError) => {
        if (!failing && lost === undefined) tellNotRenewed(options, error);
        failing = true;
      }).finally(() => busy = false);
    });
    return stop;
  }
}

/** What a script's refusal means. */
function refusalOf(answer: string, detail: string, store: SessionOptions): PersistenceError {
  const { description } = store;
  if (answer === "lost") return takenBy(store, parseLease(detail));
  if (answer === "regressed") {
    return new PersistenceError(
      "failed",
      `${description} no longer holds what this gateway stored in it: it was emptied or restored, or has restarted ` +
        `without what it had not written to disk; restart the gateway to go on from what is there, or wipe it`,
    );
  }
  return new PersistenceError("failed", `${description} did not take the batch: it is ${answer}`);
}
