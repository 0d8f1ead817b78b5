/**
 * docs/benchmarks.md: sections between markers are written by the benches, each by its own command; everything around them is written
 * by hand and stays.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./paths.ts";

/** The parts that are generated. */
export type Section = "budget" | "large" | "curves" | "soak";

/** Where the document is. */
export const DOCUMENT: string = join(ROOT, "docs/benchmarks.md");

/**
 * Puts a text between the markers of a section.
 *
 * @throws Error when the document does not have them.
 */
export function replaceSection(document: string, section: Section, text: string): string {
  const begin = `<!-- ${section}: begin -->\n`;
  const end = `<!-- ${section}: end -->`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`there is no ${begin.trim()} with its end`);
  return `${document.slice(0, from + begin.length)}\n${text.trim()}\n\n${document.slice(to)}`;
}

/** Writes sections into the document. */
export function writeSections(sections: Readonly<Partial<Record<Section, string>>>): void {
  let document = readFileSync(DOCUMENT, "utf8");
  for (const [section, text] of Object.entries(sections)) {
    document = replaceSection(document, section as Section, text);
  }
  writeFileSync(DOCUMENT, document);
}
