/**
 * Runs every check of the sources, one after the other, and fails when any of them failed: format, lint, types, doc comments.
 *
 * Run by `npm run check`.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { findMissingDocs } from "./check-docs.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The checks by name; each says whether it passed and has written what it found. */
const CHECKS: Readonly<Record<string, () => boolean>> = {
  "format (deno fmt)": () => runTool("deno", "fmt", "--check"),
  "lint (deno lint)": () => runTool("deno", "lint"),
  "types (tsc)": () => runTool("tsc", "--noEmit"),
  "doc comments": checkDocs,
};

function runTool(tool: string, ...args: string[]): boolean {
  const path = join(ROOT, "node_modules/.bin", tool);
  const { status, error } = spawnSync(path, args, { cwd: ROOT, stdio: "inherit" });
  if (error !== undefined) process.stderr.write(`${tool}: ${error.message}\n`);
  return status === 0;
}

function checkDocs(): boolean {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts")).sort();
  const problems = files.flatMap((file) =>
    findMissingDocs(readFileSync(join(ROOT, "src", file), "utf8"))
      .map(({ line, what }) => `src/${file}:${line}: no doc comment for ${what}\n`)
  );
  process.stderr.write(problems.join(""));
  return problems.length === 0;
}

const failed = Object.entries(CHECKS).filter(([name, check]) => {
  process.stdout.write(`# ${name}\n`);
  return !check();
});
if (failed.length > 0) {
  process.stderr.write(`Failed: ${failed.map(([name]) => name).join(", ")}\n`);
  process.exit(1);
}
process.stdout.write("All checks passed\n");
