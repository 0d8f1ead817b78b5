/**
 * The command line as a whole: arguments in, what to do out. It prints nothing and never throws, so that `runtime/` decides where
 * text goes and how the process ends. The order of checks is kingpin's: unknown flags, then `--help`, then values.
 */

import type { BuildInfo } from "../model/build-info.ts";
import { readCommandLine } from "./command-line.ts";
import { FlagError } from "./flag-error.ts";
import { renderErrorLine, renderHelp, renderVersion } from "./help.ts";
import { type Flags, readFlags } from "./read-flags.ts";

export type { Flags } from "./read-flags.ts";

/** What a command line comes to. Texts and the line have no line feed at their end. */
export type ParsedCommandLine =
  | { readonly kind: "run"; readonly flags: Flags }
  /** For stdout, exit code 0. */
  | { readonly kind: "help"; readonly text: string }
  /** For stdout, exit code 0. */
  | { readonly kind: "version"; readonly text: string }
  /** For stderr, exit code 1. */
  | { readonly kind: "error"; readonly line: string };

/** Reads `args` (without runtime and script); `program` is what the user called, `build` what `--version` tells. */
export function parseFlags(
  args: readonly string[],
  program: string,
  build: BuildInfo,
): ParsedCommandLine {
  try {
    const commandLine = readCommandLine(args);
    if (commandLine.kind === "help") return { kind: "help", text: renderHelp(program) };
    if (commandLine.kind === "version") return { kind: "version", text: renderVersion(build) };
    return { kind: "run", flags: readFlags(commandLine.given) };
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    return { kind: "error", line: renderErrorLine(program, error.message) };
  }
}
