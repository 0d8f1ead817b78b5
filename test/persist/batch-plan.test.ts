import { describe, expect, it } from "vitest";
import { type Form, StoredForms } from "../../src/persist/stored-forms.ts";
import { Touched } from "../../src/persist/touched.ts";
import { createStore, keyOf, write } from "../store/builders.ts";

const GROUP = 'job="a"';
const TIMES = ["push_failure_time_seconds", "push_time_seconds"];

/** A group that is stored in some form, and a way to see what a batch does to it. */
function setUp(form: Form = "whole") {
  const { store } = createStore();
  const forms = new StoredForms();
  forms.set(GROUP, form);
  let touched = new Touched();
  const add = (method: "PUT" | "POST", body: string) =>
    touched.add(store.apply(write(method, "a", body)).change);
  return {
    forms,
    put: (body: string) => add("PUT", body),
    post: (body: string) => add("POST", body),
    del: () => touched.add(store.apply({ kind: "delete", key: keyOf("a") }).change),
    wipe: () => touched.add(store.apply({ kind: "wipe" }).change),
    /** Plans a batch and, unless told otherwise, stores it: what is cleared, what is written, and the form then. */
    store(outcome: "stored" | "failed" | "unknown" = "stored") {
      const planned = touched.toBatch(store, forms);
      touched = new Touched();
      if (outcome === "stored") forms.settle(planned);
      if (outcome === "unknown") forms.doubt(planned);
      const names = planned.batch.records.map(({ name, text }) =>
        text === undefined ? `-${name}` : name
      );
      return [planned.batch.clear, names.sort(), forms.of(GROUP)];
    },
  };
}

/** A family of which the record has some more units than `length`. */
function family(name: string, length: number): string {
  return `# HELP ${name} ${"h".repeat(length)}\n${name} 1\n`;
}

describe("a batch", () => {
  it("writes a small group whole, whatever of it was touched", () => {
    const { put, post, store } = setUp();
    put("x 1\ny 1\n");
    expect(store()).toEqual([[], [""], "whole"]);
    post("y 2\n");
    expect(store()).toEqual([[], [""], "whole"]);
  });

  it("writes a large group family by family, then only what was touched", () => {
    const { put, post, store } = setUp();
    put(family("x", 3000) + family("y", 1000));
    expect(store()).toEqual([[GROUP], [...TIMES, "x", "y"], "families"]);
    post("y 2\nz 1\n");
    expect(store()).toEqual([[], ["push_time_seconds", "y", "z"], "families"]);
    put(family("y", 4000));
    expect(store()).toEqual([[], ["-x", "-z", "push_time_seconds", "y"], "families"]);
  });

  it("clears a group that has become too large to be whole", () => {
    const { put, post, store } = setUp();
    put("x 1\n");
    store();
    post(family("y", 4000));
    expect(store()).toEqual([[GROUP], [...TIMES, "x", "y"], "families"]);
  });

  it("writes a large group whole once a push replaces it by half of what would be too large", () => {
    const { put, post, store } = setUp();
    put(family("x", 4000) + family("y", 100));
    store();
    post("y 1\n");
    expect(store()).toEqual([[], ["push_time_seconds", "y"], "families"]);
    put(family("x", 2000));
    expect(store()).toEqual([[], ["-y", "push_time_seconds", "x"], "families"]);
    put(family("x", 1000));
    expect(store()).toEqual([[GROUP], [""], "whole"]);
  });

  it("leaves a large group as it is of which a small part is replaced", () => {
    const { put, post, store } = setUp();
    put(family("x", 4000));
    store();
    post("y 1\nx 1\n");
    expect(store()).toEqual([[GROUP], [""], "whole"]);
    put(family("x", 4000) + "y 1\n");
    store();
    post("y 1\n");
    post("x 1 1\n");
    expect(store()).toEqual([[], [...TIMES, "y"], "families"]);
  });

  it("leaves a group as it is that is between large and half of it", () => {
    const { put, store } = setUp("families");
    put(family("x", 2500));
    expect(store()).toEqual([[], [...TIMES, "x"], "families"]);
  });

  it("deletes what a push took away from a group that turns out too long to be whole", () => {
    const { put, store } = setUp();
    put(family("x", 4000));
    store();
    // In JSON each of these takes six units.
    const name = "\x01".repeat(700);
    put(`{"${name}"} 1\n`);
    expect(store()).toEqual([[], [name, "-x", "push_time_seconds"], "families"]);
  });

  it("sets right a group of which nobody knows how it is stored", () => {
    const small = setUp("unknown");
    small.put("x 1\n");
    small.store("failed");
    small.post("y 1\n");
    expect(small.store()).toEqual([[GROUP], [""], "whole"]);
    const large = setUp("unknown");
    large.put(family("x", 4000));
    large.store("failed");
    large.post("y 1\n");
    expect(large.store()).toEqual([[GROUP], [...TIMES, "x", "y"], "families"]);
  });

  it.each(["whole", "families", "unknown"] as const)("clears a group that is gone: %s", (form) => {
    const { put, del, store } = setUp(form);
    put("x 1\n");
    del();
    expect(store()).toEqual([[GROUP], [], "whole"]);
  });

  it("changes no form when it fails, and leaves it open when its outcome is", () => {
    const { put, store } = setUp();
    put(family("x", 4000));
    expect(store("failed")[2]).toBe("whole");
    put(family("x", 4001));
    expect(store("unknown")[2]).toBe("unknown");
    put(family("x", 4002));
    expect(store()).toEqual([[GROUP], [...TIMES, "x"], "families"]);
  });

  it("clears nothing that a wipe takes away, and forgets its form", () => {
    const { put, wipe, store } = setUp("families");
    put("x 1\n");
    wipe();
    expect(store()).toEqual([[], [], "whole"]);
    put(family("x", 4000));
    store();
    wipe();
    put("x 1\n");
    expect(store()).toEqual([[], [""], "whole"]);
    wipe();
    put(family("x", 4000));
    expect(store()).toEqual([[], [...TIMES, "x"], "families"]);
  });
});
