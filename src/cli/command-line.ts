/**
 * Arguments to flags with their texts. `parseArgs` splits the arguments (every runtime with a command line has it, and it keeps
 * dotted names whole), the rules of kingpin are applied to its tokens in flag-pieces.ts; `--` ends the flags without adding anything.
 */

import { parseArgs } from "node:util";
import { FlagError } from "./flag-error.ts";
import { type CommandLine, type Piece, readPieces } from "./flag-pieces.ts";

/**
 * Reads a command line as far as no value matters.
 *
 * @throws FlagError for an unknown flag, a missing or unwanted value, or a word that belongs to no flag
 */
export function readCommandLine(args: readonly string[]): CommandLine {
  return readPieces(split(args));
}

function split(args: readonly string[]): Piece[] {
  const { tokens } = parseArgs({ args: [...args], strict: false, tokens: true });
  const pieces: Piece[] = [];
  let isEnded = false;
  for (const token of tokens) {
    if (token.kind === "option-terminator") isEnded = true;
    else if (token.kind === "option") {
      pieces.push({ kind: "option", rawName: token.rawName, value: token.value });
    } else {
      // kingpin reads more arguments from the file; better refused than taken for a value.
      if (!isEnded && token.value.startsWith("@")) {
        throw new FlagError(`files with arguments are not supported: ${token.value}`);
      }
      pieces.push({ kind: "word", text: token.value, isValue: isEnded || token.value !== "-" });
    }
  }
  return pieces;
}
