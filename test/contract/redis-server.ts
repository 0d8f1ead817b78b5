/** Redis servers of our own: each in a folder of its own on a loopback port, and none outlives the test file that started it. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll } from "vitest";
import {
  type RedisCommands,
  type RedisReply,
  RedisReplyError,
} from "../../src/persist/redis-commands.ts";
import { parseRedisUrl } from "../../src/persist/redis-url.ts";
import { createSystemClock } from "../../src/runtime/clock.ts";
import { connectRedis } from "../../src/runtime/redis-client.ts";
import { pathOf, redisServer } from "../e2e/tools.ts";
import { freePort } from "../support/free-port.ts";

/** A server that runs, until it is told otherwise. */
export interface RedisServer {
  /** Its port on 127.0.0.1. */
  readonly port: number;
  /** Its folder. */
  readonly folder: string;
  /** Its address: `redis://127.0.0.1:7000`. */
  readonly url: string;
  /** Sends a command over a connection of the tests. */
  send(...command: readonly string[]): Promise<RedisReply>;
  /** Changes a setting. */
  set(name: string, value: string): Promise<void>;
  /** Sends a signal to the process. */
  signal(signal: NodeJS.Signals): void;
  /** Ends the process and waits until it has. */
  stop(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again in the same folder, with the same settings and those given. */
  start(...settings: readonly string[]): Promise<void>;
}

/** What a server needs so that a 200 promises no more than it keeps. */
export const DURABLE: readonly string[] = ["--appendonly", "yes", "--appendfsync", "always"];

const children = new Set<ChildProcess>();
const folders = new Set<string>();
const clock = createSystemClock();

function cleanUp(): void {
  for (const child of children) kill(child, "SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
afterAll(async () => {
  const ends = [...children].map((child) => once(child, "exit"));
  for (const child of children) kill(child, "SIGKILL");
  await Promise.all(ends);
  cleanUp();
});
process.once("exit", cleanUp);

/** Starts a server, durable ones with {@link DURABLE}. Call it within a suite that has made sure that there is a redis-server. */
export async function startRedis(...settings: readonly string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), "narthex-redis-"));
  folders.add(folder);
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess;
  let commands: RedisCommands | undefined;
  const server: RedisServer = {
    port,
    folder,
    url,
    signal: (signal) => kill(child, signal),
    send: (...command) => {
      commands ??= connectRedis(parseRedisUrl(url), clock, 20_000);
      return commands.send(command);
    },
    set: async (name, value) => void await server.send("CONFIG", "SET", name, value),
    stop: async (signal) => {
      const end = once(child, "exit");
      kill(child, signal);
      await end;
    },
    start: async (...more) => {
      child = spawnServer(port, folder, [...settings, ...more]);
      await untilReady(server);
    },
  };
  await server.start();
  return server;
}

/** By its number, because a child of Deno 2.9 takes no second signal. */
function kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(pid, signal);
}

function spawnServer(port: number, folder: string, settings: readonly string[]): ChildProcess {
  const common = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
  const args = [...common, "--enable-debug-command", "yes", ...settings];
  const child = spawn(pathOf(redisServer), args, { stdio: "ignore" });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

/** Waits until the server answers, and has read what it stored. */
async function untilReady(server: RedisServer): Promise<void> {
  let last: unknown;
  for (let tries = 0; tries < 500; tries++) {
    try {
      await server.send("EXISTS", "anything");
      return;
    } catch (error) {
      // A server that refuses (a password is wanted, it is a cluster without slots) is there; one that is loading is not yet.
      if (error instanceof RedisReplyError && error.code !== "LOADING") return;
      last = error;
    }
    await sleep(20);
  }
  throw new Error(`redis-server does not become ready: ${String(last)}`);
}
