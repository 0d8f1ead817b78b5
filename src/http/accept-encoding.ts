/**
 * How a client wants a body compressed. Spec: RFC 9110 §12.5.3.
 */

/** A way to compress a body, as Content-Encoding names it. */
export type ContentCoding = "gzip" | "zstd";

/**
 * Reads an Accept-Encoding header: the encoding on offer that has the highest weight, the first one on offer where several tie.
 * One with a weight of 0 is not wanted. A wildcard stands for gzip, which whoever takes anything certainly takes.
 *
 * @param header the header; `null` when there is none.
 * @param offered what is on offer.
 * @returns the encoding, or `undefined` when the body is to be sent as it is.
 */
export function negotiateEncoding(
  header: string | null,
  offered: readonly ContentCoding[],
): ContentCoding | undefined {
  const weights = parseWeights(header ?? "");
  let best: ContentCoding | undefined;
  let bestWeight = 0;
  for (const coding of offered) {
    const weight = weightOf(coding, weights);
    if (weight > bestWeight) [best, bestWeight] = [coding, weight];
  }
  return best;
}

function parseWeights(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const item of header.toLowerCase().split(",")) {
    const [encoding = "", ...parameters] = item.split(";").map((part) => part.trim());
    const q = parameters.find((parameter) => parameter.startsWith("q="));
    weights.set(encoding, q === undefined ? 1 : Number(q.slice(2)) || 0);
  }
  return weights;
}

function weightOf(coding: ContentCoding, weights: ReadonlyMap<string, number>): number {
  if (coding === "zstd") return weights.get("zstd") ?? 0;
  return weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0;
}
