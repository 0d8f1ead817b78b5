/** The cost curves as charts and as a table. */

import { renderChart } from "./chart.ts";
import { renderCount, renderFigure, type Unit } from "./figure.ts";

/** What one server with so many groups did. */
export interface Point {
  /** Groups held. */
  readonly groups: number;
  /** Pushes per second. */
  readonly pushes: number;
  /** Milliseconds of a scrape as it is. */
  readonly identity: number;
  /** Milliseconds of a scrape compressed with gzip. */
  readonly gzip: number;
  /** Bytes resident after all that. */
  readonly memory: number;
}

/** What one program did with more and more groups. */
export interface Curve {
  /** Whose it is: `ours`, `reference`. */
  readonly name: string;
  /** In ascending order of groups. */
  readonly points: readonly Point[];
}

type Measured = Exclude<keyof Point, "groups">;

/** The charts; each in a file of its own in docs. */
export const CHARTS: readonly {
  readonly file: string;
  readonly title: string;
  readonly unit: Unit;
  /** What is drawn, and what is said behind the name of the program. */
  readonly fields: Readonly<Partial<Record<Measured, string>>>;
}[] = [
  {
    file: "benchmarks-pushes.svg",
    title: "Pushes per second, 8 connections",
    unit: "/s",
    fields: { pushes: "" },
  },
  {
    file: "benchmarks-scrape.svg",
    title: "Time of a scrape after one group has changed",
    unit: "ms",
    fields: { identity: ", identity", gzip: ", gzip" },
  },
  {
    file: "benchmarks-memory.svg",
    title: "Resident memory after scrapes and pushes",
    unit: "bytes",
    fields: { memory: "" },
  },
];

/** Draws the charts: file names and contents. */
export function drawCharts(curves: readonly Curve[]): [file: string, svg: string][] {
  return CHARTS.map(({ file, title, unit, fields }) => {
    const lines = curves.flatMap(({ name, points }) =>
      Object.entries(fields).map(([field, suffix]) => ({
        name: `${name}${suffix}`,
        points: points.map((point) => [point.groups, point[field as Measured]] as const),
      }))
    );
    const svg = renderChart({
      title,
      lines,
      xTitle: "groups held",
      xScale: "log",
      yScale: "log",
      renderX: renderCount,
      renderY: (value) => renderTick(value, unit),
    });
    return [file, svg];
  });
}

/** A power of ten with its unit, without decimals that say nothing. */
function renderTick(value: number, unit: Unit): string {
  return renderFigure(value, unit).replace(/\.0+(?= |$)/, "").replace(
    /(\.\d*?[1-9])0+(?= |$)/,
    "$1",
  );
}

/** The figures as a table, one row for each number of groups. */
export function curveTable(curves: readonly Curve[]): string[][] {
  const head = ["groups", "", "pushes", "scrape, identity", "scrape, gzip", "resident memory"];
  const rows = curves.flatMap(({ name, points }) =>
    points.map(({ groups, pushes, identity, gzip, memory }) => ({
      groups,
      cells: [
        name,
        renderFigure(pushes, "/s"),
        renderFigure(identity, "ms"),
        renderFigure(gzip, "ms"),
        renderFigure(memory, "bytes"),
      ],
    }))
  );
  // The sort is stable: of one size, ours comes first.
  rows.sort((a, b) => a.groups - b.groups);
  return [head, ...rows.map(({ groups, cells }) => [renderCount(groups), ...cells])];
}
