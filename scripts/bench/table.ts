/** Results as a table, for a terminal and for a document. */

import { renderFigure } from "./figure.ts";
import { type Comparison, type Figures, isReached, type Line, missedBy } from "./result.ts";
import { largest, median, smallest } from "./statistics.ts";

/** A bench that was run. */
export interface Result {
  /** See `Subject.id`. */
  readonly id: string;
  /** See `Subject.title`. */
  readonly title: string;
  /** What it found. */
  readonly lines: readonly Line[];
}

/** The columns of the table in the document. */
export const COLUMNS: readonly string[] = ["", "what", "measured", "compared", "to reach", ""];

/**
 * The rows of the table: one for each line and comparison. Figures are medians of the rounds; behind what is compared, the least and
 * the most of a round.
 */
export function tableRows(results: readonly Result[]): string[][] {
  return results.flatMap(({ id, title, lines }) => [
    [id, title, "", "", "", ""],
    ...lines.flatMap(lineRows),
  ]);
}

function lineRows({ what, figures, comparisons }: Line): string[][] {
  const measured = figures.map(describeFigures).join(", ");
  if (comparisons.length === 0) return [["", what, measured, "", "", ""]];
  return comparisons.map((comparison, index) => [
    "",
    index === 0 ? what : "",
    index === 0 ? measured : "",
    describeComparison(comparison),
    describeTarget(comparison),
    describeVerdict(comparison),
  ]);
}

function describeFigures({ of, unit, rounds }: Figures): string {
  return `${of} ${renderFigure(median(rounds), unit)}`;
}

function describeComparison({ of, unit, rounds }: Comparison): string {
  const figure = renderFigure(median(rounds), unit);
  if (rounds.length < 2) return `${of}: ${figure}`;
  const [least, most] = [smallest(rounds), largest(rounds)].map((each) => renderFigure(each, unit));
  return `${of}: ${figure} (${least} to ${most})`;
}

function describeTarget({ target, unit }: Comparison): string {
  if (target === undefined) return "";
  return `${target.is === "at least" ? "≥" : "≤"} ${renderFigure(target.limit, unit)}`;
}

function describeVerdict(comparison: Comparison): string {
  const reached = isReached(comparison);
  if (reached === undefined) return comparison.target === undefined ? "" : "not measured";
  return reached ? "reached" : `missed by ${Math.ceil(missedBy(comparison) * 100)} %`;
}

/**
 * The results for a terminal, which is too narrow for the table: each line over what was measured, and under it what follows, the
 * latter in columns.
 */
export function renderResults(results: readonly Result[]): string {
  return results.map(({ id, title, lines }) =>
    `${id}  ${title}\n` + lines.map(({ what, figures, comparisons }) => {
      const compared = comparisons.map((each) => [
        "       ",
        describeComparison(each),
        describeTarget(each),
        describeVerdict(each),
      ]);
      const measured = figures.map(describeFigures).join(", ");
      return `   ${what}\n     ${measured}\n${renderText(compared)}`;
    }).join("")
  ).join("");
}

/** Rows of cells in plain text, the columns aligned. */
export function renderText(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => widths[column] = Math.max(widths[column] ?? 0, cell.length));
  }
  return rows.map((row) =>
    `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()}\n`
  ).join("");
}

/** The table in Markdown; the first row is the head. Rows that have a first cell are titles and get bold. */
export function renderMarkdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const render = (cells: readonly string[]) => `|${cells.map((cell) => ` ${cell} `).join("|")}|\n`;
  const bold = (cells: readonly string[]) =>
    cells[0] === "" ? cells : cells.map((cell) => cell === "" ? "" : `**${cell}**`);
  return render(head) + render(head.map(() => "---")) +
    rows.map((row) => render(bold(row).map(escapeCell))).join("");
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
