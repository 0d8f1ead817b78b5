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
import type { Clock } from "../model/clock.ts";
import { PersistenceError, toPersistenceError } from "./adapter.ts";
import type { Kv, KvKey, KvMaybeEntry } from "./deno-kv-api.ts";
import { commit, type Mutation, settle } from "./deno-kv-commit.ts";

/** Who a gateway is, for others that find its lease. */
export interface LeaseOwner {
  /** Name of the machine. */
  readonly host: string;
  /** Process id on it. */
  readonly pid: number;
  /** What no other process has, not even the next one with that id. */
  readonly process: string;
}

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

/** The `owner` entry. */
interface OwnerEntry extends LeaseOwner {
  readonly token: string;
  readonly leaseMs: number;
  /** How often it was written anew, so that the owner knows its own writing again when the answer got lost. */
  readonly fences: number;
}

/** What an observer sees. */
interface Sight {
  readonly owner: OwnerEntry | undefined;
  readonly versionstamp: string | null;
  readonly heartbeat: string | null;
}

/**
 * Claims a database; waits while its owner might still be alive.
 *
 * @throws PersistenceError when it is, or when the database does not answer.
 */
export async function claimLease(kv: Kv, host: LeaseHost): Promise<Lease> {
  const { clock, logger, description } = host;
  const leaseMs = host.leaseMs ?? LEASE_MS;
  const seen = await waitUntilFree(kv, host, leaseMs);
  if (seen.owner !== undefined) {
    const former = describeOwner(seen.owner);
    logger.warn("taking the store over from a gateway that died", { store: description, former });
  }
  const mine: OwnerEntry = { ...host.owner, token: crypto.randomUUID(), leaseMs, fences: 0 };
  const check = { key: OWNER, versionstamp: seen.versionstamp };
  const claim = [{ key: OWNER, value: mine }, { key: HEARTBEAT, value: 0 }];
  let versionstamp = await commit(kv, clock, check, claim);
  if (versionstamp === undefined) {
    const now = await look(kv, clock);
    if (now.owner?.token !== mine.token) throw refusal(description, now.owner);
    versionstamp = now.versionstamp ?? "";
  }
  return new HeldLease(kv, host, mine, versionstamp);
}

/** Resolves with what is to be replaced once nobody owns the store, or somebody who is dead. */
async function waitUntilFree(kv: Kv, host: LeaseHost, leaseMs: number): Promise<Sight> {
  const { clock, logger, description, isDead = () => false } = host;
  const first = await look(kv, clock);
  const { owner } = first;
  if (owner === undefined || isDead(owner)) return first;
  const waitMs = Math.max(leaseMs, owner.leaseMs) + GRACE_MS;
  logger.warn("the store has an owner; waiting to see whether it is alive", {
    store: description,
    owner: describeOwner(owner),
    seconds: waitMs / 1000,
  });
  const began = clock.monotonic();
  for (;;) {
    await sleep(clock, leaseMs / LOOKS);
    const elapsed = clock.monotonic() - began;
    const now = await look(kv, clock);
    if (now.owner === undefined) return now;
    if (now.owner.token !== owner.token || now.heartbeat !== first.heartbeat) {
      throw refusal(description, now.owner);
    }
    if (elapsed >= waitMs || isDead(owner)) return now;
  }
}

async function look(kv: Kv, clock: Clock): Promise<Sight> {
  const [owner, heartbeat] = await settle(clock, kv.getMany([OWNER, HEARTBEAT]), "failed");
  return {
    owner: toOwnerEntry(owner),
    versionstamp: owner?.versionstamp ?? null,
    heartbeat: heartbeat?.versionstamp ?? null,
  };
}

/** What is no entry of ours is taken for an owner who died: nobody renews it. */
function toOwnerEntry(entry: KvMaybeEntry | undefined): OwnerEntry | undefined {
  if (entry === undefined || entry.versionstamp === null) return undefined;
  const { host, pid, process, token, leaseMs, fences } = Object(entry.value) as Record<
    string,
    unknown
  >;
  return {
    host: String(host),
    pid: Number(pid),
    process: String(process),
    token: String(token),
    leaseMs: typeof leaseMs === "number" ? leaseMs : LEASE_MS,
    fences: Number(fences),
  };
}

function describeOwner({ host, pid }: LeaseOwner): string {
  return host === "" ? `process ${pid}` : `process ${pid} on ${host}`;
}

function refusal(description: string, owner: LeaseOwner | undefined): PersistenceError {
  const who = owner === undefined
    ? "another gateway"
    : `the gateway that is ${describeOwner(owner)}`;
  return new PersistenceError("failed", `${description} belongs to ${who}, which is running`);
}

function sleep(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = clock.every(milliseconds, () => {
      stop();
      resolve();
    });
  });
}

/** A claim that is kept alive. */
class HeldLease implements Lease {
  readonly #kv: Kv;
  readonly #host: LeaseHost;
  readonly #mine: OwnerEntry;
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
  constructor(kv: Kv, host: LeaseHost, mine: OwnerEntry, versionstamp: string) {
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
    const { logger, description } = this.#host;
    try {
      if (this.#ended === undefined) await this.#commitIfOurs([{ key: OWNER }, { key: HEARTBEAT }]);
    } catch (error) {
      // That it is not ours any more may mean that it was given back, and that only the answer got lost.
      if (this.#ended === undefined) {
        logger.warn("cannot give the store back; the next gateway waits for the lease to end", {
          store: description,
          err: toPersistenceError(error).message,
        });
      }
    }
    this.#ended ??= new PersistenceError("failed", `${description} is closed`);
  }

  async #beat(): Promise<void> {
    try {
      await this.#commitIfOurs([{ key: HEARTBEAT, value: ++this.#beats }]);
      this.#isBeating = true;
    } catch (error) {
      if (this.#ended === undefined && this.#isBeating) {
        this.#isBeating = false;
        const { logger, description } = this.#host;
        const err = toPersistenceError(error).message;
        logger.warn("cannot renew the lease of the store", { store: description, err });
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
      const { owner, versionstamp } = await look(this.#kv, clock);
      if (owner?.token !== this.#mine.token || versionstamp === null) throw this.#lose(owner);
      this.#versionstamp = versionstamp;
      if (owner.fences === fence) return versionstamp;
    }
    throw new PersistenceError("failed", "the owner of the store kept changing");
  }

  #lose(owner: LeaseOwner | undefined): PersistenceError {
    if (this.#ended !== undefined) return this.#ended;
    this.#stopBeating();
    const { logger, description } = this.#host;
    const now = owner === undefined ? "nobody" : describeOwner(owner);
    if (!this.#isReleasing) {
      logger.error("the store belongs to another gateway now; this one stores nothing any more", {
        store: description,
        owner: now,
      });
    }
    return this.#ended = new PersistenceError(
      "lost",
      `${description} belongs to another gateway now (${now})`,
    );
  }
}
