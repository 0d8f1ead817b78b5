/** What is made of the figures that were taken. */

/** The middle one of some figures; of an even number the mean of the two in the middle. NaN without any. */
export function median(figures: readonly number[]): number {
  return percentile(figures, 50);
}

/** The figure below which `percent` of them are, 0 to 100; between two figures it is interpolated. NaN without any. */
export function percentile(figures: readonly number[], percent: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * percent / 100;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** The largest of some figures; NaN without any. Takes lists of any length, which `Math.max` does not. */
export function largest(figures: readonly number[]): number {
  return figures.reduce((most, figure) => figure > most ? figure : most, figures[0] ?? NaN);
}

/** The smallest of some figures; NaN without any. */
export function smallest(figures: readonly number[]): number {
  return -largest(figures.map((figure) => -figure));
}

/**
 * What two subjects measured in alternation give, round by round, so that what slows the machine down for a while is in both
 * figures. The rounds that only one of them has are left out.
 */
export function pairwise(
  a: readonly number[],
  b: readonly number[],
  combine: (a: number, b: number) => number,
): number[] {
  return a.slice(0, b.length).map((figure, round) => combine(figure, b[round] as number));
}

/** Ratios `a / b`, round by round. */
export function ratios(a: readonly number[], b: readonly number[]): number[] {
  return pairwise(a, b, (x, y) => x / y);
}

/** By how much `y` grows when `x` grows by one, as the line fitted to the points by least squares has it. NaN below two points. */
export function slope(x: readonly number[], y: readonly number[]): number {
  const count = Math.min(x.length, y.length);
  const mean = (list: readonly number[]) =>
    list.slice(0, count).reduce((sum, each) => sum + each, 0) / count;
  const meanX = mean(x);
  const meanY = mean(y);
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < count; i++) {
    const distance = (x[i] as number) - meanX;
    covariance += distance * ((y[i] as number) - meanY);
    variance += distance * distance;
  }
  return covariance / variance;
}
