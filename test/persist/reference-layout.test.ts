/** Files of the reference as no program at hand writes them: other layouts, and groups that make no sense. */

import { describe, expect, it } from "vitest";
import {
  isReferenceFile,
  readReferenceFile,
  type ReferenceFile,
} from "../../src/persist/reference-file.ts";
import { family, message, metric } from "../parse/protobuf-encode.ts";
import { type Bytes, bytes, FIRST, map, stream, struct, uint, value } from "./gob-encode.ts";
import { errorOf } from "./read-gob.ts";
import {
  DEFINITIONS,
  encodeLabels,
  encodeMetrics,
  file,
  fileOf,
  gauge,
  gaugeMessage,
  OTHER_DEFINITIONS,
  time,
  timestamped,
} from "./reference-encode.ts";

const A = { instance: "", job: "a" };
const plain = { labels: [["job", "a"]], families: [["x", gauge("x", A)]] } as const;

/** What the plain group comes to. */
const READ: ReferenceFile = {
  groups: [{
    labels: ["job", "a"],
    families: [{
      name: "x",
      type: "gauge",
      help: "",
      labels: ['instance="",job="a"'],
      samples: [7],
      pushedAt: 1000,
    }],
  }],
  losses: [],
};

const labels = encodeLabels([["job", "a"]]);
const metrics = encodeMetrics([["x", gauge("x", A)]]);

describe("layouts", () => {
  it("reads that of 0.10 and later", () => {
    expect(readReferenceFile(file(plain))).toEqual(READ);
  });

  it("reads that of 0.5 to 0.9, with hashes for keys", () => {
    const { hashed: groups = [] } = OTHER_DEFINITIONS;
    const encoded = map([uint(2n ** 64n - 1n), struct([0, labels], [1, metrics])]);
    expect(readReferenceFile(fileOf({ ...DEFINITIONS, groups }, encoded))).toEqual(READ);
  });

  it("goes by the names of fields, whatever their order and whatever else there is", () => {
    const { reordered: group = [], reorderedFamily: family = [] } = OTHER_DEFINITIONS;
    const x = struct(
      [0, bytes(gaugeMessage("x", A))],
      [1, encodeLabels([["more", ""]])],
      [2, bytes(time(1000))],
    );
    const families = encodeMetrics([["x", x]]);
    const encoded = map([bytes("a"), struct([0, families], [1, families], [2, labels])]);
    expect(readReferenceFile(fileOf({ ...DEFINITIONS, group, family }, encoded))).toEqual(READ);
  });

  it("does not mind what stands behind the groups", () => {
    const more = stream([...file(plain)], value(FIRST, map()), [1, 2, 3]);
    expect(readReferenceFile(more)).toEqual(READ);
  });

  it("takes bytes left over in the message of the groups for damage, what is before them for sound", () => {
    const encoded = map([bytes("a"), struct([0, labels], [1, metrics])]);
    const { damage, ...rest } = readReferenceFile(fileOf(DEFINITIONS, [...encoded, 1, 2, 3]));
    expect(rest).toEqual(READ);
    expect(damage?.message).toMatch(/^gob: 3 bytes left over in a message \(at byte \d+\)$/);
  });

  it("refuses that of 0.1, and says so", () => {
    const { jobs: groups = [], instances: group = [] } = OTHER_DEFINITIONS;
    const encoded = map([bytes("a"), map([bytes("i"), metrics])]);
    const old = fileOf({ ...DEFINITIONS, groups, group }, encoded);
    expect(isReferenceFile(old)).toBe(true);
    expect(errorOf(old, readReferenceFile))
      .toMatch(
        /^gob: a file of a Pushgateway older than 0.2, which cannot be read \(at byte \d+\)$/,
      );
  });

  it.each<[what: string, Record<string, Bytes>]>([
    ["groups without labels", { group: OTHER_DEFINITIONS["unlabelled"] ?? [] }],
    ["labels that are a text", { group: OTHER_DEFINITIONS["textual"] ?? [] }],
    ["families without a message", { family: OTHER_DEFINITIONS["bare"] ?? [] }],
  ])("refuses other gobs: %s", (_, definitions) => {
    expect(errorOf(fileOf({ ...DEFINITIONS, ...definitions }, map()), readReferenceFile))
      .toContain("gob: not the groups of a Pushgateway");
  });

  it.each<[what: string, Uint8Array, string]>([
    ["a text", stream(value(6, bytes("x"))), "not the groups of a Pushgateway"],
    ["definitions alone", stream(...Object.values(DEFINITIONS)), "the file ends before its groups"],
    ["an undefined type", fileOf({ ...DEFINITIONS, labels: [] }, map()), "type 66 is not defined"],
    ["no gob", new TextEncoder().encode("SQLite format 3\0".padEnd(4096)), "type"],
  ])("refuses what is none: %s", (_, bytes, reason) => {
    expect(errorOf(bytes, readReferenceFile)).toContain(`gob: ${reason}`);
  });
});

describe("groups", () => {
  it("come in the order of their keys and families in that of their names, whatever Go's was", () => {
    const of = (job: string) => ({
      labels: [["job", job], ["b", "1"], ["a", "2"]],
      families: ["y", "x"].map((name) => [name, gauge(name, { job })] as const),
    } as const);
    const { groups } = readReferenceFile(file(of("b"), of("a"), plain));
    expect(groups.map(({ labels }) => labels.join())).toEqual([
      "a,2,b,1,job,a",
      "a,2,b,1,job,b",
      "job,a",
    ]);
    expect(groups.map(({ families }) => families.map(({ name }) => name).join()))
      .toEqual(["x,y", "x,y", "x"]);
  });

  it("are one where they have the same labels; of families of one name the last stays", () => {
    const y = ["y", gauge("y", A)] as const;
    const x = ["x", gauge("x", { n: "1" })] as const;
    const second = { ...plain, families: [y, x] };
    const { groups } = readReferenceFile(file(plain, second));
    expect(groups.map(({ families }) => families.map(({ name, labels }) => [name, ...labels])))
      .toEqual([[["x", 'instance="",job="a",n="1"'], ["y", 'instance="",job="a"']]]);
  });

  it("vanish when they have no family", () => {
    expect(readReferenceFile(file({ labels: [["job", "a"]], families: [] })))
      .toEqual({ groups: [], losses: [] });
  });

  it.each<[string, (readonly [string | Bytes, string | Bytes])[] | undefined, string, string[]]>([
    ["no labels at all", undefined, "the grouping key has no job", []],
    ["no job", [["a", "b"]], "the grouping key has no job", ["a", "b"]],
    [
      "a label without a name",
      [["job", "a"], ["", "b"]],
      "a label of the grouping key has no name",
      [
        "",
        "b",
        "job",
        "a",
      ],
    ],
    [
      "a value that is not UTF-8 before one that is",
      [["a", [0xff]], ["job", "a"]],
      "a label of the grouping key is not UTF-8",
      ["a", "\ufffd", "job", "a"],
    ],
    [
      "a value that is not UTF-8",
      [["job", [0x61, 0xff]]],
      "a label of the grouping key is not UTF-8",
      [
        "job",
        "a\ufffd",
      ],
    ],
    [
      "a name that is not",
      [["job", "a"], [[0xe9], ""]],
      "a label of the grouping key is not UTF-8",
      [
        "job",
        "a",
        "\ufffd",
        "",
      ],
    ],
  ])("are lost alone when their key is none: %s", (_, labels, reason, group) => {
    expect(readReferenceFile(file({ ...plain, labels }, plain))).toEqual({
      ...READ,
      losses: [{ group, name: undefined, lost: "group", reason }],
    });
  });
});

describe("families", () => {
  const withX = (x: Bytes) => readReferenceFile(file({ ...plain, families: [["x", x]] }));
  const lossOf = (x: Bytes) => withX(x).losses.map(({ lost, reason }) => `${lost}: ${reason}`);

  it("share their label text in a group", () => {
    const both = (job: string) => ({
      labels: [["job", job]],
      families: ["x", "y"].map((name) => [name, gauge(name, { instance: "", job })] as const),
    } as const);
    const { groups } = readReferenceFile(file(both("a"), both("b")));
    for (const { families: [x, y] } of groups) expect(x?.labels).toBe(y?.labels);
    expect(groups).toHaveLength(2);
  });

  it("keep the labels of their series and get what the group forces", () => {
    const own = { instance: "i", job: "other", z: "", a: "é" };
    const [group] = withX(gauge("x", own)).groups;
    expect(group?.families.map(({ labels }) => labels)).toEqual([[
      'a="é",instance="i",job="a",z=""',
    ]]);
  });

  it("keep their help text to the character", () => {
    const help = ' "é\\\n\ufeff ';
    const x = family("x", "gauge", [metric("gauge", message([1, 5]), A)], [2, help]);
    expect(withX(timestamped(x, time(1))).groups[0]?.families.map((one) => one.help))
      .toEqual([help]);
  });

  it("vanish without a word when they have no series", () => {
    expect(withX(timestamped(family("x", "gauge", []), time(1)))).toEqual({
      groups: [],
      losses: [],
    });
  });

  it.each<[string, Bytes, string]>([
    [
      "no message",
      timestamped(undefined, time(1)),
      "family: there is no metric family under this name",
    ],
    ["another name", gauge("y", A), 'family: the family is named "y"'],
    ["no name", gauge("", A), "family: invalid metric name"],
    ["noise", timestamped(Uint8Array.of(255, 255), time(1)), "family: unexpected end of the body"],
    [
      "a type that nobody knows",
      timestamped(message([1, "x"], [3, 9n], [4, message()]), time(1)),
      'family: unknown metric type 9 of metric "x"',
    ],
    [
      "a name that is not UTF-8",
      timestamped(message([1, Uint8Array.of(0xe9)], [4, message()]), time(1)),
      "family: field 1 is not valid UTF-8",
    ],
    [
      "neither help nor name in UTF-8",
      timestamped(
        message([2, Uint8Array.of(0xe9)], [1, Uint8Array.of(0xe9)], [4, message()]),
        time(1),
      ),
      "family: field 1 is not valid UTF-8",
    ],
    [
      "no value",
      timestamped(message([1, "x"], [3, 1n], [4, message()]), time(1)),
      'family: collected metric "x" { } is not a GAUGE',
    ],
  ])("are lost alone when they make no sense: %s", (_, x, loss) => {
    expect(lossOf(x)).toEqual([loss]);
    const beside = { ...plain, families: [["x", x], ["z", gauge("z", A)]] as const };
    const { groups } = readReferenceFile(file(beside, { ...plain, labels: [["job", "b"]] }));
    expect(groups.map(({ families }) => families.map(({ name }) => name))).toEqual([["z"], ["x"]]);
  });

  it("keep their series when the time of the push is no time", () => {
    for (const at of [[], [9, 9], [3, ...time(1).slice(1)]]) {
      const x = timestamped(gaugeMessage("x", A), at);
      expect(lossOf(x)).toEqual(["push time: the time of the push cannot be read"]);
      expect(withX(x).groups[0]?.families.map(({ pushedAt }) => pushedAt)).toEqual([0]);
    }
  });

  it("are of no time when there is none, as Go leaves out what is zero", () => {
    const x = timestamped(gaugeMessage("x", A), undefined);
    expect(withX(x).groups[0]?.families.map(({ pushedAt }) => pushedAt)).toEqual([0]);
    expect(lossOf(x)).toEqual([]);
  });

  it("lose timestamps, which versions up to 0.3 took", () => {
    const value = message([2, message([1, 5])], [6, 1234n]);
    const x = timestamped(message([1, "x"], [3, 1n], [4, value]), time(1));
    expect(lossOf(x)).toEqual(["timestamps: samples have timestamps"]);
    expect(withX(x).groups[0]?.families.map(({ samples }) => samples)).toEqual([[5]]);
  });

  it("get a help text that can be shown", () => {
    const help = Uint8Array.of(0x64, 0xe9, 0x62, 0x69, 0x74);
    const value = metric("gauge", message([1, 5]), A);
    const x = timestamped(message([3, 1n], [2, help], [1, "x"], [4, value], [4, value]), time(1));
    expect(lossOf(x)).toEqual(["help: the help text is not UTF-8"]);
    expect(withX(x).groups[0]?.families).toMatchObject([{ help: "d\ufffdbit", samples: [5, 5] }]);
  });
});
