/** Figures as people read them: three digits that count, thousands apart, with their unit. */

/** What a figure counts. Times are in milliseconds, sizes in bytes, rates per second. */
export type Unit = "/s" | "ms" | "µs" | "bytes" | "MB/s" | "ratio";

/** Renders a figure with its unit, for example `1 100/s`, `64.2 ms`, `252 MB`; without any, a dash. */
export function renderFigure(figure: number, unit: Unit): string {
  if (Number.isNaN(figure)) return "–";
  if (unit === "bytes") return `${threeDigits(figure / 1e6)} MB`;
  if (unit === "ratio") return threeDigits(figure);
  if (unit === "/s") return `${threeDigits(figure)}/s`;
  if (unit === "ms" && Math.abs(figure) >= 10_000) return `${threeDigits(figure / 1000)} s`;
  return `${threeDigits(figure)} ${unit}`;
}

/** A number with three digits that count and its thousands apart: `0.0123`, `1.23`, `12.3`, `123`, `12 300`. */
export function threeDigits(figure: number): string {
  if (figure === 0 || !Number.isFinite(figure)) return String(figure);
  const rounded = Number(figure.toPrecision(3));
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))));
  const [whole = "", fraction] = Math.abs(rounded).toFixed(Math.min(decimals, 6)).split(".");
  const sign = rounded < 0 ? "−" : "";
  return `${sign}${renderCount(Number(whole))}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** A whole number with its thousands apart: `100 000`. */
export function renderCount(count: number): string {
  return count.toFixed(0).replace(/\B(?=(?:\d{3})+$)/g, " ");
}
