/**
 * Tenants: gateways of their own behind one Worker, told apart by the URL. `/tenant/team-a/metrics/job/x` is a push to the tenant
 * `team-a`, and so is `/metrics/job/x` on the host `team-a.push.example.com` where such a host is configured; a path without a
 * tenant belongs to the default one. Client libraries need not know: the prefix is part of the base URL that they are given.
 */

import { pathOf } from "../http/target.ts";

/** What the default tenant is called where names are listed. It is reached without a prefix. */
export const DEFAULT_TENANT = "default";

/** Which tenants there are and how they are addressed. */
export interface TenantRules {
  /** The names beside the default tenant's, or `any`. */
  readonly names: ReadonlySet<string> | "any";
  /** Host whose subdomains are tenants; empty for none. */
  readonly host: string;
  /** What the paths of the default tenant begin with. */
  readonly routePrefix: string;
}

/** Where a request goes. */
export interface Destination {
  /** The name of the tenant as the client wrote it; it need not exist. */
  readonly tenant: string;
  /** Whether there is such a tenant. */
  readonly exists: boolean;
  /** The undecoded path behind the prefix. */
  readonly path: string;
  /** Whether the host named the tenant, so that the path does not. */
  readonly byHost: boolean;
}

const NAME = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;

/** Whether a text can name a tenant: what a label of a host name can be, which is at most 63 of `a-z`, `0-9` and `-`. */
export function isTenantName(text: string): boolean {
  return NAME.test(text);
}

/** What the paths of a tenant begin with inside its gateway. */
export function prefixOf(tenant: string, routePrefix: string): string {
  return tenant === DEFAULT_TENANT ? routePrefix : `${routePrefix}/tenant/${tenant}`;
}

/** Finds the tenant of a request. */
export function findTenant(url: string, rules: TenantRules): Destination {
  const { routePrefix, host } = rules;
  const whole = pathOf(url);
  const isInside = whole === routePrefix || whole.startsWith(`${routePrefix}/`);
  const path = isInside ? whole.slice(routePrefix.length) : whole;
  const named = host === "" ? undefined : tenantAt(url, host);
  if (named !== undefined) {
    return { tenant: named, exists: exists(named, rules), path, byHost: true };
  }
  const [, tenant, rest = ""] = /^\/tenant\/([^/]*)(.*)$/.exec(path) ?? [];
  if (!isInside || tenant === undefined) {
    return { tenant: DEFAULT_TENANT, exists: true, path, byHost: false };
  }
  return { tenant, exists: exists(tenant, rules), path: rest, byHost: false };
}

/** The tenant that a host names. Outside Workers a client can send a host that is none, so it is looked at only where it matters. */
function tenantAt(url: string, host: string): string | undefined {
  // The dot of an absolute name is no part of it.
  const hostname = new URL(url).hostname.replace(/\.$/, "");
  return hostname.endsWith(`.${host}`) ? hostname.slice(0, -host.length - 1) : undefined;
}

/** The default tenant has no name that could stand in a URL. */
function exists(tenant: string, { names }: TenantRules): boolean {
  if (tenant === DEFAULT_TENANT || !isTenantName(tenant)) return false;
  return names === "any" || names.has(tenant);
}
