/**
 * What only a build knows, as global constants for the bundler to write in (see src/model/build-info.ts): commit, branch and date.
 * The date honours SOURCE_DATE_EPOCH, so that the same commit builds the same bytes.
 * Spec: https://reproducible-builds.org/specs/source-date-epoch/
 */
import { execFileSync } from "node:child_process";
import process from "node:process";

/** The constants by name, each value written as JavaScript. Without a git checkout they read "unknown". */
export function buildDefines(root: string): Record<string, string> {
  return {
    NARTHEX_REVISION: JSON.stringify(git(root, "rev-parse", "HEAD")),
    NARTHEX_BRANCH: JSON.stringify(git(root, "rev-parse", "--abbrev-ref", "HEAD")),
    NARTHEX_BUILD_DATE: JSON.stringify(buildDate(process.env["SOURCE_DATE_EPOCH"])),
  };
}

/** The date of the build in the reference's form, `20261120-10:14:32` in UTC, from seconds since the epoch or else from the clock. */
export function buildDate(sourceDateEpoch: string | undefined): string {
  const date = sourceDateEpoch ? new Date(Number(sourceDateEpoch) * 1000) : new Date();
  const [day = "", time = ""] = date.toISOString().split("T");
  return `${day.replaceAll("-", "")}-${time.slice(0, 8)}`;
}

function git(root: string, ...args: string[]): string {
  try {
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio }).trim() || "unknown";
  } catch {
    return "unknown";
  }
}
