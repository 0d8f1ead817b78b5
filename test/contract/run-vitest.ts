/** Runs test files in a runtime other than the one that runs this, for what exists in that runtime alone. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { ROOT } from "../../scripts/bundle.ts";

/** What came of a run. */
export interface VitestRun {
  /** How many tests passed. */
  readonly passed: number;
  /** How many failed. */
  readonly failed: number;
  /** How many were skipped. */
  readonly skipped: number;
  /** What the run wrote, to be shown when it did not pass. */
  readonly output: string;
}

/** How each runtime starts vitest, before the arguments of vitest itself. */
const COMMANDS = {
  bun: ["bun", "--bun", "node_modules/vitest/vitest.mjs"],
  deno: [
    "deno",
    "run",
    "-A",
    "--unstable-kv",
    "--node-modules-dir=manual",
    "node_modules/vitest/vitest.mjs",
  ],
} as const;

/** Counts that a JSON report begins with. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

/**
 * Runs test files with vitest in a runtime; the process is killed when it takes longer than `timeoutMs`.
 *
 * @param files paths from the root of the project.
 * @throws Error with all output when the run does not end with a report.
 */
export async function runVitest(
  runtime: keyof typeof COMMANDS,
  files: readonly string[],
  timeoutMs = 120_000,
): Promise<VitestRun> {
  const [tool, ...args] = COMMANDS[runtime];
  const child = spawn(join(ROOT, "node_modules/.bin", tool), [
    ...args,
    "run",
    "--reporter=json",
    ...files,
  ], {
    cwd: ROOT,
    env: environment(),
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => stdout += text);
  child.stderr.setEncoding("utf8").on("data", (text) => stderr += text);
  const end = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(`ended with ${code ?? signal}`));
  });
  const output = `${stdout}\n${stderr}`;
  const report = findReport(stdout);
  if (report === undefined) throw new Error(`vitest in ${runtime} ${end}:\n${output}`);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests,
    output,
  };
}

/** The report is one line of its own, whatever else is written. */
function findReport(stdout: string): Report | undefined {
  const line = stdout.split("\n").find((each) => each.startsWith('{"numTotalTestSuites"'));
  return line === undefined ? undefined : JSON.parse(line) as Report;
}

/** Without what vitest tells its own workers: a run within a run must not take itself for one. */
function environment(): Record<string, string | undefined> {
  const { VITEST: _, VITEST_WORKER_ID: __, VITEST_POOL_ID: ___, ...rest } = process.env;
  return rest;
}
