/** The stores that are put to the kill test. Each outlives the gateways that use it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A place that gateways store in, one after the other. */
export interface CrashStore {
  /** The flags that make a gateway use it. */
  readonly flags: readonly string[];
  /** Removes it. */
  dispose(): Promise<void>;
}

/** The stores by the names that the command line knows. */
export const STORES: Readonly<Record<string, () => Promise<CrashStore>>> = {
  file: () => Promise.resolve(createFile([])),
  "file-normal": () => Promise.resolve(createFile(["--persistence.sync=normal"])),
};

function createFile(flags: readonly string[]): CrashStore {
  const folder = mkdtempSync(join(tmpdir(), "narthex-crash-"));
  return {
    flags: [`--persistence.file=${join(folder, "narthex.db")}`, ...flags],
    dispose: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  };
}
