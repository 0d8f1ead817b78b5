/**
 * Passwords against their bcrypt hashes. A comparison takes as long as the hash wants it to (70 ms at cost 10 in JavaScript), so one
 * that succeeded is remembered by the digest of user, password and hash; the password itself is kept nowhere. An unknown user costs
 * as much as a wrong password.
 */

import { compare, compareSync } from "bcryptjs";
import { sha256 } from "./digest.ts";

/** Compares a password with a bcrypt hash; a runtime may have one of its own. */
export type ComparePassword = (password: string, hash: string) => Promise<boolean>;

/**
 * Compares without letting others have a turn. On Workers a request whose client has gone takes its timers with it: a comparison
 * that waits for one would never end, and whoever has the same password would wait with it.
 */
export const compareAtOnce: ComparePassword = (password, hash) =>
  new Promise((resolve) => resolve(compareSync(password, hash)));

/** Tells whether a user has a password. */
export type VerifyPassword = (user: string, password: string) => Promise<boolean>;

/** Pairs of user and password that are remembered; beyond that the oldest is forgotten. */
const REMEMBERED = 100;

const HASH = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

/** Whether a text is a bcrypt hash. */
export function isBcryptHash(text: string): boolean {
  return HASH.test(text);
}

/**
 * Makes the check of passwords.
 *
 * @param hashes the bcrypt hashes by user.
 * @param comparePassword the comparison; by default bcryptjs, which runs everywhere and lets others have a turn every 100 ms.
 */
export function createPasswordVerifier(
  hashes: ReadonlyMap<string, string>,
  comparePassword: ComparePassword = compare,
): VerifyPassword {
  const decoy = costliest(hashes.values());
  const remembered = new Set<string>();
  const underWay = new Map<string, Promise<boolean>>();
  return async (user, password) => {
    const hash = hashes.get(user);
    if (hash === undefined) {
      if (decoy !== undefined) await comparePassword(password, decoy);
      return false;
    }
    const key = await sha256(JSON.stringify([user, password, hash]));
    if (remembered.has(key)) return true;
    // Requests that come at once share one comparison.
    const known = underWay.get(key);
    if (known !== undefined) return await known;
    const comparison = comparePassword(password, hash);
    underWay.set(key, comparison);
    try {
      const isRight = await comparison;
      if (isRight) remember(remembered, key);
      return isRight;
    } finally {
      underWay.delete(key);
    }
  };
}

function remember(remembered: Set<string>, key: string): void {
  remembered.add(key);
  const [oldest] = remembered;
  if (remembered.size > REMEMBERED && oldest !== undefined) remembered.delete(oldest);
}

/** The hash that takes the longest: against it the unknown are compared. */
function costliest(hashes: Iterable<string>): string | undefined {
  let found: string | undefined;
  for (const hash of hashes) {
    if (found === undefined || hash.slice(4, 6) > found.slice(4, 6)) found = hash;
  }
  return found;
}
