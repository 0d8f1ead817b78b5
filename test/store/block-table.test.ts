import { describe, expect, it } from "vitest";
import { BlockTable, NO_BLOCK } from "../../src/store/block-table.ts";
import { Block } from "../../src/store/blocks.ts";

describe("BlockTable", () => {
  it("keeps a block for as long as a family is in it, and gives its number again", () => {
    const table = new BlockTable();
    const [one, two, three] = ["x", "y", "z"].map((name) => new Block(name, []));
    const first = table.hold(one);
    expect(table.hold(one)).toBe(first);
    const second = table.hold(two);
    expect([table.get(first), table.get(second)]).toEqual([one, two]);
    table.release(first);
    expect(table.get(first)).toBe(one);
    table.release(first);
    expect(table.get(first)).toBeUndefined();
    expect(table.hold(three)).toBe(first);
    expect(table.get(second)).toBe(two);
  });

  it("has a number for no block", () => {
    const table = new BlockTable();
    expect(table.hold(undefined)).toBe(NO_BLOCK);
    table.release(NO_BLOCK);
    expect(table.get(NO_BLOCK)).toBeUndefined();
    expect(table.hold(new Block("x", []))).not.toBe(NO_BLOCK);
  });
});
