/**
 * Which process this is, told so that another process on the same machine can find out whether it is still there. The number of a
 * process is used again, after a restart of the machine, in another container and after some time in any case; with the boot, the
 * namespace and the moment it began it is one of a kind. Linux alone tells all of them; elsewhere no process is known to be gone.
 */
import { randomUUID } from "node:crypto";
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";
import type { LeaseOwner } from "../persist/redis-lease.ts";
import type { SystemReader } from "../telemetry/system.ts";

/** This process as the owner of a lease, with a token that is new each time. */
export function identifyProcess(system: SystemReader): LeaseOwner {
  const owner = { token: randomUUID(), host: readHost(system), pid: process.pid };
  const place = readPlace(system);
  const started = readStat(system, process.pid)?.started;
  return place === undefined || started === undefined ? owner : { ...owner, ...place, started };
}

/** Whether the owner of a lease is a process of this machine, and of this container, that is not there any more. */
export function isProcessGone(owner: LeaseOwner, system: SystemReader): boolean {
  const place = readPlace(system);
  if (place === undefined || owner.started === undefined) return false;
  if (owner.boot !== place.boot || owner.namespace !== place.namespace) return false;
  if (owner.host !== readHost(system)) return false;
  if (!exists(owner.pid)) return true;
  const stat = readStat(system, owner.pid);
  // A zombie has ended and waits for its parent to notice.
  return stat !== undefined && (stat.started !== owner.started || stat.state === "Z");
}

interface Place {
  readonly boot: string;
  readonly namespace: string;
}

/** Where processes have numbers of their own. What may be read at all tells whether Deno lets us read the rest. */
function readPlace(system: SystemReader): Place | undefined {
  const boot = system.readText("/proc/sys/kernel/random/boot_id")?.trim();
  if (boot === undefined || boot === "") return undefined;
  try {
    return { boot, namespace: readlinkSync("/proc/self/ns/pid") };
  } catch {
    return undefined;
  }
}

function readHost(system: SystemReader): string {
  const own = system.readText("/proc/sys/kernel/hostname")?.trim();
  if (own !== undefined && own !== "") return own;
  // Deno would stop and ask on the terminal.
  return "Deno" in globalThis ? "unknown" : hostname();
}

/** State and moment of start of a process, by proc_pid_stat(5); a name in parentheses, which may hold any, comes before them. */
function readStat(
  system: SystemReader,
  pid: number,
): { readonly state: string; readonly started: string } | undefined {
  const text = system.readText(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  const { 0: state, 19: started } = fields ?? [];
  return state === undefined || started === undefined ? undefined : { state, started };
}

/** `/proc` may hide the processes of other users, signals do not. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
