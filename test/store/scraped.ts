/**
 * A scrape of a whole gateway, taken apart and held to what is known to be held.
 */

import { expect } from "vitest";
import {
  isLineOf,
  type NaiveGateway,
  type NaiveHeld,
  printedType,
} from "../support/naive-gateway.ts";

/** The families that a gateway without a process to look at has of its own. */
export const OWN: ReadonlyMap<string, { readonly type: string; readonly help: string }> = new Map([
  ["pushgateway_build_info", {
    type: "gauge",
    help: "A metric with a constant '1' value labeled by version, revision, branch and tags " +
      "from which pushgateway was built, and the runtime it runs on.",
  }],
  ["pushgateway_http_requests_total", {
    type: "counter",
    help: "Total HTTP requests processed by the Pushgateway, excluding scrapes.",
  }],
  ["pushgateway_http_push_duration_seconds", {
    type: "summary",
    help: "HTTP request duration for pushes to the Pushgateway.",
  }],
  ["pushgateway_http_push_size_bytes", {
    type: "summary",
    help: "HTTP request size for pushes to the Pushgateway.",
  }],
  ["pushgateway_scrape_dropped_series_total", {
    type: "counter",
    help: "Series left out of a scrape because they were inconsistent with others; " +
      "only with the consistency check disabled or names escaped.",
  }],
]);

/** A family in a scrape. */
export interface ScrapedFamily {
  /** Metric name. */
  readonly name: string;
  /** The word of its TYPE line. */
  readonly type: string;
  /** HELP and TYPE. */
  readonly head: string;
  /** The lines of its series, with their line feeds. */
  readonly lines: readonly string[];
}

/** Cuts a scrape into families; nothing may be left over. */
export function parseScrape(text: string): ScrapedFamily[] {
  const families: ScrapedFamily[] = [];
  const cut = /((?:# HELP [^\n]*\n)?# TYPE (\S+) (\S+)\n)((?:[^#\n][^\n]*\n)+)/y;
  let at = 0;
  for (let match = cut.exec(text); match !== null; match = cut.exec(text)) {
    const [whole, head = "", name = "", type = "", body = ""] = match;
    families.push({ name, type, head, lines: body.split(/(?<=\n)/) });
    at += whole.length;
  }
  expect(text.slice(at)).toBe("");
  return families;
}

/** What a scrape shows of the groups. Every pushed series has a job, and none of the gateway's own has one. */
export function pushedPart(text: string): ScrapedFamily[] {
  return parseScrape(text)
    .map((family) => ({ ...family, lines: family.lines.filter((line) => /[{,]job="/.test(line)) }))
    .filter(({ lines }) => lines.length > 0);
}

/** The text of families. */
export function textOf(families: readonly ScrapedFamily[]): string {
  return families.map(({ head, lines }) => head + lines.join("")).join("");
}

/**
 * Holds a scrape to what it promises when inconsistent pushes were accepted: everything in it is held and fits together, and
 * nothing is missing that would still fit. Returns how many series are missing.
 */
export function assertMaximal(scraped: readonly ScrapedFamily[], model: NaiveGateway): number {
  const held = model.held();
  const exposed = new Set<NaiveHeld>();
  const types = new Map([...OWN].map(([name, { type }]) => [name, type]));
  for (const family of scraped) {
    const { type, series } = explain(family, held);
    expect(family.head).toBe(model.head(family.name, OWN.get(family.name)?.type ?? type));
    types.set(family.name, type);
    for (const one of series) exposed.add(one);
  }
  const names = scraped.map(({ name }) => name);
  expect(names, "one head a name, in order").toEqual([...new Set(names)].sort());
  const bases = [...types].map(([name, type]) => ({ name, type }));
  const series = new Set([...exposed].map(({ name, labels }) => `${name}{${labels}}`));
  expect(series.size, "every series once").toBe(exposed.size);
  expect(names.filter((name) => bases.some((base) => isLineOf(name, base)))).toEqual([]);
  const couldBeExposed = (one: NaiveHeld) =>
    !one.invalid && !series.has(`${one.name}{${one.labels}}`) &&
    (types.get(one.name) ?? one.type) === one.type &&
    !bases.some((base) => isLineOf(one.name, base) || isLineOf(base.name, one));
  expect(held.filter((one) => !exposed.has(one) && couldBeExposed(one))).toEqual([]);
  return held.length - exposed.size;
}

/** Finds the series held that a family of a scrape is made of, and their type, for which there may be two that print the same. */
function explain({ name, type, lines }: ScrapedFamily, held: readonly NaiveHeld[]) {
  const ofName = held.filter((one) => one.name === name && !one.invalid);
  const candidates = new Set(ofName.map((one) => one.type));
  for (const candidate of candidates) {
    if (printedType(candidate) !== type) continue;
    let rest = lines.join("");
    const series = ofName.filter((one) => {
      if (one.type !== candidate || !rest.startsWith(one.text)) return false;
      rest = rest.slice(one.text.length);
      return true;
    });
    if (rest === "") return { type: candidate, series };
  }
  throw new Error(`The lines of ${name} are not what is held:\n${lines.join("")}`);
}
