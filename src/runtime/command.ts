/**
 * Runs the commands that end by themselves: `backup` and `export`. What they print for people goes to stderr, so that the output of
 * an export can be piped.
 */
import process from "node:process";
import type { ParsedCommand } from "../cli/commands.ts";
import { createLogger } from "../log/create-logger.ts";
import { PersistenceError } from "../persist/adapter.ts";
import { backup } from "./backup.ts";
import { createSystemClock } from "./clock.ts";
import { exportStored } from "./export.ts";
import { codeOf } from "./file-error.ts";
import { STDERR, STDOUT, writeLine } from "./output.ts";

/** Runs a command. Returns the exit code. */
export async function runCommand(command: ParsedCommand, program: string): Promise<number> {
  const warn = (line: string): void => writeLine(STDERR, line);
  try {
    if (command.kind === "help") writeLine(STDOUT, command.text);
    else if (command.kind === "backup") await backup(command.file, command.to);
    else if (command.kind === "export") await runExport(command, warn);
    else warn(command.line);
    return command.kind === "error" ? 1 : 0;
  } catch (error) {
    // Whoever pipes an export into `head` has seen enough.
    if (codeOf(error) === "EPIPE") return 1;
    if (!(error instanceof PersistenceError)) throw error;
    warn(`${program}: error: ${error.message}`);
    return 1;
  }
}

async function runExport(
  command: { readonly file: string; readonly url: string },
  warn: (line: string) => void,
): Promise<void> {
  const clock = createSystemClock();
  const logger = createLogger({ format: "logfmt", level: "warn", clock, write: warn });
  // Every write tells of its own failure.
  process.stdout.on("error", () => {});
  await exportStored(command, { write: writeOut, warn }, { clock, logger });
}

/** Writes to stdout at the pace of whoever reads it. Rejects when nobody does any more. */
function writeOut(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => error ? reject(error) : resolve());
  });
}
