import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Format } from "../../src/render/format.ts";
import { type Block, BlockList } from "../../src/store/blocks.ts";
import type { Group } from "../../src/store/group.ts";
import { runs } from "../support/runs.ts";
import { holderOf } from "./builders.ts";

const MAX_GROUPS = 256;

/** Renders the ids of the groups and counts how many families it was given. */
function createCountingFormat(id = "counting"): Format & { families: number } {
  const encoder = new TextEncoder();
  return {
    id,
    escaping: "underscores",
    contentType: "text/plain",
    families: 0,
    renderHead: () => new Uint8Array(),
    renderSeries(families) {
      this.families += families.length;
      return encoder.encode(families.map((family) => `${family.labels[0]}\n`).join(""));
    },
  };
}

function numbered(number: number): Group {
  return holderOf(["job", String(number).padStart(5, "0")]);
}

function listOf(groups: readonly Group[]): BlockList {
  const list = new BlockList("x");
  for (const group of groups) list.insert(group);
  return list;
}

function groupsOf(list: BlockList): Group[] {
  return list.blocks.flatMap((block) => block.groups);
}

function idsOf(list: BlockList): string[] {
  return groupsOf(list).map((group) => group.key.id);
}

function textOf(list: BlockList, format: Format = createCountingFormat()): string {
  return list.blocks.map((block) => new TextDecoder().decode(block.render(format))).join("");
}

/** What holds between any two changes. */
function checkInvariants(list: BlockList): void {
  const sizes = list.blocks.map((block) => block.groups.length);
  expect(Math.min(...sizes, 1)).toBe(1);
  expect(Math.max(...sizes, 0)).toBeLessThanOrEqual(MAX_GROUPS);
  for (const block of list.blocks) {
    expect(block.groups.every((group) => group.block("x") === block)).toBe(true);
  }
}

describe("BlockList", () => {
  it("keeps the order that a sorted array has, whatever is inserted and removed", () => {
    const operation = fc.record({ insert: fc.integer({ min: 0, max: 9 }), id: fc.nat(999) });
    fc.assert(
      fc.property(fc.array(operation, { size: "max", maxLength: 3000 }), (operations) => {
        const list = new BlockList("x");
        const model = new Map<string, Group>();
        for (const { insert, id } of operations) {
          const group = numbered(id);
          const key = group.key.id;
          const held = model.get(key);
          if (insert > 2 && held === undefined) {
            list.insert(group);
            model.set(key, group);
          } else if (insert <= 2 && held !== undefined) {
            list.remove(held);
            model.delete(key);
          }
        }
        checkInvariants(list);
        const sorted = [...model.keys()].sort();
        expect(idsOf(list)).toEqual(sorted);
        expect(textOf(list)).toBe(
          [...model.values()].map((group) => `${group.family("x")?.labels[0]}\n`).sort().join(""),
        );
      }),
      // A history of this length takes minutes to shrink.
      { numRuns: runs(20), endOnFailure: true },
    );
  });

  it.each([
    ["rising", (index: number) => index],
    ["falling", (index: number) => 1999 - index],
    ["from both ends", (index: number) => (index % 2 === 0 ? index : 1999 - index)],
  ])("splits blocks that grow too large, with keys %s", (_, idOf) => {
    const list = listOf(Array.from({ length: 2000 }, (_, index) => numbered(idOf(index))));
    checkInvariants(list);
    expect(idsOf(list)).toEqual([...idsOf(list)].sort());
    expect(list.blocks.length).toBeGreaterThan(2000 / MAX_GROUPS);
    expect(list.blocks.length).toBeLessThanOrEqual(2000 / (MAX_GROUPS / 2) + 1);
  });

  it.each([
    ["from the front", (index: number) => index],
    ["from the back", (index: number) => 9999 - index],
    ["all over", (index: number) => (index * 7919) % 10_000],
  ])("is left with few blocks when groups are removed %s", (_, idOf) => {
    const groups = Array.from({ length: 10_000 }, (_, index) => numbered(index));
    const list = listOf(groups);
    for (let index = 0; index < 10_000; index++) {
      const group = groups[idOf(index)] as Group;
      // Every hundredth stays, so that no block is emptied altogether.
      if (idOf(index) % 100 !== 0) list.remove(group);
    }
    checkInvariants(list);
    expect(idsOf(list)).toHaveLength(100);
    expect(list.blocks.length).toBeLessThanOrEqual(4);
  });

  it("is empty again when everything was removed", () => {
    const groups = Array.from({ length: 600 }, (_, index) => numbered(index));
    const list = listOf(groups);
    for (const group of groups) list.remove(group);
    expect(list.blocks).toEqual([]);
    expect(groups.some((group) => group.block("x") !== undefined)).toBe(false);
    list.insert(numbered(1));
    expect(idsOf(list)).toHaveLength(1);
  });

  it("does not mind a group that is not in it", () => {
    const list = listOf([numbered(1)]);
    list.remove(numbered(1));
    expect(idsOf(list)).toHaveLength(1);
  });
});

describe("Block", () => {
  const many = () => Array.from({ length: 1000 }, (_, index) => numbered(index));

  it("renders its series once between two changes", () => {
    const format = createCountingFormat();
    const list = listOf(many());
    const first = list.blocks.map((block) => block.render(format));
    expect(format.families).toBe(1000);
    const second = list.blocks.map((block) => block.render(format));
    expect(format.families).toBe(1000);
    expect(second.every((bytes, index) => bytes === first[index])).toBe(true);
  });

  it("renders no other block again when one is invalidated", () => {
    const format = createCountingFormat();
    const list = listOf(many());
    textOf(list, format);
    format.families = 0;
    const block = list.blocks[2] as Block;
    block.invalidate();
    textOf(list, format);
    expect(format.families).toBe(block.groups.length);
  });

  it.each([
    ["insertion", (list: BlockList) => list.insert(holderOf(["job", "00500x"]))],
    ["removal", (list: BlockList) => list.remove(groupsOf(list)[500] as Group)],
  ])("renders no other block again after an %s", (_, change) => {
    const format = createCountingFormat();
    const list = listOf(many());
    textOf(list, format);
    format.families = 0;
    change(list);
    expect(textOf(list, format).split("\n")).toHaveLength(idsOf(list).length + 1);
    expect(format.families).toBeGreaterThan(0);
    expect(format.families).toBeLessThanOrEqual(MAX_GROUPS);
  });

  it("keeps the renderings of several formats apart", () => {
    const [one, two] = [createCountingFormat("one"), createCountingFormat("two")];
    const list = listOf(many());
    textOf(list, one);
    textOf(list, two);
    textOf(list, one);
    expect([one.families, two.families]).toEqual([1000, 1000]);
    (list.blocks[0] as Block).invalidate();
    textOf(list, two);
    expect(two.families).toBe(1000 + (list.blocks[0] as Block).groups.length);
  });
});
