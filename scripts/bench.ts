/**
 * `npm run bench`: what a push and a scrape cost with few and with many groups held.
 *
 * Machines are noisy, so only ratios of figures taken in one run count: every figure is the median of several rounds, and what is
 * compared is measured in alternation. The cost of a push is measured in process, where nothing but the gateway is in the way; where
 * `wrk` is installed the same is measured over HTTP beside a bare Bun.serve that reads the body and answers 200.
 */

import { createGateway, type Gateway } from "../src/gateway.ts";
import { defaultOptions } from "../src/runtime/default-options.ts";
import { gzip } from "../src/runtime/gzip.ts";
import { zstd } from "../src/runtime/zstd.ts";
import { hasWrk, measureOverHttp } from "./bench-http.ts";
import { pushBody } from "./bench-body.ts";
import { benchParse } from "./bench-parse.ts";

const SIZES = [100, 20_000];
const ROUNDS = 7;
const PUSHES_PER_ROUND = 5_000;
const SCRAPES_PER_ROUND = 5;
const ORIGIN = "http://localhost";
/** What Prometheus asks for when native histograms are on. */
const PROTOBUF =
  "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

interface Row {
  readonly what: string;
  readonly figures: readonly number[];
  readonly unit: string;
}

/** A gateway that holds `groups` groups of five gauges each. */
async function createFilled(groups: number): Promise<Gateway> {
  const gateway = createGateway({ ...defaultOptions("bun"), gzip, ...(zstd && { zstd }) });
  for (let group = 0; group < groups; group++) await push(gateway, group, group);
  return gateway;
}

async function push(gateway: Gateway, group: number, value: number): Promise<void> {
  const url = `${ORIGIN}/metrics/job/batch/instance/host-${group}`;
  const response = await gateway.fetch(new Request(url, { method: "PUT", body: pushBody(value) }));
  if (response.status !== 200) throw new Error(`push answered ${response.status}`);
}

/** Microseconds that a push took on average. */
async function timePushes(gateway: Gateway, groups: number, round: number): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < PUSHES_PER_ROUND; i++) {
    // A stride that shares no factor with the number of groups visits them all in no order that a cache would like.
    await push(gateway, (i * 7919) % groups, round * PUSHES_PER_ROUND + i);
  }
  return (performance.now() - started) * 1000 / PUSHES_PER_ROUND;
}

/** Milliseconds that a scrape took on average, with one group changed before each. */
async function timeScrapes(
  gateway: Gateway,
  round: number,
  encoding: string,
  accept = "*/*",
): Promise<number> {
  let spent = 0;
  for (let i = 0; i < SCRAPES_PER_ROUND; i++) {
    await push(gateway, i, round);
    const headers = { "Accept": accept, "Accept-Encoding": encoding };
    const request = new Request(`${ORIGIN}/metrics`, { headers });
    const started = performance.now();
    await (await gateway.fetch(request)).arrayBuffer();
    spent += performance.now() - started;
  }
  return spent / SCRAPES_PER_ROUND;
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? NaN;
}

/** Measures every size once a round, in alternation. */
async function compare(
  what: string,
  unit: string,
  measure: (index: number, round: number) => Promise<number>,
  rounds: number = ROUNDS,
): Promise<Row> {
  const figures: number[][] = SIZES.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, list] of figures.entries()) list.push(await measure(index, round));
  }
  return { what, unit, figures: figures.map(median) };
}

function print(rows: readonly Row[]): void {
  const table = rows.map(({ what, figures: [few = NaN, many = NaN], unit }) => [
    what,
    `${few.toFixed(2)} ${unit}`,
    `${many.toFixed(2)} ${unit}`,
    (many / few).toFixed(2),
  ]);
  const lines = [["", ...SIZES.map((size) => `${size} groups`), "ratio"], ...table];
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  for (const line of lines) {
    out(line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("   ").trimEnd());
  }
}

function out(line: string): void {
  // deno-lint-ignore no-console -- the table is what the command is for
  console.log(line);
}

const gateways: Gateway[] = [];
for (const size of SIZES) gateways.push(await createFilled(size));
const at = (index: number): Gateway => gateways[index] as Gateway;
await compare("warm-up", "", (index, round) => timePushes(at(index), SIZES[index] ?? 1, round), 2);
const rows = [
  await compare(
    "push, in process",
    "µs",
    (index, round) => timePushes(at(index), SIZES[index] ?? 1, round),
  ),
  await compare(
    "scrape after one push, identity",
    "ms",
    (index, round) => timeScrapes(at(index), round, "identity"),
  ),
  await compare(
    "scrape after one push, gzip",
    "ms",
    (index, round) => timeScrapes(at(index), round, "gzip"),
  ),
  await compare(
    "scrape after one push, zstd",
    "ms",
    (index, round) => timeScrapes(at(index), round, "zstd"),
  ),
  await compare(
    "scrape after one push, protobuf",
    "ms",
    (index, round) => timeScrapes(at(index), round, "identity", PROTOBUF),
  ),
  await compare(
    "scrape after one push, protobuf, gzip",
    "ms",
    (index, round) => timeScrapes(at(index), round, "gzip", PROTOBUF),
  ),
];
if (hasWrk()) {
  const http = await measureOverHttp(SIZES);
  rows.push(await compare("pushes over HTTP, 8 connections", "/s", http.gateway, 3));
  rows.push(await compare("the same to a bare handler", "/s", http.bare, 3));
  http.close();
}
print(rows);
benchParse().forEach(out);
if (!hasWrk()) out("wrk is not installed: nothing was measured over HTTP");
for (const gateway of gateways) await gateway.close();
