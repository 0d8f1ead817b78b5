import { describe, expect, it } from "vitest";
import { FAMILY, METRIC } from "../../src/model/client-model.ts";
import type { MetricType } from "../../src/model/family.ts";
import { parseFamilyMessage, parseProtobuf } from "../../src/parse/protobuf.ts";
import { show } from "./parse.ts";
import { concat, delimited, errorOf, family, labels, message, metric } from "./protobuf-encode.ts";

const one = message([1, 1]);
const two = message([1, 2]);
const gauge = (name: string, ...metrics: Uint8Array[]) => family(name, "gauge", metrics);
const IN_1 = "protobuf parsing error in message 1: ";
const IN_2 = "protobuf parsing error in message 2: ";
const REFUSED =
  "inconsistent: pushed metrics are invalid or inconsistent with existing metrics: collected metric ";

function shown(...messages: Uint8Array[]): string {
  return show(parseProtobuf(delimited(...messages)));
}

describe("parseProtobuf: families", () => {
  it("reads nothing from an empty body", () => {
    expect(parseProtobuf(new Uint8Array())).toEqual([]);
  });

  it("reads families in their order, with help, unit and labels in theirs", () => {
    const help: [number, string] = [FAMILY.help, "Help \n text."];
    const b = family("b", "counter", [metric("counter", one, { z: "1", a: '\\"\n' })], help);
    const a = family("a", "untyped", [metric("untyped", two)], [FAMILY.unit, "bytes"]);
    const [first, second] = parseProtobuf(delimited(b, a));
    expect(first).toEqual({
      name: "b",
      type: "counter",
      help: "Help \n text.",
      timestamped: false,
      series: [{ labels: ["z", "1", "a", '\\"\n'], sample: 1 }],
    });
    expect(second).toEqual({
      name: "a",
      type: "untyped",
      help: "",
      unit: "bytes",
      timestamped: false,
      series: [{ labels: [], sample: 2 }],
    });
  });

  it.each<[MetricType, string]>([
    ["counter", "counter x: {} 1"],
    ["gauge", "gauge x: {} 1"],
    ["untyped", "untyped x: {} 1"],
    ["summary", "summary x: {} count 0 sum 0 []"],
    ["histogram", "histogram x: {} count 0 sum 0 []"],
    ["gaugehistogram", "gaugehistogram x: {} count 0 sum 0 []"],
  ])("knows the type %s", (type, expected) => {
    const value = expected.endsWith("1") ? one : message([1, 0n], [2, 0]);
    expect(shown(family("x", type, [metric(type, value)]))).toBe(expected);
  });

  it("takes a family without type for a counter", () => {
    expect(shown(message([FAMILY.name, "x"], [FAMILY.metric, metric("counter", one)])))
      .toBe("counter x: {} 1");
  });

  it("reads a family whose name and type come after its metrics, the last of each", () => {
    const body = message(
      [FAMILY.metric, metric("gauge", one)],
      [FAMILY.type, 0n],
      [FAMILY.name, "y"],
      [FAMILY.name, "x"],
      [FAMILY.type, 1n],
    );
    expect(shown(body)).toBe("gauge x: {} 1");
  });

  it("lets families without metrics vanish, whatever else they say", () => {
    const strange = message([FAMILY.type, 99n]);
    expect(shown(message(), strange, gauge("x"), gauge("y", metric("gauge", one)), gauge("y")))
      .toBe("gauge y: {} 1");
  });

  it("skips fields that it does not know", () => {
    const label = message([1, "a"], [2, "b"], [3, "c"]);
    const body = message(
      [99, "x"],
      [FAMILY.name, "x"],
      [FAMILY.type, 1n],
      [FAMILY.metric, message([9, 1n], [METRIC.label, label], [2, one], [100, 2.5])],
      [6, message([1, "nested"])],
    );
    expect(parseProtobuf(delimited(body))).toMatchObject([
      { name: "x", series: [{ labels: ["a", "b"], sample: 1 }] },
    ]);
  });

  it.each(
    [
      ["no timestamp", [], false],
      ["one", [[METRIC.timestampMs, 1_700_000_000_000n]], true],
      ["zero", [[METRIC.timestampMs, 0n]], true],
      ["a negative one", [[METRIC.timestampMs, BigInt.asUintN(64, -1n)]], true],
    ] as const,
  )("notes whether there are timestamps: %s", (_, fields, timestamped) => {
    const metrics = [metric("gauge", one), message([2, one], ...fields)];
    expect(parseProtobuf(delimited(family("x", "gauge", metrics)))).toMatchObject([{
      timestamped,
    }]);
  });

  it.each([
    ["x", { a: "1" }, undefined],
    ["x:y", { a: "ü.☃" }, undefined],
    ["x.y", {}, true],
    ["ü", {}, true],
    ["x", { "a.b": "1" }, true],
    ["x", { "a:b": "1" }, true],
  ])("marks names that the legacy rule does not allow: %s %j", (name, pairs, utf8) => {
    const [found] = parseProtobuf(
      delimited(gauge(name, metric("gauge", one, { b: "2", ...pairs }))),
    );
    expect(found?.utf8).toBe(utf8);
  });

  it("leaves names that begin with two underscores to the check", () => {
    expect(shown(gauge("x", metric("gauge", one, { __name__: "y" })))).toContain("__name__");
  });

  it("keeps a byte order mark and a zero byte", () => {
    const [found] = parseProtobuf(delimited(gauge("x", metric("gauge", one, { a: "\ufeff\0" }))));
    expect(found?.series[0]?.labels).toEqual(["a", "\ufeff\0"]);
  });
});

describe("parseProtobuf: several messages of one name", () => {
  const a = metric("gauge", one, { l: "a" });
  const b = metric("gauge", two, { l: "b" });
  const help = (text: string): [number, string] => [FAMILY.help, text];
  const unit = (text: string): [number, string] => [FAMILY.unit, text];

  it("merges them in place of the first", () => {
    expect(shown(gauge("x", a), gauge("y", a), gauge("x", b)))
      .toBe('gauge x: {l="a"} 1, {l="b"} 2; gauge y: {l="a"} 1');
  });

  it("takes the first help and the first unit that are not empty", () => {
    const body = delimited(
      gauge("x", a),
      family("x", "gauge", [b], help("first"), unit("s")),
      family("x", "gauge", [b], help("second")),
    );
    expect(parseProtobuf(body)).toMatchObject([{ help: "first", unit: "s", timestamped: false }]);
  });

  it("goes on noting timestamps and names", () => {
    const late = message([2, two], [METRIC.timestampMs, 1n], ...labels({ "a.b": "c" }));
    expect(parseProtobuf(delimited(gauge("x", a), gauge("x", late), gauge("x", b))))
      .toMatchObject([{ timestamped: true, utf8: true }]);
  });

  it("refuses another type", () => {
    const counter = family("x", "counter", [metric("counter", one)]);
    expect(errorOf(delimited(gauge("x", a), counter)))
      .toBe(`${IN_2}metric family "x" has type COUNTER but had GAUGE before`);
  });

  it("does not mind another type where there are no metrics", () => {
    expect(shown(gauge("x", a), family("x", "counter", []))).toBe('gauge x: {l="a"} 1');
  });

  it("refuses another unit", () => {
    const body = delimited(
      family("x", "gauge", [a], unit("s")),
      family("x", "gauge", [b], unit("ms")),
    );
    expect(errorOf(body)).toBe(`${IN_2}metric family "x" has unit "ms" but had "s" before`);
  });
});

describe("parseProtobuf: what makes no sense", () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`l${i}`, "v"]));

  it.each<[string, Uint8Array, string]>([
    ["no name", family("", "gauge", [metric("gauge", one)]), `${IN_1}invalid metric name`],
    [
      "an unknown type",
      message([FAMILY.name, "x"], [FAMILY.type, 6n], [FAMILY.metric, metric("gauge", one)]),
      `${IN_1}unknown metric type 6 of metric "x"`,
    ],
    [
      "an empty label name",
      gauge("x", metric("gauge", one, { "": "v" })),
      `${IN_1}empty label name in metric "x"`,
    ],
    [
      "a label without name",
      gauge("x", message([METRIC.label, message([2, "v"])], [2, one])),
      `${IN_1}empty label name in metric "x"`,
    ],
    [
      "the value of another type",
      gauge("x", metric("counter", one, { a: 'b"' })),
      `${REFUSED}"x" { label:{name:"a" value:"b\\""} counter:{value:1} } is not a GAUGE`,
    ],
    [
      "values of all other types",
      gauge(
        "x",
        message(
          [7, message([1, 4n], [2, 5.5], [3, message([1, 1n], [2, 1])])],
          [5, two],
          [4, message([1, 3n], [2, 0.5])],
          [3, message([1, 1], [2, message([2, 1])])],
          [9, "unknown"],
        ),
      ),
      `${REFUSED}"x" { counter:{value:1} summary:{sample_count:3 sample_sum:0.5} ` +
      "untyped:{value:2} histogram:{sample_count:4 sample_sum:5.5} } is not a GAUGE",
    ],
    ["no value", gauge("x", message()), `${REFUSED}"x" { } is not a GAUGE`],
    [
      "no value in the second metric",
      gauge("x", metric("gauge", one), message()),
      `${REFUSED}"x" { } is not a GAUGE`,
    ],
    [
      "a label twice",
      gauge(
        "x",
        message(...labels({ a: "1" }), [2, one], ...labels({ b: "2" }), ...labels({ a: "3" })),
      ),
      `${REFUSED}"x" { label:{name:"a" value:"1"} label:{name:"b" value:"2"} ` +
      'label:{name:"a" value:"3"} gauge:{value:1} } has two or more labels with the same name: a',
    ],
    [
      "a bucket's label on a histogram",
      family("x", "histogram", [metric("histogram", message([1, 0n], [2, 0]), { le: "1" })]),
      `${REFUSED}"x" { label:{name:"le" value:"1"} histogram:{sample_count:0 sample_sum:0} } ` +
      'must not have an explicit "le" label',
    ],
  ])("refuses %s", (_, body, expected) => {
    expect(errorOf(delimited(body))).toBe(expected);
  });

  it.each<[MetricType, MetricType, string]>([
    ["counter", "gauge", "COUNTER"],
    ["gauge", "untyped", "GAUGE"],
    ["untyped", "counter", "UNTYPED"],
    ["summary", "histogram", "SUMMARY"],
    ["histogram", "summary", "HISTOGRAM"],
    ["gaugehistogram", "gauge", "GAUGE_HISTOGRAM"],
  ])("refuses a %s with the value of a %s", (type, other, word) => {
    expect(errorOf(delimited(family("x", type, [metric(other, new Uint8Array())]))))
      .toMatch(new RegExp(` is not a ${word}$`));
  });

  it("lets other values be where there is the right one", () => {
    expect(shown(gauge("x", message([3, two], [2, one])))).toBe("gauge x: {} 1");
  });

  it("finds a label that is there twice among very many, and shortens what it shows", () => {
    const repeated = message(
      ...labels({ ...many, big: "v".repeat(500) }),
      ...labels({ l99: "v" }),
      [
        2,
        one,
      ],
    );
    const error = errorOf(delimited(gauge("x", repeated)));
    expect(error).toMatch(
      / … gauge:\{value:1\} \} has two or more labels with the same name: l99$/,
    );
    expect(error.length).toBeLessThan(1500);
    const name = "n".repeat(1_000_000);
    const twice = message(...labels({ [name]: "" }), ...labels({ [name]: "" }), [2, one]);
    expect(errorOf(delimited(gauge("x", twice))).length).toBeLessThan(1000);
    const long = message(...labels({ a: "v".repeat(500) }), ...labels({ a: "" }), [2, one]);
    expect(errorOf(delimited(gauge("x", long)))).toContain(`"${"v".repeat(128)}…"`);
  });

  it("reads ten thousand labels and one of a megabyte", () => {
    const huge = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`l${i}`, `${i}`]));
    const text = "é".repeat(500_000);
    const [found] = parseProtobuf(delimited(gauge("x", metric("gauge", one, { ...huge, text }))));
    expect(found?.series[0]?.labels.length).toBe(20_002);
    expect(found?.series[0]?.labels.at(-1)).toBe(text);
  });

  it("names the message with the error", () => {
    const broken = concat(delimited(gauge("x", metric("gauge", one))), Uint8Array.of(3, 1));
    expect(errorOf(broken)).toBe(`${IN_2}unexpected end of the body`);
  });
});

describe("parseFamilyMessage", () => {
  const read = (message: Uint8Array) => {
    const refused: string[] = [];
    const family = parseFamilyMessage(message, (reason) => refused.push(reason.message));
    return { family, refused };
  };

  it("reads what a body with the message alone would say", () => {
    const sent = gauge("x", metric("gauge", one, { a: "1" }), metric("gauge", two));
    expect(read(sent)).toEqual({ family: parseProtobuf(delimited(sent))[0], refused: [] });
    expect(read(gauge("x"))).toEqual({ family: undefined, refused: [] });
  });

  it("leaves out the metrics that a push would be refused for, and says why", () => {
    const cut = Uint8Array.of(0x12, 5, 1);
    const { family, refused } = read(gauge(
      "x",
      metric("gauge", one, { a: "1" }),
      metric("counter", one),
      cut,
      metric("gauge", two),
    ));
    expect(family?.series).toEqual([{ labels: ["a", "1"], sample: 1 }, { labels: [], sample: 2 }]);
    expect(refused).toEqual([
      expect.stringMatching(/is not a GAUGE$/),
      `${IN_1}a field reaches beyond the end of its message`,
    ]);
    expect(read(gauge("x", metric("counter", one))).family?.series).toEqual([]);
  });

  it("refuses the family when anything else is wrong", () => {
    expect(() => read(gauge("", metric("gauge", one)))).toThrow(`${IN_1}invalid metric name`);
    expect(() => read(Uint8Array.of(0x22, 9))).toThrow(`${IN_1}unexpected end of the body`);
  });
});
