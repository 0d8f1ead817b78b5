/**
 * Who owns a store that several gateways can reach, as the lease names it to the others. `runtime/process-identity.ts` makes one and
 * tells whether its process is gone.
 */

/** Who holds a lease: one process, or one adapter within it. */
export interface LeaseOwner {
  /** Random, never used twice. */
  readonly token: string;
  /** Name of the machine; empty where it is not known. */
  readonly host: string;
  /** Process. */
  readonly pid: number;
  /** What tells this boot of this machine from all others, where the system has that. */
  readonly boot?: string;
  /** What tells processes apart that have the same number in different containers. */
  readonly namespace?: string;
  /** When the process began, in whatever unit the system has. */
  readonly started?: string;
}

/** What a lease says of its owner, with whatever else it says left out; undefined where that names nobody. */
export function readOwner(lease: unknown): LeaseOwner | undefined {
  const { token, host, pid, ...rest } = Object(lease) as Record<string, unknown>;
  if (typeof token !== "string" || typeof host !== "string" || typeof pid !== "number") {
    return undefined;
  }
  const { boot, namespace, started } = rest;
  return {
    token,
    host,
    pid,
    ...(typeof boot === "string" && { boot }),
    ...(typeof namespace === "string" && { namespace }),
    ...(typeof started === "string" && { started }),
  };
}

/** An owner as users know it: `the gateway on host "a" with pid 7`. */
export function describeOwner(owner: LeaseOwner | undefined): string {
  if (owner === undefined) return "another gateway";
  const host = owner.host === "" ? "" : ` on host ${JSON.stringify(owner.host)}`;
  return `the gateway${host} with pid ${owner.pid}`;
}
