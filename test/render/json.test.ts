import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import type { Distribution, StoredFamily } from "../../src/model/family.ts";
import { jsonLabels, renderJsonFamily } from "../../src/render/json.ts";

const pushedAt = Date.UTC(2026, 10, 20, 10, 45, 7, 106);

describe("renderJsonFamily", () => {
  it("shows a family of plain numbers", () => {
    const family: StoredFamily = {
      name: "a",
      type: "gauge",
      help: 'say "hi"',
      labels: ['instance="",job="x"', 'instance="i",job="\\"\\\\\\n"'],
      samples: [3, 0.5],
      pushedAt,
    };
    expect(renderJsonFamily(family)).toEqual({
      time_stamp: "2026-11-20T10:45:07.106Z",
      type: "GAUGE",
      help: 'say "hi"',
      metrics: [
        { labels: { instance: "", job: "x" }, value: "3" },
        { labels: { instance: "i", job: '"\\\n' }, value: "0.5" },
      ],
    });
  });

  it("shows no help where there is none", () => {
    const family: StoredFamily = {
      name: "a",
      type: "untyped",
      help: "",
      labels: [],
      samples: [],
      pushedAt,
    };
    expect(renderJsonFamily(family)).toEqual({
      time_stamp: "2026-11-20T10:45:07.106Z",
      type: "UNTYPED",
      metrics: [],
    });
  });

  const values: readonly (readonly [value: number, text: string])[] = [
    [0, "0"],
    [-0, "-0"],
    [1e6, "1e+06"],
    [1795171507.106529, "1.795171507106529e+09"],
    [1e-5, "1e-05"],
    [NaN, "NaN"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
  ];
  it.each(values)("prints the value %d as %s", (value, text) => {
    expect(renderedOf("gauge", value)).toEqual({ labels: {}, value: text });
    const summary = { count: 0, sum: value, points: [0.5], values: [value] };
    expect(renderedOf("summary", summary)).toMatchObject({ quantiles: { "0.5": text }, sum: text });
  });

  const counts: readonly (readonly [count: number, text: string])[] = [
    [0, "0"],
    [3, "3"],
    [1e6, "1000000"],
    [2 ** 53, "9007199254740992"],
    [2 ** 64 - 2048, "18446744073709549568"],
    // Beyond 64 bits, or not whole: a float histogram.
    [2 ** 64, "1.8446744073709552e+19"],
    [1e300, "1e+300"],
    [2.5, "2.5"],
    [NaN, "NaN"],
    [Infinity, "+Inf"],
  ];
  it.each(counts)("prints the count %d as %s", (count, text) => {
    const histogram = { count, sum: 0, points: [1], values: [count] };
    expect(renderedOf("histogram", histogram)).toMatchObject({
      buckets: { "1": text },
      count: text,
    });
  });

  it("shows a summary", () => {
    const summary = { count: 4, sum: 7.5, points: [0.5, 0.9], values: [1, 2] };
    expect(renderedOf("summary", summary)).toEqual({
      labels: {},
      quantiles: { "0.5": "1", "0.9": "2" },
      count: "4",
      sum: "7.5",
    });
  });

  it("shows a histogram with the buckets that were pushed", () => {
    const histogram = { count: 4, sum: 7.5, points: [0.25, 1e6], values: [1, 2] };
    expect(renderedOf("histogram", histogram)).toEqual({
      labels: {},
      buckets: { "0.25": "1", "1e+06": "2" },
      count: "4",
      sum: "7.5",
    });
    expect(renderedOf("gaugehistogram", histogram)).toEqual(renderedOf("histogram", histogram));
  });

  const types: readonly (readonly [type: StoredFamily["type"], name: string])[] = [
    ["counter", "COUNTER"],
    ["untyped", "UNTYPED"],
    ["gaugehistogram", "GAUGE_HISTOGRAM"],
  ];
  it.each(types)("names the type %s %s", (type, name) => {
    const family = { name: "a", type, help: "", labels: [], samples: [], pushedAt } as StoredFamily;
    expect(renderJsonFamily(family)).toMatchObject({ type: name });
  });

  it("shows counts of 64 bits as they came", () => {
    const wire = new BinaryWriter().tag(1, WireType.Varint).uint64("9007199254740993").finish();
    const state = { count: 2 ** 53, sum: 1.5, points: [], values: [] };
    expect(renderedOf("summary", state, wire)).toEqual({
      labels: {},
      quantiles: {},
      count: "9007199254740993",
      sum: "1.5",
    });
    expect(renderedOf("histogram", state, wire)).toEqual({
      labels: {},
      buckets: {},
      count: "9007199254740993",
      sum: "1.5",
    });
  });

  it("shows the buckets of a histogram that came as protobuf", () => {
    const wire = new BinaryWriter().tag(4, WireType.Bit64).double(2.5)
      .tag(3, WireType.LengthDelimited).fork()
      .tag(1, WireType.Varint).uint64("18446744073709551615").tag(2, WireType.Bit64).double(1e6)
      .join().finish();
    const state = { count: 2.5, sum: 0, points: [1e6], values: [2 ** 64] };
    expect(renderedOf("histogram", state, wire)).toMatchObject({
      buckets: { "1e+06": "18446744073709551615" },
      count: "2.5",
    });
  });

  it("lists the buckets of a native histogram", () => {
    const wire = new BinaryWriter().tag(1, WireType.Varint).uint64(5)
      .tag(5, WireType.Varint).sint32(0)
      .tag(6, WireType.Bit64).double(1e-5).tag(7, WireType.Varint).uint64(2)
      .tag(12, WireType.LengthDelimited).fork().tag(2, WireType.Varint).uint32(1).join()
      .tag(13, WireType.Varint).sint64(3).finish();
    const state = { count: 5, sum: -1, points: [], values: [] };
    expect(JSON.stringify(renderedOf("histogram", state, wire))).toBe(
      '{"buckets":[[3,"-1e-05","1e-05","2"],[0,"0.5","1","3"]],"count":"5","labels":{},"sum":"-1"}',
    );
  });

  it("makes nothing that JSON cannot write", () => {
    const histogram = { count: NaN, sum: -0, points: [Infinity], values: [Infinity] };
    expect(JSON.stringify(renderedOf("histogram", histogram))).toBe(
      '{"buckets":{"+Inf":"+Inf"},"count":"NaN","labels":{},"sum":"-0"}',
    );
  });
});

describe("jsonLabels", () => {
  it("makes an object of a flat list", () => {
    expect(jsonLabels([])).toEqual({});
    expect(jsonLabels(["b", "1", "a", ""])).toEqual({ b: "1", a: "" });
  });

  it("takes names that JavaScript has a use for", () => {
    const labels = jsonLabels(["__proto__", "x", "constructor", "y"]);
    expect(JSON.stringify(labels)).toBe('{"__proto__":"x","constructor":"y"}');
  });
});

/** The only series of a family of one series without labels. */
function renderedOf(
  type: StoredFamily["type"],
  sample: number | Distribution,
  wire?: Uint8Array,
): unknown {
  const extras = wire && { extras: { unit: "", utf8: false, wire: [wire] } };
  const family = {
    name: "a",
    type,
    help: "",
    labels: [""],
    samples: [sample],
    pushedAt,
    ...extras,
  };
  const rendered = renderJsonFamily(family as StoredFamily);
  return (rendered as { readonly metrics: readonly unknown[] }).metrics[0];
}
