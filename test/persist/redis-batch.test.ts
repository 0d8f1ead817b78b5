import { describe, expect, it } from "vitest";
import { encodeBatch, onlyDeletes } from "../../src/persist/redis-batch.ts";
import { batch, records } from "../contract/redis-host.ts";

const LIMITS = { operations: 3, units: 20 };

describe("encodeBatch", () => {
  it("makes no piece of nothing", () => {
    expect(encodeBatch(batch({}), LIMITS)).toEqual([]);
    expect(encodeBatch(batch({ wipe: true }), LIMITS)).toEqual([]);
  });

  it("says what to do before each name of a group", () => {
    const changes = batch({
      clear: ["", "g"],
      records: records("h", { a: "", b: undefined }),
    });
    expect(encodeBatch(changes, { operations: 9, units: 99 }))
      .toEqual([["c", "cg", "sh", "a", "", "dh", "b"]]);
  });

  it("cuts after so many operations", () => {
    const clear = ["1", "2", "3", "4", "5", "6", "7"];
    expect(encodeBatch(batch({ clear }), LIMITS))
      .toEqual([["c1", "c2", "c3"], ["c4", "c5", "c6"], ["c7"]]);
    expect(encodeBatch(batch({ clear: clear.slice(0, 3) }), LIMITS)).toHaveLength(1);
  });

  it("cuts before too much text, and never within an operation", () => {
    const long = "x".repeat(50);
    const changes = batch({
      clear: ["1"],
      records: [...records("g", { a: long, b: "123456" }), ...records("h", { a: "12345678" })],
    });
    expect(encodeBatch(changes, LIMITS))
      .toEqual([["c1"], ["sg", "a", long], ["sg", "b", "123456", "sh", "a", "12345678"]]);
  });
});

it("onlyDeletes tells whether a batch makes room", () => {
  expect(onlyDeletes(batch({}))).toBe(true);
  expect(onlyDeletes(batch({ clear: ["g"], records: records("g", { a: undefined }) }))).toBe(true);
  expect(onlyDeletes(batch({ records: records("g", { a: undefined, b: "" }) }))).toBe(false);
});
