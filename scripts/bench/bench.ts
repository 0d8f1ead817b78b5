/** How a bench command runs: what it runs with, and that nothing is left behind when it ends. */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { spawnSync } from "node:child_process";
import { type BenchArguments, BenchError, parseArguments } from "./arguments.ts";
import type { Bench } from "./result.ts";
import { isInstalled } from "./server-process.ts";
import { REFERENCE, ROOT } from "./paths.ts";

/** A run that takes longer than this has gone wrong. Milliseconds. */
const LIMIT = 20 * 60_000;

/**
 * Runs a bench: reads the command line, compiles the gateway, makes the folder and deletes it. Ends the process, with 1 when something
 * fails.
 *
 * @param known the ids that `--rows` may name.
 */
export async function runBench(
  known: readonly string[],
  work: (bench: Bench, options: BenchArguments) => Promise<void>,
): Promise<void> {
  try {
    const options = parseArguments(process.argv.slice(2), known);
    if (!isInstalled("wrk")) throw new BenchError("wrk is not installed (apt-get install wrk)");
    compile();
    setTimeout(() => {
      process.stderr.write("the bench takes too long and is given up\n");
      process.exit(1);
    }, LIMIT).unref();
    await work(createBench(options.quick, createFolder()), options);
    // Exits rather than ends, whatever is still open.
    process.exit(0);
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    process.stderr.write(`${error instanceof BenchError ? message : stack ?? message}\n`);
    process.exit(1);
  }
}

/** A folder that is deleted when the process ends: on the disk of the repository, since one for temporary files may be in memory. */
function createFolder(): string {
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  const directory = mkdtempSync(join(ROOT, "dist/bench-"));
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function compile(): void {
  const { status } = spawnSync(process.execPath, [join(ROOT, "scripts/compile.ts")], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new BenchError("the gateway does not compile");
}

function createBench(quick: boolean, directory: string): Bench {
  return {
    quick,
    rounds: quick ? 1 : 5,
    seconds: quick ? 1 : 2,
    directory,
    hasReference: isInstalled(REFERENCE),
    durableRate: 0,
    scale: (size) => quick ? Math.ceil(size / 20) : size,
    say: (text) => void process.stderr.write(`${text}\n`),
  };
}
