/**
 * Who may do what: users with passwords, as the reference has them, and beside them tokens and what each name is allowed. The
 * settings come as values that somebody wrote, so everything is checked; a message names keys and never a secret.
 *
 * ```yaml
 * basic_auth_users:
 *   alice: $2y$10$…                  # htpasswd -nBC 10 alice
 * bearer_tokens:
 *   ci: sha256:9f86d081…             # printf %s "$TOKEN" | sha256sum
 * permissions:                       # a name that is not here may do everything, everywhere
 *   ci: { roles: [push], tenants: [team-a] }
 * ```
 */

import { isBcryptHash } from "./password.ts";

/** - `push`: push and delete groups; `read`: scrape, look; `admin`: everything else, such as wiping. */
export const ROLES = ["push", "read", "admin"] as const;
/** What a request needs. */
export type Role = typeof ROLES[number];

/** What one name may do; what is not said is not restricted. */
export interface Permission {
  /** What it may do. */
  readonly roles?: ReadonlySet<string>;
  /** Where it may do it. */
  readonly tenants?: ReadonlySet<string>;
}

/** Everybody who may come in. */
export interface Accounts {
  /** Bcrypt hashes by user. */
  readonly users: ReadonlyMap<string, string>;
  /** SHA-256 digests in hexadecimal by the name of the token. */
  readonly tokens: ReadonlyMap<string, string>;
  /** By the name of a user or token. */
  readonly permissions: ReadonlyMap<string, Permission>;
}

/** A mistake in the settings; the message is for whoever wrote them. */
export class AccountsError extends Error {
  override readonly name: string = "AccountsError";
}

/** The settings that accounts are made of, each as it was written: maps are Maps. */
export interface AccountSettings {
  /** Users. */
  readonly basic_auth_users?: unknown;
  /** Tokens. */
  readonly bearer_tokens?: unknown;
  /** Permissions. */
  readonly permissions?: unknown;
}

/** What comes of `sha256sum` when the variable with the token is empty: of nothing, and of a line feed. */
const EMPTY_DIGESTS: readonly string[] = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b",
];

/** Reads the settings; throws AccountsError. */
export function readAccounts(settings: AccountSettings): Accounts {
  const users = readMap("basic_auth_users", settings.basic_auth_users, readHash);
  const tokens = readMap("bearer_tokens", settings.bearer_tokens, readDigest);
  const permissions = readMap("permissions", settings.permissions, readPermission);
  const owners = new Map<string, string>();
  for (const [name, digest] of tokens) {
    if (users.has(name)) throw new AccountsError(`${name} is both a user and a token`);
    const owner = owners.get(digest);
    if (owner !== undefined) {
      throw new AccountsError(`bearer_tokens.${name}: it is the same token as that of ${owner}`);
    }
    owners.set(digest, name);
  }
  for (const name of permissions.keys()) {
    if (users.has(name) || tokens.has(name)) continue;
    throw new AccountsError(`permissions.${name}: there is no such user or token`);
  }
  return { users, tokens, permissions };
}

/** Whether an account may do something somewhere; tenants play no part where there are none. */
export function isAllowed(
  { permissions }: Accounts,
  name: string,
  role: Role,
  tenant?: string,
): boolean {
  const { roles, tenants } = permissions.get(name) ?? {};
  if (roles !== undefined && !roles.has(role)) return false;
  return tenants === undefined || tenant === undefined || tenants.has(tenant);
}

function readMap<T>(
  key: string,
  value: unknown,
  read: (path: string, value: unknown) => T,
): ReadonlyMap<string, T> {
  const entries = new Map<string, T>();
  if (value === undefined || value === null) return entries;
  if (!(value instanceof Map)) throw new AccountsError(`${key}: expected names with values`);
  for (const [name, each] of value) {
    if (typeof name !== "string" || name === "") {
      throw new AccountsError(`${key}: a name is no text; write it in quotes`);
    }
    if (name.includes(":")) throw new AccountsError(`${key}: a name has no colon`);
    entries.set(name, read(`${key}.${name}`, each));
  }
  return entries;
}

function readHash(path: string, value: unknown): string {
  if (typeof value === "string" && isBcryptHash(value)) return value;
  throw new AccountsError(`${path}: expected a bcrypt hash, such as htpasswd -nB makes`);
}

function readDigest(path: string, value: unknown): string {
  const [, digest] = /^sha256:([\da-f]{64})$/i.exec(typeof value === "string" ? value : "") ?? [];
  if (digest !== undefined) return refuseEmpty(path, digest.toLowerCase());
  throw new AccountsError(`${path}: expected sha256: and the digest of the token in hexadecimal`);
}

function refuseEmpty(path: string, digest: string): string {
  if (!EMPTY_DIGESTS.includes(digest)) return digest;
  throw new AccountsError(`${path}: it is the digest of an empty token`);
}

function readPermission(path: string, value: unknown): Permission {
  if (!(value instanceof Map)) throw new AccountsError(`${path}: expected roles or tenants`);
  const known = ["roles", "tenants"];
  for (const key of value.keys()) {
    if (!known.includes(key)) throw new AccountsError(`${path}: unknown key ${String(key)}`);
  }
  const roles = readNames(`${path}.roles`, value.get("roles"));
  for (const role of roles ?? []) {
    if (!ROLES.some((each) => each === role)) {
      throw new AccountsError(`${path}.roles: expected some of ${ROLES.join(", ")}`);
    }
  }
  const tenants = readNames(`${path}.tenants`, value.get("tenants"));
  return { ...(roles && { roles }), ...(tenants && { tenants }) };
}

function readNames(path: string, value: unknown): ReadonlySet<string> | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) {
    return new Set<string>(value);
  }
  throw new AccountsError(`${path}: expected a list of names`);
}
