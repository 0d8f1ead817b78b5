/**
 * Looks at what a gateway holds through its scrape, with what changes from one moment to the next taken out.
 */

import { expect } from "vitest";
import { type Answer, type Gateway, get, put, remove, send } from "./client.ts";

/** What is held: `text` of the pushed families, and the groups by their label text with how their pushes went. */
export interface Held {
  /** The scrape without the gateway's own families and without the push times. */
  readonly text: string;
  /** The groups by label text: `pushed`, `failed`, or `pushed and failed`. */
  readonly groups: Readonly<Record<string, string>>;
}

/** Reads what a gateway holds. */
export async function held(gateway: Gateway, scrapePath = "/metrics"): Promise<Held> {
  const blocks = familiesOf((await scrape(gateway, scrapePath)).text);
  const pushTimes = seriesOf(blocks.get("push_time_seconds"));
  const failureTimes = seriesOf(blocks.get("push_failure_time_seconds"));
  const groups = [...pushTimes].map(([labels, time]) => {
    const words = [time > 0 ? "pushed" : "", (failureTimes.get(labels) ?? 0) > 0 ? "failed" : ""];
    return [labels, words.filter((word) => word !== "").join(" and ")];
  });
  const pushed = [...blocks].filter(([name]) => !isOwn(name)).map(([, block]) => block);
  return { text: pushed.join(""), groups: Object.fromEntries(groups) };
}

/** Scrapes, and expects that to succeed. */
export async function scrape(gateway: Gateway, path = "/metrics"): Promise<Answer> {
  const answer = await send(gateway, get(path));
  expect(answer.status, answer.text).toBe(200);
  return answer;
}

/** The value of one series of a scrape; undefined when there is none. */
export async function sample(gateway: Gateway, series: string): Promise<number | undefined> {
  const { text } = await scrape(gateway);
  const line = text.split("\n").find((line) => line.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** Deletes all groups of a gateway whose admin API is on. */
export async function wipe(gateway: Gateway): Promise<void> {
  const answer = await send(gateway, put("/api/v1/admin/wipe"));
  expect(answer.status, answer.text).toBe(202);
}

/** Deletes one group. */
export async function drop(gateway: Gateway, path: string): Promise<void> {
  expect((await send(gateway, remove(path))).status).toBe(202);
}

/** Splits a scrape into the blocks of its families, by name. */
export function familiesOf(text: string): Map<string, string> {
  const blocks = new Map<string, string>();
  for (const block of text.split(/^(?=# HELP )|^(?<!^# HELP .*\n)(?=# TYPE )/m)) {
    if (block !== "") blocks.set(block.split(" ")[2] ?? "", block);
  }
  return blocks;
}

function isOwn(name: string): boolean {
  return /^(?:pushgateway_|process_|push_time_seconds$|push_failure_time_seconds$)/.test(name);
}

function seriesOf(block = ""): Map<string, number> {
  const series = new Map<string, number>();
  for (const line of block.split("\n")) {
    const [, labels, value] = /^[^#{]+\{(.*)\} (\S+)$/.exec(line) ?? [];
    if (labels !== undefined) series.set(labels, Number(value));
  }
  return series;
}
