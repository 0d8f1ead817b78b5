/**
 * Full load, by `wrk`: in C, one thread on epoll, a request costs it 8 µs of processor time, of which the kernel has 6.3 µs (loopback,
 * seen), while the gateway takes 10 to 12 µs and the bare handler 8.2 µs. A client in JavaScript would be dearer than what it measures. So
 * with the gateway wrk is idle for a third of the time; with the bare handler it is near its limit, for which reason the processor time
 * that the server took for a request is measured along: that depends on no client.
 *
 * Bodies are made beforehand; all its script does for a request is to join a head, the number of a group and a tail with a body. A list
 * of all heads would make wrk itself slower the more groups there are, by 4 % with 100 000.
 */

import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createNumbers, ownBody, pushBody } from "./body.ts";
import { endedProcessorSeconds, processorSeconds, settle } from "./process-info.ts";
import { GROUP_PATH } from "./request.ts";
import type { Bench } from "./result.ts";
import type { ServerProcess } from "./server-process.ts";

/** What one run found. */
export interface WrkResult {
  /** Requests per second. */
  readonly rate: number;
  /** Milliseconds within which 99 of 100 were answered. */
  readonly p99: number;
  /** Milliseconds that the slowest took. */
  readonly worst: number;
  /** Processor time of the server for one request, in microseconds. */
  readonly cost: number;
  /** Processors that wrk kept busy. One is all that its thread has. */
  readonly clientBusy: number;
}

/** Requests, ready to be sent: any head goes with any tail. */
export interface Requests {
  /** The beginning, up to where the number of the group stands. */
  readonly head: string;
  /** How many groups there are; 0 where the end says which group it is. */
  readonly groups: number;
  /** Ends, which say which numbers. */
  readonly tails: readonly string[];
}

/** As many bodies, so that a group hardly ever gets the same twice; a prime, so that they meet all groups. */
const BODIES = 4999;

/** Pushes to the first groups, of one kind of job. */
export function pushRequests(groups: number): Requests {
  const next = createNumbers(groups + 1);
  return {
    head: `PUT ${GROUP_PATH}`,
    groups,
    tails: Array.from({ length: BODIES }, () => tailOf(pushBody(next))),
  };
}

/** Pushes of jobs that have nothing in common, sixteen bodies of each. */
export function ownRequests(jobs: number): Requests {
  const next = createNumbers(jobs + 2);
  return {
    head: "PUT /metrics/job/",
    groups: 0,
    tails: Array.from({ length: 16 * jobs }, (_, i) => {
      const job = i * 7 % jobs;
      return `etl-${job}/instance/host-${job}${tailOf(ownBody(job, next))}`;
    }),
  };
}

function tailOf(body: string): string {
  const length = Buffer.byteLength(body);
  return ` HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

/** Writes requests where wrk finds them; returns the path of its script. */
export function writeScript(bench: Bench, name: string, { head, groups, tails }: Requests): string {
  const path = join(bench.directory, name);
  writeFileSync(`${path}.tails`, tails.join("\0"));
  const values = {
    HEAD: JSON.stringify(head),
    GROUPS: groups,
    TAILS: JSON.stringify(`${path}.tails`),
  };
  const fill = (script: string, [name, value]: [string, unknown]) =>
    script.replace(name, `${value}`);
  writeFileSync(`${path}.lua`, Object.entries(values).reduce(fill, SCRIPT));
  return `${path}.lua`;
}

/** The stride shares no factor with the number of groups, so that they are all visited in no order that a cache would like. */
const SCRIPT = `local head, groups, tails = HEAD, GROUPS, {}
for tail in io.open(TAILS, "rb"):read("*a"):gmatch("[^%z]+") do tails[#tails + 1] = tail end
local group, body = 0, 0
request = function()
  body = body % #tails + 1
  if groups == 0 then return head .. tails[body] end
  group = (group + 7919) % groups
  return head .. group .. tails[body]
end
`;

/**
 * Loads a server as fast as it answers.
 *
 * @param script what {@link writeScript} returned.
 */
export async function runWrk(
  server: ServerProcess,
  script: string,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<WrkResult> {
  const args = [
    "-t1",
    `-c${connections}`,
    `-d${seconds}s`,
    "--latency",
    "--timeout=60s",
    "-s",
    script,
    server.url,
  ];
  const client = endedProcessorSeconds();
  const used = processorSeconds(server.pid);
  const output = await capture("wrk", args);
  const { requests, ...measured } = parseWrk(output);
  const result = {
    ...measured,
    cost: (processorSeconds(server.pid) - used) * 1e6 / requests,
    clientBusy: (endedProcessorSeconds() - client) / seconds,
  };
  await settle(server.pid);
  return result;
}

/** Reads what wrk prints. Throws when a request has failed. */
export function parseWrk(
  output: string,
): Pick<WrkResult, "rate" | "p99" | "worst"> & { readonly requests: number } {
  const requests = Number(/(\d+) requests in/.exec(output)?.[1]);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
  const p99 = milliseconds(/^\s+99%\s+(\S+)/m.exec(output)?.[1]);
  const worst = milliseconds(/^\s+Latency\s+\S+\s+\S+\s+(\S+)/m.exec(output)?.[1]);
  if (Number.isNaN(rate) || /Non-2xx|Socket errors/.test(output)) throw new Error(`wrk: ${output}`);
  return { requests, rate, p99, worst };
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

function milliseconds(text: string | undefined): number {
  const [, number, unit = ""] = /^([\d.]+)(us|ms|s|m)$/.exec(text ?? "") ?? [];
  return Number(number) * (UNITS[unit] ?? NaN);
}

function capture(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (chunk) => output += chunk);
    child.on("error", reject);
    child.on("close", () => resolve(output));
  });
}
