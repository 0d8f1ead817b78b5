/** What the figures were taken on, and when. */

import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, statfsSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import process from "node:process";
import { OURS, REFERENCE, ROOT } from "./paths.ts";

/** One paragraph: date, versions, machine. */
export function describeMachine(now: Date = new Date()): string {
  const date = now.toISOString().slice(0, 10);
  const cpu = cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Measured on ${date}: narthex ${version(OURS)} at commit ${commit()}, compiled with Bun ${
    process.versions["bun"] ?? "?"
  }; R is ${referenceVersion()}. ${availableParallelism()} × ${cpu}, ${memory} GiB, Linux ${release()}, ${
    describeDisk(ROOT)
  }. Client and server share the machine.`;
}

function version(program: string): string {
  return /version (\S+?),? /.exec(execFileSync(program, ["--version"], { encoding: "utf8" }))
    ?.[1] ?? "?";
}

function referenceVersion(): string {
  const { error, stdout, stderr } = spawnSync(REFERENCE, ["--version"], { encoding: "utf8" });
  if (error !== undefined) return "not installed";
  const number = /version (\S+?),? /.exec(stdout + stderr)?.[1] ?? "?";
  return `prometheus-pushgateway ${number}`;
}

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", ROOT, ...args], { encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain", "--", "src") === "" ? "" : " with changes";
    return git("rev-parse", "--short", "HEAD") + changed;
  } catch {
    return "unknown";
  }
}

/** The file system that a path is on, by the longest mount point above it. */
function describeDisk(path: string): string {
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n").map((line) => line.split(" "));
  const above = mounts.filter(([, point = ""]) =>
    path.startsWith(point.endsWith("/") ? point : `${point}/`)
  );
  const [, , type = "unknown file system"] = above.reduce<string[]>(
    (longest, mount) => (mount[1] ?? "").length >= (longest[1] ?? "").length ? mount : longest,
    [],
  );
  const { blocks, bsize } = statfsSync(path);
  return `${type} of ${Math.round(blocks * bsize / 1e9)} GB`;
}
