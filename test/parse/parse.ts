/**
 * What the tests of the parser share: a body as text instead of bytes, and what came out of it as one line.
 */

import type { Distribution, PushedFamily } from "../../src/model/family.ts";
import { GatewayError } from "../../src/model/error.ts";
import { labelText } from "../../src/model/label.ts";
import { parseText, type TextOptions } from "../../src/parse/text.ts";

const encoder = new TextEncoder();

/** Parses a body given as text. */
export function parse(body: string, options?: TextOptions): PushedFamily[] {
  return [...parseText(encoder.encode(body), options)];
}

/** The error text for a body that must be refused as malformed. Any other error passes through. */
export function errorOf(body: string, options?: TextOptions): string {
  try {
    parse(body, options);
  } catch (error) {
    if (error instanceof GatewayError && error.kind === "malformed") return error.message;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(body)}`);
}

/**
 * Shows families as text, one after the other: `gauge a "help": {b="c"} 1, {} 2` and `summary s: {} count 2 sum 3 [0.5=1]`; a
 * `@` behind the name tells that samples came with timestamps.
 */
export function show(families: readonly PushedFamily[]): string {
  return families.map(({ name, type, help, timestamped, series }) => {
    const head = `${type} ${name}${timestamped ? "@" : ""}${help === "" ? "" : ` ${quoted(help)}`}`;
    const shown = series.map(({ labels, sample }) =>
      `{${labelText(labels)}} ${showSample(sample)}`
    );
    return `${head}: ${shown.join(", ")}`;
  }).join("; ");
}

function showSample(sample: number | Distribution): string {
  if (typeof sample === "number") return showNumber(sample);
  const points = sample.points.map((point, i) =>
    `${showNumber(point)}=${showNumber(sample.values[i] ?? NaN)}`
  );
  return `count ${showNumber(sample.count)} sum ${showNumber(sample.sum)} [${points.join(" ")}]`;
}

function showNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
