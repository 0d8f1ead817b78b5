import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { GatewayError } from "../../src/model/error.ts";
import { LimitedStore, type StoreLimits } from "../../src/store/limited-store.ts";
import type { Usage } from "../../src/store/usage.ts";
import { Store } from "../../src/store/store.ts";
import type { Change, PushWrite } from "../../src/store/change.ts";
import { createMemoryLogger, del, push, scrape, write } from "./builders.ts";

const NONE: StoreLimits = { groups: Infinity, series: Infinity, size: Infinity };

function createStore(limits: Partial<StoreLimits>, checkConsistency = true): LimitedStore {
  const { logger } = createMemoryLogger();
  return new LimitedStore({ checkConsistency, own: new Map(), logger }, { ...NONE, ...limits });
}

/** Tries a push; returns why the store is full, or "". Nothing may change when it is. */
function attempt(store: LimitedStore, ...args: Parameters<typeof write>): string {
  const before = scrape(store, { times: true });
  try {
    store.apply(write(...args));
    return "";
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind !== "full") throw error;
    expect(scrape(store, { times: true })).toBe(before);
    return error.message;
  }
}

/** What a new store comes to that is loaded with what `store` holds. */
function countAnew(store: LimitedStore): Usage {
  const anew = createStore({});
  for (const { key: { id } } of store.groups()) anew.restore(id, [...store.familiesOf(id)]);
  return anew.usage;
}

describe("LimitedStore", () => {
  it("holds groups up to the limit", () => {
    const store = createStore({ groups: 2 });
    expect(attempt(store, "PUT", "a", "x 1\n")).toBe("");
    expect(attempt(store, "PUT", "b", "x 1\n")).toBe("");
    expect(attempt(store, "PUT", "c", "x 1\n")).toBe(
      "the gateway would hold more than 2 groups, the limit set by --store.max-groups; nothing is changed",
    );
    expect(attempt(store, "PUT", "b", "x 2\n")).toBe("");
    del(store, "a");
    expect(attempt(store, "PUT", "c", "x 1\n")).toBe("");
    store.apply({ kind: "wipe" });
    expect(attempt(store, "PUT", "d", "x 1\n")).toBe("");
    expect(attempt(store, "PUT", "e", "x 1\n")).toBe("");
    expect(attempt(store, "PUT", "f", "x 1\n")).toMatch(/more than 2 groups/);
  });

  it("makes no group for the failure time of a refused push beyond the limit", () => {
    const store = createStore({ groups: 1 });
    push(store, "PUT", "a", "# TYPE x gauge\nx 1\n");
    expect(attempt(store, "PUT", "b", "# TYPE x counter\nx 1\n")).toMatch(/more than 1 groups/);
    expect(store.size).toBe(1);
  });

  it("holds series up to the limit, the times of the groups among them", () => {
    const store = createStore({ series: 6 });
    expect(attempt(store, "PUT", "a", 'x{n="1"} 1\nx{n="2"} 1\n')).toBe("");
    expect(attempt(store, "POST", "a", "y 1\nz 1\n")).toBe("");
    expect(attempt(store, "POST", "a", "w 1\n")).toMatch(/more than 6 series.*--store.max-series/);
    expect(attempt(store, "PUT", "b", "")).toMatch(/more than 6 series/);
    expect(attempt(store, "PUT", "a", "x 1\n")).toBe("");
    expect(attempt(store, "PUT", "b", "")).toBe("");
  });

  it("holds texts and numbers up to the limit", () => {
    const store = createStore({ size: 20_000 });
    const full = /more than 20000 bytes, the limit set by --store.max-size/;
    const long = "v".repeat(4000);
    expect(attempt(store, "PUT", "a", `x{l="${"v".repeat(1500)}"} 1\n`)).toBe("");
    expect(attempt(store, "POST", "a", `y{l="${long}"} 1\n`)).toMatch(full);
    expect(attempt(store, "POST", "a", `# HELP y ${long}\ny 1\n`)).toMatch(full);
    expect(attempt(store, "POST", "a", `${"y".repeat(4000)} 1\n`)).toMatch(full);
    const buckets = Array.from({ length: 800 }, (_, i) => `h_bucket{le="${i}"} 1\n`).join("");
    expect(attempt(store, "POST", "a", `# TYPE h histogram\n${buckets}h_count 1\nh_sum 1\n`))
      .toMatch(full);
    expect(attempt(store, "POST", "a", "y 1\n")).toBe("");
    expect(attempt(store, "PUT", "a", `y{l="${"v".repeat(2000)}"} 1\n`)).toBe("");
  });

  it("counts a name once, however many groups hold it", () => {
    const store = createStore({ size: 1e6 });
    const sizes = ["a", "b", "c"].map((job) => {
      expect(attempt(store, "PUT", job, `# HELP x ${"h".repeat(1000)}\nx 1\n`)).toBe("");
      return store.usage.size;
    });
    expect((sizes[1] ?? 0) - (sizes[0] ?? 0)).toBeLessThan(3000);
    expect((sizes[2] ?? 0) - (sizes[1] ?? 0)).toBe((sizes[1] ?? 0) - (sizes[0] ?? 0));
    for (const job of ["a", "b", "c"]) del(store, job);
    expect(store.usage).toEqual({ series: 0, size: 0 });
  });

  it("counts help texts that come later, and each that differs", () => {
    const store = createStore({ size: 50_000 });
    const full = /more than 50000 bytes/;
    const help = (text: string) => `# HELP x ${text.repeat(10_000)}\nx 1\n`;
    expect(attempt(store, "PUT", "a", "x 1\n")).toBe("");
    const little = store.usage;
    expect(attempt(store, "PUT", "a", help("lon"))).toMatch(full);
    expect(attempt(store, "POST", "b", help("lon"))).toMatch(full);
    expect(store.usage).toEqual(little);
    expect(attempt(store, "PUT", "b", help("l"))).toBe("");
    expect(attempt(store, "PUT", "c", help("m"))).toMatch(full);
    expect(attempt(store, "PUT", "b", "x 1\n")).toBe("");
    del(store, "b");
    expect(store.usage).toEqual(little);
  });

  it("counts units, which protobuf lets be any text", () => {
    const store = createStore({ size: 50_000 });
    const withUnit = (unit: string): PushWrite => {
      const pushed = write("PUT", "a", "x 1\n");
      return { ...pushed, families: [...pushed.families].map((family) => ({ ...family, unit })) };
    };
    store.apply(withUnit("seconds"));
    expect(() => store.apply(withUnit("u".repeat(20_000)))).toThrow(/more than 50000 bytes/);
  });

  it("comes to the same after undoing, whichever group brought the help text", () => {
    const store = createStore({});
    push(store, "PUT", "a", `# HELP x ${"h".repeat(1000)}\nx 1\n`);
    push(store, "PUT", "b", "x 1\n");
    const { usage } = store;
    const changes = ["a", "b"].map((job) =>
      store.apply({ kind: "delete", key: write("PUT", job, "").key }).change
    );
    for (const change of changes.toReversed()) store.undo(change);
    expect(store.usage).toEqual(usage);
  });

  it("refuses what is much too large before it is carried out", () => {
    const store = createStore({ size: 1e6, series: 100 });
    push(store, "PUT", "a", "x 1\n");
    const apply = vi.spyOn(Store.prototype, "apply");
    const names = Array.from({ length: 1000 }, (_, i) => `n${i} 1\n`).join("");
    expect(attempt(store, "PUT", "b", names)).toMatch(/more than 100 series/);
    expect(attempt(createStore({ size: 1e6 }), "PUT", "b", names)).toMatch(
      /more than 1000000 bytes/,
    );
    expect(apply).not.toHaveBeenCalled();
    apply.mockRestore();
  });

  it("lets what is beyond lowered limits be replaced and shrunk", () => {
    const store = createStore({ series: 3 });
    const roomy = createStore({});
    const body = 'x{n="1"} 1\nx{n="2"} 1\n';
    const { change } = roomy.apply(write("PUT", "a", body));
    expect(change.kind).toBe("group");
    // Undoing a deletion brings it back without a look at the limits.
    const gone: Change = change.kind !== "group" ? change : {
      ...change,
      families: change.families.map(({ name, after }) => ({
        name,
        before: after,
        after: undefined,
      })),
    };
    store.undo(gone);
    expect(attempt(store, "PUT", "a", body)).toBe("");
    expect(attempt(store, "POST", "a", 'x{n="1"} 2\nx{n="3"} 1\n')).toBe("");
    expect(attempt(store, "POST", "a", "y 1\n")).toMatch(/more than 3 series/);
  });

  it("takes back what was stored once, whatever the limits are by now, and counts it", () => {
    const store = createStore({ groups: 1, series: 3 });
    const family = { name: "x", type: "gauge", help: "", pushedAt: 0 } as const;
    store.restore('job="a"', [{ ...family, labels: ['instance="",job="a"'], samples: [1] }]);
    store.restore('job="b"', [{ ...family, labels: ['instance="",job="b"'], samples: [1] }]);
    store.restore('job="b"', [{ ...family, labels: ['instance="",job="b"'], samples: [2] }]);
    store.restored();
    expect(store.usage.series).toBe(2);
    expect(attempt(store, "PUT", "c", "")).toMatch(/more than 1 groups/);
    del(store, "a");
    del(store, "b");
    expect(store.usage).toEqual({ series: 0, size: 0 });
  });

  it("counts what it holds through any history of writes and undoing", () => {
    const step = fc.oneof(
      fc.tuple(fc.constant("write"), fc.nat(3), fc.nat(4), fc.boolean()),
      fc.tuple(fc.constantFrom("delete", "wipe", "undo"), fc.nat(3), fc.nat(4), fc.boolean()),
    );
    fc.assert(fc.property(fc.array(step, { maxLength: 40, size: "max" }), (steps) => {
      const store = createStore({ groups: 3, series: 14 });
      const trail: Change[] = [];
      for (const [kind, job, series, replace] of steps) {
        const path = `j${job}`;
        const help = `# HELP x ${"h".repeat(100 * series)}\n`;
        const body = help + Array.from({ length: series }, (_, i) => `x{n="${i}"} 1\n`).join("");
        try {
          if (kind === "write") {
            trail.push(store.apply(write(replace ? "PUT" : "POST", path, body)).change);
          } else if (kind === "wipe") trail.push(store.apply({ kind: "wipe" }).change);
          else if (kind === "delete") {
            trail.push(store.apply({ kind: "delete", key: write("PUT", path, "").key }).change);
          } else {
            const change = trail.pop();
            if (change !== undefined) store.undo(change);
          }
        } catch (error) {
          expect(error).toMatchObject({ kind: "full" });
        }
        const lines = scrape(store, { times: true }).split("\n");
        const held = lines.filter((line) => line !== "" && !line.startsWith("#")).length;
        expect(store.usage).toEqual(countAnew(store));
        expect(store.usage.series).toBe(held);
        expect(held).toBeLessThanOrEqual(14);
        expect(store.size).toBeLessThanOrEqual(3);
      }
      for (const change of trail.reverse()) store.undo(change);
      expect(store.usage).toEqual({ series: 0, size: 0 });
    }));
  });
});
