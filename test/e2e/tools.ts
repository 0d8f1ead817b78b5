/**
 * The programs of others that the end-to-end tests talk to. The product and its tests need only Node and npm, so each of them may be
 * absent: what needs it is then skipped under a name that says what is missing. With `E2E=required` in the environment, as in CI, a
 * missing tool is a failure instead.
 */

import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { describe, it } from "vitest";

/** A program, found or not. */
export type Tool =
  | {
    /** What users call it. */
    readonly name: string;
    /** The file to run. */
    readonly path: string;
  }
  | {
    /** What users call it. */
    readonly name: string;
    /** Why it cannot be used, as the name of a skipped test ends. */
    readonly missing: string;
  };

/** The file of a tool. Call it within a suite of {@link describeWith}, which has made sure that there is one. */
export function pathOf(tool: Tool): string {
  if ("path" in tool) return tool.path;
  throw new Error(`${tool.name}: ${tool.missing}`);
}

/** A suite whose tests need tools; see the head of this file for what becomes of it without them. */
export function describeWith(tools: readonly Tool[], title: string, body: () => void): void {
  const missing = tools.flatMap((tool) =>
    "missing" in tool ? [`${tool.name}: ${tool.missing}`] : []
  ).join(", ");
  if (missing === "") describe(title, body);
  else if (process.env["E2E"] !== "required") describe.skip(`${title} [${missing}]`, body);
  else {
    describe(title, () => {
      it("finds its tools", () => {
        throw new Error(`E2E=required, but ${missing}`);
      });
    });
  }
}

/** Client of the command line that everybody has. */
export const curl: Tool = find("curl");

/** A compiler, for what puts itself between a process and its system. */
export const gcc: Tool = find("gcc");

/** Prometheus, the server. */
export const prometheus: Tool = find("prometheus");

/** The command-line tool that comes with Prometheus. */
export const promtool: Tool = find("promtool");

/** Redis, the server. */
export const redisServer: Tool = find("redis-server");

/** Makes the certificates of tests. */
export const openssl: Tool = find("openssl");

/** The reference; what the tests know of it was learned from this version. */
export const reference: Tool = findReference("1.5.1");

/** A Python that can import prometheus_client. Debian's package serves /usr/bin/python3, which need not be the first in PATH. */
export const python: Tool = findPython();

function find(name: string): Tool {
  const [path] = candidates(name);
  return path === undefined ? { name, missing: "not installed" } : { name, path };
}

function findReference(version: string): Tool {
  const found = find("prometheus-pushgateway");
  if ("missing" in found) return found;
  const { stdout = "", stderr = "" } = run(found.path, ["--version"]);
  const { 1: actual = "unknown" } = /version (\S+)/.exec(stdout + stderr) ?? [];
  if (actual === version) return found;
  return { name: found.name, missing: `version ${version} needed, found ${actual}` };
}

function findPython(): Tool {
  const name = "python3 with prometheus_client";
  const paths = [...new Set([...candidates("python3"), "/usr/bin/python3"])];
  const path = paths.find((python) => run(python, ["-c", "import prometheus_client"]).status === 0);
  return path === undefined ? { name, missing: "not installed" } : { name, path };
}

/** All executable files of this name in PATH, in its order. */
function candidates(name: string): string[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).filter(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function run(
  command: string,
  args: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(command, args, { encoding: "utf8", timeout: 20_000 });
}
