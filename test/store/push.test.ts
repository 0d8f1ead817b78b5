import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/model/error.ts";
import type { OwnFamilies } from "../../src/store/own-families.ts";
import type { Store } from "../../src/store/store.ts";
import { createStore, del, push, scrape, seriesOf, timesOf, write } from "./builders.ts";

type Step = ["PUT" | "POST" | "DELETE", path: string, body?: string];

function carryOut(store: Store, steps: readonly Step[]): string {
  let refused = "";
  for (const [method, path, body = ""] of steps) {
    if (method === "DELETE") del(store, path);
    else refused = push(store, method, path, body);
  }
  return refused;
}

const HISTOGRAM = "# TYPE x histogram\nx_sum 1\nx_count 1\n";
const SUMMARY = "# TYPE x summary\nx_sum 1\nx_count 1\n";

describe("a push", () => {
  it.each<[string, Step[], string[]]>([
    ["POST adds families", [["PUT", "a", "x 1\n"], ["POST", "a", "y 2\n"]], ["x 1", "y 2"]],
    ["POST replaces a family", [["PUT", "a", "x 1\ny 1\n"], ["POST", "a", "x 2\n"]], [
      "x 2",
      "y 1",
    ]],
    ["PUT replaces all", [["PUT", "a", "x 1\ny 1\n"], ["PUT", "a", "x 2\n"]], ["x 2"]],
    ["an empty PUT empties", [["PUT", "a", "x 1\n"], ["PUT", "a", ""]], []],
    ["an empty POST changes nothing", [["PUT", "a", "x 1\n"], ["POST", "a", ""]], ["x 1"]],
    ["DELETE deletes", [["PUT", "a", "x 1\n"], ["DELETE", "a"]], []],
    ["DELETE of another does not", [["PUT", "a", "x 1\n"], ["DELETE", "a/b/c"]], ["x 1"]],
    ["a pushed time is overridden", [["PUT", "a", "push_time_seconds 7\nx 1\n"]], ["x 1"]],
    [
      "so is the other one, of whatever type",
      [[
        "PUT",
        "a",
        "# TYPE push_failure_time_seconds counter\npush_failure_time_seconds 7\nx 1\n",
      ]],
      ["x 1"],
    ],
  ])("%s", (_, steps, expected) => {
    const { store } = createStore();
    expect(carryOut(store, steps)).toBe("");
    const labelled = expected.map((line) => line.replace(" ", '{instance="",job="a"} '));
    expect(seriesOf(store)).toEqual(labelled);
  });

  it.each<[string, Step, string[]]>([
    ["instance is added", ["PUT", "a", "x 1\n"], ['x{instance="",job="a"} 1']],
    ["a series keeps its own", ["PUT", "a", 'x{instance="i"} 1\n'], ['x{instance="i",job="a"} 1']],
    ["also an empty one", ["PUT", "a", 'x{instance=""} 1\n'], ['x{instance="",job="a"} 1']],
    ["unless the key has one", ["PUT", "a/instance/k", 'x{instance="i"} 1\n'], [
      'x{instance="k",job="a"} 1',
    ]],
    ["even an empty one", ["PUT", "a/instance@base64/=", 'x{instance="i"} 1\n'], [
      'x{instance="",job="a"} 1',
    ]],
    ["the key overrides", ["PUT", "a/l/k", 'x{l="b",job="b"} 1\n'], [
      'x{instance="",job="a",l="k"} 1',
    ]],
    ["labels are sorted", ["PUT", "a/b/c", 'x{z="1",B="2",_="3"} 1\n'], [
      'x{B="2",_="3",b="c",instance="",job="a",z="1"} 1',
    ]],
    ["values are escaped", ["PUT", "a/b/%22%5C%0A", 'x{c="\\"\\\\\\n"} 1\n'], [
      String.raw`x{b="\"\\\n",c="\"\\\n",instance="",job="a"} 1`,
    ]],
    ["series are ordered by their labels", ["PUT", "a", 'x{b="2"} 1\nx{b="1"} 2\nx 3\n'], [
      'x{instance="",job="a"} 3',
      'x{b="1",instance="",job="a"} 2',
      'x{b="2",instance="",job="a"} 1',
    ]],
  ])("is labelled with its group: %s", (_, step, expected) => {
    const { store } = createStore();
    expect(carryOut(store, [step])).toBe("");
    expect(seriesOf(store)).toEqual(expected);
  });

  it("takes note of when it came", () => {
    const { store } = createStore();
    push(store, "PUT", "a", "x 1\n", 1500);
    expect(timesOf(store)).toEqual([
      'push_failure_time_seconds{instance="",job="a"} 0',
      'push_time_seconds{instance="",job="a"} 1.5',
    ]);
    push(store, "POST", "a", "", 2500);
    expect(timesOf(store)[1]).toBe('push_time_seconds{instance="",job="a"} 2.5');
    expect(store.groups()[0]?.family("x")?.pushedAt).toBe(1500);
  });
});

describe("a push that is consistent with what it leaves behind", () => {
  it.each<[string, Step[]]>([
    ["another type by PUT, nobody else holds it", [
      ["PUT", "a", "x 1\n"],
      ["PUT", "a", "# TYPE x gauge\nx 1\n"],
    ]],
    ["another type by POST, nobody else holds it", [
      ["PUT", "a", "x 1\n"],
      ["POST", "a", "# TYPE x gauge\nx 1\n"],
    ]],
    ["another type, its other holder is deleted", [
      ["PUT", "a", "x 1\n"],
      ["DELETE", "a"],
      ["PUT", "b", "# TYPE x gauge\nx 1\n"],
    ]],
    ["another type, its other holder was emptied", [
      ["PUT", "a", "x 1\n"],
      ["PUT", "a", ""],
      ["PUT", "b", "# TYPE x gauge\nx 1\n"],
    ]],
    ["PUT of x_count in place of histogram x", [["PUT", "a", HISTOGRAM], [
      "PUT",
      "a",
      "x_count 1\n",
    ]]],
    ["PUT of histogram x in place of x_count", [["PUT", "a", "x_count 1\n"], [
      "PUT",
      "a",
      HISTOGRAM,
    ]]],
    ["POST of a gauge x in place of a histogram, then of x_count", [
      ["PUT", "a", HISTOGRAM],
      ["POST", "a", "# TYPE x gauge\nx 1\n"],
      ["POST", "a", "x_count 1\n"],
    ]],
    ["POST of both at once, x no longer a histogram", [
      ["PUT", "a", HISTOGRAM],
      ["POST", "a", "x_count 1\n# TYPE x gauge\nx 1\n"],
    ]],
    ["x_bucket beside a summary x", [["PUT", "a", SUMMARY], ["PUT", "b", "x_bucket 1\n"]]],
    ["x_count beside a gauge x", [["PUT", "a", "x 1\n"], ["PUT", "b", "x_count 1\n"]]],
    ["le on a scalar", [["PUT", "a", 'x{le="1"} 1\n']]],
    ["quantile on a histogram", [["PUT", "a/quantile/1", HISTOGRAM]]],
    ["a suffix alone", [["PUT", "a", "_count 1\n_sum 1\n_bucket 1\n"]]],
    ["the same series again", [["PUT", "a", "x 1\n"], ["PUT", "a", "x 1\n"]]],
    ["the series of a group that was deleted", [
      ["PUT", "a/b/1", "x 1\n"],
      ["DELETE", "a/b/1"],
      ["PUT", "a", 'x{b="1"} 1\n'],
    ]],
    ["series that differ in a label of the body", [
      ["PUT", "a/b/1", "x 1\n"],
      ["PUT", "a", 'x{b="2"} 1\nx{b=""} 1\nx 1\n'],
    ]],
    ["series that differ in the instance of the body", [
      ["PUT", "a/instance/1", "x 1\n"],
      ["PUT", "a", 'x 1\nx{instance="2"} 1\n'],
    ]],
  ])("is accepted: %s", (_, steps) => {
    expect(carryOut(createStore().store, steps)).toBe("");
  });
});

describe("a push that is not", () => {
  const series = (name: string, labels: string, sample: string) => {
    const pairs = labels.split(" ").map((pair) => pair.split("="));
    const text = pairs.map(([name, value]) => `label:{name:"${name}" value:"${value}"}`).join(" ");
    return `collected metric "${name}" { ${text} ${sample} }`;
  };
  const twice = "was collected before with the same name and label values";

  it.each<[string, Step[], string]>([
    [
      "timestamps",
      [["PUT", "a", "x 1 1000\n"]],
      "pushed metrics must not have timestamps",
    ],
    [
      "timestamps where the family is overridden anyway",
      [["PUT", "a", "push_time_seconds 1 1000\n"]],
      "pushed metrics must not have timestamps",
    ],
    [
      "the same series twice in the push",
      [["PUT", "a", 'x{l="1"} 1\nx{l="1"} 2\n']],
      `${series("x", "instance= job=a l=1", "untyped:{value:2}")} ${twice}`,
    ],
    [
      "series that the group's labels make the same",
      [["PUT", "a/l/k", '# TYPE x gauge\nx{l="1"} 1\nx{l="2"} 2\n']],
      `${series("x", "instance= job=a l=k", "gauge:{value:2}")} ${twice}`,
    ],
    [
      "a series of a group with more labels",
      [["PUT", "a/l/1", "x 1\n"], ["PUT", "a", 'x{l="1"} 2\n']],
      `${series("x", "instance= job=a l=1", "untyped:{value:2}")} ${twice}`,
    ],
    [
      "a series of a group with fewer labels",
      [["PUT", "a", 'x{l="1"} 2\n'], ["POST", "a/l/1", "x 1\n"]],
      `${series("x", "instance= job=a l=1", "untyped:{value:1}")} ${twice}`,
    ],
    [
      "a series of a group with an instance",
      [["PUT", "a/instance/i", "x 1\n"], ["PUT", "a", 'x{instance="i"} 2\n']],
      `${series("x", "instance=i job=a", "untyped:{value:2}")} ${twice}`,
    ],
    [
      "a series of a group with other labels",
      [["PUT", "a/m/1", 'x{l="1"} 2\n'], ["POST", "a/l/1", 'x{m="1"} 1\n']],
      `${series("x", "instance= job=a l=1 m=1", "untyped:{value:1}")} ${twice}`,
    ],
    [
      "a histogram twice",
      [["PUT", "a", '# TYPE x histogram\nx_sum{l="1"} 1\n'], ["PUT", "a/l/1", HISTOGRAM]],
      `${series("x", "instance= job=a l=1", "histogram:{sample_count:1 sample_sum:1}")} ${twice}`,
    ],
    [
      "another type than in another group",
      [["PUT", "a", "# TYPE x counter\nx 1\n"], ["PUT", "b", "x 1\n"]],
      `${series("x", "instance= job=b", "untyped:{value:1}")} is not a COUNTER`,
    ],
    [
      "another type by POST while another group holds the old one",
      [["PUT", "a", "x 1\n"], ["PUT", "b", "x 1\n"], ["POST", "a", SUMMARY]],
      `${series("x", "instance= job=a", "summary:{sample_count:1 sample_sum:1}")} is not a UNTYPED`,
    ],
    [
      "a type of the gateway's own",
      [["PUT", "a", "up 1\n"]],
      "gathered metric family up has type UNTYPED but should have GAUGE",
    ],
    [
      "a reserved label name",
      [["PUT", "a", 'x{__l="1"} 1\n']],
      `${
        series("x", "__l=1 instance= job=a", "untyped:{value:1}")
      } has a label with an invalid name: __l`,
    ],
    [
      "quantile on a summary",
      [["PUT", "a/quantile/1", SUMMARY]],
      `${
        series("x", "instance= job=a quantile=1", "summary:{sample_count:1 sample_sum:1}")
      } must not have an explicit "quantile" label`,
    ],
    [
      "x_count beside histogram x of another group",
      [["PUT", "a", HISTOGRAM], ["PUT", "b", "x_count 1\n"]],
      'collected metric named "x_count" collides with previously collected histogram named "x"',
    ],
    [
      "POST of x_count beside histogram x of the group",
      [["PUT", "a", HISTOGRAM], ["POST", "a", "x_bucket 1\n"]],
      'collected metric named "x_bucket" collides with previously collected histogram named "x"',
    ],
    [
      "x_sum beside summary x",
      [["PUT", "a", SUMMARY], ["PUT", "b", "x_sum 1\n"]],
      'collected metric named "x_sum" collides with previously collected summary named "x"',
    ],
    [
      "histogram x beside x_bucket of another group",
      [["PUT", "a", "x_bucket 1\n"], ["PUT", "b", HISTOGRAM]],
      'collected histogram named "x" collides with previously collected metric named "x_bucket"',
    ],
    [
      "both in one push",
      [["PUT", "a", `x_bucket 1\n${HISTOGRAM}`]],
      'collected metric named "x_bucket" collides with previously collected histogram named "x"',
    ],
    [
      "a line of the gateway's own summary",
      [["PUT", "a", "took_count 1\n"]],
      'collected metric named "took_count" collides with previously collected summary named "took"',
    ],
    [
      "a summary with a line that is the gateway's own",
      [["PUT", "a", "# TYPE own summary\nown_count 1\n"]],
      'collected histogram or summary named "own" collides with previously collected metric named "own_sum"',
    ],
  ])("is refused and changes nothing but the failure time: %s", (_, steps, reason) => {
    const own: OwnFamilies = new Map([
      ["up", { type: "gauge", help: "" }],
      ["took", { type: "summary", help: "" }],
      ["own_sum", { type: "gauge", help: "" }],
    ]);
    const { store } = createStore({ own });
    const [method, path, body = ""] = steps.at(-1) as ["PUT" | "POST", string, string?];
    expect(carryOut(store, steps.slice(0, -1))).toBe("");
    const before = [scrape(store), timesOf(store).filter((line) => line.startsWith("push_time"))];
    const { refused } = store.apply(write(method, path, body, 9000));
    expect(refused?.kind).toBe("inconsistent");
    expect(refused?.message).toBe(
      `pushed metrics are invalid or inconsistent with existing metrics: ${reason}`,
    );
    expect(scrape(store)).toBe(before[0]);
    expect(timesOf(store)).toEqual(expect.arrayContaining(before[1] as string[]));
    expect(timesOf(store).join()).toMatch(/push_failure_time_seconds\{[^}]*\} 9,/);
  });

  it("brings its group into being, with the time of the failure", () => {
    const { store } = createStore();
    store.apply(write("PUT", "a", "x 1 1\n", 3000));
    expect(timesOf(store)).toEqual([
      'push_failure_time_seconds{instance="",job="a"} 3',
      'push_time_seconds{instance="",job="a"} 0',
    ]);
  });

  it("leaves the time of the last success alone, and later successes leave its own alone", () => {
    const { store } = createStore();
    push(store, "PUT", "a", "x 1\n", 1000);
    push(store, "PUT", "a", "x 1 1\n", 2000);
    push(store, "PUT", "a", "x 1\n", 3000);
    expect(timesOf(store)).toEqual([
      'push_failure_time_seconds{instance="",job="a"} 2',
      'push_time_seconds{instance="",job="a"} 3',
    ]);
  });

  it("is stored with the check disabled, unless it has timestamps", () => {
    const { store } = createStore({ checkConsistency: false });
    expect(push(store, "PUT", "a", 'x{l="1"} 1\nx{l="1"} 2\n')).toBe("");
    expect(store.groups()[0]?.family("x")?.samples).toEqual([1, 2]);
    expect(push(store, "PUT", "a", "x 1 1\n")).toBe("pushed metrics must not have timestamps");
    expect(store.groups()[0]?.family("x")?.samples).toEqual([1, 2]);
  });
});

describe("a group that another one repeats", () => {
  it.each([
    ["a", "a/instance@base64/="],
    ["a/instance@base64/=", "a"],
    ["a/l/1", "a/l/1/instance@base64/="],
  ])("cannot come into being: %s, then %s", (first, second) => {
    for (const checkConsistency of [true, false]) {
      const { store } = createStore({ checkConsistency });
      push(store, "PUT", first, "x 1\n");
      const before = scrape(store, { times: true });
      for (const body of ["y 1\n", "", "y 1 1\n"]) {
        let thrown: unknown;
        try {
          store.apply(write("PUT", second, body));
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toBeInstanceOf(GatewayError);
        expect(thrown).toMatchObject({
          kind: "malformed",
          message: expect.stringMatching(
            /existing metrics: collected metric "push_time_seconds" .* was collected before/,
          ),
        });
      }
      expect(scrape(store, { times: true })).toBe(before);
      expect(store.size).toBe(1);
    }
  });

  it("may once the other one is gone", () => {
    const { store } = createStore();
    push(store, "PUT", "a", "x 1\n");
    del(store, "a");
    expect(push(store, "PUT", "a/instance@base64/=", "x 1\n")).toBe("");
  });

  it("may go away", () => {
    const { store } = createStore();
    push(store, "PUT", "a", "x 1\n");
    del(store, "a/instance@base64/=");
    expect(store.size).toBe(1);
  });
});
