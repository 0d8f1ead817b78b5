import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  createProcessCollector,
  parseBootTime,
  parseNetworkBytes,
  parseProcessStat,
  parseResidentBytes,
  parseSoftLimit,
} from "../../src/telemetry/process.ts";
import type { SystemReader } from "../../src/telemetry/system.ts";

const STAT_FIELDS =
  "S 1 4242 4242 0 -1 4194304 2400 12 3 0 1234 66 7 8 20 0 11 0 91732 1195253760 3560 " +
  "18446744073709551615 4194304 9633309 140723 0 0 0 0 0 2143420159 0 0 0 17 1 0 0 0 0 0 1 2 3 4 5 6 7 0\n";

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max processes             96365                96365                processes 
Max open files            1024                 1048576              files     
Max locked memory         8388608              8388608              bytes     
Max address space         unlimited            unlimited            bytes     
Max nice priority         0                    0                    
`;

const STATUS =
  "Name:\tnarthex\nVmPeak:\t 9999 kB\nVmSize:\t 9998 kB\nVmHWM:\t 8000 kB\nVmRSS:\t   14240 kB\nRssAnon:\t 1 kB\n";

const MACHINE =
  "cpu  6273 0 2760 173527\ncpu0 2557 0 1051 87828\nintr 1 2 3\nbtime 1700000000\nprocesses 4\n";

const NETSTAT = `TcpExt: SyncookiesSent InOctets OutOctets
TcpExt: 1 2 3
IpExt: InNoRoutes InTruncatedPkts InOctets OutOctets InMcastOctets
IpExt: 0 0 461247292 917460 12
MPTcpExt: MPCapableSYNRX InOctets
MPTcpExt: 0 99
`;

const FILES: Readonly<Record<string, string>> = {
  "/proc/self/stat": `4242 (narthex) ${STAT_FIELDS}`,
  "/proc/self/limits": LIMITS,
  "/proc/self/status": STATUS,
  "/proc/stat": MACHINE,
  "/proc/self/net/netstat": NETSTAT,
};

/** A system with the given files and, at /proc/self/fd, eleven entries. */
function systemWith(files: Readonly<Record<string, string>>, entries?: number): SystemReader {
  return {
    readText: (path) => files[path],
    countEntries: (path) => path === "/proc/self/fd" ? entries : undefined,
  };
}

function figures(system: SystemReader): Record<string, unknown> {
  const families = createProcessCollector(system).collect(0);
  return Object.fromEntries(families.map(({ name, samples }) => [name, samples[0]]));
}

describe("parseProcessStat", () => {
  const expected = { cpuSeconds: 13, startSeconds: 917.32, virtualBytes: 1195253760 };

  it.each([
    "(narthex)",
    "(npm run start)",
    "(a) S 9 9 9)",
    "())",
    "(new\nline)",
    "()",
  ])("finds the fields behind the name %j", (name) => {
    expect(parseProcessStat(`4242 ${name} ${STAT_FIELDS}`)).toEqual(expected);
  });

  it.each(["", "4242", "4242 (narthex) S 1 2", "4242 (narthex) " + "x ".repeat(50)])(
    "gives no figure for %j",
    (text) => {
      expect(parseProcessStat(text))
        .toEqual({ cpuSeconds: NaN, startSeconds: NaN, virtualBytes: NaN });
    },
  );
});

describe("parseSoftLimit", () => {
  it.each<[string, string, number]>([
    ["Max open files", LIMITS, 1024],
    ["Max address space", LIMITS, 18446744073709551615],
    ["Max nice priority", LIMITS, 0],
    ["Max open files", `Max open filesystems 3 3 mounts\n${LIMITS}`, 1024],
    ["Max open", LIMITS, NaN],
    ["Max realtime timeout", LIMITS, NaN],
    ["Max open files", "", NaN],
    ["Max open files", "Max open files", NaN],
    ["Max open files", "Max open files   many   many   files", NaN],
  ])("of %s", (name, text, expected) => {
    expect(parseSoftLimit(text, name)).toBe(expected);
  });
});

describe("the other files", () => {
  it.each<[string, number, number]>([
    ["resident memory", parseResidentBytes(STATUS), 14581760],
    ["resident memory of a kernel thread", parseResidentBytes("Name:\tkthreadd\n"), NaN],
    ["resident memory of an empty file", parseResidentBytes(""), NaN],
    ["boot time", parseBootTime(MACHINE), 1700000000],
    ["boot time of an empty file", parseBootTime(""), NaN],
    ["boot time that is none", parseBootTime("btime soon\n"), NaN],
  ])("%s", (_, actual, expected) => {
    expect(actual).toBe(expected);
  });

  it.each<[string, string, number, number]>([
    ["IpExt's line", NETSTAT, 461247292, 917460],
    ["a kernel that counts no octets", "IpExt: InNoRoutes\nIpExt: 0\n", NaN, NaN],
    ["fewer numbers than names", "IpExt: InOctets OutOctets\nIpExt: 5\n", 5, NaN],
    ["names without numbers", "IpExt: InOctets OutOctets\n", NaN, NaN],
    ["an empty file", "", NaN, NaN],
  ])("network bytes from %s", (_, text, received, sent) => {
    expect(parseNetworkBytes(text)).toEqual({ received, sent });
  });
});

describe("createProcessCollector", () => {
  const all = {
    process_cpu_seconds_total: 13,
    process_open_fds: 11,
    process_max_fds: 1024,
    process_virtual_memory_bytes: 1195253760,
    process_virtual_memory_max_bytes: 18446744073709551615,
    process_resident_memory_bytes: 14581760,
    process_start_time_seconds: 1700000917.32,
    process_network_receive_bytes_total: 461247292,
    process_network_transmit_bytes_total: 917460,
  };

  it("puts every figure under client_golang's name", () => {
    expect(figures(systemWith(FILES, 11))).toEqual(all);
  });

  it("types and explains the families as client_golang does", () => {
    const families = createProcessCollector(systemWith(FILES, 11)).collect(0);
    expect(families.map(({ name, type, help }) => `${name} ${type} ${help}`).sort()).toEqual([
      "process_cpu_seconds_total counter Total user and system CPU time spent in seconds.",
      "process_max_fds gauge Maximum number of open file descriptors.",
      "process_network_receive_bytes_total counter Number of bytes received by the process over the network.",
      "process_network_transmit_bytes_total counter Number of bytes sent by the process over the network.",
      "process_open_fds gauge Number of open file descriptors.",
      "process_resident_memory_bytes gauge Resident memory size in bytes.",
      "process_start_time_seconds gauge Start time of the process since unix epoch in seconds.",
      "process_virtual_memory_bytes gauge Virtual memory size in bytes.",
      "process_virtual_memory_max_bytes gauge Maximum amount of virtual memory available in bytes.",
    ]);
  });

  it.each<[string, readonly (keyof typeof all)[]]>([
    ["/proc/self/stat", [
      "process_cpu_seconds_total",
      "process_virtual_memory_bytes",
      "process_start_time_seconds",
    ]],
    ["/proc/self/limits", ["process_max_fds", "process_virtual_memory_max_bytes"]],
    ["/proc/self/status", ["process_resident_memory_bytes"]],
    ["/proc/stat", ["process_start_time_seconds"]],
    ["/proc/self/net/netstat", [
      "process_network_receive_bytes_total",
      "process_network_transmit_bytes_total",
    ]],
  ])("leaves out what only %s tells, missing or mangled", (path, names) => {
    const rest = Object.fromEntries(
      Object.entries(all).filter(([name]) => !names.some((left) => left === name)),
    );
    const { [path]: _, ...others } = FILES;
    expect(figures(systemWith(others, 11))).toEqual(rest);
    expect(figures(systemWith({ ...FILES, [path]: "mangled\n" }, 11))).toEqual(rest);
  });

  it("leaves out the descriptors that cannot be counted", () => {
    const { process_open_fds: _, ...rest } = all;
    expect(figures(systemWith(FILES))).toEqual(rest);
  });

  it("gives nothing where there is no /proc, though it says what it might give", () => {
    const collector = createProcessCollector(systemWith({}));
    expect(collector.collect(0)).toEqual([]);
    expect(collector.definitions.map(({ name }) => name).sort()).toEqual(Object.keys(all).sort());
  });

  it.skipIf(process.platform !== "linux")("reads this process", () => {
    const seen = figures({
      readText: (path) => readFileSync(path, "utf8"),
      countEntries: (path) => readdirSync(path).length,
    });
    expect(seen).toMatchObject({
      process_cpu_seconds_total: expect.any(Number),
      process_open_fds: expect.any(Number),
      process_max_fds: expect.any(Number),
      process_virtual_memory_max_bytes: expect.any(Number),
    });
    expect(seen["process_resident_memory_bytes"]).toBeGreaterThan(2 ** 20);
    expect(seen["process_virtual_memory_bytes"])
      .toBeGreaterThan(seen["process_resident_memory_bytes"] as number);
    expect(seen["process_start_time_seconds"]).toBeLessThan(Date.now() / 1_000 + 60);
    expect(seen["process_start_time_seconds"]).toBeGreaterThan(1_600_000_000);
  });
});
