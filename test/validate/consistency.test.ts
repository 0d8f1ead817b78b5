import { describe, expect, it } from "vitest";
import type { MetricType } from "../../src/model/family.ts";
import { createGroupKey, createShape, type Shape } from "../../src/model/group-key.ts";
import {
  findInconsistencies,
  type Inconsistency,
  type SanitizedPush,
  suffixesOf,
  type Surroundings,
} from "../../src/validate/consistency.ts";
import type { SanitizedFamily } from "../../src/validate/sanitize.ts";

/** What other groups hold: types by name, and series as `name` and key of the group. */
interface World {
  readonly own?: Readonly<Record<string, MetricType>>;
  readonly elsewhere?: Readonly<Record<string, readonly MetricType[]>>;
  /** Families that the group itself holds and that the push leaves alone. */
  readonly kept?: Readonly<Record<string, MetricType>>;
  readonly groups?: readonly (readonly string[])[];
}

function surroundings({ own = {}, elsewhere = {}, kept = {}, groups = [] }: World): Surroundings & {
  /** The groups that were asked for a series. */
  readonly asked: string[];
} {
  const shapes = new Map<string, Shape>();
  for (const labels of groups) {
    const shape = createShape(createGroupKey(labels).names);
    shapes.set(shape.id, shape);
  }
  const asked: string[] = [];
  const ids = groups.map((labels) => createGroupKey(labels).id);
  return {
    asked,
    ownType: (name) => own[name],
    typesElsewhere: (name) => elsewhere[name] ?? [],
    typesRemaining: (name) => [
      ...elsewhere[name] ?? [],
      ...(kept[name] ? [kept[name]] : []),
      ...(own[name] ? [own[name]] : []),
    ],
    shapesElsewhere: () => [...shapes.values()],
    hasSeries: (groupId) => {
      asked.push(groupId);
      return ids.includes(groupId);
    },
  };
}

/** A family of series of which each is given as `a=1 b=2`, sorted. */
function family(name: string, type: MetricType, ...series: string[]): SanitizedFamily {
  const labelSets = (series.length > 0 ? series : ["job=a"])
    .map((text) => text.split(" ").flatMap((pair) => pair.split("=")));
  const labels = labelSets.map((set) => set.join());
  const isScalar = suffixesOf(type).length === 0;
  const samples = labels.map(() => isScalar ? 1 : { count: 1, sum: 2, points: [], values: [] });
  const record = { name, type, help: "", labels, samples, pushedAt: 0 };
  return { family: record as SanitizedFamily["family"], labelSets, order: undefined };
}

function pushOf(...families: SanitizedFamily[]): SanitizedPush {
  const { id, names } = createGroupKey(["job", "a"]);
  return {
    key: { id, shape: createShape(names) },
    families: new Map(families.map((sanitized) => [sanitized.family.name, sanitized])),
  };
}

function find(world: World, ...families: SanitizedFamily[]): readonly Inconsistency[] {
  return findInconsistencies(pushOf(...families), surroundings(world), true);
}

const X = 'collected metric "x" { label:{name:"job" value:"a"}';

describe("findInconsistencies", () => {
  it.each<[string, World, SanitizedFamily[]]>([
    ["nothing pushed", {}, []],
    ["a family that nobody holds", {}, [family("x", "gauge", "job=a", "job=a l=1")]],
    ["the type of others", { elsewhere: { x: ["gauge"] } }, [family("x", "gauge")]],
    ["the type of the gateway's own", { own: { x: "gauge" } }, [family("x", "gauge")]],
    ["a suffix of a scalar", { elsewhere: { x: ["gauge"] } }, [family("x_count", "gauge")]],
    ["_bucket beside a summary", { elsewhere: { x: ["summary"] } }, [family("x_bucket", "gauge")]],
    ["a summary beside _bucket", { kept: { x_bucket: "gauge" } }, [family("x", "summary")]],
    ["a histogram replaced by the push", {}, [family("x_sum", "gauge"), family("x", "gauge")]],
    ["labels that begin with one underscore", {}, [family("x", "gauge", "_l=1 job=a")]],
    ["quantile on a gauge", {}, [family("x", "gauge", "job=a quantile=1")]],
    ["le on a histogram", {}, [family("x", "histogram", "job=a le=1")]],
    ["no group with such a key", { groups: [["job", "a", "l", "1"]] }, [
      family("x", "gauge", "job=a l=2"),
    ]],
    ["no such label", { groups: [["job", "a", "l", ""]] }, [family("x", "gauge", "job=a")]],
  ])("finds nothing in %s", (_, world, families) => {
    expect(find(world, ...families)).toEqual([]);
  });

  it.each<[string, World, SanitizedFamily, string, string[]]>([
    [
      "the same labels twice",
      {},
      family("x", "gauge", "job=a", "job=a"),
      `${X} gauge:{value:1} } was collected before with the same name and label values`,
      ["x"],
    ],
    [
      "a reserved label",
      {},
      family("x", "untyped", "__l=1"),
      'collected metric "x" { label:{name:"__l" value:"1"} untyped:{value:1} } ' +
      "has a label with an invalid name: __l",
      ["x"],
    ],
    [
      "quantile on a summary",
      {},
      family("x", "summary", "quantile=1"),
      'collected metric "x" { label:{name:"quantile" value:"1"} ' +
      'summary:{sample_count:1 sample_sum:2} } must not have an explicit "quantile" label',
      ["x"],
    ],
    [
      "a type of the gateway's own",
      { own: { x: "summary" } },
      family("x", "gaugehistogram"),
      "gathered metric family x has type GAUGE_HISTOGRAM but should have SUMMARY",
      ["x"],
    ],
    [
      "a type elsewhere",
      { elsewhere: { x: ["counter"] } },
      family("x", "gauge"),
      `${X} gauge:{value:1} } is not a COUNTER`,
      ["x"],
    ],
    [
      "one of two types elsewhere",
      { elsewhere: { x: ["gauge", "untyped"] } },
      family("x", "gauge"),
      `${X} gauge:{value:1} } is not a UNTYPED`,
      ["x"],
    ],
    [
      "a series elsewhere",
      { groups: [["l", "1", "job", "a"]] },
      family("x", "gauge", "job=a l=2", "instance= job=a l=1"),
      'collected metric "x" { label:{name:"instance" value:""} label:{name:"job" value:"a"} ' +
      'label:{name:"l" value:"1"} gauge:{value:1} } ' +
      "was collected before with the same name and label values",
      ["x"],
    ],
    ...(["_count", "_sum", "_bucket"] as const).map((suffix) =>
      [
        `a name that ends with ${suffix}`,
        { kept: { x: "histogram" as const } },
        family(`x${suffix}`, "gauge"),
        `collected metric named "x${suffix}" collides with previously collected histogram named "x"`,
        [`x${suffix}`, "x"],
      ] as [string, World, SanitizedFamily, string, string[]]
    ),
    [
      "the same with a gauge histogram",
      { elsewhere: { x: ["gauge", "gaugehistogram"] } },
      family("x_sum", "gauge"),
      'collected metric named "x_sum" collides with previously collected gauge_histogram named "x"',
      ["x_sum", "x"],
    ],
    [
      "the same with a summary of the gateway's own",
      { own: { x: "summary" } },
      family("x_sum", "gauge"),
      'collected metric named "x_sum" collides with previously collected summary named "x"',
      ["x_sum", "x"],
    ],
    [
      "a summary beside a name that ends so",
      { elsewhere: { x_count: ["counter"] } },
      family("x", "summary"),
      'collected histogram or summary named "x" collides with previously collected metric named "x_count"',
      ["x", "x_count"],
    ],
    [
      "a histogram beside one of the gateway's own",
      { own: { x_bucket: "counter" } },
      family("x", "histogram"),
      'collected histogram named "x" collides with previously collected metric named "x_bucket"',
      ["x", "x_bucket"],
    ],
  ])("finds %s", (_, world, pushed, message, names) => {
    expect(find(world, pushed)).toEqual([{ message, names }]);
  });

  it("finds a collision within the push from both sides", () => {
    const found = find({}, family("x_sum", "gauge"), family("x", "histogram"));
    expect(found.map(({ names }) => names)).toEqual([["x_sum", "x"], ["x", "x_sum"]]);
  });

  it("looks at what a name is elsewhere also when the push has it under another type", () => {
    const world: World = { elsewhere: { x: ["histogram"] } };
    const found = find(world, family("x_sum", "gauge"), family("x", "gauge"));
    expect(found.map(({ names }) => names)).toEqual([["x_sum", "x"], ["x"]]);
  });

  it("goes on after the first family with a reason only when it is told to", () => {
    const push = pushOf(family("x", "gauge", "__l=1"), family("y", "gauge", "__l=1"));
    const count = (all: boolean) => findInconsistencies(push, surroundings({}), all).length;
    expect([count(false), count(true)]).toEqual([1, 2]);
  });

  it("looks in the one group of each shape that could hold a series", () => {
    const around = surroundings({
      groups: [["job", "z", "l", "1"], ["job", "z", "l", "2"], ["instance", "", "job", "z"]],
    });
    findInconsistencies(
      pushOf(family("x", "gauge", 'instance= job=a l="\n', "job=a")),
      around,
      true,
    );
    expect(around.asked).toEqual(['job="a",l="\\"\\n"', 'instance="",job="a"']);
  });
});

describe("suffixesOf", () => {
  it.each<[MetricType, number]>([
    ["gauge", 0],
    ["counter", 0],
    ["untyped", 0],
    ["summary", 2],
    ["histogram", 3],
    ["gaugehistogram", 3],
  ])("%s has %d", (type, count) => expect(suffixesOf(type)).toHaveLength(count));
});
