import { describe, expect, it } from "vitest";
import type { Family, MetricType } from "../../src/model/family.ts";
import { textFormat } from "../../src/render/text.ts";
import { ExposedTypes } from "../../src/store/consistent-view.ts";
import { createStore, push } from "./builders.ts";
import { createSpyFormat, ownFamily, textOf, typesOf } from "./spy-format.ts";

describe("ExposedTypes.collision", () => {
  it.each<[string, MetricType, string, boolean]>([
    ["h", "histogram", "h_count", true],
    ["h", "histogram", "h_sum", true],
    ["h", "histogram", "h_bucket", true],
    ["h", "gaugehistogram", "h_bucket", true],
    ["s", "summary", "s_count", true],
    ["s", "summary", "s_sum", true],
    ["s", "summary", "s_bucket", false],
    ["g", "gauge", "g_count", false],
    ["c", "counter", "c_sum", false],
    ["u", "untyped", "u_bucket", false],
    ["h", "histogram", "h", false],
    ["h", "histogram", "h_total", false],
    ["h", "histogram", "h_count_count", false],
    ["h", "histogram", "hh_count", false],
    ["h", "histogram", "_count", false],
    ["h_sum", "histogram", "h_sum_count", true],
  ])("with %s of type %s, of %s: %s", (base, type, name, collides) => {
    const exposed = new ExposedTypes();
    exposed.add(base, type);
    expect(exposed.collision(name)).toBe(collides ? base : undefined);
  });

  it("finds nothing before anything was exposed", () => {
    expect(new ExposedTypes().collision("h_count")).toBeUndefined();
  });
});

describe("a scrape with the consistency check disabled", () => {
  const inconsistent = (
    steps: readonly (readonly [string, string])[],
    own: readonly Family[] = [],
  ) => {
    const { store } = createStore({ checkConsistency: false, own: typesOf(own) });
    for (const [path, body] of steps) push(store, "PUT", path, body);
    const scrape = store.gather(textFormat, { own });
    return { text: textOf(store, { own }), dropped: scrape.dropped, store };
  };
  const HISTOGRAM = "# TYPE x histogram\nx_count 1\n";
  const HISTOGRAM_LINES = (job: string) =>
    `x_bucket{instance="",job="${job}",le="+Inf"} 1\nx_sum{instance="",job="${job}"} 0\n` +
    `x_count{instance="",job="${job}"} 1\n`;

  it.each<[string, [string, string][], string, [string, number][]]>([
    [
      "the same series twice: the first",
      [["a", "x 1\nx 2\n"]],
      'x untyped\nx{instance="",job="a"} 1\n',
      [
        ["same name and labels twice", 1],
      ],
    ],
    [
      "in two groups: that of the first group",
      [["a/b/c", "x 1\n"], ["a", 'x{b="c"} 2\nx 3\n']],
      'x untyped\nx{b="c",instance="",job="a"} 1\nx{instance="",job="a"} 3\n',
      [["same name and labels twice", 1]],
    ],
    [
      "two types: that of the first group",
      [
        ["b", "# TYPE x gauge\nx 1\n"],
        ["a", "# TYPE x counter\nx 1\n"],
        ["c", "# TYPE x counter\nx 1\n"],
      ],
      'x counter\nx{instance="",job="a"} 1\nx{instance="",job="c"} 1\n',
      [["type is not counter", 1]],
    ],
    [
      "a type of a group with nothing to show does not count",
      [
        ["a", '# TYPE x gauge\nx{__a=""} 1\n'],
        ["b", "# TYPE x counter\nx 1\n"],
      ],
      'x counter\nx{instance="",job="b"} 1\n',
      [["type is not counter", 1]],
    ],
    [
      "a reserved label name",
      [["a", 'x{__a="1"} 1\nx 2\n']],
      'x untyped\nx{instance="",job="a"} 2\n',
      [
        ["invalid label name", 1],
      ],
    ],
    ["nothing that can be shown", [["a", 'x{__a="1"} 1\n']], "", [["invalid label name", 1]]],
    [
      "quantile on a summary",
      [
        ["a/quantile/1", "# TYPE x summary\nx_sum 1\n"],
        ["b", "# TYPE x summary\nx_sum 1\n"],
      ],
      'x summary\nx_sum{instance="",job="b"} 1\nx_count{instance="",job="b"} 0\n',
      [
        ["invalid label name", 1],
      ],
    ],
    [
      "a name that reads like a line of a histogram",
      [["a", HISTOGRAM], ["b", "x_count 1\nx_bucket 1\n"]],
      `x histogram\n${HISTOGRAM_LINES("a")}`,
      [["name collides with x", 1], ["name collides with x", 1]],
    ],
    [
      "the same the other way round",
      [["b", "x_count 1\n"], ["a", HISTOGRAM]],
      `x histogram\n${HISTOGRAM_LINES("a")}`,
      [["name collides with x", 1]],
    ],
    [
      "a histogram that cannot be shown itself is in nobody's way",
      [
        ["a", '# TYPE x histogram\nx_count{__a=""} 1\n'],
        ["b", "x_count 1\n"],
      ],
      'x_count untyped\nx_count{instance="",job="b"} 1\n',
      [["invalid label name", 1]],
    ],
    [
      "nor is one that is shown under another type",
      [
        ["a", "# TYPE x gauge\nx 1\n"],
        ["b", "x_count 1\n"],
        ["c", HISTOGRAM],
      ],
      'x gauge\nx{instance="",job="a"} 1\n# TYPE x_count untyped\nx_count{instance="",job="b"} 1\n',
      [["type is not gauge", 1]],
    ],
    [
      "a push that conflicts in its type and has a line of what it conflicts with",
      [
        ["a", HISTOGRAM],
        ["b", "x_count 1\n# TYPE x gauge\nx 1\n"],
      ],
      `x histogram\n${HISTOGRAM_LINES("a")}`,
      [["type is not histogram", 1], ["name collides with x", 1]],
    ],
  ])("shows what is consistent: %s", (_, steps, expected, expectedDropped) => {
    const { text, dropped } = inconsistent(steps);
    expect(text).toBe(expected === "" ? "" : `# TYPE ${expected}`);
    expect(dropped.map(({ reason, series }) => [reason, series])).toEqual(expectedDropped);
  });

  it("shows the gateway's own family and drops what contradicts it", () => {
    const own = [ownFamily("a", "own")];
    const { text, dropped } = inconsistent([["j", "a 1\n"], ["k", "# TYPE a gauge\na 2\n"]], own);
    expect(text).toBe('# HELP a own\n# TYPE a gauge\na 7\na{instance="",job="k"} 2\n');
    expect(dropped).toEqual([{ name: "a", reason: "type is not gauge", series: 1 }]);
  });

  it("shows the gateway's own family also when all that was pushed to it is dropped", () => {
    const own = [ownFamily("a", "own")];
    expect(inconsistent([["j", "a 1\n"]], own).text).toBe("# HELP a own\n# TYPE a gauge\na 7\n");
  });

  it("answers a question about one family as the whole scrape does, and drops nothing of others", () => {
    const { store } = inconsistent([["a", HISTOGRAM], ["b", "x_count 1\n"], ["c", "y 1\ny 2\n"]]);
    const of = (...names: string[]) => store.gather(textFormat, { own: [], names: new Set(names) });
    expect([of("x_count").chunks.length, of("x_count").dropped.length]).toEqual([0, 1]);
    expect(of("x").dropped).toEqual([]);
    expect(of("y").dropped).toEqual([{
      name: "y",
      reason: "same name and labels twice",
      series: 1,
    }]);
    expect(of("push_time_seconds").dropped).toEqual([]);
  });

  it("says what is dropped at every scrape until it is gone", () => {
    const { store } = inconsistent([["a", "x 1\nx 2\n"]]);
    expect(store.gather(textFormat, { own: [] }).dropped).toHaveLength(1);
    expect(store.gather(textFormat, { own: [] }).dropped).toHaveLength(1);
    push(store, "PUT", "a", "x 1\n");
    expect(store.gather(textFormat, { own: [] }).dropped).toEqual([]);
  });

  it("renders names that were always consistent from their blocks", () => {
    const { store } = createStore({ checkConsistency: false });
    push(store, "PUT", "a", "x 1\nx 2\ny 1\n");
    const format = createSpyFormat();
    store.gather(format, { own: [] });
    format.take();
    store.gather(format, { own: [] });
    expect(format.take()).toEqual({ x: 1 });
  });
});
