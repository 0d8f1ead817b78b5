import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Family, FamilyExtras, StoredFamily } from "../../src/model/family.ts";
import { parseRecord, renderRecord } from "../../src/persist/record.ts";
import { utf8Family } from "../render/arbitrary-family.ts";
import { runs } from "../support/runs.ts";

const bytes = fc.uint8Array({ maxLength: 40 });

/** What a family may have beside numbers; `wire` fits its series, or is empty where none has any. */
function extrasOf({ labels: { length } }: Family): fc.Arbitrary<FamilyExtras | undefined> {
  const wire = fc.array(fc.option(bytes, { nil: undefined }), {
    minLength: length,
    maxLength: length,
  })
    .map((each) => (each.some((message) => message !== undefined) ? each : []));
  const extras = fc.record({
    unit: fc.constantFrom("", "seconds", "\0ä"),
    utf8: fc.boolean(),
    wire,
  }, { noNullPrototype: true })
    .map((each) => each.unit !== "" || each.utf8 || each.wire.length > 0 ? each : undefined);
  return fc.oneof(fc.constant(undefined), extras);
}

const storedFamily: fc.Arbitrary<StoredFamily> = fc.tuple(
  utf8Family,
  fc.double({ noNaN: true, min: 0, max: 4e12 }),
)
  .chain(([family, pushedAt]) =>
    extrasOf(family).map((extras) => ({ ...family, pushedAt, ...(extras && { extras }) }))
  );

function gauge(parts: Partial<StoredFamily> = {}): StoredFamily {
  const labels = ['instance="",job="a"'];
  return {
    name: "x",
    type: "gauge",
    help: "",
    labels,
    samples: [1],
    pushedAt: 1000,
    ...parts,
  } as StoredFamily;
}

describe("renderRecord and parseRecord", () => {
  it("lose nothing", () => {
    fc.assert(
      fc.property(storedFamily, (family) => {
        const text = renderRecord(family);
        // toStrictEqual tells -0 from 0 and what is missing from what is undefined.
        expect(parseRecord(family.name, text)).toStrictEqual(family);
        // Survives a store that knows UTF-8 alone, and one that ends texts at NUL.
        expect(Buffer.from(text).toString()).toBe(text);
        // deno-lint-ignore no-control-regex -- it is about them
        expect(text).not.toMatch(/[\0-\x1f]/);
      }),
      { numRuns: runs(1000) },
    );
  });

  it("keeps a push time to the microsecond", () => {
    const text = renderRecord(gauge({ pushedAt: 1795806000123.457 }));
    expect(parseRecord("x", text).pushedAt).toBe(1795806000123.457);
  });

  it("shares points between neighbours that have the same", () => {
    const at = (points: number[]) => ({ count: 1, sum: 2, points, values: points.map(() => 1) });
    const samples = [at([1, 2]), at([1, 2]), at([-0]), at([0])];
    const labels = ["a", "b", "c", "d"].map((value) => `l="${value}"`);
    const family = { ...gauge({ labels }), type: "summary", samples } as StoredFamily;
    const { samples: read } = parseRecord("x", renderRecord(family));
    const points = read.map((sample) => typeof sample === "number" ? undefined : sample.points);
    expect(points).toEqual([[1, 2], [1, 2], [-0], [0]]);
    expect(points[0]).toBe(points[1]);
  });

  it("leaves out extras that say nothing", () => {
    const plain = gauge();
    const extras = { unit: "", utf8: false, wire: [undefined] };
    expect(renderRecord({ ...plain, extras })).toBe(renderRecord(plain));
  });
});

describe("renderRecord", () => {
  it("writes what people can read", () => {
    const labels = ['instance="",job="a"', 'instance="",job="a",l="\\"ä"'];
    expect(
      renderRecord(
        gauge(
          { help: "Rows.", labels, samples: [3.14, -0], pushedAt: 1795806000123.5 } as Partial<
            StoredFamily
          >,
        ),
      ),
    )
      .toBe(
        '{"type":"gauge","help":"Rows.","pushed_at":1795806000123.5,' +
          '"series":[["instance=\\"\\",job=\\"a\\"",3.14],["instance=\\"\\",job=\\"a\\",l=\\"\\\\\\"ä\\"","-0"]]}',
      );
  });

  it("writes distributions with their points, and what only few families have", () => {
    const sample = { count: 3, sum: NaN, points: [0.5, Infinity], values: [1, 3] };
    const extras = { unit: "seconds", utf8: true, wire: [new Uint8Array([0, 255, 16])] };
    expect(
      renderRecord({ ...gauge(), type: "histogram", samples: [sample], extras } as StoredFamily),
    ).toBe(
      '{"type":"histogram","help":"","pushed_at":1000,"unit":"seconds","utf8":true,' +
        '"series":[["instance=\\"\\",job=\\"a\\"",' +
        '{"count":3,"sum":"NaN","points":[0.5,"+Inf"],"values":[1,3]},"AP8Q"]]}',
    );
  });
});

describe("parseRecord", () => {
  const VALID = { type: "gauge", help: "", pushed_at: 1, series: [["", 1]] };
  const SUMMARY = { count: 1, sum: 1, points: [0.5], values: [1] };

  it.each<[reason: RegExp, parts: Readonly<Record<string, unknown>>]>([
    [/^unknown metric type$/, { type: "gouge" }],
    [/^unknown metric type$/, { type: undefined }],
    [/^unknown metric type$/, { type: 1 }],
    [/^no help text or time$/, { help: undefined }],
    [/^no help text or time$/, { help: 1 }],
    [/^no help text or time$/, { pushed_at: undefined }],
    [/^no help text or time$/, { pushed_at: "now" }],
    [/^no series$/, { series: undefined }],
    [/^no series$/, { series: {} }],
    [/^no series$/, { series: [] }],
    [/^a series without labels$/, { series: [1] }],
    [/^a series without labels$/, { series: [null] }],
    [/^a series without labels$/, { series: [[]] }],
    [/^a series without labels$/, { series: [["", 1], [7, 1]] }],
    [/^a sample that is no number$/, { series: [[""]] }],
    [/^a sample that is no number$/, { series: [["", null]] }],
    [/^a sample that is no number$/, { series: [["", "1"]] }],
    [/^a sample that is no number$/, { series: [["", "Infinity"]] }],
    [/^a sample that is no number$/, { series: [["", SUMMARY]] }],
    [/^a sample that is no distribution$/, { type: "summary" }],
    [/^a sample that is no distribution$/, { type: "summary", series: [["", null]] }],
    [/^a sample that is no distribution$/, { type: "summary", series: [[""]] }],
    [/^a sample that is no distribution$/, { type: "summary", series: [["", [1]]] }],
    [/^a sample that is no distribution$/, distribution({ values: [1, 2] })],
    [/^a sample that is no distribution$/, distribution({ values: undefined })],
    [/^a sample that is no distribution$/, distribution({ points: 1 })],
    [/^a sample that is no number$/, distribution({ count: undefined })],
    [/^a sample that is no number$/, distribution({ sum: "one" })],
    [/^a sample that is no number$/, distribution({ points: [null] })],
    [/^a sample that is no number$/, distribution({ values: [[]] })],
    [/^a message that is no base64$/, { series: [["", 1, 7]] }],
    [/^a message that is no base64$/, { series: [["", 1, null]] }],
    [/^a message that is no base64$/, { series: [["", 1, "%"]] }],
    [/^a unit or a mark that is none$/, { unit: 1 }],
    [/^a unit or a mark that is none$/, { utf8: "yes" }],
  ])("says %s of %j", (reason, parts) => {
    const text = JSON.stringify({ ...VALID, ...parts });
    expect(() => parseRecord("x", text)).toThrow(reason);
  });

  it.each(["", "{", "nonsense", '{"type":"gauge"', "\0"])(
    "refuses %j, which is no JSON",
    (text) => {
      expect(() => parseRecord("x", text)).toThrow(/^no JSON: \S/);
    },
  );

  it.each(["null", "1", '"text"', "true"])("refuses %s, which is no object", (text) => {
    expect(() => parseRecord("x", text)).toThrow(/^not an object$/);
  });

  it("refuses a text that lost its end, wherever that is", () => {
    fc.assert(
      fc.property(storedFamily, fc.double({ min: 0, max: 0.999, noNaN: true }), (family, part) => {
        const text = renderRecord(family);
        const cut = text.slice(0, Math.floor(text.length * part));
        expect(() => parseRecord(family.name, cut)).toThrow(/^no JSON: \S/);
      }),
    );
  });

  it("throws nothing but errors that say what is wrong, whatever it is given", () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>(...Object.values(VALID), SUMMARY),
    );
    const text = fc.dictionary(fc.constantFrom(...Object.keys(VALID), "unit", "utf8"), value)
      .map((parts) => JSON.stringify({ ...VALID, ...parts }));
    fc.assert(
      fc.property(text, (text) => {
        try {
          parseRecord("x", text);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect(error).not.toBeInstanceOf(TypeError);
        }
      }),
      { numRuns: runs(1000) },
    );
  });

  function distribution(parts: Readonly<Record<string, unknown>>) {
    return { type: "summary", series: [["", { ...SUMMARY, ...parts }]] };
  }
});
