import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TextTemplates, type ValueRecord } from "../../src/parse/text-template.ts";
import { runs } from "../support/runs.ts";
import { errorOf, parse, show } from "./parse.ts";

/** What becomes of a body: its families as text, or the error, with its line counted from `firstLine` on. */
function outcome(body: string, firstLine: number): string {
  try {
    return show(parse(body));
  } catch {
    return errorOf(body).replace(/in line (\d+)/, (_, line) => `in line ${+line - firstLine}`);
  }
}

const name = fc.constantFrom("a", "b", "a_sum", "h", "h_bucket");
const value = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("1", "-2.5", "NaN", "+Inf", "30") },
  fc.constantFrom("1e400", "1 5", "1 ", "1\r", "x", "", "\t7"),
);
const line = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(name, fc.constantFrom("", '{l="1"}', '{l="2",m="\\n"}')) },
  fc.tuple(name.map((n) => `# TYPE ${n} gauge`), fc.constant(undefined)),
  fc.tuple(name.map((n) => `# TYPE ${n} histogram`), fc.constant(undefined)),
  fc.tuple(fc.constantFrom("# HELP a x", "", "#", '{"q"} 3'), fc.constant(undefined)),
);
const body = fc.tuple(fc.array(line, { maxLength: 6 }), fc.boolean());
const values = fc.array(value, { minLength: 6, maxLength: 6 });

function write(
  [lines, ends]: readonly [readonly (readonly [string, string | undefined])[], boolean],
  list: string[],
) {
  const text = lines.map(([start, labels], index) =>
    labels === undefined ? start : `${start}${labels} ${list[index]}`
  );
  return text.join("\n") + (ends ? "\n" : "");
}

describe("a body that came before with other values", () => {
  it("is read as one that did not", () => {
    let last = 0;
    fc.assert(
      fc.property(body, fc.array(values, { minLength: 1, maxLength: 4 }), (lines, pushes) => {
        const first = `# ${++last}\n`;
        for (const list of pushes) {
          const text = write(lines, list);
          // What does not begin with a comment is always read anew.
          expect(outcome(first + text, 1)).toBe(outcome(`\n${text}`, 1));
        }
      }),
      { numRuns: runs(2000) },
    );
  });
});

describe("TextTemplates", () => {
  const text = (a: number, b: number) => `# TYPE a gauge\na{l="x"} ${a}\nb ${b}\n`;

  function learn(templates: TextTemplates, body: string): ValueRecord | undefined {
    const record = templates.recordFor(body);
    if (record === undefined) return undefined;
    for (const name of ["a", "b"]) {
      const start = body.search(new RegExp(`(?<=^${name}.* )\\S+$`, "m"));
      record.add(name, start, body.indexOf("\n", start));
    }
    templates.learn(body, record, parse(`\n${body}`));
    return record;
  }

  it("fill a body that differs in its values alone", () => {
    const templates = new TextTemplates();
    expect(templates.fill(text(1, 2))).toBeUndefined();
    expect(learn(templates, text(1, 2))).toBeUndefined();
    expect(learn(templates, text(3, 4))).toBeDefined();
    expect(show([...templates.fill(text(30, -4)) ?? []])).toBe(
      'gauge a: {l="x"} 30; untyped b: {} -4',
    );
    expect(templates.fill(text(30, -4).replace("x", "y"))).toBeUndefined();
    expect(templates.fill(`${text(1, 2)}c 1\n`)).toBeUndefined();
    expect(templates.fill(text(1, 2).replace("b 2\n", ""))).toBeUndefined();
    expect(templates.fill(text(1, 2).replace("2", "two"))).toBeUndefined();
  });

  it("are made of no body that begins with a sample, nor of a long one", () => {
    const templates = new TextTemplates();
    expect(templates.recordFor("a 1\n")).toBeUndefined();
    expect(templates.recordFor(`# x\n${"a 1\n".repeat(5000)}`)).toBeUndefined();
  });

  it("are tried less and less often for bodies that begin alike and are not", () => {
    const templates = new TextTemplates();
    let tries = 0;
    for (let i = 0; i < 1000; i++) {
      const body = text(1, 2).replace("x", String(i));
      if (templates.fill(body) === undefined && learn(templates, body) !== undefined) tries++;
    }
    expect(tries).toBeGreaterThan(3);
    expect(tries).toBeLessThan(12);
  });

  const numbered = (i: number) => `# ${i}\n${text(1, 2)}`;

  it("stay when more kinds of bodies come than can be known", () => {
    const templates = new TextTemplates();
    const kinds = Array.from({ length: 3000 }, (_, i) => numbered(i));
    let records = 0;
    let filled = 0;
    for (let round = 0; round < 20; round++) {
      for (const body of kinds) {
        if (templates.fill(body) !== undefined) filled++;
        else if (learn(templates, body) !== undefined) records++;
      }
    }
    // A third of the bodies is known from the third round on; a template that is made is nearly always used.
    expect(filled).toBeGreaterThan(15 * 1000);
    expect(records).toBeLessThan(1100);
  });

  it("make room when nobody uses them any more", () => {
    const templates = new TextTemplates();
    const learnAll = (from: number) => {
      for (let round = 0; round < 2; round++) {
        for (let i = from; i < from + 1024; i++) learn(templates, numbered(i));
      }
    };
    learnAll(0);
    expect(templates.fill(numbered(5))).toBeDefined();
    for (let round = 0; round < 20; round++) learnAll(5000);
    expect(templates.fill(numbered(5))).toBeUndefined();
    expect(templates.fill(numbered(5005))).toBeDefined();
  });

  it("are made of no more text than there is room for", () => {
    const templates = new TextTemplates();
    const long = (i: number) => `# ${i}${"x".repeat(15_000)}\n${text(1, 2)}`;
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 400; i++) learn(templates, long(i));
    }
    const kept = Array.from({ length: 400 }, (_, i) => templates.fill(long(i)) !== undefined);
    expect(kept.filter(Boolean).length).toBeGreaterThan(200);
    expect(kept.filter(Boolean).length).toBeLessThan(300);
  });
});
