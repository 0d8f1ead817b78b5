import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Format } from "../../src/render/format.ts";
import { type Block, BlockList } from "../../src/store/blocks.ts";
import type { Slot } from "../../src/store/slot.ts";
import { slotOf } from "./builders.ts";

const MAX_SLOTS = 256;

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

function numbered(number: number): Slot {
  return slotOf(["job", String(number).padStart(5, "0")]);
}

function listOf(slots: readonly Slot[]): BlockList {
  const list = new BlockList();
  for (const slot of slots) list.insert(slot);
  return list;
}

function idsOf(list: BlockList): string[] {
  return [...list.slots()].map((slot) => slot.group.key.id);
}

function textOf(list: BlockList, format: Format = createCountingFormat()): string {
  return list.blocks.map((block) => new TextDecoder().decode(block.render(format))).join("");
}

/** What holds between any two changes. */
function checkInvariants(list: BlockList): void {
  const sizes = list.blocks.map((block) => block.slots.length);
  expect(Math.min(...sizes, 1)).toBe(1);
  expect(Math.max(...sizes, 0)).toBeLessThanOrEqual(MAX_SLOTS);
  for (const block of list.blocks) {
    expect(block.slots.every((slot) => slot.block === block)).toBe(true);
  }
}

describe("BlockList", () => {
  it("keeps the order that a sorted array has, whatever is inserted and removed", () => {
    const operation = fc.record({ insert: fc.integer({ min: 0, max: 9 }), id: fc.nat(999) });
    fc.assert(
      fc.property(fc.array(operation, { size: "max", maxLength: 3000 }), (operations) => {
        const list = new BlockList();
        const model = new Map<string, Slot>();
        for (const { insert, id } of operations) {
          const slot = numbered(id);
          const key = slot.group.key.id;
          const held = model.get(key);
          if (insert > 2 && held === undefined) {
            list.insert(slot);
            model.set(key, slot);
          } else if (insert <= 2 && held !== undefined) {
            list.remove(held);
            model.delete(key);
          }
        }
        checkInvariants(list);
        const sorted = [...model.keys()].sort();
        expect(idsOf(list)).toEqual(sorted);
        expect(textOf(list)).toBe(
          [...model.values()].map((slot) => `${slot.family.labels[0]}\n`).sort().join(""),
        );
      }),
      // A history of this length takes minutes to shrink.
      { numRuns: 30, endOnFailure: true },
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
    expect(list.blocks.length).toBeGreaterThan(2000 / MAX_SLOTS);
    expect(list.blocks.length).toBeLessThanOrEqual(2000 / (MAX_SLOTS / 2) + 1);
  });

  it.each([
    ["from the front", (index: number) => index],
    ["from the back", (index: number) => 9999 - index],
    ["all over", (index: number) => (index * 7919) % 10_000],
  ])("is left with few blocks when slots are removed %s", (_, idOf) => {
    const slots = Array.from({ length: 10_000 }, (_, index) => numbered(index));
    const list = listOf(slots);
    for (let index = 0; index < 10_000; index++) {
      const slot = slots[idOf(index)] as Slot;
      // Every hundredth stays, so that no block is emptied altogether.
      if (idOf(index) % 100 !== 0) list.remove(slot);
    }
    checkInvariants(list);
    expect(idsOf(list)).toHaveLength(100);
    expect(list.blocks.length).toBeLessThanOrEqual(4);
  });

  it("is empty again when everything was removed", () => {
    const slots = Array.from({ length: 600 }, (_, index) => numbered(index));
    const list = listOf(slots);
    for (const slot of slots) list.remove(slot);
    expect(list.blocks).toEqual([]);
    expect(slots.some((slot) => slot.block !== undefined)).toBe(false);
    list.insert(numbered(1));
    expect(idsOf(list)).toHaveLength(1);
  });

  it("does not mind a slot that is not in it", () => {
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
    expect(format.families).toBe(block.slots.length);
  });

  it.each([
    ["insertion", (list: BlockList) => list.insert(slotOf(["job", "00500x"]))],
    ["removal", (list: BlockList) => list.remove([...list.slots()][500] as Slot)],
  ])("renders no other block again after an %s", (_, change) => {
    const format = createCountingFormat();
    const list = listOf(many());
    textOf(list, format);
    format.families = 0;
    change(list);
    expect(textOf(list, format).split("\n")).toHaveLength(idsOf(list).length + 1);
    expect(format.families).toBeGreaterThan(0);
    expect(format.families).toBeLessThanOrEqual(MAX_SLOTS);
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
    expect(two.families).toBe(1000 + (list.blocks[0] as Block).slots.length);
  });
});
