/**
 * Sizes as text. A unit is a power of 1024 with or without the `i`, as in Prometheus's own size flags: `64MB` is `64MiB`.
 */

const UNITS: ReadonlyMap<string, number> = new Map([
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
  ["KiB", 2 ** 10],
  ["GB", 2 ** 30],
  ["MB", 2 ** 20],
  ["KB", 2 ** 10],
  ["B", 1],
  ["", 1],
]);

/** Reads `64MiB`, `1.5GB`, `512B` or `1048576`: a whole number of bytes above 0, or undefined when `text` is no such size. */
export function parseByteSize(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([KMG]i?B|B|)$/.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS.get(unit) ?? NaN);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** Prints `bytes` in the largest unit that leaves a whole number: `64MiB`, `1536KiB`, `1000B`. */
export function formatByteSize(bytes: number): string {
  for (const [unit, size] of UNITS) {
    if (bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}
