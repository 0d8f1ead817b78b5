/** What Linux tells of a process. */

import { readFileSync } from "node:fs";

/** Ticks of the clock in /proc, per second; 100 on every Linux that runs these benches (`getconf CLK_TCK`). */
const TICKS = 100;

/** Bytes of memory that a process has resident (VmRSS). */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) * 1024;
}

/** Seconds of processor time that a process has used. */
export function processorSeconds(pid: number): number {
  const [user = NaN, system = NaN] = timesOf(pid);
  return (user + system) / TICKS;
}

/** Seconds of processor time that the processes which this one has started, and which have ended, used. */
export function endedProcessorSeconds(): number {
  const [, , user = NaN, system = NaN] = timesOf("self");
  return (user + system) / TICKS;
}

/**
 * Resolves when a process has nothing to do any more: the reference goes on with pushes whose client is gone, and collects garbage, which
 * would be taken from whoever is measured next.
 */
export async function settle(pid: number): Promise<void> {
  const deadline = performance.now() + SETTLE_LIMIT;
  for (let used = processorSeconds(pid); performance.now() < deadline;) {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_STEP));
    const now = processorSeconds(pid);
    if (now - used <= IDLE_SHARE * SETTLE_STEP / 1000) return;
    used = now;
  }
}

/** How often it is looked at, and how long it is waited for at most. Milliseconds. */
const SETTLE_STEP = 100;
const SETTLE_LIMIT = 20_000;
/** A processor that is used less than this counts as idle. */
const IDLE_SHARE = 0.1;

/** User and system time, its own and of ended children, in ticks. The name in parentheses may hold anything. */
function timesOf(pid: number | "self"): number[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 15).map(Number);
}
