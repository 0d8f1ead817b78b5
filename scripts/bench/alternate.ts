/** Measures in alternation. */

/** Takes one figure, in the round of this number. */
export type Measure = (round: number) => Promise<number>;

/**
 * Measures everything once a round, one after the other, so that whatever slows the machine down for a while slows down all of
 * them. A first round, 0, is to warm up and does not count.
 *
 * @param measures by name; undefined for a subject that is not there.
 * @returns the figures of each, in the order of the rounds; none for what is not there.
 */
export async function alternate<Name extends string>(
  rounds: number,
  measures: Readonly<Record<Name, Measure | undefined>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(measures) as Name[];
  const figures = {} as Record<Name, number[]>;
  for (const name of names) figures[name] = [];
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const figure = await measures[name]?.(round);
      if (round > 0 && figure !== undefined) figures[name].push(figure);
    }
  }
  return figures;
}
