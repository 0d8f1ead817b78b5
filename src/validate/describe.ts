/**
 * How an error text shows the series that it is about: in the compact protobuf text form that the reference prints, shortened
 * where a client sent something huge.
 */

import { type Distribution, type Family, isScalar } from "../model/family.ts";
import { formatFloat } from "../model/number.ts";
import { quote } from "../model/quote.ts";

const MAX_VALUE_LENGTH = 128;
const MAX_LABELS = 32;

/** Describes one series of a sanitized family: `collected metric "x" { label:{name:"job" value:"a"} gauge:{value:1} }`. */
export function describeSeries(family: Family, labels: readonly string[], index: number): string {
  return `collected metric ${quote(family.name)} { ${describeLabels(labels)} ${
    describeSample(family, index)
  } }`;
}

function describeLabels(labels: readonly string[]): string {
  const pairs: string[] = [];
  for (let i = 0; i < labels.length && pairs.length < MAX_LABELS; i += 2) {
    pairs.push(
      `label:{name:${quote(clip(labels[i] as string))} value:${
        quote(clip(labels[i + 1] as string))
      }}`,
    );
  }
  if (labels.length / 2 > MAX_LABELS) pairs.push("…");
  return pairs.join(" ");
}

function describeSample(family: Family, index: number): string {
  if (isScalar(family)) {
    return `${family.type}:{value:${formatFloat(family.samples[index] as number)}}`;
  }
  const { count, sum } = family.samples[index] as Distribution;
  const kind = family.type === "summary" ? "summary" : "histogram";
  return `${kind}:{sample_count:${formatFloat(count)} sample_sum:${formatFloat(sum)}}`;
}

function clip(text: string): string {
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}
