import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Distribution, Family, MetricType, PushedFamily } from "../../src/model/family.ts";
import { createGroupKey } from "../../src/model/group-key.ts";
import { type Kept, type SanitizedFamily, sanitizeFamily } from "../../src/validate/sanitize.ts";

const KEY = createGroupKey(["job", "a"]);

function scalars(series: readonly (readonly [string, number])[], type: MetricType = "gauge") {
  const rows = series.map(([labels, sample]) => ({
    labels: labels === "" ? [] : labels.split(" ").flatMap((pair) => pair.split("=")),
    sample,
  }));
  return { name: "x", type, help: "h", timestamped: false, series: rows } as PushedFamily;
}

const FORCED: readonly [string] = [KEY.forcedText];

function sanitize(pushed: PushedFamily, kept: Partial<Kept> = {}): SanitizedFamily {
  return sanitizeFamily(pushed, { key: KEY, at: 1234 }, {
    name: pushed.name,
    help: pushed.help,
    forcedText: FORCED,
    previous: undefined,
    ...kept,
  });
}

describe("sanitizeFamily", () => {
  it("makes a record of a pushed family", () => {
    expect(sanitize(scalars([["l=1", 5]]))).toEqual({
      family: {
        name: "x",
        type: "gauge",
        help: "h",
        labels: ['instance="",job="a",l="1"'],
        samples: [5],
        pushedAt: 1234,
      },
      labelSets: [["instance", "", "job", "a", "l", "1"]],
    });
  });

  it("takes name and help from what is kept", () => {
    const { family } = sanitize(scalars([["", 1]]), { name: "kept", help: "kept help" });
    expect([family.name, family.help]).toEqual(["kept", "kept help"]);
  });

  it.each<[string, string[], number[]]>([
    ["number of labels first", ["a=1 b=1", "z=9", ""], [2, 1, 0]],
    ["then values", ["l=2", "l=10", "l=1"], [2, 1, 0]],
    ["values in the order of the names", ["b=1 c=2", "b=2 c=1"], [0, 1]],
    ["values whatever the names", ["b=2", "c=1"], [1, 0]],
    ["names when all values are equal", ["c=1", "b=1"], [1, 0]],
    ["empty values first", ["l=1", "l="], [1, 0]],
    ["as pushed when they are sorted", ["", "l=1", "l=2"], [0, 1, 2]],
    ["as pushed when they are the same", ["l=1", "l=1", "l=1"], [0, 1, 2]],
    // An instance of its own takes the place of the empty one.
    ["instance counted once", ["instance=1", "l=1", ""], [2, 0, 1]],
  ])("orders series: %s", (_, series, order) => {
    const pushed = scalars(series.map((labels, index) => [labels, index] as const));
    const { family, labelSets } = sanitize(pushed);
    expect(family.samples).toEqual(order);
    expect(labelSets.map((labels) => labels.length)).toEqual(
      family.labels.map((text) => text.split(",").length * 2),
    );
  });

  it("orders the same series the same way, however they are pushed", () => {
    const labels = fc.subarray(["a=1", "a=2", "b=1", "b=2", "instance=1", "c="]).map((pairs) =>
      [...new Map(pairs.map((pair) => [pair[0], pair])).values()].join(" ")
    );
    const series = fc.uniqueArray(labels, { minLength: 1 });
    const shuffles = series.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))
    );
    fc.assert(fc.property(shuffles, ([one, other]) => {
      const [a, b] = [one, other].map((list) => {
        const sanitized = sanitize(scalars(list.map((labels) => [labels, labels.length] as const)));
        const { order = list.map((_, index) => index) } = sanitized;
        expect(sanitized.family.samples).toEqual(order.map((index) => list[index]?.length));
        return { ...sanitized, order: undefined };
      });
      expect(a).toEqual(b);
    }));
  });

  describe("of distributions", () => {
    const points = [1, Infinity];
    const row = (labels: string[], count: number, own = points.slice()) => ({
      labels,
      sample: { count, sum: 0.5, points: own, values: own.map(() => count) },
    });
    const histogram = (...series: ReturnType<typeof row>[]): PushedFamily => {
      return { name: "x", type: "histogram", help: "", timestamped: false, series };
    };
    const samplesOf = ({ family }: SanitizedFamily) => family.samples as readonly Distribution[];

    it("keeps all numbers, in the order of the labels", () => {
      const samples = samplesOf(sanitize(histogram(row(["l", "2"], 2), row(["l", "1"], 1))));
      expect(samples).toEqual([
        { count: 1, sum: 0.5, points: [1, Infinity], values: [1, 1] },
        { count: 2, sum: 0.5, points: [1, Infinity], values: [2, 2] },
      ]);
    });

    it("shares equal points, and no others", () => {
      const pushed = histogram(
        row(["l", "1"], 1),
        row(["l", "2"], 2),
        row(["l", "3"], 3, [1, 2]),
        row(["l", "4"], 4, [1]),
        row(["l", "5"], 4, [-0]),
        row(["l", "6"], 4, [0]),
      );
      const [a, b, c, d, e, f] = samplesOf(sanitize(pushed)).map((sample) => sample.points);
      expect(a).toBe(b);
      expect([c, d]).toEqual([[1, 2], [1]]);
      expect([Object.is(e?.[0], -0), Object.is(f?.[0], 0)]).toEqual([true, true]);
    });

    it("keeps nothing that the parser made", () => {
      const pushed = row(["l", "1"], 1);
      const [sample] = samplesOf(sanitize(histogram(pushed)));
      expect(sample).toEqual(pushed.sample);
      expect(sample).not.toBe(pushed.sample);
      expect(sample?.points).not.toBe(pushed.sample.points);
      expect(sample?.values).not.toBe(pushed.sample.values);
    });
  });

  describe("keeps what is known", () => {
    const many: [string, number][] = [["l=1", 1], ["l=2", 2]];

    it("one array for all families that have nothing but the group's labels", () => {
      expect(sanitize(scalars([["", 1]])).family.labels).toBe(FORCED);
      expect(sanitize(scalars([["", 1]], "counter")).family.labels).toBe(FORCED);
    });

    it.each([["one series", many.slice(0, 1)], ["many series", many]])(
      "the label texts of the family replaced, when they are the same: %s",
      (_, series) => {
        const previous: Family = sanitize(scalars(series)).family;
        const pushed = scalars(series.map(([labels, value]) => [labels, value * 2] as const));
        const { family } = sanitize(pushed, { previous });
        expect(family.labels).toBe(previous.labels);
        expect(family.samples).toEqual(series.map(([, value]) => value * 2));
      },
    );

    it.each<[string, [string, number][]]>([
      ["one fewer", many.slice(0, 1)],
      ["one more", [...many, ["l=3", 3]]],
      ["another", [["l=1", 1], ["l=3", 3]]],
      ["another alone", [["l=3", 3]]],
      ["none of its own", [["", 3]]],
    ])("but not when there is %s", (_, series) => {
      const previous = sanitize(scalars(many)).family;
      const alone = sanitize(scalars(series)).family;
      expect(sanitize(scalars(series), { previous }).family).toEqual(alone);
      expect(previous.labels).toHaveLength(2);
    });
  });
});
