/**
 * Flags in one text, as a setting of a runtime without a command line holds them: `--log.level=debug --push.enable-utf8-names`.
 * Blanks and line feeds separate; single or double quotes keep blanks within a value.
 */

import { FlagError } from "./flag-error.ts";
import { type GivenFlag, type Piece, readPieces } from "./flag-pieces.ts";

const WORD = /(?:"[^"]*"|'[^']*'|[^\s"'])+/g;

/**
 * Reads a text as far as no value matters.
 *
 * @throws FlagError for what is wrong with a flag, for `--help` and `--version`, which nobody would see, and for a lone quote
 */
export function readFlagText(text: string): readonly GivenFlag[] {
  const words = text.match(WORD) ?? [];
  if (text.replace(WORD, "").trim() !== "") throw new FlagError("a quote has no partner");
  const asked = readPieces(words.map(toPiece));
  if (asked.kind === "flags") return asked.given;
  throw new FlagError(`--${asked.kind} shows nothing here`);
}

function toPiece(word: string): Piece {
  const text = word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single);
  if (!text.startsWith("-")) return { kind: "word", text, isValue: true };
  const equals = text.indexOf("=");
  if (equals < 0) return { kind: "option", rawName: text, value: undefined };
  return { kind: "option", rawName: text.slice(0, equals), value: text.slice(equals + 1) };
}
