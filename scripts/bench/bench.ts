/** How a bench command runs: what it runs with, and that nothing is left behind when it ends. */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { spawnSync } from "node:child_process";
import type { Bench } from "./result.ts";
import { isInstalled } from "./server-process.ts";
import { REFERENCE, ROOT } from "./paths.ts";

/** A run that takes longer than this has gone wrong. Milliseconds. */
const LIMIT = 20 * 60_000;

/** Runs a bench: compiles the gateway, makes the folder, deletes it. Ends the process with 1 when something fails. */
export async function runBench(
  { quick }: { readonly quick: boolean },
  work: (bench: Bench) => Promise<void>,
): Promise<void> {
  if (!isInstalled("wrk")) throw new Error("wrk is not installed (apt-get install wrk)");
  compile();
  // Beside what is compiled: on the disk of the repository, since a folder for temporary files may be in memory.
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  const directory = mkdtempSync(join(ROOT, "dist/bench-"));
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  setTimeout(() => {
    process.stderr.write("the bench takes too long and is given up\n");
    process.exit(1);
  }, LIMIT).unref();
  try {
    await work(createBench(quick, directory));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  }
  // Exits rather than ends, whatever is still open.
  process.exit(0);
}

function compile(): void {
  const { status } = spawnSync(process.execPath, [join(ROOT, "scripts/compile.ts")], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error("the gateway does not compile");
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
