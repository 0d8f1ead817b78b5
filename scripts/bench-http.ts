/**
 * Measures pushes over HTTP with `wrk`, which loads a server from one core with less effort than any load generator in JavaScript,
 * so that it is not what is measured. Loopback only, bounded in time.
 */

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { pushBody } from "./bench-body.ts";

const SECONDS = 2;
const CONNECTIONS = 8;

/** Requests per second for a number of groups, given by its index. */
export interface HttpBench {
  /** Of the gateway. */
  readonly gateway: (index: number) => Promise<number>;
  /** Of a bare handler that reads the body and answers 200. */
  readonly bare: (index: number) => Promise<number>;
  /** Ends the servers. */
  close(): void;
}

/** Whether `wrk` is installed. */
export function hasWrk(): boolean {
  return spawnSync("wrk", ["-v"]).error === undefined;
}

/** Starts a gateway for each number of groups, fills it, and starts the bare handler. */
export async function measureOverHttp(sizes: readonly number[]): Promise<HttpBench> {
  const directory = mkdtempSync(join(tmpdir(), "narthex-bench-"));
  const scripts = sizes.map((size) => {
    const path = join(directory, `${size}.lua`);
    writeFileSync(path, wrkScript(size));
    return path;
  });
  const servers: Server[] = [];
  for (const _ of sizes) {
    servers.push(await startServer(["src/main.ts", "--web.listen-address=127.0.0.1:0"]));
  }
  const bare = await startServer(["scripts/bench-bare.ts"]);
  for (const [index, server] of servers.entries()) await fill(server.url, sizes[index] ?? 0);
  const measure = (server: Server | undefined, index: number) =>
    runWrk(server?.url ?? "", scripts[index] ?? "");
  return {
    gateway: (index) => measure(servers[index], index),
    bare: (index) => measure(bare, index),
    close: () => {
      for (const server of [...servers, bare]) server.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

interface Server {
  readonly url: string;
  stop(): void;
}

/** Starts a script on this Bun and reads its address from the log line. */
async function startServer(args: readonly string[]): Promise<Server> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  for await (const line of createInterface(child.stderr)) {
    const address = /msg="Listening on" address=(\S+)/.exec(line)?.[1];
    if (address !== undefined) return { url: `http://${address}`, stop: () => child.kill() };
  }
  throw new Error(`${args[0]} did not start`);
}

async function fill(url: string, groups: number): Promise<void> {
  const body = pushBody(1);
  for (let at = 0; at < groups; at += 64) {
    const batch = Array.from(
      { length: Math.min(64, groups - at) },
      (_, i) => fetch(`${url}/metrics/job/batch/instance/host-${at + i}`, { method: "PUT", body }),
    );
    for (const response of await Promise.all(batch)) {
      if (response.status !== 200) throw new Error(`push answered ${response.status}`);
    }
  }
}

function runWrk(url: string, script: string): Promise<number> {
  const args = ["-t1", `-c${CONNECTIONS}`, `-d${SECONDS}s`, "-s", script, url];
  const child = spawn("wrk", args, { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (chunk) => output += chunk);
    child.on("error", reject);
    child.on("close", () => {
      const rate = /Requests\/sec:\s+([\d.]+)/.exec(output)?.[1];
      if (rate === undefined || output.includes("Non-2xx")) reject(new Error(`wrk: ${output}`));
      else resolve(Number(rate));
    });
  });
}

function wrkScript(groups: number): string {
  return `local at = 0
local body = ${JSON.stringify(pushBody(7)).replaceAll("\\n", "\\n")}
request = function()
  at = (at + 7919) % ${groups}
  return wrk.format("PUT", "/metrics/job/batch/instance/host-" .. at, nil, body)
end
`;
}
