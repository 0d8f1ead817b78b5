/**
 * Starts the servers that the end-to-end tests need: the gateway, the reference and Prometheus. All listen on a loopback port of the
 * system's choice and log it in the same form, and none outlives the test file that started it.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../../scripts/bundle.ts";
import { spawnGateway, urlOf } from "../runtime/spawn.ts";
import { shippedWorker, startWorker } from "../runtime/workerd.ts";
import { pathOf, prometheus, reference } from "./tools.ts";

/** A server that runs. */
export interface Server {
  /** Its base URL, without a slash at the end. */
  readonly url: string;
  /** What it has logged so far. */
  logs(): string;
  /** Ends it and waits until it has. */
  stop(): Promise<void>;
}

/** Starts the gateway from source on Bun, with more flags if wanted. */
export function startGateway(...flags: readonly string[]): Promise<Server> {
  return startServer(join(ROOT, "node_modules/.bin/bun"), join(ROOT, "src/main.ts"), ...flags);
}

/**
 * Starts the Worker as `npm run dev:worker` does, with variables as `--var` gives them. It stores in `folder`, and when no folder is
 * given in one of its own that goes with it.
 */
export async function startDevWorker(
  variables: Readonly<Record<string, string>>,
  folder?: string,
): Promise<Server> {
  const { scripts }: { scripts: { "dev:worker": string } } = JSON.parse(
    readFileSync(join(ROOT, "package.json"), "utf8"),
  );
  const [runtime = "", ...script] = scripts["dev:worker"].split(" ");
  const own = folder === undefined ? mkdtempSync(join(tmpdir(), "narthex-dev-")) : undefined;
  const server = spawnGateway([
    ...MERGED,
    join(ROOT, "node_modules/.bin", runtime),
    ...script,
    "--ip=127.0.0.1",
    "--port=0",
    "--inspector-port=0",
    `--persist-to=${folder ?? own}`,
    ...Object.entries(variables).map(([name, value]) => `--var=${name}:${value}`),
  ]);
  const [, url = ""] = await server.waitFor(/Ready on (http:\/\/127\.0\.0\.1:\d+)/);
  return {
    url,
    logs: server.stderr,
    stop: async () => {
      server.kill("SIGTERM");
      await server.exit;
      if (own !== undefined) rmSync(own, { recursive: true });
    },
  };
}

/** Starts a Worker in workerd and gives a tenant of it, whose URL has a path. */
export async function startTenant(...flags: readonly string[]): Promise<Server> {
  const worker = await startWorker(await shippedWorker(), {
    variables: { NARTHEX_OPEN: "true", NARTHEX_TENANTS: "team-a", NARTHEX_FLAGS: flags.join(" ") },
  });
  return { ...worker, url: `${worker.url}/tenant/team-a` };
}

/** A shell that becomes the command behind it, with stdout where stderr is: wrangler writes to both. */
const MERGED = ["sh", "-c", 'exec "$0" "$@" >&2'];

/** Starts the reference without persistence, with more flags if wanted. */
export function startReference(...flags: readonly string[]): Promise<Server> {
  return startServer(pathOf(reference), "--persistence.file=", ...flags);
}

/**
 * Starts Prometheus and waits until it is ready, which takes it a moment longer than to listen.
 *
 * @param configFile its configuration.
 * @param folder an empty folder for what it stores.
 */
export async function startPrometheus(configFile: string, folder: string): Promise<Server> {
  const flags = [`--config.file=${configFile}`, `--storage.tsdb.path=${folder}`];
  const server = await startServer(pathOf(prometheus), ...flags);
  for (let tries = 0; tries < 300; tries++) {
    if ((await fetch(`${server.url}/-/ready`)).ok) return server;
    await sleep(100);
  }
  throw new Error(`Prometheus does not become ready:\n${server.logs()}`);
}

async function startServer(...command: readonly string[]): Promise<Server> {
  const server = spawnGateway([...command, "--web.listen-address=127.0.0.1:0"]);
  return {
    url: await urlOf(server),
    logs: server.stderr,
    stop: async () => {
      server.kill("SIGTERM");
      await server.exit;
    },
  };
}
