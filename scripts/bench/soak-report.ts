/** What a soak says: whether memory stays where it is. */

import { renderChart } from "./chart.ts";
import { renderCount, renderFigure } from "./figure.ts";
import { slope } from "./statistics.ts";

/** Memory after so many pushes. */
export interface SoakPoint {
  /** Pushes up to then. */
  readonly pushes: number;
  /** Bytes resident. */
  readonly resident: number;
  /** Bytes of the JavaScript heap in use, the least that was seen on the way: what a collection leaves. */
  readonly heap: number;
}

/** Growth over the second half, as a part of the mean, that counts as none: garbage collections make a saw of it. */
const FLAT = 0.05;

/**
 * Growth over the second half of a soak as the line fitted to it has it, as a part of its mean: 0.05 when it has grown by 5 %.
 * The first half is to warm up: what a process has once taken it keeps for reuse.
 */
export function growth(points: readonly SoakPoint[], field: "resident" | "heap"): number {
  const half = points.slice(points.length >> 1);
  const values = half.map((point) => point[field]);
  const pushes = half.map((point) => point.pushes);
  const span = (pushes.at(-1) ?? NaN) - (pushes[0] ?? NaN);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return slope(pushes, values) * span / mean;
}

/** One sentence: flat, or by how much it grows. */
export function describeSoak(points: readonly SoakPoint[]): string {
  const parts = ([["resident", "resident memory"], ["heap", "heap in use"]] as const).map(
    ([field, name]) => {
      const grown = growth(points, field);
      const percent = `${grown < 0 ? "−" : "+"}${Math.abs(grown * 100).toFixed(1)} %`;
      const verdict = grown < FLAT ? "flat" : "not flat";
      return `${name} is ${verdict} (${percent} over the second half)`;
    },
  );
  return `After ${renderCount(points.at(-1)?.pushes ?? 0)} pushes ${parts.join(", ")}.`;
}

/** The points as a table. */
export function soakTable(points: readonly SoakPoint[]): string[][] {
  return [
    ["pushes", "resident memory", "heap, least"],
    ...points.map(({ pushes, resident, heap }) => [
      renderCount(pushes),
      renderFigure(resident, "bytes"),
      renderFigure(heap, "bytes"),
    ]),
  ];
}

/** The points as a chart. */
export function drawSoak(points: readonly SoakPoint[]): string {
  return renderChart({
    title: "Memory while pushes go on",
    xTitle: "pushes",
    xScale: "linear",
    yScale: "linear",
    renderX: renderCount,
    renderY: (bytes) => `${Math.round(bytes / 1e6)} MB`,
    lines: [
      { name: "resident", points: points.map((point) => [point.pushes, point.resident]) },
      { name: "heap, least", points: points.map((point) => [point.pushes, point.heap]) },
    ],
  });
}
