/** The stores that are put to the kill test. Each outlives the gateways that use it. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../support/free-port.ts";

/** A place that gateways store in, one after the other. */
export interface CrashStore {
  /** The flags that make a gateway use it. */
  readonly flags: readonly string[];
  /** Removes it. */
  dispose(): Promise<void>;
}

/** A kind of store. */
export interface StoreKind {
  /** The runtimes that have it. */
  readonly runtimes: readonly string[];
  /** Makes one. */
  create(): Promise<CrashStore>;
}

const ALL = ["bun", "deno", "binary"];

/** The kinds by the names that the command line knows. */
export const STORES: Readonly<Record<string, StoreKind>> = {
  file: { runtimes: ALL, create: () => createFile((path) => [`--persistence.file=${path}`]) },
  "file-normal": {
    runtimes: ALL,
    create: () => createFile((path) => [`--persistence.file=${path}`, "--persistence.sync=normal"]),
  },
  "deno-kv": {
    runtimes: ["deno"],
    create: () => createFile((path) => [`--persistence.url=deno-kv:${path}`]),
  },
  redis: { runtimes: ALL, create: createRedis },
};

function createFile(flagsFor: (path: string) => readonly string[]): Promise<CrashStore> {
  const folder = mkdtempSync(join(tmpdir(), "narthex-crash-"));
  return Promise.resolve({
    flags: flagsFor(join(folder, "narthex.db")),
    dispose: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  });
}

/** A server of its own that keeps what it has acknowledged, as far as SIGKILL of somebody else goes. */
async function createRedis(): Promise<CrashStore> {
  const folder = mkdtempSync(join(tmpdir(), "narthex-crash-"));
  const port = await freePort();
  const settings = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];
  const address = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
  const server = spawn("redis-server", [...address, ...settings], { stdio: "ignore" });
  const end = once(server, "exit");
  const kill = (): void => void server.kill("SIGKILL");
  process.once("exit", kill);
  await untilItListens(port, server);
  return {
    flags: [`--persistence.url=redis://127.0.0.1:${port}`],
    dispose: async () => {
      process.off("exit", kill);
      kill();
      await end;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilItListens(port: number, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 250 && server.exitCode === null; tries++) {
    const socket = connect(port, "127.0.0.1");
    const listens = await once(socket, "connect").then(() => true, () => false);
    socket.destroy();
    if (listens) return;
    await sleep(20);
  }
  throw new Error("redis-server does not start");
}
