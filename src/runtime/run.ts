/**
 * The gateway as a process, on any runtime with a command line: flags, logs, sockets, signals and the exit code. How it starts and
 * stops is the same everywhere; only `Listen` differs.
 */
import process from "node:process";
import { parseCommand, type ParsedCommand } from "../cli/commands.ts";
import { type Flags, parseFlags } from "../cli/parse-flags.ts";
import { createGateway, type Gateway } from "../gateway.ts";
import { createLogger } from "../log/create-logger.ts";
import type { Logger } from "../log/logger.ts";
import { type BuildInfo, createBuildInfo } from "../model/build-info.ts";
import { createSystemClock } from "./clock.ts";
import { isCommitThread, runCommitThread } from "./commit-thread.ts";
import { describeRuntime, detectRuntime, programName, type RuntimeName } from "./detect.ts";
import { createGatewayOptions } from "./gateway-options.ts";
import { guardFetch } from "./guard.ts";
import { deflate, gzip } from "./gzip.ts";
import type { Listen } from "./listener.ts";
import { STDERR, STDOUT, writeLine } from "./output.ts";
import { ListenError, type RunningServer, serve, type ServeTarget } from "./server.ts";
import { onStopSignal } from "./signals.ts";
import { createStorageOptions, type StorageHost, type StorageOptions } from "./persistence.ts";
import { createSystemReader } from "./system.ts";
import { takePassedSockets } from "./systemd.ts";
import { zstd } from "./zstd.ts";

/** Milliseconds that requests in flight get to finish once the gateway is told to stop. */
export const GRACE_MS = 30_000;

/**
 * Runs the command line of this process from its first to its last moment, and ends the process. In a thread that this process has
 * started it does what that thread is for.
 */
export async function main(): Promise<void> {
  if (isCommitThread()) return await runCommitThread();
  const build = createBuildInfo(describeRuntime(process));
  const program = programName(process);
  try {
    // Not import.meta.url: in a binary with bytecode Bun 1.4 says where the source was when it was compiled.
    const [, entry = "", ...args] = process.argv;
    process.exit(await run(args, { program, build, entry }));
  } catch (error) {
    writeLine(STDERR, `${program}: error: ${describeError(error)}`);
    process.exit(1);
  }
}

/** A start that cannot go on, or a gateway that cannot; the message is for the user. */
class StartError extends Error {}

/** What this process is. */
interface Program {
  readonly program: string;
  readonly build: BuildInfo;
  readonly entry: string;
}

async function run(args: readonly string[], self: Program): Promise<number> {
  const { program, build } = self;
  const command = parseCommand(args, program);
  if (command !== undefined) return await runCommand(command, program);
  const parsed = parseFlags(args, program, build);
  if (parsed.kind === "run") return await runGateway(parsed.flags, self);
  if (parsed.kind === "error") {
    writeLine(STDERR, parsed.line);
    return 1;
  }
  writeLine(STDOUT, parsed.text);
  return 0;
}

/** A command that ends by itself; only the few who use one load what it takes. */
async function runCommand(command: ParsedCommand, program: string): Promise<number> {
  return await (await import("./command.ts")).runCommand(command, program);
}

async function runGateway(flags: Flags, { program, build, entry }: Program): Promise<number> {
  const clock = createSystemClock();
  const logger = createLogger({
    format: flags.logFormat,
    level: flags.logLevel,
    clock,
    write: (line) => writeLine(STDERR, line),
  });
  // What is held in memory must not be lost to a promise that nobody waits for.
  process.on("unhandledRejection", (reason) => {
    logger.error("unhandled rejection", { err: describeError(reason) });
  });
  logStart(flags, build, logger);
  const stop = createStop(logger);
  const system = createSystemReader();
  const compression = { gzip, ...(deflate && { deflate }), ...(zstd && { zstd }) };
  const { onQuit } = stop;
  const storage = createStorage(flags, { clock, logger, entry });
  const host = { build, clock, logger, system, eventLoop: true, ...compression, onQuit };
  const gateway = createGateway(createGatewayOptions(flags, { ...host, ...storage.options }));
  try {
    const server = await startServer(flags, gateway, logger);
    await Promise.race([stop.requested, failure(gateway), storage.lost]);
    await stopServer(server, logger);
    return 0;
  } catch (error) {
    if (!(error instanceof StartError || error instanceof ListenError)) throw error;
    writeLine(STDERR, `${program}: error: ${error.message}`);
    return 1;
  } finally {
    await gateway.close();
  }
}

function logStart(flags: Flags, build: BuildInfo, logger: Logger): void {
  const { version, revision, branch, runtime, platform } = build;
  logger.info("starting narthex", { version, revision, branch, runtime, platform });
  if (flags.enableLifecycle) logger.warn("anyone who can reach the gateway can stop it", LIFECYCLE);
  if (flags.enableAdminApi) logger.warn("anyone who can reach the gateway can wipe it", ADMIN_API);
  if (flags.disableConsistencyCheck) {
    logger.warn("inconsistent pushes are accepted and left out of scrapes", CONSISTENCY_CHECK);
  }
}

const LIFECYCLE = { flag: "web.enable-lifecycle" };
const ADMIN_API = { flag: "web.enable-admin-api" };
const CONSISTENCY_CHECK = { flag: "push.disable-consistency-check" };

async function startServer(
  flags: Flags,
  gateway: Gateway,
  logger: Logger,
): Promise<RunningServer> {
  const runtime = detectRuntime(process);
  const targets = flags.systemdSocket ? passedSockets(runtime) : flags.listenAddresses;
  const handler = guardFetch(gateway.fetch, logger);
  const server = await serve({ listen: await loadListen(runtime), handler, targets });
  for (const address of server.addresses) {
    logger.info("Listening on", { address });
    logger.info("TLS is disabled.", { http2: false, address });
  }
  return server;
}

/** Loads only what this runtime needs: node:http and srvx would be for nothing on the others. */
async function loadListen(runtime: RuntimeName): Promise<Listen> {
  if (runtime === "bun") return (await import("./bun.ts")).listen;
  if (runtime === "deno") return (await import("./deno.ts")).listen;
  return (await import("./node.ts")).listen;
}

function passedSockets(runtime: RuntimeName): readonly ServeTarget[] {
  if (runtime === "bun") {
    throw new StartError(
      "--web.systemd-socket is not supported on Bun, which cannot listen on a socket it inherits: " +
        "run the gateway on Deno or Node, or use --web.listen-address",
    );
  }
  const sockets = takePassedSockets(process.env, process.pid);
  if (sockets.length > 0) return sockets;
  throw new StartError("--web.systemd-socket: systemd passed no socket to this process");
}

/** One promise that resolves when a signal or a request to `/-/quit` asks the process to stop. */
function createStop(logger: Logger): { requested: Promise<void>; onQuit: () => void } {
  let onQuit = (): void => {};
  const requested = new Promise<void>((resolve) => {
    onStopSignal(process, (signal) => {
      logger.info(`received ${signal}, exiting gracefully`);
      resolve();
    });
    onQuit = () => {
      logger.warn("received termination request via web service, exiting gracefully");
      resolve();
    };
  });
  return { requested, onQuit };
}

async function stopServer(server: RunningServer, logger: Logger): Promise<void> {
  const finished = await server.close(GRACE_MS);
  if (!finished) logger.warn("requests still in flight were cut", { after: `${GRACE_MS / 1000}s` });
  logger.info("HTTP server stopped");
}

/** What to store with, and a promise that rejects when the storage belongs to another gateway now: two must not go on. */
function createStorage(
  flags: Flags,
  host: StorageHost,
): { readonly options: StorageOptions; readonly lost: Promise<never> } {
  let onStorageLost = (_: Error): void => {};
  const lost = new Promise<never>((_, reject) => {
    onStorageLost = (error) => reject(new StartError(error.message));
  });
  // The gateway may be lost while the sockets are still being opened.
  lost.catch(() => {});
  const options = createStorageOptions(flags, host);
  return { options: options.persistence ? { ...options, onStorageLost } : options, lost };
}

/** Rejects when the gateway cannot load what it stored; a gateway that is ready goes on until it is stopped. */
async function failure(gateway: Gateway): Promise<never> {
  try {
    await gateway.ready;
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error));
  }
  return await new Promise<never>(() => {});
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
