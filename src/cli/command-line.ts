/**
 * Arguments to flags with their texts, by the rules of kingpin, the reference's flag library: a value follows `=` or is the next
 * argument unless that begins with a dash; a switch has no value; `--` ends the flags without adding anything; nothing may be left over.
 * `parseArgs` splits the arguments (every runtime has it, and it keeps dotted names whole), kingpin's rules are applied to its tokens.
 * Spec: https://github.com/alecthomas/kingpin
 */

import { parseArgs } from "node:util";
import { FlagError } from "./flag-error.ts";
import { type FlagName, FLAGS, isFlagName } from "./flags.ts";

/** A flag as given: not yet read, perhaps given twice. */
export interface GivenFlag {
  /** The flag's name. */
  readonly name: FlagName;
  /** The text of its value; "true" or "false" for a switch. */
  readonly text: string;
}

/** What a command line asks for. */
export type CommandLine =
  | { readonly kind: "flags"; readonly given: readonly GivenFlag[] }
  | { readonly kind: "help" }
  | { readonly kind: "version" };

/**
 * Reads a command line as far as no value matters. As in kingpin `--version` counts at once, whatever follows it, and `--help`
 * when all flags are known.
 *
 * @throws FlagError for an unknown flag, a missing or unwanted value, or a word that belongs to no flag
 */
export function readCommandLine(args: readonly string[]): CommandLine {
  const given: GivenFlag[] = [];
  let help = false;
  const pieces = split(args).values();
  for (const piece of pieces) {
    if (piece.kind === "word") throw new FlagError(`unexpected ${piece.text}`);
    const { name, isOn } = resolve(piece);
    if (name === "version") return { kind: "version" };
    if (name === "help" || !FLAGS[name].type.takesValue) {
      if (piece.value !== undefined) throw new FlagError(`unexpected ${piece.value}`);
      if (name === "help") help = true;
      else given.push({ name, text: String(isOn) });
    } else {
      given.push({ name, text: piece.value ?? takeWord(pieces, piece.rawName) });
    }
  }
  return help ? { kind: "help" } : { kind: "flags", given };
}

interface OptionPiece {
  readonly kind: "option";
  /** With its dashes. */
  readonly rawName: string;
  /** What follows `=`. */
  readonly value: string | undefined;
}

interface WordPiece {
  readonly kind: "word";
  readonly text: string;
  /** Whether it may be the value of the flag before it: not when it begins with a dash and `--` does not come before. */
  readonly isValue: boolean;
}

function split(args: readonly string[]): (OptionPiece | WordPiece)[] {
  const { tokens } = parseArgs({ args: [...args], strict: false, tokens: true });
  const pieces: (OptionPiece | WordPiece)[] = [];
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

function resolve(piece: OptionPiece): { name: FlagName | "help" | "version"; isOn: boolean } {
  if (piece.rawName === "-h") return { name: "help", isOn: true };
  if (!piece.rawName.startsWith("--")) {
    throw new FlagError(`unknown short flag '${piece.rawName}'`);
  }
  const name = piece.rawName.slice(2);
  const positive = name.replace(/^no-/, "");
  if (positive === "help" || positive === "version") return { name: positive, isOn: true };
  if (isFlagName(name)) return { name, isOn: true };
  if (isFlagName(positive) && !FLAGS[positive].type.takesValue) {
    return { name: positive, isOn: false };
  }
  throw new FlagError(`unknown long flag '${piece.rawName}'`);
}

function takeWord(pieces: Iterator<OptionPiece | WordPiece>, rawName: string): string {
  const next = pieces.next();
  if (next.done !== true && next.value.kind === "word" && next.value.isValue) {
    return next.value.text;
  }
  throw new FlagError(`expected argument for flag '${rawName}'`);
}
