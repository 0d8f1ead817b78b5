/**
 * Servers as child processes that are gone when the bench is gone, whatever ends it: each is stopped by who started it, those left
 * are killed when this process exits, and where `setpriv` is installed the kernel kills them even if this process is killed.
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";

/** A server that is listening. */
export interface ServerProcess {
  /** Where it listens. */
  readonly url: string;
  /** Its process. */
  readonly pid: number;
  /** Asks it to stop and resolves when it has; kills it when it takes longer than 20 seconds. */
  stop(): Promise<void>;
  /** Kills it and resolves when it is gone. */
  kill(): Promise<void>;
}

const running = new Set<ChildProcess>();
const START_LIMIT = 30_000;
const STOP_LIMIT = 20_000;

/** Whether a program is installed. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;
}

/** Kills what is left when this process ends; is called before the first server is started. */
function guardServers(): void {
  if (guard !== undefined) return;
  guard = isInstalled("setpriv") ? ["setpriv", "--pdeathsig=KILL"] : [];
  process.on("exit", () => {
    for (const child of running) child.kill("SIGKILL");
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => process.exit(130));
  }
}

/** What a server is started with, so that the kernel kills it with this process. */
let guard: readonly string[] | undefined;

/** Starts a program that logs its address as Prometheus's programs do, and resolves when it has. */
export async function startServer(command: readonly string[]): Promise<ServerProcess> {
  guardServers();
  const [program = "", ...args] = [...(guard ?? []), ...command];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      running.delete(child);
      resolve();
    });
    child.once("error", () => resolve());
  });
  running.add(child);
  const address = await readAddress(child, command);
  return {
    url: `http://${address}`,
    pid: child.pid as number,
    stop: () => stop(child, ended),
    kill: () => {
      child.kill("SIGKILL");
      return ended;
    },
  };
}

/** Reads the address from the log; goes on reading, so that the server never waits for its log to be read. */
function readAddress(child: ChildProcess, command: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const last: string[] = [];
    const fail = (what: string) => {
      clearTimeout(timer);
      reject(new Error(`${command.join(" ")} ${what}: ${last.join("\n")}`));
    };
    const timer = setTimeout(() => fail("did not listen in time"), START_LIMIT);
    child.once("error", (error) => fail(error.message));
    child.once("exit", () => fail("ended"));
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", (line) => {
      last.push(line);
      if (last.length > 5) last.shift();
      const address = /msg="Listening on" address=(\S+)/.exec(line)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT);
  await ended;
  clearTimeout(timer);
}
