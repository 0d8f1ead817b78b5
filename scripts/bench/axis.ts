/** Where a number stands on an axis, and which numbers are written beside it. */

/** How an axis grows: by factors of ten, or evenly from zero on. */
export type Scale = "log" | "linear";

/** An axis. */
export interface Axis {
  /** The numbers that are marked, in ascending order; the outer ones are the ends of the axis. */
  readonly ticks: readonly number[];
  /** Where a number is, in units of the drawing. */
  place(value: number): number;
}

/**
 * An axis that has room for all values.
 *
 * @param values what is to be placed; above zero where the scale is logarithmic.
 * @param from where the axis begins in the drawing.
 * @param to where it ends; before `from` for one that goes up.
 */
export function createAxis(
  values: readonly number[],
  scale: Scale,
  from: number,
  to: number,
): Axis {
  const ticks = scale === "log" ? powers(values) : steps(Math.max(...values));
  const transform = scale === "log" ? Math.log10 : (value: number) => value;
  const first = transform(ticks[0] as number);
  const last = transform(ticks.at(-1) as number);
  return {
    ticks,
    place: (value) => from + (transform(value) - first) / (last - first) * (to - from),
  };
}

/** The powers of ten around some values: at least two. */
function powers(values: readonly number[]): number[] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: high - low + 1 }, (_, i) => Number(`1e${low + i}`));
}

/** From zero to at least `most`, in four to six steps of one, two or five times a power of ten. */
function steps(most: number): number[] {
  const magnitude = Number(`1e${Math.floor(Math.log10(most))}`);
  const step = [0.2, 0.5, 1, 2].map((factor) => factor * magnitude)
    .find((each) => most / each <= 6) as number;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => i * step);
}
