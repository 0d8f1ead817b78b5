/**
 * Flags and words, in the order given, to flags with their texts, by the rules of kingpin, the reference's flag library: a value
 * follows `=` or is the next word unless that begins with a dash; a switch has no value; nothing may be left over. Where the pieces
 * come from, a command line or a setting, does not matter here.
 * Spec: https://github.com/alecthomas/kingpin
 */

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

/** A flag, with or without its value. */
export interface OptionPiece {
  /** Tells the pieces apart. */
  readonly kind: "option";
  /** With its dashes. */
  readonly rawName: string;
  /** What follows `=`. */
  readonly value: string | undefined;
}

/** What is no flag. */
export interface WordPiece {
  /** Tells the pieces apart. */
  readonly kind: "word";
  /** As given. */
  readonly text: string;
  /** Whether it may be the value of the flag before it: not when it begins with a dash and `--` does not come before. */
  readonly isValue: boolean;
}

/** One word of what was given. */
export type Piece = OptionPiece | WordPiece;

/**
 * Reads pieces as far as no value matters. As in kingpin `--version` counts at once, whatever follows it, and `--help` when all
 * flags are known.
 *
 * @throws FlagError for an unknown flag, a missing or unwanted value, or a word that belongs to no flag
 */
export function readPieces(all: readonly Piece[]): CommandLine {
  const given: GivenFlag[] = [];
  let help = false;
  const pieces = all.values();
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

function takeWord(pieces: Iterator<Piece>, rawName: string): string {
  const next = pieces.next();
  if (next.done !== true && next.value.kind === "word" && next.value.isValue) {
    return next.value.text;
  }
  throw new FlagError(`expected argument for flag '${rawName}'`);
}
