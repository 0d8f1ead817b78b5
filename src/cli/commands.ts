/**
 * What the program can do beside serving: `backup` and `export` of what is stored. A word in front of all flags asks for one of them,
 * where the reference takes none; so nothing that works there means something else here.
 */

import { parseArgs } from "node:util";
import { FlagError } from "./flag-error.ts";
import { STORAGE_URL } from "./flag-types.ts";
import { type CommandName, renderCommandHelp, renderErrorLine } from "./help.ts";

/** A command and what it works on. */
export type Command =
  | { readonly kind: "backup"; readonly file: string; readonly to: string }
  | { readonly kind: "export"; readonly file: string; readonly url: string };

/** What a command line with a command comes to. */
export type ParsedCommand =
  | Command
  /** For stdout, exit code 0. */
  | { readonly kind: "help"; readonly text: string }
  /** For stderr, exit code 1. */
  | { readonly kind: "error"; readonly line: string };

/** Reads a command line that asks for a command; `undefined` when `args` ask for none. */
export function parseCommand(args: readonly string[], program: string): ParsedCommand | undefined {
  const [kind, ...rest] = args;
  if (kind !== "backup" && kind !== "export") return undefined;
  try {
    return readCommand(kind, rest, program);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: "error", line: renderErrorLine(program, error.message) };
  }
}

function readCommand(kind: CommandName, args: string[], program: string): ParsedCommand {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      "persistence.file": { type: "string", default: "" },
      "persistence.url": { type: "string", default: "" },
      "help": { type: "boolean", short: "h" },
    },
  });
  if (values.help) return { kind: "help", text: renderCommandHelp(kind, program) };
  const file = values["persistence.file"];
  const url = STORAGE_URL.parse(values["persistence.url"]);
  const [to, ...more] = positionals;
  if (kind === "backup") {
    if (url !== "") throw new FlagError("only a file can be backed up: use the tools of the store");
    if (file === "") throw new FlagError("required flag --persistence.file not provided");
    if (to === undefined) throw new FlagError("required argument 'TO' not provided");
    if (more[0] !== undefined) throw new FlagError(`unexpected ${more[0]}`);
    return { kind, file, to };
  }
  if (to !== undefined) throw new FlagError(`unexpected ${to}`);
  if ((file === "") === (url === "")) {
    throw new FlagError("one of --persistence.file and --persistence.url is required");
  }
  return { kind, file, url };
}
