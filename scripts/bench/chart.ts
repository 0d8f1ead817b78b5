/**
 * Lines over a logarithmic or plain x axis, as SVG: text stays text, colours follow the reader's light or dark theme, and lines differ
 * in dashes too and bear their names, so that nothing depends on telling colours apart.
 */

import { type Axis, createAxis, type Scale } from "./axis.ts";

/** One line. */
export interface ChartLine {
  /** What it is called, beside its end. */
  readonly name: string;
  /** Its points from left to right. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** What is drawn. */
export interface Chart {
  /** Heading. */
  readonly title: string;
  /** What the x axis counts. */
  readonly xTitle: string;
  /** How x grows. */
  readonly xScale: Scale;
  /** How y grows. */
  readonly yScale: Scale;
  /** Renders a number on the x axis. */
  readonly renderX: (x: number) => string;
  /** Renders a number on the y axis. */
  readonly renderY: (y: number) => string;
  /** At most {@link MAX_LINES}. */
  readonly lines: readonly ChartLine[];
}

const WIDTH = 760;
const HEIGHT = 400;
/** Around the area in which is drawn; on the right there is room for the names of the lines. */
const AREA = { left: 76, right: WIDTH - 150, top: 52, bottom: HEIGHT - 54 };
/** Least distance between the names of two lines. */
const NAME_HEIGHT = 16;

const LIGHT = ["#0b62c4", "#b3420b", "#1b7a3d", "#7a3fb0"];
const DARK = ["#6cb1ff", "#ff9e64", "#66d08a", "#c9a2ff"];
const DASHES = ["none", "8 4", "2 4", "12 4 2 4"];
/** As many lines can be told apart. */
export const MAX_LINES: number = LIGHT.length;

const STYLE =
  `text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-size:16px;font-weight:600}
.back{fill:#fff}.grid{stroke:#d8dee4}.line{fill:none;stroke-width:2.5}
${themeColors(LIGHT)}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.back{fill:#0d1117}.grid{stroke:#30363d}
${themeColors(DARK)}}`;

function themeColors(colors: readonly string[]): string {
  return colors.map((color, i) => `.s${i}{stroke:${color}}.f${i}{fill:${color}}`).join("");
}

/** Draws a chart. Throws when there are more lines than can be told apart, or none with a point. */
export function renderChart(chart: Chart): string {
  const { title, lines, xScale, yScale } = chart;
  const points = lines.flatMap((line) => line.points);
  if (lines.length > MAX_LINES) throw new Error(`a chart has at most ${MAX_LINES} lines`);
  if (points.length === 0) throw new Error("a chart needs points");
  const x = createAxis(points.map(([value]) => value), xScale, AREA.left, AREA.right);
  const y = createAxis(points.map(([, value]) => value), yScale, AREA.bottom, AREA.top);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
<title>${escape(title)}</title>
<style>${STYLE}</style>
<rect class="back" width="${WIDTH}" height="${HEIGHT}" rx="6"/>
${text(AREA.left, 28, title, "title")}
${renderGrid(chart, x, y)}
${lines.map((line, index) => renderLine(line, index, x, y)).join("\n")}
${renderNames(lines, x, y)}
</svg>
`;
}

function renderGrid({ xTitle, renderX, renderY }: Chart, x: Axis, y: Axis): string {
  const { left, right, top, bottom } = AREA;
  const rows = y.ticks.map((tick) => {
    const at = round(y.place(tick));
    return `<path class="grid" d="M${left} ${at}H${right}"/>` +
      text(left - 8, at + 4, renderY(tick), "", "end");
  });
  const columns = x.ticks.map((tick) => {
    const at = round(x.place(tick));
    return `<path class="grid" d="M${at} ${top}V${bottom}"/>` +
      text(at, bottom + 20, renderX(tick), "", "middle");
  });
  const axisTitle = text((left + right) / 2, HEIGHT - 12, xTitle, "", "middle");
  return [...rows, ...columns, axisTitle].join("\n");
}

function renderLine({ points }: ChartLine, index: number, x: Axis, y: Axis): string {
  const placed = points.map(([px, py]) => [round(x.place(px)), round(y.place(py))] as const);
  const dots = placed.map(([cx, cy]) =>
    `<circle class="f${index}" cx="${cx}" cy="${cy}" r="3.5"/>`
  );
  const path = placed.map((point) => point.join(" ")).join("L");
  return `<path class="line s${index}" stroke-dasharray="${DASHES[index]}" d="M${path}"/>` +
    dots.join("");
}

/** The names, each at the end of its line or as near to it as the others let it. */
function renderNames(lines: readonly ChartLine[], x: Axis, y: Axis): string {
  const columns = new Map<number, Name[]>();
  for (const [index, { name, points }] of lines.entries()) {
    const last = points.at(-1);
    if (last === undefined) continue;
    const left = round(x.place(last[0])) + 12;
    const column = columns.get(left) ?? [];
    columns.set(left, [...column, { name, index, at: y.place(last[1]) + 4 }]);
  }
  return [...columns].flatMap(([left, names]) =>
    spread(names).map(({ name, index, at }) => text(left, at, name, `f${index}`))
  ).join("\n");
}

interface Name {
  readonly name: string;
  /** Of its line. */
  readonly index: number;
  /** Where it is, from above. */
  readonly at: number;
}

/** Moves names that are too near to the one above them down, and all of them up again as far as they have left the area. */
function spread(names: readonly Name[]): Name[] {
  const placed: Name[] = [];
  for (const name of names.toSorted((a, b) => a.at - b.at)) {
    const above = placed.at(-1)?.at ?? -Infinity;
    placed.push({ ...name, at: Math.max(name.at, above + NAME_HEIGHT) });
  }
  const excess = Math.max(0, (placed.at(-1)?.at ?? 0) - AREA.bottom);
  return placed.map((name) => ({ ...name, at: name.at - excess }));
}

function text(x: number, y: number, content: string, className: string, anchor = "start"): string {
  const attributes = (className && ` class="${className}"`) +
    (anchor === "start" ? "" : ` text-anchor="${anchor}"`);
  return `<text x="${round(x)}" y="${round(y)}"${attributes}>${escape(content)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
