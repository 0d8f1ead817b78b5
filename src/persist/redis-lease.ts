/**
 * Who owns a store in Redis. The owner keeps a key that expires and renews it every third of its life. Whoever opens a store that
 * is owned watches that key: renewed, there is somebody alive and the store is refused; expired, it is free. Where an owner is
 * known to be gone, because it ran on this machine, nobody waits.
 *
 * That alone would not be safe: a process may be held up at any point for longer than its lease lives. What keeps two gateways from
 * writing is that every write checks within Redis who claimed the store last, see `redis-scripts.ts`.
 */

import type { Logger } from "../log/logger.ts";
import { type Clock, pause } from "../model/clock.ts";
import { PersistenceError } from "./adapter.ts";
import { inUse, tellTakeover, tellWaiting } from "./lease-messages.ts";
import { type LeaseOwner, readOwner } from "./lease-owner.ts";
import { REDIS_SCHEMA, type RunScript } from "./redis-scripts.ts";

/** What a claim needs. */
export interface ClaimOptions {
  /** How the store is called in messages. */
  readonly description: string;
  /** Who claims. */
  readonly owner: LeaseOwner;
  /** Whether an owner is known to be gone for good. Anything but certainty is `false`. */
  readonly isDead?: (owner: LeaseOwner) => boolean;
  /** Milliseconds that a lease lives. */
  readonly leaseMs: number;
  /** Times the waiting. */
  readonly clock: Clock;
  /** Hears who is waited for. */
  readonly logger: Logger;
}

/** A store that is ours. */
export interface Claim {
  /** What the lease says. */
  readonly lease: string;
  /** How often the store was claimed. */
  readonly epoch: number;
  /** Number of the last batch that is stored. */
  readonly sequence: number;
}

/** How often a waiting gateway looks, as a part of the life of a lease. */
const LOOKS = 20;
/** Milliseconds for which an expired lease may still be seen. */
const LEEWAY_MS = 1000;

/** Fields of every script that concern who calls it. */
export function callerArgs(
  { lease, epoch, sequence }: Claim,
  leaseMs: number,
): readonly (string | number)[] {
  return [lease, epoch, sequence, leaseMs];
}

/**
 * Claims a store, after waiting for a lease that nobody renews any more.
 *
 * @throws PersistenceError when somebody alive has it, or a later version of this code has written it.
 */
export async function claimStore(run: RunScript, options: ClaimOptions): Promise<Claim> {
  const { clock, description, leaseMs, isDead = () => false } = options;
  const lease = JSON.stringify(options.owner);
  const caller = callerArgs({ lease, epoch: 0, sequence: 0 }, leaseMs);
  let dead = "";
  let watched: { readonly holder: string; readonly until: number; left: number } | undefined;
  for (;;) {
    const answer = readClaim(await run("claim", [...caller, dead]), description);
    if ("epoch" in answer) return { lease, ...answer };
    const { holder, left } = answer;
    const owner = parseLease(holder);
    if (owner !== undefined && isDead(owner) && holder !== dead) {
      tellTakeover(options, owner);
      dead = holder;
      continue;
    }
    if (watched === undefined) {
      watched = { holder, until: clock.monotonic() + left + LEEWAY_MS, left };
      tellWaiting(options, owner, left + LEEWAY_MS);
    }
    // While nobody renews a lease, what is left of its life only shrinks.
    const alive = holder !== watched.holder || left > watched.left;
    if (alive || clock.monotonic() >= watched.until) throw inUse(options, owner, "a prefix");
    watched.left = left;
    await pause(clock, leaseMs / LOOKS);
  }
}

type ClaimAnswer =
  | { readonly epoch: number; readonly sequence: number }
  | { readonly holder: string; readonly left: number };

function readClaim(
  [answer, one, two]: Awaited<ReturnType<RunScript>>,
  description: string,
): ClaimAnswer {
  if (answer === "ok") return { epoch: Number(one), sequence: Number(two) };
  if (answer === "held") return { holder: String(one), left: Number(two) };
  throw new PersistenceError(
    "failed",
    `${description} has schema version ${one}, which a later version of narthex wrote; ` +
      `this one knows versions up to ${REDIS_SCHEMA}`,
  );
}

/** The owner that a lease names. */
export function parseLease(lease: string): LeaseOwner | undefined {
  try {
    return readOwner(JSON.parse(lease));
  } catch {
    return undefined;
  }
}
