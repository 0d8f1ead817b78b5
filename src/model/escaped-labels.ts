/**
 * Label texts whose names a scraper wants escaped. Only families that have such names come here; all others are shown as they are
 * kept.
 */

import { labelText, parseLabelText, sortLabels } from "./label.ts";
import { escapeLabelName, type Escaping } from "./name-escaping.ts";

/** Escapes the names in a label text. The labels keep their order, as in the reference. */
export function escapeLabelText(text: string, escaping: Escaping): string {
  return escaping === "allow-utf-8" ? text : labelText(escapeLabels(text, escaping));
}

/** What a series is to a scraper that gets it with escaped names. */
export interface EscapedIdentity {
  /** Label text sorted by the escaped names; equal exactly for what a scraper takes for one series. */
  readonly text: string;
  /** Whether the labels cannot be shown so: two of them have one name, or one has the name that is the metric's. */
  readonly isInvalid: boolean;
}

/** Tells what a series with this label text is once escaped. */
export function escapedIdentity(text: string, escaping: Escaping): EscapedIdentity {
  const labels = sortLabels(escapeLabels(text, escaping));
  let isInvalid = false;
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] === labels[i + 2] || labels[i] === "__name__") isInvalid = true;
  }
  return { text: labelText(labels), isInvalid };
}

function escapeLabels(text: string, escaping: Escaping): string[] {
  return parseLabelText(text)
    .map((label, index) => index % 2 === 0 ? escapeLabelName(label, escaping) : label);
}
