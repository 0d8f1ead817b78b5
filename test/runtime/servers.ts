/**
 * Every way to run the gateway, behind one interface: the black-box suite runs over `targets` and asks each for a real port.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll } from "vitest";
import { ROOT } from "../../scripts/bundle.ts";
import { type Flags, parseFlags } from "../../src/cli/parse-flags.ts";
import { createGateway } from "../../src/gateway.ts";
import { createLogger } from "../../src/log/create-logger.ts";
import { createBuildInfo } from "../../src/model/build-info.ts";
import { createSystemClock } from "../../src/runtime/clock.ts";
import { describeRuntime } from "../../src/runtime/detect.ts";
import { createGatewayOptions } from "../../src/runtime/gateway-options.ts";
import { guardFetch } from "../../src/runtime/guard.ts";
import { gzip } from "../../src/runtime/gzip.ts";
import { listen } from "../../src/runtime/node.ts";
import { serve } from "../../src/runtime/server.ts";
import { createSystemReader } from "../../src/runtime/system.ts";
import { bin, compiledBinary, nodeBundle } from "./artifacts.ts";
import { spawnGateway, toUrl, urlOf } from "./spawn.ts";

/** A gateway that answers. */
export interface RunningTarget {
  /** Where it answers: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Whether the gateway sees the path as the client sent it, with its dot segments. */
  readonly rawPathVisible: boolean;
  /** Stops it gracefully; rejects when it did not end well. A second call joins the first. */
  stop(): Promise<void>;
  /** Ends its process with a signal, where it has one of its own. */
  kill?(signal: NodeJS.Signals): void;
  /** What it has logged. */
  logs(): string;
}

/** A way to run the gateway. */
export interface Target {
  /** Names the way in the report. */
  readonly name: string;
  /** Starts a gateway with command-line flags, on a free port. Whatever still runs when the test file ends is stopped. */
  start(options?: { readonly args?: readonly string[] }): Promise<RunningTarget>;
}

/** A way to run the gateway as a process of its own. */
export interface ProcessTarget {
  /** Names the way in the report. */
  readonly name: string;
  /** The runtime under it. */
  readonly runtime: "bun" | "deno" | "node";
  /** The command that flags are appended to; makes what it needs first. */
  command(): Promise<readonly string[]>;
}

/** The ways to run the gateway as a process. */
export const processTargets: readonly ProcessTarget[] = [
  {
    name: "bun",
    runtime: "bun",
    command: () => Promise.resolve([bin("bun"), "--max-http-header-size=1048576", "src/main.ts"]),
  },
  { name: "deno", runtime: "deno", command: () => Promise.resolve(denoCommand()) },
  {
    name: "node (bundle)",
    runtime: "node",
    command: async () => [process.execPath, await nodeBundle()],
  },
  { name: "binary", runtime: "bun", command: async () => [await compiledBinary()] },
];

/** All ways to run the gateway. The black-box suite runs over each of them in one of the files `http-….test.ts`. */
export const targets: readonly Target[] = [
  { name: "node (in process)", start: ({ args = [] } = {}) => startInProcess(args) },
  ...processTargets.map((target) => ({
    name: target.name,
    start: ({ args = [] }: { readonly args?: readonly string[] } = {}) =>
      startProcess(target, args),
  })),
  { name: "workerd", start: ({ args = [] } = {}) => startInWorkerd(args) },
];

const started = new Set<RunningTarget>();
afterAll(async () => {
  await Promise.allSettled([...started].map((target) => target.stop()));
});

const ANY_PORT = "--web.listen-address=127.0.0.1:0";

/** `deno task start` as a command; there `env` keeps Deno from taking the executable that npm installed for a script. */
function denoCommand(): readonly string[] {
  const config: { tasks: { start: string } } = JSON.parse(
    readFileSync(join(ROOT, "deno.json"), "utf8"),
  );
  const [, , ...args] = config.tasks.start.split(" ");
  return [bin("deno"), ...args];
}

async function startProcess(
  target: ProcessTarget,
  args: readonly string[],
): Promise<RunningTarget> {
  const gateway = spawnGateway([...await target.command(), ANY_PORT, ...args]);
  return keep({
    url: await urlOf(gateway),
    rawPathVisible: target.runtime !== "bun",
    logs: gateway.stderr,
    kill: gateway.kill,
    stop: async () => {
      gateway.kill("SIGTERM");
      const { code, signal } = await gateway.exit;
      if (code === 0) return;
      throw new Error(`${target.name} ended with ${code ?? signal}:\n${gateway.stderr()}`);
    },
  });
}

async function startInProcess(args: readonly string[]): Promise<RunningTarget> {
  let logs = "";
  const flags = readFlags([ANY_PORT, ...args]);
  const clock = createSystemClock();
  const logger = createLogger({
    format: flags.logFormat,
    level: flags.logLevel,
    clock,
    write: (line) => logs += `${line}\n`,
  });
  const gateway = createGateway(createGatewayOptions(flags, {
    build: createBuildInfo(describeRuntime(process)),
    clock,
    logger,
    system: createSystemReader(),
    gzip,
  }));
  const handler = guardFetch(gateway.fetch, logger);
  const server = await serve({ listen, handler, targets: flags.listenAddresses });
  return keep({
    url: toUrl(server.addresses[0] ?? ""),
    rawPathVisible: true,
    logs: () => logs,
    stop: async () => {
      await server.close(5_000);
      await gateway.close();
    },
  });
}

/** The flags whose defaults are others on Workers, as the suite expects them. */
const SERVER_DEFAULTS = [
  "--push.max-body-size=64MiB",
  "--log.format=logfmt",
  "--store.max-groups=0",
  "--store.max-series=0",
  "--store.max-size=0",
];

async function startInWorkerd(args: readonly string[]): Promise<RunningTarget> {
  const isGiven = (flag: string) => args.some((arg) => arg.split("=")[0] === flag.split("=")[0]);
  const flags = [...SERVER_DEFAULTS.filter((flag) => !isGiven(flag)), ...args];
  const NARTHEX_FLAGS = flags.map((flag) => `"${flag}"`).join(" ");
  // Most test files start none, and loading what starts one takes as long as some of them.
  const { shippedWorker, startWorker } = await import("./workerd.ts");
  const worker = await startWorker(await shippedWorker(), {
    variables: { NARTHEX_OPEN: "true", NARTHEX_FLAGS },
  });
  return keep({ ...worker, rawPathVisible: false });
}

function readFlags(args: readonly string[]): Flags {
  const parsed = parseFlags(args, "narthex", createBuildInfo(describeRuntime(process)));
  if (parsed.kind !== "run") throw new Error(`flags do not start a gateway: ${args.join(" ")}`);
  return parsed.flags;
}

function keep(target: RunningTarget): RunningTarget {
  let stopping: Promise<void> | undefined;
  const kept: RunningTarget = {
    ...target,
    stop: () => {
      started.delete(kept);
      return stopping ??= target.stop();
    },
  };
  started.add(kept);
  return kept;
}
