import { describe, expect, it } from "vitest";
import { textFormat } from "../../src/render/text.ts";
import type { Store } from "../../src/store/store.ts";
import { createStore, del, push } from "./builders.ts";
import { createSpyFormat, ownFamily, type SpyFormat, textOf, typesOf } from "./spy-format.ts";

describe("a scrape", () => {
  it("is empty when nothing is held", () => {
    expect(textOf(createStore().store)).toBe("");
  });

  it("merges the groups by family, families sorted by name, groups by their key", () => {
    const { store } = createStore();
    push(store, "PUT", "b", "# HELP y why\ny 1\nB 1\nx 1\n");
    push(store, "PUT", "a/z/1", "# HELP y why\ny 2\n");
    push(store, "PUT", "a", 'y{l="1"} 3\ny 4\nx_a 5\n');
    expect(textOf(store)).toBe(`# TYPE B untyped
B{instance="",job="b"} 1
# TYPE x untyped
x{instance="",job="b"} 1
# TYPE x_a untyped
x_a{instance="",job="a"} 5
# HELP y why
# TYPE y untyped
y{instance="",job="a"} 4
y{instance="",job="a",l="1"} 3
y{instance="",job="a",z="1"} 2
y{instance="",job="b"} 1
`);
  });

  it("puts the gateway's own families in their places, in front of pushed series of the name", () => {
    const own = [ownFamily("a", "own"), ownFamily("b"), ownFamily("d"), ownFamily("x")];
    const { store } = createStore({ own: typesOf(own) });
    push(store, "PUT", "j", "# TYPE b gauge\nb 1\nc 1\n# HELP e other\ne 1\n");
    expect(textOf(store, { own })).toBe(`# HELP a own
# TYPE a gauge
a 7
# TYPE b gauge
b 7
b{instance="",job="j"} 1
# TYPE c untyped
c{instance="",job="j"} 1
# TYPE d gauge
d 7
# HELP e other
# TYPE e untyped
e{instance="",job="j"} 1
# TYPE x gauge
x 7
`);
  });

  it("gives a name of the gateway's own its type and help also while the gateway says nothing", () => {
    const own = typesOf([ownFamily("a", "own")]);
    const { store } = createStore({ own });
    push(store, "PUT", "j", "# HELP a other\n# TYPE a gauge\na 1\n");
    expect(textOf(store)).toBe('# HELP a own\n# TYPE a gauge\na{instance="",job="j"} 1\n');
  });

  it.each([
    [["y"], "y"],
    [["y", "own"], "own y"],
    [["z", "x"], "x"],
    [["nobody"], ""],
    [["push_time"], ""],
  ])("gives just the families asked for: %j", (names, expected) => {
    const own = [ownFamily("own")];
    const { store } = createStore({ own: typesOf(own) });
    push(store, "PUT", "j", "x 1\ny 1\n");
    const heads = [...textOf(store, { own, names }).matchAll(/# TYPE (\S+)/g)];
    expect(heads.map(([, name]) => name).join(" ")).toBe(expected);
  });

  it("asked for a group's time, gives that alone", () => {
    const { store } = createStore();
    push(store, "PUT", "j", "x 1\n", 5000);
    const format = createSpyFormat();
    store.gather(format, { own: [], names: new Set(["push_time_seconds"]) });
    expect(format.take()).toEqual({ push_time_seconds: 1 });
  });

  it("tells a format the length of the series of each family", () => {
    const { store } = createStore();
    for (let i = 0; i < 600; i++) push(store, "PUT", `j${i}`, "x 1\n");
    const format = createSpyFormat();
    const own = [ownFamily("x")];
    const { chunks } = store.gather(format, { own, names: new Set(["x"]) });
    const [head, ...series] = chunks;
    expect(head).toBeDefined();
    expect(format.heads.map(({ name, length }) => [name, length])).toEqual([
      ["x", series.reduce((sum, chunk) => sum + chunk.length, 0)],
    ]);
  });
});

describe("what was rendered", () => {
  const GROUPS = 1000;
  /** A block holds this many groups at most. */
  const BLOCK = 256;

  function setUp(): { store: Store; format: SpyFormat; gather: () => Record<string, number> } {
    const { store } = createStore();
    for (let i = 0; i < GROUPS; i++) push(store, "PUT", `j${i}`, "x 1\ny 1\nz 1\n");
    const format = createSpyFormat();
    const gather = () => {
      store.gather(format, { own: [] });
      return format.take();
    };
    gather();
    return { store, format, gather };
  }

  it("is used again as it is while nothing changes", () => {
    const { store, format, gather } = setUp();
    expect(gather()).toEqual({});
    expect(gather()).toEqual({});
    const [one, two] = [1, 2].map(() => store.gather(format, { own: [] }).chunks);
    expect(one?.filter((chunk) => two?.includes(chunk)).length).toBeGreaterThan(5 * 4 - 1);
  });

  it.each<[string, (store: Store) => void, string[]]>([
    ["POST of one family", (store) => push(store, "POST", "j7", "x 2\n"), [
      "push_time_seconds",
      "x",
    ]],
    ["the same POST again", (store) => push(store, "POST", "j7", "x 1\n"), [
      "push_time_seconds",
      "x",
    ]],
    ["PUT", (store) => push(store, "PUT", "j7", "x 2\ny 1\nz 1\n"), [
      "push_time_seconds",
      "x",
      "y",
      "z",
    ]],
    ["PUT without a family", (store) => push(store, "PUT", "j7", "x 2\ny 1\n"), [
      "push_time_seconds",
      "x",
      "y",
      "z",
    ]],
    ["refused push", (store) => push(store, "PUT", "j7", "x 1 1\n"), ["push_failure_time_seconds"]],
    ["deletion", (store) => del(store, "j7"), [
      "push_failure_time_seconds",
      "push_time_seconds",
      "x",
      "y",
      "z",
    ]],
    ["deletion of nothing", (store) => del(store, "nobody"), []],
    ["another name", (store) => push(store, "PUT", "nobody", "w 1\n"), [
      "push_failure_time_seconds",
      "push_time_seconds",
      "w",
    ]],
  ])("is stale in one block of each family that changes: %s", (_, change, families) => {
    const { store, gather } = setUp();
    change(store);
    const rendered = gather();
    expect(Object.keys(rendered).sort()).toEqual(families);
    expect(Math.max(0, ...Object.values(rendered))).toBeLessThanOrEqual(BLOCK);
    expect(gather()).toEqual({});
  });

  it("is stale for every format", () => {
    const { store, gather } = setUp();
    const other = createSpyFormat("other");
    store.gather(other, { own: [] });
    push(store, "POST", "j7", "x 2\n");
    gather();
    other.take();
    store.gather(other, { own: [] });
    expect(Object.keys(other.take()).sort()).toEqual(["push_time_seconds", "x"]);
  });

  it("is gone after a wipe and back after it is undone", () => {
    const { store, gather } = setUp();
    const { change } = store.apply({ kind: "wipe" });
    expect(store.gather(textFormat, { own: [] }).chunks).toEqual([]);
    store.undo(change);
    expect(gather()).toEqual({});
  });
});
