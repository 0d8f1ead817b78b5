import { describe, expect, it } from "vitest";
import { readRecord } from "../../src/persist/group-record.ts";
import { StoredForms } from "../../src/persist/stored-forms.ts";
import { touchAll, Touched } from "../../src/persist/touched.ts";
import { createStore, keyOf, write } from "../store/builders.ts";

/** A store, and a set that hears of all its changes. */
function setUp() {
  const { store } = createStore();
  const touched = new Touched();
  const apply = (path: string, body: string) =>
    touched.add(store.apply(write("PUT", path, body)).change);
  const del = (path: string) =>
    touched.add(store.apply({ kind: "delete", key: keyOf(path) }).change);
  const wipe = () => touched.add(store.apply({ kind: "wipe" }).change);
  return { store, touched, apply, del, wipe };
}

/** A batch in few words: `GROUP: NAMES`, all groups being stored whole. */
function brief(touched: Touched, store: Parameters<Touched["toBatch"]>[0]) {
  const { wipe, clear, records } = touched.toBatch(store, new StoredForms()).batch;
  const lines = records.map(({ group, name, text = "" }) => {
    const names = readRecord({ group, name, text }).map((each) => each.name);
    return `${group}: ${names.filter((each) => !each.includes("_time_seconds")).sort()}`;
  });
  return { wipe, clear, lines };
}

describe("Touched", () => {
  it("begins empty, and a change that is none leaves it so", () => {
    const { touched, store } = setUp();
    expect(touched.isEmpty).toBe(true);
    touched.add({ kind: "none" });
    expect(touched.isEmpty).toBe(true);
    expect(touched.toBatch(store, new StoredForms()).batch)
      .toEqual({ wipe: false, clear: [], records: [] });
  });

  it("gives each record once, as the store holds it when the batch is made", () => {
    const { touched, store, apply } = setUp();
    apply("a", "x 1\ny 1\n");
    apply("a", "x 2\nz 1\n");
    apply("a", "x 3\n");
    const { records } = touched.toBatch(store, new StoredForms()).batch;
    expect(records).toHaveLength(1);
    expect(records[0]?.text).toContain(",3]]");
    expect(brief(touched, store).lines).toEqual(['job="a": x']);
  });

  it("clears groups that are gone, writes all of one that came back", () => {
    const { touched, store, apply, del } = setUp();
    apply("a", "x 1\n");
    apply("b", "x 1\ny 1\n");
    del("a");
    del("b");
    apply("b", "z 1\n");
    expect(brief(touched, store)).toEqual({
      wipe: false,
      clear: ['job="a"'],
      lines: ['job="b": z'],
    });
  });

  it("forgets at a wipe what came before it", () => {
    const { touched, store, apply, del, wipe } = setUp();
    apply("a", "x 1\n");
    wipe();
    expect(touched.isEmpty).toBe(false);
    expect(brief(touched, store)).toEqual({ wipe: true, clear: [], lines: [] });
    apply("b", "x 1\n");
    apply("c", "x 1\n");
    del("c");
    expect(brief(touched, store)).toEqual({ wipe: true, clear: [], lines: ['job="b": x'] });
  });

  it("knows which groups it has records of", () => {
    const { touched, apply, wipe } = setUp();
    apply("a", "x 1\n");
    expect([touched.touches('job="a"'), touched.touches('job="b"')]).toEqual([true, false]);
    wipe();
    expect([touched.touches('job="a"'), touched.touches('job="b"')]).toEqual([true, true]);
  });

  it("gives a snapshot that later changes leave alone", () => {
    const { touched, apply, wipe } = setUp();
    apply("a", "x 1\n");
    const snapshot = touched.snapshot();
    const names = expect.arrayContaining(["x", "push_time_seconds", "push_failure_time_seconds"]);
    apply("a", "y 1\n");
    apply("b", "y 1\n");
    wipe();
    expect(snapshot).toEqual({ wiped: false, groups: [['job="a"', names]] });
    expect(snapshot.groups[0]?.[1]).toHaveLength(3);
  });

  it("takes what was touched earlier, unless a wipe came between", () => {
    const { touched, store, apply, wipe } = setUp();
    apply("a", "x 1\n");
    apply("b", "x 1\n");
    const earlier = touched.snapshot();
    const later = new Touched();
    later.add(store.apply(write("POST", "a", "y 1\n")).change);
    later.addEarlier(earlier);
    expect(brief(later, store).lines).toEqual(['job="a": x,y', 'job="b": x']);
    wipe();
    const afterWipe = touched.snapshot();
    touched.addEarlier(earlier);
    expect(touched.snapshot()).toEqual(afterWipe);
    later.addEarlier(afterWipe);
    expect(brief(later, store)).toEqual({ wipe: true, clear: [], lines: [] });
  });
});

describe("touchAll", () => {
  it("replaces what is stored by all that is held", () => {
    const { store, apply } = setUp();
    apply("b", "x 1\n");
    apply("a", "y 1\n");
    const all = new Touched();
    all.addEarlier(touchAll(store));
    expect(brief(all, store)).toEqual({
      wipe: true,
      clear: [],
      lines: ['job="a": y', 'job="b": x'],
    });
  });
});
