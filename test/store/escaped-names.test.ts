import { describe, expect, it } from "vitest";
import type { Family } from "../../src/model/family.ts";
import type { Escaping } from "../../src/model/name-escaping.ts";
import { createTextFormat } from "../../src/render/text.ts";
import type { Store } from "../../src/store/store.ts";
import { createStore, del, keyOf, push } from "./builders.ts";
import { createSpyFormat, ownFamily, typesOf } from "./spy-format.ts";

interface Gathered {
  readonly text: string;
  readonly dropped: readonly (readonly [name: string, reason: string, series: number])[];
}

/** A scrape without the two times of every group. */
function gather(
  store: Store,
  escaping: Escaping,
  { own = [], names }: { own?: readonly Family[]; names?: readonly string[] } = {},
): Gathered {
  const format = createTextFormat(escaping);
  const { chunks, dropped } = store.gather(format, {
    own,
    ...(names && { names: new Set(names) }),
  });
  const text = chunks.map((chunk) => new TextDecoder().decode(chunk)).join("")
    .replace(/^(?:# (?:HELP|TYPE) )?push_(?:failure_)?time_seconds.*\n/gm, "");
  return { text, dropped: dropped.map(({ name, reason, series }) => [name, reason, series]) };
}

/** A store that took these pushes, and checks them unless told otherwise. */
function holding(
  pushes: readonly (readonly [path: string, body: string])[],
  { own = [], checkConsistency = true }: { own?: readonly Family[]; checkConsistency?: boolean } =
    {},
): Store {
  const { store } = createStore({ own: typesOf(own), checkConsistency });
  for (const [path, body] of pushes) expect(push(store, "POST", path, body)).toBe("");
  return store;
}

const FORCED = 'instance="",job="j"';
const HISTOGRAM = (name: string) => `# TYPE "${name}" histogram\n{"${name}_count"} 1\n`;
const HISTOGRAM_LINES = (name: string) =>
  `# TYPE ${name} histogram\n${name}_bucket{${FORCED},le="+Inf"} 1\n${name}_sum{${FORCED}} 0\n` +
  `${name}_count{${FORCED}} 1\n`;

describe("a scrape with escaped names", () => {
  it.each<[Escaping, string]>([
    ["underscores", `a_b{${FORCED}} 1\n# TYPE aab untyped\naab{${FORCED}} 2\n`],
    ["dots", `a_dot_b{${FORCED}} 1\n# TYPE aab untyped\naab{${FORCED}} 2\n`],
  ])("sorts families by what they are then called: %s", (escaping, lines) => {
    const store = holding([["j", '{"a.b"} 1\naab 2\n']]);
    const [first = ""] = lines.split("{");
    expect(gather(store, escaping)).toEqual({
      text: `# TYPE ${first} untyped\n${lines}`,
      dropped: [],
    });
    expect(gather(store, "values").text).toMatch(/^# TYPE U__a_2e_b untyped\n/);
  });

  it("sorts them as pushed where nothing is escaped", () => {
    const store = holding([["j", '{"é"} 1\n{"a.b"} 1\naab 2\na 3\n']]);
    expect([...gather(store, "allow-utf-8").text.matchAll(/TYPE (\S+)/g)].map(([, name]) => name))
      .toEqual(["a", '"a.b"', "aab", '"é"']);
  });

  it("merges families that are then called the same under one head", () => {
    const store = holding([
      ["j", '# HELP "a.b" dot\n# TYPE "a.b" gauge\n{"a.b"} 1\n'],
      ["k", "# TYPE a_b gauge\na_b 2\n"],
      ["l", '# HELP "a b" blank\n# TYPE "a b" gauge\n{"a b"} 3\n'],
    ]);
    expect(gather(store, "underscores")).toEqual({
      text: '# HELP a_b blank\n# TYPE a_b gauge\na_b{instance="",job="k"} 2\n' +
        'a_b{instance="",job="l"} 3\na_b{instance="",job="j"} 1\n',
      dropped: [],
    });
    expect(gather(store, "values").text.match(/# TYPE/g)).toHaveLength(3);
  });

  it.each<[string, [string, string][], string, Gathered["dropped"]]>([
    [
      "a series of another family: that of the name that needs no escaping",
      [["j", '{"a.b"} 1\n'], ["j", "a_b 2\n"]],
      `# TYPE a_b untyped\na_b{${FORCED}} 2\n`,
      [["a.b", "same name and labels twice after escaping", 1]],
    ],
    [
      "a series of another family, neither in need of nothing: the first by name",
      [["j", '{"a.b"} 1\n{"a b"} 2\n']],
      `# TYPE a_b untyped\na_b{${FORCED}} 2\n`,
      [["a.b", "same name and labels twice after escaping", 1]],
    ],
    [
      "a series of the same family: the one whose labels need no escaping",
      [["j", 'x{"l.m"="1"} 1\nx{l_m="1"} 2\nx{"l.m"="2"} 3\n']],
      `# TYPE x untyped\nx{${FORCED},l_m="1"} 2\nx{${FORCED},l_m="2"} 3\n`,
      [["x", "same name and labels twice after escaping", 1]],
    ],
    [
      "a series whose labels then stand in another order",
      [["j", 'x{"a.b"="1",a_c="2"} 1\nx{a_b="1","a.c"="2"} 2\n']],
      `# TYPE x untyped\nx{a_b="1",a_c="2",${FORCED}} 1\n`,
      [["x", "same name and labels twice after escaping", 1]],
    ],
    [
      "two labels of one series that are then one",
      [["j", 'x{"l.m"="1",l_m="2"} 1\nx 2\n']],
      `# TYPE x untyped\nx{${FORCED}} 2\n`,
      [["x", "invalid label names after escaping", 1]],
    ],
    [
      "a label that is then the name of the metric",
      [["j", 'x{"..name__"="1"} 1\nx{"..nam__"="1"} 2\n']],
      `# TYPE x untyped\nx{__nam__="1",${FORCED}} 2\n`,
      [["x", "invalid label names after escaping", 1]],
    ],
    [
      "nothing that can be shown",
      [["j", 'x{"l.m"="1",l_m="2"} 1\n']],
      "",
      [["x", "invalid label names after escaping", 1]],
    ],
    [
      "another type: that of the name that needs no escaping",
      [["j", '# TYPE "a.b" counter\n{"a.b"} 1\n{"a.b",x="y"} 1\n# TYPE a_b gauge\na_b 2\n']],
      `# TYPE a_b gauge\na_b{${FORCED}} 2\n`,
      [["a.b", "type is not gauge after escaping", 2]],
    ],
    [
      "a name that is then a line of a histogram",
      [["j", `${HISTOGRAM("my.h")}{"my_h.count"} 1\n`]],
      HISTOGRAM_LINES("my_h"),
      [["my_h.count", "name collides with my_h after escaping", 1]],
    ],
    [
      "the same where the histogram needs no escaping",
      [["j", `${HISTOGRAM("my_h")}{"my.h_count"} 1\n`]],
      HISTOGRAM_LINES("my_h"),
      [["my.h_count", "name collides with my_h after escaping", 1]],
    ],
    [
      "a histogram with a line whose name somebody has who needs no escaping",
      [["j", `${HISTOGRAM("my.h")}my_h_count 2\n`]],
      `# TYPE my_h_count untyped\nmy_h_count{${FORCED}} 2\n`,
      [["my.h", "name collides with my_h_count after escaping", 1]],
    ],
    [
      "that histogram, while another family that is called so then is shown",
      [["j", `${HISTOGRAM("my.h")}my_h_count 2\n# TYPE "my-h" gauge\n{"my-h"} 3\n`]],
      `# TYPE my_h gauge\nmy_h{${FORCED}} 3\n# TYPE my_h_count untyped\nmy_h_count{${FORCED}} 2\n`,
      [["my.h", "type is not gauge after escaping", 1]],
    ],
  ])("leaves out, with underscores, %s", (_, pushes, text, dropped) => {
    const store = holding(pushes);
    expect(gather(store, "underscores")).toEqual({ text, dropped });
    expect(gather(store, "values").dropped).toEqual([]);
    expect(gather(store, "allow-utf-8").dropped).toEqual([]);
  });

  it("shows all of it again when what stood in the way is gone", () => {
    const store = holding([["j", '{"a.b"} 1\n'], ["k", "# TYPE a_b gauge\na_b 2\n"]]);
    expect(gather(store, "underscores").dropped).toHaveLength(1);
    del(store, "k");
    expect(gather(store, "underscores")).toEqual({
      text: `# TYPE a_b untyped\na_b{${FORCED}} 1\n`,
      dropped: [],
    });
  });

  it("merges into the gateway's own families and drops what contradicts them", () => {
    const own = [ownFamily("a_b", "own"), ownFamily("c_d_sum")];
    const store = holding([
      ["j", '# TYPE "a.b" gauge\n{"a.b"} 1\n{"a b"} 2\n# TYPE "c.d" summary\n{"c.d_sum"} 1\n'],
    ], { own });
    expect(gather(store, "underscores", { own })).toEqual({
      text: `# HELP a_b own\n# TYPE a_b gauge\na_b 7\na_b{${FORCED}} 1\n` +
        "# TYPE c_d_sum gauge\nc_d_sum 7\n",
      dropped: [
        ["a b", "type is not gauge after escaping", 1],
        ["c.d", "name collides with c_d_sum after escaping", 1],
      ],
    });
  });

  it("escapes the labels of a group, also of its times", () => {
    const store = holding([["j/U__my_2e_label/v", "x 1\n"]]);
    const lines = (escaping: Escaping) =>
      store.gather(createTextFormat(escaping), { own: [] }).chunks
        .map((chunk) => new TextDecoder().decode(chunk)).join("").match(/^\w+\{.*?\}/gm);
    const names = ["push_failure_time_seconds", "push_time_seconds", "x"];
    expect(lines("underscores")).toEqual(names.map((name) => `${name}{${FORCED},my_label="v"}`));
    expect(lines("values")).toEqual(names.map((name) => `${name}{${FORCED},U__my_2e_label="v"}`));
    expect(lines("allow-utf-8")).toEqual(names.map((name) => `${name}{${FORCED},"my.label"="v"}`));
  });

  it("gives the times of one of two groups whose keys are then the same", () => {
    const store = holding([["j/a.b/v", ""], ["j/a_b/v", ""]]);
    const { dropped } = store.gather(createTextFormat("underscores"), { own: [] });
    expect(dropped.map(({ name, series }) => [name, series])).toEqual([
      ["push_failure_time_seconds", 1],
      ["push_time_seconds", 1],
    ]);
  });

  it("gives the families asked for by the name pushed or the name shown", () => {
    const store = holding([["j", '{"a.b"} 1\nc 2\n'], ["k", "a_b 3\n"]]);
    const of = (...names: string[]) =>
      gather(store, "underscores", { names }).text.match(/^\w.*(?= )/gm);
    expect(of("a.b")).toEqual([`a_b{${FORCED}}`]);
    expect(of("a_b")).toEqual(['a_b{instance="",job="k"}', `a_b{${FORCED}}`]);
    expect(of("c", "nobody")).toEqual([`c{${FORCED}}`]);
  });

  it("drops nothing of what was not asked for", () => {
    const store = holding([["j", '{"a.b"} 1\na_b 2\nc 3\n']]);
    expect(gather(store, "underscores", { names: ["c"] }).dropped).toEqual([]);
    expect(gather(store, "underscores", { names: ["a.b"] })).toMatchObject({
      text: "",
      dropped: [["a.b", expect.anything(), 1]],
    });
  });

  it("keeps the wire messages of the series that stay", () => {
    const store = holding([]);
    const bytes = [Uint8Array.of(1), Uint8Array.of(2)];
    const series = [["l.m", "1"], ["l_m", "1"]].map((labels, i) => ({
      labels,
      sample: i,
      ...(bytes[i] && { wire: bytes[i] }),
    }));
    const pushed = {
      name: "x",
      type: "gauge",
      help: "",
      timestamped: false,
      utf8: true,
      series,
    } as const;
    const key = keyOf("j");
    store.apply({ kind: "push", key, families: [pushed], replace: true, at: 1 });
    const seen: Family[] = [];
    const format = {
      ...createTextFormat("underscores"),
      renderSeries: (families: readonly Family[]) => {
        seen.push(...families.filter(({ name }) => name === "x"));
        return new Uint8Array();
      },
    };
    store.gather(format, { own: [] });
    expect(seen).toMatchObject([{ samples: [1], extras: { wire: [bytes[1]], utf8: true } }]);
  });

  it("renders from the caches what lost nothing, and shares them where no name is escaped", () => {
    const store = holding([["j", '{"a.b"} 1\nx{"l.m"="1"} 2\nplain 3\n']]);
    const format = createSpyFormat();
    const scrape = (escaping: Escaping) => {
      store.gather({ ...format, escaping }, { own: [] });
      return format.take();
    };
    const times = { push_time_seconds: 1, push_failure_time_seconds: 1 };
    expect(scrape("underscores")).toEqual({ "a.b": 1, x: 1, plain: 1, ...times });
    expect(scrape("underscores")).toEqual({});
    expect(scrape("values")).toEqual({ "a.b": 1, x: 1 });
    expect(scrape("allow-utf-8")).toEqual({ "a.b": 1, x: 1 });
    push(store, "POST", "j", '{"a.b"} 2\n');
    expect(scrape("underscores")).toEqual({ "a.b": 1, push_time_seconds: 1 });
  });

  it("knows when the last name that needs escaping has gone", () => {
    const store = holding([["j", 'x{"l.m"="1"} 1\n']]);
    expect(gather(store, "underscores").text).toContain('l_m="1"');
    push(store, "PUT", "j", "x 1\n");
    expect(gather(store, "underscores").text).toBe(`# TYPE x untyped\nx{${FORCED}} 1\n`);
  });
});
