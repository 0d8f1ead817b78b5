import fc from "fast-check";
import { expect, it } from "vitest";
import type { PushedFamily } from "../../src/model/family.ts";
import { GatewayError } from "../../src/model/error.ts";
import { parseOpenMetrics } from "../../src/parse/openmetrics.ts";
import { runs } from "../support/runs.ts";

const encoder = new TextEncoder();

const name = fc.constantFrom(
  "a",
  "a_total",
  "a_created",
  "h_bucket",
  "h_sum",
  "h_count",
  "s",
  "i_info",
);
const family = fc.constantFrom("a", "h", "s", "i", "a_b", "_");
const type = fc.constantFrom(
  "counter",
  "histogram",
  "gaugehistogram",
  "summary",
  "info",
  "stateset",
);
const label = fc.constantFrom(
  'le="1"',
  'le="+Inf"',
  'quantile="0.5"',
  'a="x"',
  'b="\\"é💩\\n"',
  '"c"="d"',
);
const labels = fc.array(label, { maxLength: 2 }).map((all) =>
  all.length ? `{${all.join(",")}}` : ""
);
const number = fc.constantFrom(
  "0",
  "1",
  "2.5",
  "-1",
  "1e6",
  "nan",
  "+Inf",
  "9007199254740993",
  "1e-400",
);
const rest = fc.constantFrom("", "", "", " 5", " # {} 1", ' 5 # {x="y"} 0.5 1.5');

const line = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(family, type).map(([f, t]) => `# TYPE ${f} ${t}`) },
  fc.tuple(family, label).map(([f, text]) => `# HELP ${f} ${text}`),
  family.map((f) => `# UNIT ${f} b`),
  {
    weight: 6,
    arbitrary: fc.tuple(name, labels, number, rest).map(([n, l, v, r]) => `${n}${l} ${v}${r}`),
  },
  fc.constant('h_bucket{le="1"} 1 # {} 1\nh_bucket{le="+Inf"} 2\nh_count 2\nh_sum 1'),
);

/** A body that mostly means something. */
const body = fc.array(line, { maxLength: 6 }).map((lines) => [...lines, "# EOF\n"].join("\n"));

/** Bytes in place of others: position as a part of the body, how many go, what comes. */
const edit = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.nat(2),
  fc.array(
    fc.oneof(fc.constantFrom(...encoder.encode('\n\r\t "\\{},=#0.eE+-:_a')), fc.nat(255)),
    { maxLength: 2 },
  ),
);

const mutated = fc.tuple(body, fc.array(edit, { maxLength: 3 })).map(([text, edits]) => {
  const bytes = [...encoder.encode(text)];
  for (const [at, remove, insert] of edits) {
    bytes.splice(Math.floor(at * bytes.length), remove, ...insert);
  }
  return Uint8Array.from(bytes);
});

/** The families, or the error text. Any error but the one that is meant for the client passes through. */
function outcomeOf(bytes: Uint8Array, utf8Names: boolean): PushedFamily[] | string {
  try {
    return parseOpenMetrics(bytes, { utf8Names });
  } catch (error) {
    if (error instanceof GatewayError && error.kind === "malformed") return error.message;
    throw error;
  }
}

it("reads or refuses whatever comes in", () => {
  const bytes = fc.oneof(mutated, fc.uint8Array({ maxLength: 60 }));
  fc.assert(
    fc.property(bytes, fc.boolean(), (input, utf8Names) => {
      const outcome = outcomeOf(input, utf8Names);
      if (typeof outcome === "string") expectErrorText(outcome, input);
      else outcome.forEach(expectSound);
    }),
    { numRuns: runs(5000) },
  );
});

it("reads many bodies that nobody has damaged", () => {
  const read = fc.sample(body, { numRuns: 500, seed: 1 })
    .filter((text) => typeof outcomeOf(encoder.encode(text), false) !== "string");
  expect(read.length).toBeGreaterThan(50);
});

function expectErrorText(message: string, bytes: Uint8Array): void {
  const number = /^openmetrics parsing error in line (\d+): ./s.exec(message)?.[1];
  expect(Number(number)).toBeGreaterThanOrEqual(1);
  expect(Number(number)).toBeLessThanOrEqual(bytes.filter((byte) => byte === 10).length + 2);
}

/** What the rest of the gateway relies on. */
function expectSound(
  { name: familyName, type: kind, utf8, timestamped, series }: PushedFamily,
): void {
  expect(familyName).not.toBe("");
  if (!utf8) expect(familyName).toMatch(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/);
  expect(series.length).toBeGreaterThan(0);
  for (const { labels: list, sample } of series) {
    const names = list.filter((_, index) => index % 2 === 0);
    expect(list.length % 2).toBe(0);
    expect(new Set(names).size).toBe(names.length);
    if (!utf8) { for (const each of names) expect(each).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/); }
    if (typeof sample === "number" || timestamped) continue;
    expect(names).not.toContain(kind === "summary" ? "quantile" : "le");
    expect(sample.points.length).toBe(sample.values.length);
    expect(new Set(sample.points).size).toBe(sample.points.length);
    expect(sample.count).toBeGreaterThanOrEqual(0);
  }
}
