/**
 * Names this process to other gateways that find its lease on a store, and tells whether the process that a lease names is gone. The
 * latter spares a gateway that is restarted on its machine the wait for the lease of the one that was killed.
 */

import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import process from "node:process";

/** A process, as its lease names it. */
export interface ProcessOwner {
  /** Name of the machine. */
  readonly host: string;
  /** Process id on it. */
  readonly pid: number;
  /** What no other process has, not even the next one with that id. */
  readonly process: string;
}

const ID = randomUUID();

declare const Deno: {
  readonly permissions: {
    querySync(descriptor: { name: "run" | "sys"; kind?: "hostname" }): { readonly state: string };
  };
};

/** Names this process. */
export function describeProcess(): ProcessOwner {
  return { host: machineName(), pid: process.pid, process: ID };
}

/**
 * Whether a process is certainly gone: it was on this machine, and nothing has its id any more but perhaps this process itself, as
 * after the restart of a container. A process on another machine never is.
 *
 * Should two machines have one name, a living gateway may be taken for dead; the store's own fence then keeps it from writing.
 */
export function isProcessGone(owner: ProcessOwner): boolean {
  if (owner.host === "" || owner.host !== machineName() || owner.process === ID) return false;
  if (!Number.isSafeInteger(owner.pid) || owner.pid <= 0) return false;
  return owner.pid === process.pid || !exists(owner.pid);
}

function exists(pid: number): boolean {
  // To ask without permission would stop the gateway and put a question on the terminal.
  if (!isGranted({ name: "run" })) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** The name of the machine, empty where it is not known: such an owner is waited for. */
function machineName(): string {
  if (!isGranted({ name: "sys", kind: "hostname" })) return "";
  try {
    return hostname();
  } catch {
    return "";
  }
}

function isGranted(descriptor: { name: "run" | "sys"; kind?: "hostname" }): boolean {
  if (typeof Deno === "undefined") return true;
  try {
    return Deno.permissions.querySync(descriptor).state === "granted";
  } catch {
    // Deno Deploy has no permissions to ask for, and no processes.
    return false;
  }
}
