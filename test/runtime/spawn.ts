/**
 * Gateways as processes of their own: started, read, stopped, and never left behind.
 */
import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import process from "node:process";
import type { Stream } from "node:stream";
import { afterAll } from "vitest";
import { ROOT } from "../../scripts/bundle.ts";

/** How a process ended. */
export interface Exit {
  /** Its exit code; null when a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it. */
  readonly signal: NodeJS.Signals | null;
}

/** A gateway in a process of its own. */
export interface GatewayProcess {
  /** What it has written to stdout. */
  stdout(): string;
  /** What it has written to stderr: its log. */
  stderr(): string;
  /** Resolves with the match as soon as stderr matches; rejects when the process ends before. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** Stops reading stderr: what the process logs from now on meets a closed pipe. */
  closeLog(): void;
  /** Sends a signal. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended and all its output is read. */
  readonly exit: Promise<Exit>;
}

const LISTENING = /msg"?[=:]"Listening on"[, ]"?address"?[=:]"?([^\s"]+)/g;
const PATIENCE_MS = 30_000;

const running = new Set<ChildProcess>();
const killAll = (): void => {
  for (const child of running) child.kill("SIGKILL");
};
afterAll(killAll);
process.once("exit", killAll);

/** Starts a command. File descriptors of `inherited` become 3, 4, … of the process. */
export function spawnGateway(
  [file = "", ...args]: readonly string[],
  inherited: readonly (number | Stream)[] = [],
  { env, ...user }: {
    /** Variables that it gets besides those of the tests. */
    readonly env?: Readonly<Record<string, string>>;
    /** Whom it runs as; for root to choose. */
    readonly uid?: number;
  } = {},
): GatewayProcess {
  const stdio: StdioOptions = ["ignore", "pipe", "pipe", ...inherited];
  const child = spawn(file, args, {
    cwd: ROOT,
    stdio,
    ...user,
    ...(env && { env: { ...process.env, ...env } }),
  });
  running.add(child);
  let stdout = "";
  let stderr = "";
  const checks = new Set<() => void>();
  child.stdout?.setEncoding("utf8").on("data", (text) => stdout += text);
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    stderr += text;
    for (const check of checks) check();
  });
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  }).finally(() => running.delete(child));
  const failure = (what: string): Error =>
    new Error(`${file} ${args.join(" ")} ${what}:\n${stderr}`);
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    closeLog: () => void child.stderr?.destroy(),
    kill: (signal) => void child.kill(signal),
    exit,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void): void => {
          checks.delete(check);
          clearTimeout(timer);
          act();
        };
        const giveUp = (what: string): void => settle(() => reject(failure(what)));
        const timer = setTimeout(() => giveUp(`did not log ${pattern}`), PATIENCE_MS);
        const check = (): void => {
          const match = pattern.exec(stderr);
          if (match !== null) settle(() => resolve(match));
        };
        checks.add(check);
        check();
        exit.then(({ code, signal }) => giveUp(`ended with ${code ?? signal}`), reject);
      }),
  };
}

/** The addresses that the log says the gateway listens on. */
export function listeningAddresses(log: string): readonly string[] {
  return [...log.matchAll(LISTENING)].map(([, address = ""]) => address);
}

/** Resolves with the URL of the first address once the gateway listens; `[::]` is reached over IPv4. */
export async function urlOf(gateway: GatewayProcess): Promise<string> {
  await gateway.waitFor(/TLS is disabled/);
  return toUrl(listeningAddresses(gateway.stderr())[0] ?? "");
}

/** The URL of a gateway that listens on `address`. */
export function toUrl(address: string): string {
  return `http://${address.replace(/^(\[::\]|0\.0\.0\.0):/, "127.0.0.1:")}`;
}
