/**
 * Which process this is, told so that another process on the same machine can find out whether it is still there, which spares a
 * gateway that is started again the wait for the lease of the one that was killed. The number of a
 * process is used again, after a restart of the machine, in another container and after some time in any case; with the boot, the
 * namespace and the moment it began it is one of a kind. Linux alone tells all of them; elsewhere no process is known to be gone.
 *
 * Deno would stop the gateway and ask on the terminal for what it was not granted, so it is asked first whether it was.
 */
import { randomUUID } from "node:crypto";
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import process from "node:process";
import type { LeaseOwner } from "../persist/lease-owner.ts";
import type { SystemReader } from "../telemetry/system.ts";

/** This process as the owner of a lease, with a token that is new each time. */
export function identifyProcess(system: SystemReader): LeaseOwner {
  const owner = { token: randomUUID(), host: readHost(system), pid: process.pid };
  const place = readPlace(system);
  const started = readStat(system, process.pid)?.started;
  return place === undefined || started === undefined ? owner : { ...owner, ...place, started };
}

/** Whether the owner of a lease is certainly a process of this machine, and of this container, that is not there any more. */
export function isProcessGone(owner: LeaseOwner, system: SystemReader): boolean {
  const place = readPlace(system);
  if (place === undefined || owner.started === undefined) return false;
  if (owner.boot !== place.boot || owner.namespace !== place.namespace) return false;
  if (owner.host !== readHost(system) || !isNumberOfProcess(owner.pid)) return false;
  if (!exists(owner.pid)) return true;
  const stat = readStat(system, owner.pid);
  // A zombie has ended and waits for its parent to notice.
  return stat !== undefined && (stat.started !== owner.started || stat.state === "Z");
}

interface Place {
  readonly boot: string;
  readonly namespace: string;
}

/** Where processes have numbers of their own. */
function readPlace(system: SystemReader): Place | undefined {
  const boot = system.readText("/proc/sys/kernel/random/boot_id")?.trim();
  if (boot === undefined || boot === "") return undefined;
  const path = "/proc/self/ns/pid";
  try {
    return isGranted({ name: "read", path }) ? { boot, namespace: readlinkSync(path) } : undefined;
  } catch {
    return undefined;
  }
}

function readHost(system: SystemReader): string {
  const own = system.readText("/proc/sys/kernel/hostname")?.trim();
  if (own !== undefined && own !== "") return own;
  try {
    return isGranted({ name: "sys", kind: "hostname" }) ? hostname() : "";
  } catch {
    return "";
  }
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

/** What is less means a group of processes. */
function isNumberOfProcess(pid: number): boolean {
  return Number.isSafeInteger(pid) && pid > 0;
}

/** `/proc` may hide the processes of other users, signals do not. */
function exists(pid: number): boolean {
  if (!isGranted({ name: "run" })) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** What Deno may be asked about. */
interface Permission {
  readonly name: "read" | "run" | "sys";
  readonly kind?: "hostname";
  readonly path?: string;
}

declare const Deno: {
  readonly permissions: { querySync(permission: Permission): { readonly state: string } };
};

function isGranted(permission: Permission): boolean {
  if (typeof Deno === "undefined") return true;
  try {
    return Deno.permissions.querySync(permission).state === "granted";
  } catch {
    // Deno Deploy has no permissions to ask for, and no processes.
    return false;
  }
}
