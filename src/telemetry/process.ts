/**
 * `process_*`, named and explained as client_golang does, from Linux's /proc (https://man7.org/linux/man-pages/man5/proc.5.html).
 * What cannot be read or understood is left out, each family for itself.
 */

import type { Family } from "../model/family.ts";
import { type Collector, type Definition, scalarFamily } from "./collector.ts";
import type { SystemReader } from "./system.ts";

/** Figures from `/proc/<pid>/stat`. */
export interface ProcessStat {
  /** User and system time of all threads, in seconds. */
  readonly cpuSeconds: number;
  /** Start of the process, in seconds after the machine's. */
  readonly startSeconds: number;
  /** Size of the address space in bytes. */
  readonly virtualBytes: number;
}

/** Figures from `/proc/<pid>/net/netstat`: bytes of IP packets of the process's network namespace. */
export interface NetworkBytes {
  /** Bytes received; NaN where the kernel does not say. */
  readonly received: number;
  /** Bytes sent; NaN where the kernel does not say. */
  readonly sent: number;
}

/** The kernel's unit of time in /proc (USER_HZ, `getconf CLK_TCK`): 100 a second on every architecture these runtimes run on. */
const TICKS_PER_SECOND = 100;
/** What client_golang makes of "unlimited": the largest unsigned 64-bit integer. */
const UNLIMITED = 2 ** 64;

const CPU = counter("cpu_seconds_total", "Total user and system CPU time spent in seconds.");
const OPEN_FDS = gauge("open_fds", "Number of open file descriptors.");
const MAX_FDS = gauge("max_fds", "Maximum number of open file descriptors.");
const VIRTUAL = gauge("virtual_memory_bytes", "Virtual memory size in bytes.");
const MAX_VIRTUAL = gauge(
  "virtual_memory_max_bytes",
  "Maximum amount of virtual memory available in bytes.",
);
const RESIDENT = gauge("resident_memory_bytes", "Resident memory size in bytes.");
const START = gauge(
  "start_time_seconds",
  "Start time of the process since unix epoch in seconds.",
);
const RECEIVED = counter(
  "network_receive_bytes_total",
  "Number of bytes received by the process over the network.",
);
const SENT = counter(
  "network_transmit_bytes_total",
  "Number of bytes sent by the process over the network.",
);

/** Collects `process_*` through `system`; everything is read anew at each scrape. */
export function createProcessCollector(system: SystemReader): Collector {
  const read = <T>(path: string, parse: (text: string) => T): T | undefined => {
    const text = system.readText(path);
    return text === undefined ? undefined : parse(text);
  };
  return {
    definitions: [CPU, OPEN_FDS, MAX_FDS, VIRTUAL, MAX_VIRTUAL, RESIDENT, START, RECEIVED, SENT],
    collect() {
      const stat = read("/proc/self/stat", parseProcessStat);
      const limits = system.readText("/proc/self/limits") ?? "";
      const bootTime = read("/proc/stat", parseBootTime) ?? NaN;
      const network = read("/proc/self/net/netstat", parseNetworkBytes);
      return [
        ...figure(CPU, stat?.cpuSeconds),
        ...figure(OPEN_FDS, system.countEntries("/proc/self/fd")),
        ...figure(MAX_FDS, parseSoftLimit(limits, "Max open files")),
        ...figure(VIRTUAL, stat?.virtualBytes),
        ...figure(MAX_VIRTUAL, parseSoftLimit(limits, "Max address space")),
        ...figure(RESIDENT, read("/proc/self/status", parseResidentBytes)),
        ...figure(START, stat && bootTime + stat.startSeconds),
        ...figure(RECEIVED, network?.received),
        ...figure(SENT, network?.sent),
      ];
    },
  };
}

/**
 * Parses `/proc/<pid>/stat`; figures it lacks are NaN. The second field is the program's name in parentheses, with whatever blanks
 * and parentheses it has, so the fields are counted from the last closing one.
 */
export function parseProcessStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(")") + 1).trim().split(" ");
  // The field that follows the name is number 3 in proc(5).
  const field = (number: number): number => parseDecimal(fields[number - 3]);
  return {
    cpuSeconds: (field(14) + field(15)) / TICKS_PER_SECOND,
    startSeconds: field(22) / TICKS_PER_SECOND,
    virtualBytes: field(23),
  };
}

/** The soft limit of that name in `/proc/<pid>/limits`; NaN without such a line. */
export function parseSoftLimit(text: string, name: string): number {
  const line = text.split("\n").find((line) => line.startsWith(`${name} `));
  const soft = line?.slice(name.length).trim().split(/\s+/)[0];
  return soft === "unlimited" ? UNLIMITED : parseDecimal(soft);
}

/**
 * Resident memory in bytes from `/proc/<pid>/status`, NaN without it. `/proc/<pid>/stat` has it too, but in pages, whose size
 * differs between machines and is not to be had in JavaScript.
 */
export function parseResidentBytes(text: string): number {
  return parseDecimal(/^VmRSS:\s*(\d+) kB$/m.exec(text)?.[1]) * 1024;
}

/** The start of the machine in Unix seconds from `/proc/stat`, NaN without it. */
export function parseBootTime(text: string): number {
  return parseDecimal(/^btime (\d+)$/m.exec(text)?.[1]);
}

/** Parses `/proc/<pid>/net/netstat`: for each protocol a line of names, then a line of numbers. */
export function parseNetworkBytes(text: string): NetworkBytes {
  const [names = [], numbers = []] = text.split("\n")
    .filter((line) => line.startsWith("IpExt: "))
    .map((line) => line.trimEnd().split(" "));
  const figureOf = (name: string): number => parseDecimal(numbers[names.indexOf(name)]);
  return { received: figureOf("InOctets"), sent: figureOf("OutOctets") };
}

function parseDecimal(digits: string | undefined): number {
  return digits !== undefined && /^\d+$/.test(digits) ? Number(digits) : NaN;
}

function figure(
  definition: Definition<"counter" | "gauge">,
  value: number | undefined,
): Family[] {
  return value === undefined || Number.isNaN(value) ? [] : [scalarFamily(definition, value)];
}

function counter(name: string, help: string): Definition<"counter"> {
  return { name: `process_${name}`, type: "counter", help };
}

function gauge(name: string, help: string): Definition<"gauge"> {
  return { name: `process_${name}`, type: "gauge", help };
}
