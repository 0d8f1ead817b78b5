/**
 * From an Authorization header to the name of an account. A token comes as Bearer, or, from clients that know nothing but Basic, as
 * the password of its name: it is long and random, so a digest is all that it takes to check it.
 */

import type { Accounts } from "./accounts.ts";
import { type Credentials, parseAuthorization } from "./authorization.ts";
import { isSameDigest, sha256 } from "./digest.ts";
import { type ComparePassword, createPasswordVerifier } from "./password.ts";

/** Finds the account of whoever sent an Authorization header; undefined when it lets nobody in. Never rejects for bad input. */
export type Authenticate = (header: string | null) => Promise<string | undefined>;

/** Makes the check; `comparePassword` is for runtimes that have a bcrypt of their own. */
export function createAuthenticator(
  { users, tokens }: Accounts,
  comparePassword?: ComparePassword,
): Authenticate {
  const verifyPassword = createPasswordVerifier(users, comparePassword);
  return async (header) => {
    const credentials = parseAuthorization(header);
    if (credentials === undefined) return undefined;
    const name = await findToken(tokens, credentials);
    if (name !== undefined || credentials.kind === "bearer") return name;
    const { user, password } = credentials;
    return await verifyPassword(user, password) ? user : undefined;
  };
}

/**
 * The challenge of a 401: the schemes that could have let the client in. Basic must have a realm (RFC 7617 §2), and Python's urllib
 * gives up with an exception at a scheme without one.
 */
export function challengeOf({ tokens }: Pick<Accounts, "tokens">): string {
  const basic = 'Basic realm="narthex"';
  return tokens.size > 0 ? `${basic}, Bearer realm="narthex"` : basic;
}

/** All tokens are looked at, so that the time says nothing about which of them came close. */
async function findToken(
  tokens: ReadonlyMap<string, string>,
  credentials: Credentials,
): Promise<string | undefined> {
  if (tokens.size === 0) return undefined;
  const isBearer = credentials.kind === "bearer";
  const digest = await sha256(isBearer ? credentials.token : credentials.password);
  let found: string | undefined;
  for (const [name, known] of tokens) {
    if (isSameDigest(digest, known) && (isBearer || credentials.user === name)) found = name;
  }
  return found;
}
