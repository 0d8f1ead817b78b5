import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Distribution,
  type DistributionType,
  type Family,
  isScalar,
  type MetricType,
  type ScalarFamily,
  type ScalarType,
} from "../../src/model/family.ts";
import { parseLabelText } from "../../src/model/label.ts";
import { type Escaping, ESCAPINGS } from "../../src/model/name-escaping.ts";
import { createProtobufFormat, type ProtobufEncoding } from "../../src/render/protobuf.ts";
import { family as anyFamily } from "./arbitrary-family.ts";
import { type Message, readFamilies } from "./read-protobuf.ts";

const TYPES: readonly MetricType[] = [
  "counter",
  "gauge",
  "summary",
  "untyped",
  "histogram",
  "gaugehistogram",
];
const LARGEST = 2 ** 64 - 2048;
/** The label of the families made by {@link scalar}. */
const LABEL: Message = [[1, "a"], [2, "1"]];

describe("createProtobufFormat", () => {
  it.each(["delimited", "text", "compact-text"] as const)("names %s in its type", (encoding) => {
    for (const escaping of ESCAPINGS) {
      expect(createProtobufFormat(encoding, escaping)).toMatchObject({
        id: `protobuf ${encoding}`,
        escaping,
        contentType: "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; " +
          `encoding=${encoding}; escaping=${escaping}`,
      });
    }
  });
});

describe("delimited", () => {
  // Type, value, field of the metric and what is in it.
  const scalars: readonly (readonly [type: ScalarType, value: number, field: number])[] = [
    ["gauge", 0, 2],
    ["gauge", -0, 2],
    ["gauge", NaN, 2],
    ["gauge", Infinity, 2],
    ["counter", 1e300, 3],
    ["untyped", -1.5, 5],
  ];
  it.each(scalars)("writes a %s of %d", (type, value, field) => {
    const message = read(scalar(type, value));
    expect(message).toEqual([
      [1, "m"],
      [3, BigInt(TYPES.indexOf(type))],
      [4, [[1, LABEL], [field, [[1, value]]]]],
    ]);
  });

  it("writes help and unit where there are any, the unit last", () => {
    const family = { ...scalar("gauge", 1), help: "é\n" };
    expect(read(family, "underscores", "bytes")).toEqual([
      [1, "m"],
      [2, "é\n"],
      [3, 1n],
      [4, [[1, LABEL], [2, [[1, 1]]]]],
      [5, "bytes"],
    ]);
  });

  it("writes the bits of NaN as Go does", () => {
    const bytes = createProtobufFormat("delimited", "underscores").renderSeries([
      scalar("gauge", NaN, ""),
    ]);
    expect([...bytes]).toEqual([0x22, 11, 0x12, 9, 0x09, 1, 0, 0, 0, 0, 0, 0xf8, 0x7f]);
  });

  it("writes a summary", () => {
    const state = { count: 3, sum: 2.5, points: [0.5, 0.9], values: [1, NaN] };
    expect(valueOf("summary", state)).toEqual([4, [
      [1, 3n],
      [2, 2.5],
      [3, [[1, 0.5], [2, 1]]],
      [3, [[1, 0.9], [2, NaN]]],
    ]]);
  });

  it("writes a histogram with the buckets that were pushed and no more", () => {
    const state = { count: 3, sum: 2.5, points: [1, 2], values: [0, 3] };
    const expected: Message = [
      [1, 3n],
      [2, 2.5],
      [3, [[1, 0n], [2, 1]]],
      [3, [[1, 3n], [2, 2]]],
    ];
    expect(valueOf("histogram", state)).toEqual([7, expected]);
    expect(valueOf("gaugehistogram", state)).toEqual([7, expected]);
    expect(valueOf("histogram", { count: 0, sum: 0, points: [], values: [] }))
      .toEqual([7, [[1, 0n], [2, 0]]]);
  });

  const counts: readonly (readonly [count: number, field: number, value: number | bigint])[] = [
    [0, 1, 0n],
    [-0, 1, 0n],
    [2 ** 53, 1, 2n ** 53n],
    [LARGEST, 1, 2n ** 64n - 2048n],
    [2 ** 64, 4, 2 ** 64],
    [2.5, 4, 2.5],
    [1e300, 4, 1e300],
    [NaN, 4, NaN],
    [Infinity, 4, Infinity],
  ];
  it.each(counts)("writes the count %d of a histogram in field %d", (count, field, value) => {
    const state = { count, sum: 0, points: [1], values: [count] };
    const [, histogram] = valueOf("histogram", state);
    const buckets = histogram.filter(([number]) => number === 3).map(([, bucket]) => bucket);
    expect(histogram).toContainEqual([field, value]);
    expect(histogram).toHaveLength(3);
    expect(buckets).toEqual([field === 1 ? [[1, value], [2, 1]] : [[2, 1], [4, value]]]);
  });

  it("decides for each count of a histogram whether it is whole", () => {
    const state = { count: 3, sum: 0, points: [1, 2], values: [1.5, 3] };
    expect(valueOf("histogram", state)).toEqual([7, [
      [1, 3n],
      [2, 0],
      [3, [[2, 1], [4, 1.5]]],
      [3, [[1, 3n], [2, 2]]],
    ]]);
  });

  // A summary's count is always an integer.
  const summaryCounts: readonly (readonly [count: number, written: bigint])[] = [
    [LARGEST, 2n ** 64n - 2048n],
    [2 ** 64, 2n ** 64n - 2048n],
    [Infinity, 2n ** 64n - 2048n],
    [2.5, 2n],
    [NaN, 0n],
  ];
  it.each(summaryCounts)("writes the count %d of a summary as %d", (count, written) => {
    const [, summary] = valueOf("summary", { count, sum: 0, points: [], values: [] });
    expect(summary).toEqual([[1, written], [2, 0]]);
  });

  it("sends as it came what says more than the sample", () => {
    // A counter of 7 with a created timestamp of 1 s, and a field that nobody knows.
    const wire = Uint8Array.of(0x09, 0, 0, 0, 0, 0, 0, 0x1c, 0x40, 0x1a, 2, 8, 1, 0x98, 6, 1);
    const family: Family = {
      ...scalar("counter", 7, ""),
      labels: ["", 'a="1"'],
      samples: [7, 8],
      extras: { unit: "", utf8: false, wire: [wire, undefined] },
    };
    const bytes = createProtobufFormat("delimited", "underscores").renderSeries([family]);
    expect([...bytes.subarray(0, 20)]).toEqual([0x22, 18, 0x1a, 16, ...wire]);
    expect([...bytes.subarray(20)]).toEqual(
      [0x22, 19, 0x0a, 6, 0x0a, 1, 97, 0x12, 1, 49, 0x1a, 9, 9, 0, 0, 0, 0, 0, 0, 0x20, 0x40],
    );
  });

  const escapings: readonly (readonly [escaping: Escaping, name: string, label: string])[] = [
    ["underscores", "my_metric", "my_label"],
    ["dots", "my_dot_metric", "my_dot_label"],
    ["values", "U__my_2e_metric", "U__my_2e_label"],
    ["allow-utf-8", "my.metric", "my.label"],
  ];
  it.each(escapings)("escapes names with %s", (escaping, name, label) => {
    const family = { ...scalar("gauge", 1, '"my.label"="a.b"'), name: "my.metric" };
    expect(read(family, escaping)).toEqual([
      [1, name],
      [3, 1n],
      [4, [[1, [[1, label], [2, "a.b"]]], [2, [[1, 1]]]]],
    ]);
  });

  it("says the length of families of any size", () => {
    for (const length of [0, 100, 127, 128, 20_000]) {
      const family = scalar("gauge", 1, `a="${"x".repeat(length)}"`);
      const body = render("delimited", [family, family]);
      expect(readFamilies(body)).toHaveLength(2);
    }
  });

  it("holds all there is to any family", () => {
    fc.assert(fc.property(fc.array(anyFamily, { maxLength: 3 }), (families) => {
      expect(readFamilies(render("delimited", families))).toEqual(families.map(expectedOf));
    }));
  });

  it("renders the parts of a family alike, together or one by one", () => {
    fc.assert(fc.property(fc.array(anyFamily, { maxLength: 4 }), (list) => {
      const format = createProtobufFormat("delimited", "underscores");
      const parts = list.flatMap((each) => [...format.renderSeries([each])]);
      expect([...format.renderSeries(list)]).toEqual(parts);
    }));
  });
});

describe("text and compact-text", () => {
  const histogram: Family = {
    name: "h",
    type: "histogram",
    help: 'say "hi"',
    labels: ["", 'a="1"'],
    samples: [
      { count: 3, sum: 4.5, points: [1, Infinity], values: [1, 3] },
      { count: 2.5, sum: -0, points: [], values: [] },
    ],
  };

  it("puts a family on one line", () => {
    expect(textOf("compact-text", [histogram, scalar("gauge", 1e6, "")], "s")).toBe(
      'name:"h" help:"say \\"hi\\"" type:HISTOGRAM metric:{histogram:{sample_count:3 sample_sum:4.5 ' +
        "bucket:{cumulative_count:1 upper_bound:1} bucket:{cumulative_count:3 upper_bound:inf}}} " +
        'metric:{label:{name:"a" value:"1"} histogram:{sample_count_float:2.5 sample_sum:-0}} ' +
        'unit:"s"\n' +
        'name:"m" type:GAUGE metric:{gauge:{value:1e+06}} unit:"s"\n',
    );
  });

  it("puts a field on a line, and an empty one behind a family", () => {
    expect(textOf("text", [histogram, scalar("gauge", NaN, "")])).toBe(`name: "h"
help: "say \\"hi\\""
type: HISTOGRAM
metric: {
  histogram: {
    sample_count: 3
    sample_sum: 4.5
    bucket: {
      cumulative_count: 1
      upper_bound: 1
    }
    bucket: {
      cumulative_count: 3
      upper_bound: inf
    }
  }
}
metric: {
  label: {
    name: "a"
    value: "1"
  }
  histogram: {
    sample_count_float: 2.5
    sample_sum: -0
  }
}

name: "m"
type: GAUGE
metric: {
  gauge: {
    value: nan
  }
}

`);
    expect(textOf("text", [scalar("untyped", 1, "")], "s")).toMatch(/\}\nunit: "s"\n\n$/);
  });

  it("does not depend on where a family is cut", () => {
    const lists = fc.array(anyFamily, { maxLength: 4 });
    fc.assert(fc.property(lists, fc.constantFrom("text", "compact-text"), (list, encoding) => {
      const format = createProtobufFormat(encoding, "underscores");
      const parts = list.map((each) => decode(format.renderSeries([each]))).join("");
      expect(decode(format.renderSeries(list))).toBe(parts);
    }));
  });

  it("has one line for each family whatever is in it", () => {
    fc.assert(fc.property(fc.array(anyFamily, { maxLength: 4 }), (list) => {
      expect(textOf("compact-text", list).split("\n")).toHaveLength(list.length + 1);
    }));
  });
});

function scalar(type: ScalarType, value: number, labels = 'a="1"'): ScalarFamily {
  return { name: "m", type, help: "", labels: [labels], samples: [value] };
}

/** The field with the value of the only metric of a family. */
function valueOf(type: DistributionType, state: Distribution): [field: number, value: Message] {
  const message = read({ name: "m", type, help: "", labels: [""], samples: [state] });
  const metric = message.find(([field]) => field === 4)?.[1] as Message;
  return metric[0] as [number, Message];
}

function read(family: Family, escaping: Escaping = "underscores", unit = ""): Message {
  const [message = []] = readFamilies(render("delimited", [family], escaping, unit));
  return message;
}

function textOf(encoding: ProtobufEncoding, families: readonly Family[], unit = ""): string {
  return decode(render(encoding, families, "underscores", unit));
}

function render(
  encoding: ProtobufEncoding,
  families: readonly Family[],
  escaping: Escaping = "underscores",
  unit = "",
): Uint8Array {
  const format = createProtobufFormat(encoding, escaping);
  return Uint8Array.from(families.flatMap((family) => {
    const head = { ...family, unit };
    const series = format.renderSeries([family]);
    const foot = format.renderFoot?.(head) ?? [];
    return [...format.renderHead(head, series.length), ...series, ...foot];
  }));
}

/** What a family made of text is in protobuf. */
function expectedOf(family: Family): Message {
  const metrics = family.labels.map((text, index): Message[number] => {
    const labels = parseLabelText(text);
    const pairs = labels.flatMap((label, i): Message =>
      i % 2 === 0 ? [[1, [[1, label], [2, labels[i + 1] ?? ""]]]] : []
    );
    return [4, [...pairs, expectedValue(family, index)]];
  });
  const help: Message = family.help === "" ? [] : [[2, family.help]];
  return [[1, family.name], ...help, [3, BigInt(TYPES.indexOf(family.type))], ...metrics];
}

function expectedValue(family: Family, index: number): Message[number] {
  if (isScalar(family)) {
    const field = { gauge: 2, counter: 3, untyped: 5 }[family.type];
    return [field, [[1, family.samples[index] ?? NaN]]];
  }
  const { count, sum, points, values } = family.samples[index] as Distribution;
  if (family.type === "summary") {
    const quantiles = points.map((point, i): Message[number] => [
      3,
      [[1, point], [2, values[i] ?? NaN]],
    ]);
    return [4, [[1, BigInt(Math.min(count, LARGEST))], [2, sum], ...quantiles]];
  }
  const buckets = points.map((bound, i): Message[number] => {
    const value = values[i] ?? NaN;
    return [3, isWhole(value) ? [[1, BigInt(value)], [2, bound]] : [[2, bound], [4, value]]];
  });
  return isWhole(count)
    ? [7, [[1, BigInt(count)], [2, sum], ...buckets]]
    : [7, [[2, sum], ...buckets, [4, count]]];
}

function isWhole(count: number): boolean {
  return Number.isInteger(count) && count < 2 ** 64;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}
