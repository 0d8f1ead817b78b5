/**
 * Who owns a Deno KV database. Two entries say it:
 *
 * - `owner` names the owner. It is written when the store changes hands and when it is given back, and every commit checks that it
 *   is still the same: a gateway that slept through its lease cannot write a byte, whatever it believes.
 * - `heartbeat` is written every third of the lease's time and checked by nobody, so that renewals and writes do not collide.
 *
 * Who finds an owner watches the heartbeat by its own clock. When it moves, the owner lives and keeps the store; when it has not
 * moved for a whole lease and a second, the owner is taken for dead. No wall clocks are compared. Should it not be dead after all,
 * its next commit finds out.
 *
 * A commit without an answer may still happen later: over the network Deno sends it again and again. So after one, `owner` is
 * written anew before anything else, which changes its versionstamp, and what was sent before fails its check. Such a rewriting can
 * itself come late or twice; then a check fails although the store is still ours, which a look at `owner` tells, and the commit is
 * sent again with the newer versionstamp. Doing that is safe as everything committed here may be committed twice in a row.
 */

import type { Logger } from "../log/logger.ts";
import { type Clock, pause } from "../model/clock.ts";
import { PersistenceError, toPersistenceError } from "./adapter.ts";
import type { Kv, KvKey, KvMaybeEntry } from "./deno-kv-api.ts";
import { commit, type Mutation, settle } from "./deno-kv-commit.ts";
import {
  inUse,
  takenBy,
  tellLoss,
  tellNotReleased,
  tellNotRenewed,
  tellRenewed,
  tellTakeover,
  tellWaiting,
} from "./lease-messages.ts";
import { type LeaseOwner, readOwner } from "./lease-owner.ts";

/** What a lease needs. */
export interface LeaseHost {
  /** See {@link PersistenceAdapter.description}. */
  readonly description: string;
  /** Time and timers. */
  readonly clock: Clock;
  /** Where waiting and loss are told. */
  readonly logger: Logger;
  /** Who claims the store. */
  readonly owner: LeaseOwner;
  /** Whether a former owner is certainly gone, so that there is no need to wait. */
  readonly isDead?: (owner: LeaseOwner) => boolean;
  /** How long a lease lasts without a heartbeat, in milliseconds; by default {@link LEASE_MS}. */
  readonly leaseMs?: number;
}

/** The right to write. */
export interface Lease {
  /**
   * Makes changes together, if the store still belongs to this gateway.
   *
   * @throws PersistenceError.
   */
  commit(mutations: readonly Mutation[]): Promise<void>;
  /** Makes sure that no commit sent before, answered or not, can still happen. Throws as `commit` does. */
  fence(): Promise<void>;
  /** Stops the heartbeat and gives the store back. Does not throw. */
  release(): Promise<void>;
}

/** How long a lease lasts without a heartbeat, in milliseconds. */
export const LEASE_MS = 10_000;
/** What an observer adds to the lease, in milliseconds, for a heartbeat that is on its way. */
const GRACE_MS = 1000;
/** How often a waiting gateway looks, a lease. */
const LOOKS = 20;
/** How often a commit is tried while `owner` changes and stays ours. */
const ATTEMPTS = 4;

const OWNER: KvKey = ["narthex", "owner"];
const HEARTBEAT: KvKey = ["narthex", "heartbeat"];
/** What a gateway that is refused could use. */
const INSTEAD = "a database";

/** The `owner` entry as it is written. */
interface Claim extends LeaseOwner {
  readonly leaseMs: number;
  /** How often it was written anew, so that the owner knows its own writing again when the answer got lost. */
  readonly fences: number;
}

/** The `owner` entry as it is read, from whatever is there. */
interface OwnerEntry extends Pick<Claim, "token" | "leaseMs" | "fences"> {
  readonly owner: LeaseOwner | undefined;
}

/** What an observer sees. */
interface Sight {
  readonly entry: OwnerEntry | undefined;
  readonly versionstamp: string | null;
  readonly heartbeat: string | null;
}

/**
 * Claims a database; waits while its owner might still be alive.
 *
 * @throws PersistenceError when it is, or when the database does not answer.
 */
export async function claimLease(kv: Kv, host: LeaseHost): Promise<Lease> {
  const { clock, owner, leaseMs = LEASE_MS } = host;
  const seen = await waitUntilFree(kv, host, leaseMs);
  if (seen.entry !== undefined) tellTakeover(host, seen.entry.owner);
  const mine = { ...owner, leaseMs, fences: 0 };
  const check = { key: OWNER, versionstamp: seen.versionstamp };
  const claim = [{ key: OWNER, value: mine }, { key: HEARTBEAT, value: 0 }];
  let versionstamp = await commit(kv, clock, check, claim);
  if (versionstamp === undefined) {
    const now = await look(kv, clock);
    if (now.entry?.token !== mine.token) throw inUse(host, now.entry?.owner, INSTEAD);
    versionstamp = now.versionstamp ?? "";
  }
  return new HeldLease(kv, host, mine, versionstamp);
}

/** Resolves with what is to be replaced once nobody owns the store, or somebody who is dead. */
async function waitUntilFree(kv: Kv, host: LeaseHost, leaseMs: number): Promise<Sight> {
  const { clock } = host;
  const first = await look(kv, clock);
  const { entry } = first;
  if (entry === undefined || isDead(entry, host)) return first;
  const waitMs = Math.max(leaseMs, entry.leaseMs) + GRACE_MS;
  tellWaiting(host, entry.owner, waitMs);
  const began = clock.monotonic();
  for (;;) {
    await pause(clock, leaseMs / LOOKS);
    const elapsed = clock.monotonic() - began;
    const now = await look(kv, clock);
    if (now.entry === undefined) return now;
    if (now.entry.token !== entry.token || now.heartbeat !== first.heartbeat) {
      throw inUse(host, now.entry.owner, INSTEAD);
    }
    if (elapsed >= waitMs || isDead(entry, host)) return now;
  }
}

function isDead({ owner }: OwnerEntry, host: LeaseHost): boolean {
  return owner !== undefined && host.isDead?.(owner) === true;
}

async function look(kv: Kv, clock: Clock): Promise<Sight> {
  const [entry, heartbeat] = await settle(clock, kv.getMany([OWNER, HEARTBEAT]), "failed");
  return {
    entry: toOwnerEntry(entry),
    versionstamp: entry?.versionstamp ?? null,
    heartbeat: heartbeat?.versionstamp ?? null,
  };
}

/** What is no entry of ours is taken for an owner who died: nobody renews it. */
function toOwnerEntry(entry: KvMaybeEntry | undefined): OwnerEntry | undefined {
  if (entry === undefined || entry.versionstamp === null) return undefined;
  const { token, leaseMs, fences } = Object(entry.value) as Record<string, unknown>;
  return {
    token: String(token),
    owner: readOwner(entry.value),
    leaseMs: typeof leaseMs === "number" ? leaseMs : LEASE_MS,
    fences: Number(fences),
  };
}

/** A claim that is kept alive. */
class HeldLease implements Lease {
  readonly #kv: Kv;
  readonly #host: LeaseHost;
  readonly #mine: Claim;
  readonly #stopBeating: () => void;
  /** Of the `owner` entry, as far as is known. */
  #versionstamp: string;
  #beats = 0;
  #fences = 0;
  #beating: Promise<void> | undefined;
  /** Whether the last heartbeat was written; that it was not is told once. */
  #isBeating = true;
  #isReleasing = false;
  /** Why nothing can be committed any more. */
  #ended: PersistenceError | undefined;

  /** Begins to renew a claim that was just made, by which `owner` got this versionstamp. */
  constructor(kv: Kv, host: LeaseHost, mine: Claim, versionstamp: string) {
    this.#kv = kv;
    this.#host = host;
    this.#mine = mine;
    this.#versionstamp = versionstamp;
    this.#stopBeating = host.clock.every(mine.leaseMs / 3, () => this.#beating ??= this.#beat());
  }

  async commit(mutations: readonly Mutation[]): Promise<void> {
    await this.#commitIfOurs(mutations);
  }

  async fence(): Promise<void> {
    const fences = ++this.#fences;
    const value = { ...this.#mine, fences };
    this.#versionstamp = await this.#commitIfOurs([{ key: OWNER, value }], fences);
  }

  async release(): Promise<void> {
    this.#stopBeating();
    await this.#beating;
    this.#isReleasing = true;
    try {
      if (this.#ended === undefined) await this.#commitIfOurs([{ key: OWNER }, { key: HEARTBEAT }]);
    } catch (error) {
      // That it is not ours any more may mean that it was given back, and that only the answer got lost.
      if (this.#ended === undefined) tellNotReleased(this.#host, toPersistenceError(error));
    }
    this.#ended ??= new PersistenceError("failed", `${this.#host.description} is closed`);
  }

  async #beat(): Promise<void> {
    try {
      await this.#commitIfOurs([{ key: HEARTBEAT, value: ++this.#beats }]);
      if (!this.#isBeating) tellRenewed(this.#host);
      this.#isBeating = true;
    } catch (error) {
      if (this.#ended === undefined && this.#isBeating) {
        this.#isBeating = false;
        tellNotRenewed(this.#host, toPersistenceError(error));
      }
    }
    this.#beating = undefined;
  }

  /**
   * Commits while `owner` is ours, and resolves with the versionstamp that the changed entries have.
   *
   * @param fence of a commit that writes `owner`: the number by which it is known again.
   */
  async #commitIfOurs(mutations: readonly Mutation[], fence?: number): Promise<string> {
    const { clock } = this.#host;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (this.#ended !== undefined) throw this.#ended;
      const check = { key: OWNER, versionstamp: this.#versionstamp };
      const done = await commit(this.#kv, clock, check, mutations);
      if (done !== undefined) return done;
      const { entry, versionstamp } = await look(this.#kv, clock);
      if (entry?.token !== this.#mine.token || versionstamp === null) {
        throw this.#lose(entry?.owner);
      }
      this.#versionstamp = versionstamp;
      if (entry.fences === fence) return versionstamp;
    }
    throw new PersistenceError("failed", "the owner of the store kept changing");
  }

  #lose(owner: LeaseOwner | undefined): PersistenceError {
    if (this.#ended !== undefined) return this.#ended;
    this.#stopBeating();
    this.#ended = takenBy(this.#host, owner);
    if (!this.#isReleasing) tellLoss(this.#host, this.#ended);
    return this.#ended;
  }
}
