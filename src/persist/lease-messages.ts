/** What is said of leases, in the same words whatever the store. */

import type { Logger } from "../log/logger.ts";
import { PersistenceError } from "./adapter.ts";
import { describeOwner, type LeaseOwner } from "./lease-owner.ts";

/** A store that has a lease. */
export interface LeasedStore {
  /** How it is called in messages, see {@link PersistenceAdapter.description}. */
  readonly description: string;
  /** Hears of it. */
  readonly logger: Logger;
}

/** Says whom a gateway waits for, and for how many milliseconds at most. */
export function tellWaiting(
  { description, logger }: LeasedStore,
  owner: LeaseOwner | undefined,
  milliseconds: number,
): void {
  logger.warn("waiting for another gateway to give up the store or to prove alive", {
    store: description,
    owner: describeOwner(owner),
    at_most: `${Math.ceil(milliseconds / 1000)}s`,
  });
}

/** Says that an owner is known or taken to be dead. */
export function tellTakeover(
  { description, logger }: LeasedStore,
  owner: LeaseOwner | undefined,
): void {
  logger.warn("taking the store over from a gateway that died", {
    store: description,
    owner: describeOwner(owner),
  });
}

/** Why a gateway does not get a store; `instead` is what it could use. */
export function inUse(
  { description }: LeasedStore,
  owner: LeaseOwner | undefined,
  instead: string,
): PersistenceError {
  const who = describeOwner(owner);
  const message = `${description} is in use by ${who}; stop that gateway, or give this one ` +
    `${instead} of its own`;
  return new PersistenceError("failed", message);
}

/** Why a gateway cannot use its store any more. */
export function takenBy(
  { description }: LeasedStore,
  owner: LeaseOwner | undefined,
): PersistenceError {
  return new PersistenceError("lost", `${description} belongs to ${describeOwner(owner)} now`);
}

/** Says that a gateway found out that its store is not its own any more. */
export function tellLoss({ description, logger }: LeasedStore, error: PersistenceError): void {
  logger.error("the store was taken over; this gateway stores nothing any more", {
    store: description,
    err: error.message,
  });
}

/** Says that the lease runs out unless things get better. */
export function tellNotRenewed(
  { description, logger }: LeasedStore,
  error: PersistenceError,
): void {
  logger.warn("cannot renew the lease", { store: description, err: error.message });
}

/** Says that they did. */
export function tellRenewed({ description, logger }: LeasedStore): void {
  logger.info("the lease is renewed again", { store: description });
}

/** Says that a gateway ended without giving its store back. */
export function tellNotReleased(
  { description, logger }: LeasedStore,
  error: PersistenceError,
): void {
  logger.warn("cannot give the store back; the next gateway waits for the lease to end", {
    store: description,
    err: error.message,
  });
}
