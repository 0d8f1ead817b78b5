/** Damage to bodies, the same for the same seed. */

/** Numbers from 0 to below 1, the same sequence for the same seed, which must not be 0. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    // An xorshift: simple, and good enough to choose places.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A copy of a body with up to three places damaged: a bit, a byte, some bytes more or fewer, a part repeated, the end cut off. */
export function mutate(body: Uint8Array, random: () => number): Uint8Array {
  const bytes = [...body];
  const below = (limit: number): number => Math.floor(random() * limit);
  for (let left = 1 + below(3); left > 0; left--) {
    const at = below(bytes.length + 1);
    const kind = below(7);
    if (kind <= 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    else if (kind === 2) bytes[at] = below(256);
    else if (kind === 3) bytes.splice(at, 1 + below(4));
    else if (kind === 4) {
      bytes.splice(
        at,
        0,
        ...Array.from({ length: 1 + below(4) }, () => below(256)),
      );
    } else if (kind === 5) bytes.splice(at, 0, ...bytes.slice(at, at + below(20)));
    else bytes.length = at;
  }
  return Uint8Array.from(bytes);
}
