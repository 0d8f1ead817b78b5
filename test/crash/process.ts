/** Gateways that are there to be killed. They need no test runner, so that the kill test also runs by itself. */

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { ROOT } from "../../scripts/bundle.ts";

/** A gateway in a process of its own. */
export interface Victim {
  /** Resolves with its base URL once it listens. Rejects when it ends before, with what it has logged. */
  readonly url: Promise<string>;
  /** What it has logged. */
  logs(): string;
  /** Sends a signal. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has ended. */
  readonly exit: Promise<void>;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts a gateway on a free port. */
export function startVictim([file = "", ...args]: readonly string[]): Victim {
  const all = [...args, "--web.listen-address=127.0.0.1:0"];
  const child = spawn(file, all, { cwd: ROOT, stdio: ["ignore", "ignore", "pipe"] });
  running.add(child);
  let log = "";
  const exit = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  }).finally(() => running.delete(child));
  const url = new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      const address = /msg="Listening on" address=(\S+)/.exec(log)?.[1];
      if (address !== undefined) resolve(`http://${address}`);
    });
    exit.then(() => reject(new Error(`the gateway ended:\n${log}`)), reject);
  });
  url.catch(() => {});
  return { url, logs: () => log, kill: (signal) => void child.kill(signal), exit };
}
