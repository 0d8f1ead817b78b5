/**
 * The settings of a gateway that has neither a command line nor files, but variables and secrets: on Cloudflare Workers and on Deno
 * Deploy. The flags are those of the command line with limits, since memory is short and the clients are on the internet.
 *
 * A mistake makes the gateway answer nothing at all rather than let anybody in by accident. What exactly is wrong goes to the log,
 * never into an answer.
 */

import { type Accounts } from "../auth/accounts.ts";
import { type Authenticate, challengeOf, createAuthenticator } from "../auth/authenticate.ts";
import { compareAtOnce, type ComparePassword } from "../auth/password.ts";
import { FlagError } from "../cli/flag-error.ts";
import type { GivenFlag } from "../cli/flag-pieces.ts";
import type { FlagName } from "../cli/flags.ts";
import { readFlagText } from "../cli/flag-text.ts";
import { type FlagDefaults, type Flags, readFlags } from "../cli/read-flags.ts";
import { parseAccountConfig } from "../cli/web-config.ts";
import { DEFAULT_TENANT, isTenantName, type TenantRules } from "./tenants.ts";

/** The variables and secrets; what is missing is empty. */
export interface EdgeVariables {
  /** Flags in one text. */
  readonly NARTHEX_FLAGS?: string;
  /** Users and tokens, as YAML. */
  readonly NARTHEX_WEB_CONFIG?: string;
  /** Whether everybody may do everything. */
  readonly NARTHEX_OPEN?: string | boolean;
  /** The names of the tenants, separated by blanks or commas; `*` for any. */
  readonly NARTHEX_TENANTS?: string;
  /** The host whose subdomains are tenants. */
  readonly NARTHEX_TENANT_HOST?: string;
}

/** The names of all variables. */
export const EDGE_VARIABLES: readonly (keyof EdgeVariables)[] = [
  "NARTHEX_FLAGS",
  "NARTHEX_WEB_CONFIG",
  "NARTHEX_OPEN",
  "NARTHEX_TENANTS",
  "NARTHEX_TENANT_HOST",
];

/** Who is let in. */
export type Access =
  | { readonly kind: "open" }
  | { readonly kind: "closed" }
  | {
    readonly kind: "accounts";
    readonly accounts: Accounts;
    readonly authenticate: Authenticate;
    readonly challenge: string;
  };

/** The settings, understood. */
export interface EdgeSettings {
  /** The flags. */
  readonly flags: Flags;
  /** Who is let in. */
  readonly access: Access;
  /** Which tenants there are. */
  readonly tenants: TenantRules;
}

/** A mistake in one of the variables. */
export class SettingError extends Error {
  /** The name of the variable. */
  readonly variable: keyof EdgeVariables;

  /** Makes an error of what is wrong with `variable`. */
  constructor(variable: keyof EdgeVariables, message: string) {
    super(message);
    this.name = "SettingError";
    this.variable = variable;
  }
}

/** Who runs the gateway. */
export interface Platform {
  /** Its name. */
  readonly name: string;
  /** What the gateway stores in. */
  readonly storage: string;
  /** Whether there can be tenants. */
  readonly hasTenants: boolean;
  /** Compares passwords; by default as {@link createAuthenticator} does. */
  readonly comparePassword?: ComparePassword;
}

/** Cloudflare Workers. */
export const WORKERS: Platform = {
  name: "Cloudflare Workers",
  storage: "the Durable Object",
  hasTenants: true,
  comparePassword: compareAtOnce,
};

/** Deno Deploy. */
export const DENO_DEPLOY: Platform = {
  name: "Deno Deploy",
  storage: "Deno KV",
  hasTenants: false,
};

/** Defaults that differ from the command line's; docs/edge.md says what they were measured with. */
export const EDGE_DEFAULTS: FlagDefaults = {
  "log.format": "json",
  "push.max-body-size": "1MiB",
  "store.max-groups": "20000",
  "store.max-series": "200000",
  "store.max-size": "64MiB",
};

/** Understands the variables; throws SettingError. */
export function readEdgeSettings(env: EdgeVariables, platform: Platform): EdgeSettings {
  const flags = attempt("NARTHEX_FLAGS", env, (text) => {
    const given = readFlagText(text);
    for (const flag of given) refuseFlag(flag, platform);
    return readFlags(given, EDGE_DEFAULTS);
  });
  const access = readAccess(env, platform);
  if (!platform.hasTenants) refuseTenants(env, platform);
  const names = attempt("NARTHEX_TENANTS", env, readTenantNames);
  const host = attempt("NARTHEX_TENANT_HOST", env, readHost);
  return { flags, access, tenants: { names, host, routePrefix: flags.routePrefix } };
}

/** Runs `read` on the text of a variable. */
function attempt<T>(
  variable: keyof EdgeVariables,
  env: EdgeVariables,
  read: (text: string) => T,
): T {
  const text: unknown = env[variable] ?? "";
  if (typeof text !== "string") throw new SettingError(variable, "expected a text");
  try {
    return read(text);
  } catch (error) {
    throw error instanceof FlagError ? new SettingError(variable, error.message) : error;
  }
}

function refuseFlag({ name }: GivenFlag, platform: Platform): void {
  const reason = whyRefused(name, platform);
  if (reason === undefined) return;
  throw new FlagError(`--${name} makes no sense on ${platform.name}: ${reason}`);
}

function whyRefused(flag: FlagName, { name, storage }: Platform): string | undefined {
  if (flag.startsWith("persistence.")) return `everything is stored in ${storage}`;
  switch (flag) {
    case "web.listen-address":
    case "web.systemd-socket":
      return `${name} listens`;
    case "web.config.file":
      return "there are no files: put its text into NARTHEX_WEB_CONFIG";
    case "web.enable-lifecycle":
      return "there is no process to stop";
    default:
      return undefined;
  }
}

function refuseTenants(env: EdgeVariables, { name }: Platform): void {
  for (const variable of ["NARTHEX_TENANTS", "NARTHEX_TENANT_HOST"] as const) {
    if (!env[variable]) continue;
    throw new SettingError(variable, `there are no tenants on ${name}, where a gateway is one`);
  }
}

function readAccess(env: EdgeVariables, { comparePassword }: Platform): Access {
  const accounts = attempt("NARTHEX_WEB_CONFIG", env, parseAccountConfig);
  const isAnybody = accounts.users.size + accounts.tokens.size > 0;
  if (!isOpen(env.NARTHEX_OPEN)) {
    if (!isAnybody) return { kind: "closed" };
    const authenticate = createAuthenticator(accounts, comparePassword);
    return { kind: "accounts", accounts, authenticate, challenge: challengeOf(accounts) };
  }
  if (!isAnybody) return { kind: "open" };
  throw new SettingError(
    "NARTHEX_OPEN",
    "it lets everybody in, but NARTHEX_WEB_CONFIG says who may come: remove one of them",
  );
}

function isOpen(value: string | boolean = ""): boolean {
  const text = String(value);
  if (text === "true") return true;
  if (text === "false" || text === "") return false;
  throw new SettingError("NARTHEX_OPEN", "expected true or false");
}

function readTenantNames(text: string): TenantRules["names"] {
  const names = text.split(/[\s,]+/).filter((name) => name !== "");
  if (names.length === 1 && names[0] === "*") return "any";
  for (const name of names) {
    if (name === DEFAULT_TENANT) {
      throw new FlagError(`${name} is the tenant without a prefix, which is always there`);
    }
    if (isTenantName(name)) continue;
    throw new FlagError(
      `${
        JSON.stringify(name)
      } is no name for a tenant: expected at most 63 of a-z, 0-9 and -, or * alone`,
    );
  }
  return new Set(names);
}

function readHost(text: string): string {
  const labels = text.split(".");
  if (text === "" || labels.length > 1 && labels.every(isTenantName)) return text;
  throw new FlagError("expected a host name, such as push.example.com");
}
