import { describe, expect, it } from "vitest";
import type { StoredFamily } from "../../src/model/family.ts";
import { createGroupKey, createShape, type GroupKey } from "../../src/model/group-key.ts";
import {
  type FamilyPlan,
  PlanTable,
  readFamily,
  writeNumbers,
} from "../../src/store/family-plan.ts";
import { createTables, LayoutTable } from "../../src/store/layout.ts";

function keyOf(...labels: string[]): GroupKey {
  const { id, names } = createGroupKey(labels);
  return { id, shape: createShape(names) };
}

function gauge(name: string, labels: string[], pushedAt = 5): StoredFamily {
  return {
    name,
    type: "gauge",
    help: "h",
    labels,
    samples: labels.map((_, i) => i + 0.5),
    pushedAt,
  };
}

const A = keyOf("job", "a");
const NOTHING = { plan: undefined, record: undefined };

/** The plan of a family that comes for the second time. */
function planOf(plans: PlanTable, family: StoredFamily, key = A): FamilyPlan | undefined {
  plans.planOf(family, key, NOTHING);
  return plans.planOf(family, key, NOTHING);
}
const LABELS = ['instance="",job="a",l="1"', 'instance="",job="a",l="2"'];

function distribution(points: number[]): StoredFamily {
  const samples = LABELS.map((_, i) => ({
    count: i,
    sum: -0,
    points,
    values: points.map((p) => p * i),
  }));
  return { name: "d", type: "summary", help: "", labels: LABELS, samples, pushedAt: 1.5 };
}

describe("PlanTable", () => {
  it.each([
    gauge("x", LABELS),
    gauge("x", ['instance="",job="a"']),
    distribution([0.5, -0, Infinity]),
    distribution([]),
  ])(
    "takes a family apart, from which it can be put together again: %j",
    (family) => {
      const plan = planOf(new PlanTable(), family);
      if (plan === undefined) throw new Error("no plan");
      const numbers = new Float64Array(plan.width + 2).fill(7);
      writeNumbers(family, numbers, 1);
      expect(readFamily(plan, A.id, numbers, 1)).toEqual(family);
      expect([numbers[0], numbers.at(-1)]).toEqual([7, 7]);
    },
  );

  it("has one plan for all that differ in numbers alone, as long as a layout has it", () => {
    const plans = new PlanTable();
    const layouts = new LayoutTable(plans, createTables());
    const plan = planOf(plans, gauge("x", LABELS));
    if (plan === undefined) throw new Error("no plan");
    const layout = layouts.layoutOf([plan]);
    const row = layout.takeRow();
    const b = LABELS.map((text) => text.replace('"a"', '"b"'));
    expect(planOf(plans, gauge("x", b, 9), keyOf("job", "b"))).toBe(plan);
    expect(planOf(plans, gauge("x", LABELS.slice(1)))).not.toBe(plan);
    expect(planOf(plans, { ...gauge("x", LABELS), help: "other" })).not.toBe(plan);
    layout.giveRow(row);
    layouts.dropIfUnused(layout);
    expect(planOf(plans, gauge("x", LABELS))).not.toBe(plan);
  });

  it("makes none for labels that come once, for these may be others each time", () => {
    const plans = new PlanTable();
    const family = gauge("x", LABELS);
    expect(plans.planOf(family, A, NOTHING)).toBeUndefined();
    expect(plans.planOf({ ...family, labels: LABELS.slice(1) }, A, NOTHING)).toBeUndefined();
    expect(plans.planOf(family, A, NOTHING)).toBeDefined();
    const again = { ...family, name: "y" };
    expect(plans.planOf(again, A, { plan: undefined, record: gauge("y", LABELS) })).toBeDefined();
    expect(plans.planOf(gauge("z", ['instance="",job="a"']), A, NOTHING)).toBeDefined();
  });

  it("forgets labels that came once rather than keep very many or very long ones", () => {
    const plans = new PlanTable();
    const other = (i: number, size: number) =>
      gauge("x", [`instance="",job="a",l="${i}${"v".repeat(size)}"`]);
    const seenAfter = (family: StoredFamily, others: readonly StoredFamily[]) => {
      expect(plans.planOf(family, A, NOTHING)).toBeUndefined();
      for (const each of others) plans.planOf(each, A, NOTHING);
      return plans.planOf(family, A, NOTHING) !== undefined;
    };
    const some = Array.from({ length: 100 }, (_, i) => other(i, 1_000));
    const long = Array.from({ length: 100 }, (_, i) => other(1_000 + i, 50_000));
    expect(seenAfter(gauge("a", LABELS), some)).toBe(true);
    expect(seenAfter(gauge("b", LABELS), long)).toBe(false);
    expect(seenAfter(other(2_000, 5_000_000), [])).toBe(false);
    expect(seenAfter(gauge("c", LABELS), some)).toBe(true);
  });

  it.each<[string, StoredFamily]>([
    [
      "with many series",
      gauge("x", Array.from({ length: 40 }, (_, i) => `instance="",job="a",l="${i}"`)),
    ],
    ["with extras", { ...gauge("x", LABELS), extras: { unit: "s", wire: [], utf8: false } }],
    ["with a series twice", gauge("x", [LABELS[0] ?? "", LABELS[0] ?? ""])],
    ["that is not the group's", gauge("x", ['job="b"'])],
  ])("has none of a family %s", (_, family) => {
    expect(planOf(new PlanTable(), family)).toBeUndefined();
  });
});

describe("Layout", () => {
  it("gives every group a row of its own, also a row that was given back", () => {
    const plans = new PlanTable();
    const plan = planOf(plans, gauge("x", LABELS));
    if (plan === undefined) throw new Error("no plan");
    const layout = new LayoutTable(plans, createTables()).layoutOf([plan]);
    const rows = Array.from({ length: 100 }, () => layout.takeRow());
    rows.forEach((row) => layout.numbers.fill(row, row * layout.width, (row + 1) * layout.width));
    for (const row of rows.slice(10, 20)) layout.giveRow(row);
    const again = Array.from({ length: 20 }, () => layout.takeRow());
    expect(new Set([...rows.slice(0, 10), ...rows.slice(20), ...again]).size).toBe(110);
    expect(layout.groups).toBe(110);
    for (const row of rows) expect(layout.numbers[row * layout.width + 1]).toBe(row);
  });

  it("is the same for the same plans in any order, as long as a group has a row", () => {
    const plans = new PlanTable();
    const layouts = new LayoutTable(plans, createTables());
    const [x, y] = [gauge("x", LABELS), gauge("y", LABELS)].map((family) => planOf(plans, family));
    if (x === undefined || y === undefined) throw new Error("no plan");
    const layout = layouts.layoutOf([x, y]);
    expect(layouts.layoutOf([y, x])).toBe(layout);
    expect(layouts.layoutOf([x])).not.toBe(layout);
    const row = layout.takeRow();
    layouts.dropIfUnused(layout);
    expect(layouts.layoutOf([x, y])).toBe(layout);
    layout.giveRow(row);
    layouts.dropIfUnused(layout);
    expect(layouts.layoutOf([x, y])).not.toBe(layout);
  });
});
