/** The servers that are compared. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { Connection } from "./connection.ts";
import { fill } from "./fill.ts";
import { OURS, REFERENCE, ROOT } from "./paths.ts";
import { emptyRequest } from "./request.ts";
import type { Bench } from "./result.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const LISTEN = "--web.listen-address=127.0.0.1:0";

/** Starts the gateway; resolves when it has loaded what it stores. */
export async function startOurs(...flags: readonly string[]): Promise<ServerProcess> {
  const server = await startServer([OURS, LISTEN, "--log.level=info", ...flags]);
  const connection = await Connection.open(server.url);
  const ready = emptyRequest("GET", "/-/ready");
  while ((await connection.send(ready)).status !== 200) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  connection.close();
  return server;
}

/** Starts the gateway and fills it with groups. */
export async function startOursWith(
  groups: number,
  ...flags: readonly string[]
): Promise<ServerProcess> {
  const server = await startOurs(...flags);
  await fill(server.url, groups);
  return server;
}

/** Starts L: a bare Bun.serve that reads the body and answers 200. */
export function startBare(): Promise<ServerProcess> {
  return startServer([process.execPath, join(ROOT, "scripts/bench/bare-server.ts")]);
}

/** Starts S: a bare Bun.serve that answers with the bytes of a file, held in memory. */
export function startReady(file: string): Promise<ServerProcess> {
  return startServer([process.execPath, join(ROOT, "scripts/bench/ready-server.ts"), file]);
}

/**
 * Starts R with as many groups, in its ordinary configuration. With its consistency check a group takes it the longer the more it
 * holds, so it is filled without; it stores the groups when it is stopped and loads them when it is started anew, with the check.
 */
export async function startReferenceWith(bench: Bench, groups: number): Promise<ServerProcess> {
  const file = join(bench.directory, `reference-${groups}`);
  const storage = [`--persistence.file=${file}`, "--persistence.interval=24h"];
  if (!existsSync(file)) {
    const flags = ["--push.disable-consistency-check", ...storage];
    const filling = await startServer([REFERENCE, LISTEN, ...flags]);
    await fill(filling.url, groups);
    await filling.stop();
  }
  const server = await startServer([REFERENCE, LISTEN, ...storage]);
  // Asked to stop it would write what was pushed in between, which takes it a while and makes the next one start with something else.
  return { ...server, stop: server.kill };
}

/** Starts R with nothing in it. */
export function startReference(): Promise<ServerProcess> {
  return startServer([REFERENCE, LISTEN]);
}
