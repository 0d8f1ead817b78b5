import fc from "fast-check";
import { expect, it } from "vitest";
import type { PushedFamily } from "../../src/model/family.ts";
import { GatewayError } from "../../src/model/error.ts";
import { parseText } from "../../src/parse/text.ts";
import { runs } from "../support/runs.ts";

const encoder = new TextEncoder();

const blank = fc.constantFrom("", "", " ", "\t", "  ");
const name = fc.constantFrom(
  "h",
  "h_bucket",
  "h_sum",
  "h_count",
  "s",
  "s_sum",
  "a:b",
  "_",
  "c_count",
);
const label = fc.constantFrom("le", "quantile", "a", "b", "__x", "job");
const value = fc.constantFrom(
  "",
  "1",
  "0.5",
  "+Inf",
  "NaN",
  "é💩",
  '\\"',
  "\\\\",
  "\\n",
  "{},=",
  "-0",
);
const number = fc.constantFrom("0", "1", "2.5", "-1", "1e6", "NaN", "+Inf", "-inf", ".5", "1e-400");
const type = fc.constantFrom("histogram", "summary", "gauge", "counter", "GaugeHistogram", "x");

const labels = fc.array(
  fc.tuple(blank, label, blank, value, blank).map(([a, key, b, text, c]) =>
    `${a}${key}${b}=${c}"${text}"${a}`
  ),
  { maxLength: 3 },
).map((pairs) => pairs.length === 0 ? "" : `{${pairs.join(",")}}`);

const line = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(name, type).map(([n, t]) => `# TYPE ${n} ${t}`) },
  fc.tuple(name, value).map(([n, v]) => `# HELP ${n} ${v}`),
  fc.constantFrom("", "#", "# x", " # TYPE\th histogram \t", "h 1 5"),
  {
    weight: 6,
    arbitrary: fc.tuple(blank, name, labels, number, blank).map(([a, n, l, v, b]) =>
      `${a}${n}${l} ${v}${b}`
    ),
  },
);

/** A body that mostly means something. */
const body = fc.array(line, { maxLength: 8 }).map((lines) => lines.map((l) => `${l}\n`).join(""));

/** Bytes in place of others: position as a part of the body, how many go, what comes. */
const edit = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.nat(2),
  fc.array(
    fc.oneof(
      fc.constantFrom(...encoder.encode('\n\r\t "\\{},=#0.eE+-:_a')),
      fc.nat(255),
    ),
    { maxLength: 2 },
  ),
);

const mutated = fc.tuple(body, fc.array(edit, { maxLength: 4 })).map(([text, edits]) => {
  const bytes = [...encoder.encode(text)];
  for (const [at, remove, insert] of edits) {
    bytes.splice(Math.floor(at * bytes.length), remove, ...insert);
  }
  return Uint8Array.from(bytes);
});

/** The families, or the error text. Any error but the one that is meant for the client passes through. */
function outcomeOf(bytes: Uint8Array): PushedFamily[] | string {
  try {
    return [...parseText(bytes)];
  } catch (error) {
    if (error instanceof GatewayError && error.kind === "malformed") return error.message;
    throw error;
  }
}

it("reads or refuses whatever comes in", () => {
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 60 })), (bytes) => {
      const outcome = outcomeOf(bytes);
      if (typeof outcome === "string") expectErrorText(outcome, bytes);
      else outcome.forEach(expectSound);
    }),
    { numRuns: runs(5000) },
  );
});

it("reads most bodies that nobody has damaged", () => {
  const read = fc.sample(body, { numRuns: 500, seed: 1 })
    .filter((text) => typeof outcomeOf(encoder.encode(text)) !== "string");
  expect(read.length).toBeGreaterThan(100);
});

it("counts lines: what stands in front of a body only moves the number in its error", () => {
  fc.assert(
    fc.property(mutated, fc.nat(5), (bytes, lines) => {
      const moved = Uint8Array.from([...encoder.encode("\n".repeat(lines)), ...bytes]);
      const expected = outcomeOf(bytes);
      expect(outcomeOf(moved)).toEqual(
        typeof expected === "string"
          ? expected.replace(/(?<=in line )\d+/, (line) => String(Number(line) + lines))
          : expected,
      );
    }),
    { numRuns: runs(1000) },
  );
});

it("does not mind CR LF at the end of lines, nor a missing line end", () => {
  fc.assert(
    fc.property(body, (text) => {
      const outcome = outcomeOf(encoder.encode(text));
      expect(outcomeOf(encoder.encode(text.replaceAll("\n", "\r\n")))).toEqual(outcome);
      expect(outcomeOf(encoder.encode(text.replace(/\n$/, "")))).toEqual(outcome);
      expect(outcomeOf(encoder.encode(text.replace(/\n$/, "\r")))).toEqual(outcome);
    }),
    { numRuns: runs(1000) },
  );
});

it("does not mind blanks around lines and empty lines between them", () => {
  fc.assert(
    fc.property(body.filter((text) => !text.includes("# HELP")), (text) => {
      const outcome = outcomeOf(encoder.encode(text));
      if (typeof outcome === "string") return;
      expect(outcomeOf(encoder.encode(text.replaceAll("\n", " \t\n\n \t")))).toEqual(outcome);
    }),
    { numRuns: runs(1000) },
  );
});

function expectErrorText(message: string, bytes: Uint8Array): void {
  const line = /^text format parsing error in line (\d+): ./s.exec(message)?.[1];
  expect(Number(line)).toBeGreaterThanOrEqual(1);
  expect(Number(line)).toBeLessThanOrEqual(bytes.filter((byte) => byte === 10).length + 1);
}

/** What the rest of the gateway relies on. */
function expectSound({ name, type, series }: PushedFamily): void {
  expect(name).toMatch(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/);
  expect(series.length).toBeGreaterThan(0);
  for (const { labels, sample } of series) {
    const names = labels.filter((_, index) => index % 2 === 0);
    expect(labels.length % 2).toBe(0);
    expect(new Set(names).size).toBe(names.length);
    for (const each of names) expect(each).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
    if (typeof sample === "number") continue;
    expect(names).not.toContain(type === "summary" ? "quantile" : "le");
    expect(sample.points.length).toBe(sample.values.length);
    expect(new Set(sample.points).size).toBe(sample.points.length);
    expect(sample.points).not.toContain(NaN);
    expect(sample.count < 0).toBe(false);
  }
}
