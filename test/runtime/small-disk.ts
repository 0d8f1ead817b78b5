/** A file system of a few megabytes, in memory, to fill up or to make read-only. Only root can mount one. */

import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tool } from "../e2e/tools.ts";

/** A file system of its own. */
export interface SmallDisk {
  /** Where it is mounted. */
  readonly path: string;
  /** Takes all the space that is left, but for `spare` bytes. */
  fill(spare?: number): void;
  /** Gives the space back. */
  free(): void;
  /** Lets nothing be written, or lets it again. Nobody may have a file open for writing. */
  setReadOnly(readOnly: boolean): void;
  /** Unmounts and removes it. */
  dispose(): void;
}

/** The command that mounts, where that is allowed. */
export const mount: Tool = findMount();

/** Mounts a disk. */
export function createSmallDisk(bytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "narthex-disk-"));
  run("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path);
  const filler = join(path, "filler");
  return {
    path,
    fill: (spare = 0) => {
      const descriptor = openSync(filler, "a");
      const page = Buffer.alloc(4096, 1);
      try {
        while (writeSync(descriptor, page) > 0);
      } catch {
        // It is full.
      } finally {
        closeSync(descriptor);
      }
      if (spare > 0) run("truncate", "-s", `-${spare}`, filler);
    },
    free: () => rmSync(filler, { force: true }),
    setReadOnly: (readOnly) => run("mount", "-o", `remount,${readOnly ? "ro" : "rw"}`, path),
    dispose: () => {
      run("umount", "-l", path);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function findMount(): Tool {
  const name = "mount";
  try {
    createSmallDisk(64 * 1024).dispose();
    return { name, path: name };
  } catch {
    return { name, missing: "not allowed here" };
  }
}

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
}
