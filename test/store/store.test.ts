import { describe, expect, it } from "vitest";
import type { OwnFamilies } from "../../src/store/own-families.ts";
import { createStore, del, keyOf, push, scrape, seriesOf } from "./builders.ts";

describe("groups", () => {
  it("are the same whatever the order of their labels", () => {
    const { store } = createStore();
    push(store, "PUT", "a/b/1/c/2", "x 1\n");
    push(store, "PUT", "a/c/2/b/1", "x 2\n");
    expect(seriesOf(store)).toEqual(['x{b="1",c="2",instance="",job="a"} 2']);
    del(store, "a/c/2/b/1");
    expect(store.size).toBe(0);
  });

  it("come in the order of their keys", () => {
    const { store } = createStore();
    for (const path of ["b", "a/z/1", "a", "c/a/1"]) push(store, "PUT", path, "x 1\n");
    expect(store.groups().map(({ key }) => key.id)).toEqual([
      'a="1",job="c"',
      'job="a"',
      'job="a",z="1"',
      'job="b"',
    ]);
  });

  it("share all but the numbers with others of their shape that hold the same series", () => {
    const { store } = createStore();
    const layouts = () => store.groups().map((group) => group.layout);
    const body = (value: number) => `x{l="2"} ${value}\nx{l="1"} 2\ny 3\n`;
    // The first time it is not known yet whether the labels will come again.
    for (const [index, path] of ["a", "b", "c/z/1", "a", "b", "c/z/1"].entries()) {
      push(store, "PUT", path, body(index));
    }
    const [a, b, c] = layouts();
    expect([a === b, a === c]).toEqual([true, false]);
    push(store, "PUT", "b", body(7));
    expect(layouts()[1]).toBe(a);
    push(store, "PUT", "b", 'x{l="2"} 1\ny 3\n');
    expect(layouts()[1]).not.toBe(a);
    push(store, "PUT", "b", 'y 3\nx{l="1"} 2\nx{l="2"} 1\n');
    expect(layouts()[1]).toBe(a);
  });

  it("leave nothing behind when they go, not even their shape", () => {
    const { store } = createStore();
    const shapeOf = () => {
      push(store, "PUT", "a/l/1", "x 1\n");
      return store.groups()[0]?.key.shape;
    };
    const first = shapeOf();
    push(store, "PUT", "b/l/1", "x 1\n");
    del(store, "a/l/1");
    expect(shapeOf()).toBe(first);
    for (const path of ["a/l/1", "b/l/1"]) del(store, path);
    expect(shapeOf()).not.toBe(first);
  });

  it("share their shape", () => {
    const { store } = createStore();
    push(store, "PUT", "a/l/1", "x 1\n");
    push(store, "PUT", "b/l/2", "x 1\n");
    const [one, two] = store.groups();
    expect(one?.key.shape).toBe(two?.key.shape);
  });
});

describe("differing help texts", () => {
  const conflicts = (logged: { msg: string; fields: unknown }[]) =>
    logged.filter(({ msg }) => msg === "metric families have inconsistent help strings")
      .map(({ fields }) => fields);

  it("are logged once a name, with the one that wins", () => {
    const { store, logged } = createStore();
    push(store, "PUT", "a", "# HELP x one\nx 1\ny 1\n");
    expect(conflicts(logged)).toEqual([]);
    push(store, "PUT", "b", "# HELP x two\nx 1\ny 1\n");
    push(store, "PUT", "c", "# HELP x three\nx 1\n");
    push(store, "PUT", "b", "# HELP x two\nx 1\n");
    scrape(store);
    expect(conflicts(logged)).toEqual([{ name: "x", exposed: "one" }]);
    expect(scrape(store)).toContain("# HELP x one\n");
  });

  it("are logged where they differ from the gateway's own, whose text wins", () => {
    const own: OwnFamilies = new Map([["x", { type: "untyped", help: "own" }]]);
    const { store, logged } = createStore({ own });
    push(store, "PUT", "a", "# HELP x own\nx 1\n");
    expect(conflicts(logged)).toEqual([]);
    push(store, "PUT", "a", "# HELP x other\nx 1\n");
    push(store, "PUT", "b", "# HELP x other\nx 1\n");
    expect(conflicts(logged)).toEqual([{ name: "x", exposed: "own" }]);
    expect(scrape(store)).toContain("# HELP x own\n");
  });

  it("are no reason to log when the push is refused", () => {
    const { store, logged } = createStore();
    push(store, "PUT", "a", "# HELP x one\nx 1\n");
    push(store, "PUT", "b", "# HELP x two\nx 1 1\n");
    expect(conflicts(logged)).toEqual([]);
  });
});

describe("deleting", () => {
  it("tells what it changed", () => {
    const { store } = createStore();
    push(store, "PUT", "a", "x 1\n");
    expect(store.apply({ kind: "delete", key: keyOf("b") }).change).toEqual({ kind: "none" });
    const { change } = store.apply({ kind: "delete", key: keyOf("a") });
    expect(change).toMatchObject({ kind: "group", key: { id: 'job="a"' } });
    expect("families" in change && change.families.map(({ name }) => name).sort())
      .toEqual(["push_failure_time_seconds", "push_time_seconds", "x"]);
  });
});
