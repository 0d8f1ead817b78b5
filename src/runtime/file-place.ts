/**
 * Warns of places where a database of SQLite is not safe: network file systems, whose locks and shared memory it cannot rely on, and
 * a file that is mounted without its folder, because the log beside it would be somewhere else and go away with a container.
 */
import { readFileSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Logger } from "../log/logger.ts";

/** Magic numbers of file systems that are somewhere else (Linux, statfs(2)). */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x5346414f, "AFS"],
  [0x00c36400, "Ceph"],
]);

/** Logs a warning where a database should not be. */
export function warnOfPlace(file: string, logger: Logger): void {
  const network = NETWORK.get(fileSystemType(dirname(file)));
  if (network !== undefined) {
    logger.warn("the database is on a network file system: it may be damaged there", {
      file,
      filesystem: network,
    });
  }
  if (isMountPoint(file, readMounts())) {
    logger.warn(
      "the database is mounted without its folder: its log is kept elsewhere and may be lost",
      {
        file,
        hint: "mount the folder",
      },
    );
  }
}

/** Whether a path is where something is mounted, by the content of /proc/self/mountinfo. */
export function isMountPoint(path: string, mounts: string): boolean {
  return mounts.split("\n").some((line) => unescapeMount(line.split(" ")[4] ?? "") === path);
}

/** The kernel writes blanks and the like as octal numbers. */
function unescapeMount(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}

function fileSystemType(folder: string): number {
  try {
    return Number(statfsSync(folder).type) >>> 0;
  } catch {
    return 0;
  }
}

function readMounts(): string {
  try {
    return readFileSync("/proc/self/mountinfo", "utf8");
  } catch {
    return "";
  }
}
