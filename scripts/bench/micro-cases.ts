/** What `npm run bench:micro` measures: one call of a hot module each, named as the module is. */

import { parseGroupingPath } from "../../src/http/grouping-path.ts";
import { createRouteTable } from "../../src/http/route-table.ts";
import { createNullLogger } from "../../src/log/create-logger.ts";
import { createGroupKey } from "../../src/model/group-key.ts";
import { formatFloat } from "../../src/model/number.ts";
import { expandPattern, patternOf } from "../../src/model/label-pattern.ts";
import type { StoredFamily } from "../../src/model/family.ts";
import { parseProtobuf } from "../../src/parse/protobuf.ts";
import { parseText } from "../../src/parse/text.ts";
import { createGzipFormat } from "../../src/render/gzip-format.ts";
import { createProtobufFormat } from "../../src/render/protobuf.ts";
import { textFormat } from "../../src/render/text.ts";
import { defaultOptions } from "../../src/runtime/default-options.ts";
import { deflate } from "../../src/runtime/gzip.ts";
import { Store } from "../../src/store/store.ts";
import { createNumbers, pushBody } from "./body.ts";
import { protobufBody, textBody } from "./large-body.ts";

/** One thing to measure. */
export interface MicroCase {
  /** What a call does. */
  readonly what: string;
  /** Bytes that a call reads or makes, where these are what it costs by. */
  readonly bytes?: number;
  /** Does it. `i` counts the calls. */
  readonly run: (i: number) => unknown;
}

const GROUPS = 10_000;
const SERIES = 20_000;
const encoder = new TextEncoder();
const next = createNumbers(1);
const bodies = Array.from({ length: 16 }, () => encoder.encode(pushBody(next)));
/** Bodies of which no template is made, because they do not begin with a comment. */
const others = bodies.map(() => encoder.encode(`\n${pushBody(next)}`));
const paths = Array.from({ length: GROUPS }, (_, i) => `/metrics/job/batch/instance/host-${i}`);
const keys = paths.map((path) => parseGroupingPath(path));
const large = { name: "batch_records", series: SERIES, zone: "a-1", next };
const [text, protobuf] = [textBody(large), protobufBody(large)];
const routeOf = createRouteTable(defaultOptions());

const store = new Store({ checkConsistency: true, own: new Map(), logger: createNullLogger() });

function apply(i: number, body: Uint8Array, replace: boolean): unknown {
  const key = keys[(i * 7919) % GROUPS] ?? createGroupKey(["job", "none"]);
  return store.apply({ kind: "push", key, families: parseText(body), replace, at: i });
}
for (let i = 0; i < GROUPS; i++) apply(i, bodies[0] ?? text, true);

const block = Array.from({ length: 256 }, (_, i): StoredFamily => ({
  name: "batch_duration_seconds",
  type: "gauge",
  help: "",
  labels: [`instance="host-${i}",job="batch"`],
  samples: [i * 7.25],
  pushedAt: 0,
}));
const rendered = textFormat.renderSeries(block);
const zipped = deflate && createGzipFormat(textFormat, deflate);
const plainProtobuf = createProtobufFormat("delimited", "underscores");
const [label, id] = ['instance="host-1",job="batch",kind="io"', 'instance="host-1",job="batch"'];
const pattern = patternOf(label, id) ?? "";

/** All of them, in the order of the way of a push and then of a scrape. */
export const MICRO_CASES: readonly MicroCase[] = [
  { what: "path: route", run: (i) => routeOf(paths[i % GROUPS] ?? "") },
  { what: "path: grouping key", run: (i) => parseGroupingPath(paths[i % GROUPS] ?? "") },
  {
    what: "parse: text, five gauges, all but the values known",
    bytes: bodies[0]?.length ?? 0,
    run: (i) => parseText(bodies[i % 16] ?? text),
  },
  {
    what: "parse: text, five gauges, anew",
    bytes: others[0]?.length ?? 0,
    run: (i) => parseText(others[i % 16] ?? text),
  },
  { what: `parse: text, ${SERIES} series`, bytes: text.length, run: () => parseText(text) },
  {
    what: `parse: protobuf, ${SERIES} series`,
    bytes: protobuf.length,
    run: () => parseProtobuf(protobuf),
  },
  { what: "index: the same five gauges again", run: (i) => apply(i, bodies[i % 16] ?? text, true) },
  {
    what: "index: a sixth family comes and goes",
    run: (i) => {
      apply(i, encoder.encode("other 1\n"), false);
      return apply(i, bodies[i % 16] ?? text, true);
    },
  },
  { what: "model: pattern of a label text", run: () => patternOf(label, id) },
  { what: "model: label text of a pattern", run: () => expandPattern(pattern, id) },
  { what: "model: number as Go prints it, 0.25 and up", run: (i) => formatFloat(i + 0.25) },
  { what: "model: number as Go prints it, a time", run: (i) => formatFloat(1.7e9 + i / 8) },
  {
    what: "render: text, a block of 256 series",
    bytes: rendered.length,
    run: () => textFormat.renderSeries(block),
  },
  {
    what: "render: the same, compressed",
    bytes: rendered.length,
    run: () => (zipped ?? textFormat).renderSeries(block),
  },
  {
    what: "render: protobuf, a block of 256 series",
    bytes: plainProtobuf.renderSeries(block).length,
    run: () => plainProtobuf.renderSeries(block),
  },
];
