import { describe, expect, it } from "vitest";
import { parseGroupingPath } from "../../src/http/grouping-path.ts";
import { isScalar, type PushedFamily, type StoredFamily } from "../../src/model/family.ts";
import { parseProtobuf } from "../../src/parse/protobuf.ts";
import { ProtobufReader } from "../../src/parse/protobuf-reader.ts";
import { parseText } from "../../src/parse/text.ts";
import { isReferenceFile, readReferenceFile } from "../../src/persist/reference-file.ts";
import { createProtobufFormat } from "../../src/render/protobuf.ts";
import { createTextFormat } from "../../src/render/text.ts";
import { isTimeFamily } from "../../src/store/own-families.ts";
import { createStore } from "../store/builders.ts";
import { hasScrape, heldBy, load, readFixture, scrapeStore } from "./fixtures.ts";
import { bytesOf, PUSHES, type ReferencePush } from "./reference-pushes.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const names = Object.keys(PUSHES);
const scraped = names.filter(hasScrape);

/** What the reference says in another way than the gateway. */
function normalized(text: string): string[] {
  // Version 0.4.0 prints negative zeros as such, and does not store them.
  return text.replace(/ -0$/gm, " 0").split("\n").sort();
}

describe.each(scraped)("what %s wrote", (name) => {
  const file = readReferenceFile(readFixture(name, "gob"));
  const store = load(file);

  it("shows the scrape that was there before, line by line", () => {
    const before = decoder.decode(readFixture(name, "txt"));
    const now = decoder.decode(scrapeStore(store, createTextFormat("allow-utf-8")));
    expect(before.split("\n").length).toBeGreaterThan(50);
    expect(normalized(now)).toEqual(normalized(before));
  });

  it("shows the same protobuf, native histograms and exact counts too", () => {
    const now = scrapeStore(store, createProtobufFormat("delimited", "allow-utf-8"));
    const before = messagesOf(readFixture(name, "pb"));
    expect(before.length).toBeGreaterThan(15);
    expect(messagesOf(now)).toEqual(before);
  });

  it("lost nothing but characters that are not UTF-8", () => {
    const reason = "the help text is not UTF-8";
    expect(file.losses).toEqual([{
      group: ["job", "latin"],
      name: "latin",
      lost: "help",
      reason,
    }]);
    expect(file.damage).toBeUndefined();
  });
});

/** The families of a delimited body by name, their series by label, but for the one whose help text cannot be read. */
function messagesOf(body: Uint8Array): [string, unknown][] {
  const reader = new ProtobufReader(body);
  const families: PushedFamily[] = [];
  while (reader.position < reader.length) {
    const start = reader.position;
    const end = reader.enterDelimited();
    reader.position = end;
    const message = reader.bytes(start, end);
    if (!decoder.decode(message).includes("latin")) families.push(...parseProtobuf(message));
  }
  return families.map(({ name, type, help, series }): [string, unknown] => [name, {
    type,
    help,
    series: series.map(({ labels, sample, wire }): [string, unknown] => [
      String(labels),
      { sample: noNegativeZero(sample), wire },
    ]).sort(byName),
  }]).sort(byName);
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function noNegativeZero<S>(sample: S): S | 0 {
  return sample === 0 ? 0 : sample;
}

/** What the store holds when it is pushed what was pushed to the reference. */
function pushAll(name: string): Record<string, StoredFamily[]> {
  const checkConsistency = name !== "1.5.1-unchecked";
  const { store } = createStore({ checkConsistency });
  for (const push of PUSHES[name] ?? []) {
    if (push.lenient === true) continue;
    const { method, path } = push;
    const key = parseGroupingPath(`/metrics${path}`, true);
    const { refused } = method === "DELETE"
      ? store.apply({ kind: "delete", key })
      : store.apply({ kind: "push", key, families: parse(push), replace: method === "PUT", at: 1 });
    expect(refused !== undefined, path).toBe(push.refused ?? false);
  }
  return heldBy(store);
}

function parse(push: ReferencePush): PushedFamily[] {
  return typeof push.body === "string"
    ? [...parseText(bytesOf(push), { utf8Names: true })]
    : parseProtobuf(bytesOf(push));
}

/** Families as far as they cannot differ: of times only whether they are there, or not yet. */
function comparable(groups: Record<string, StoredFamily[]>, old: boolean): unknown {
  return Object.fromEntries(
    Object.entries(groups).map(([id, families]) => [
      id,
      families.filter(({ name }) => !old || name !== "push_failure_time_seconds").map((family) => ({
        ...family,
        pushedAt: undefined,
        help: isTimeFamily(family.name) ? "" : family.help,
        samples: !isScalar(family)
          ? family.samples
          : family.samples.map((value) =>
            isTimeFamily(family.name) ? value > 0 : noNegativeZero(value)
          ),
      })),
    ]),
  );
}

describe.each(names)("the pushes that %s had taken", (name) => {
  it("left the same records as they leave in a store", () => {
    const { groups } = readReferenceFile(readFixture(name, "gob"));
    const lenient = ["latin", "e", "f"];
    const kept = groups.filter(({ labels }) => !lenient.includes(labels.at(-1) ?? ""));
    const imported = heldBy(load({ groups: kept, losses: [] }));
    const old = name === "0.4.0";
    const pushed = pushAll(name);
    expect(Object.keys(imported).sort()).toEqual(Object.keys(pushed).sort());
    expect(comparable(imported, old)).toEqual(comparable(pushed, old));
  });
});

describe("times", () => {
  const { groups } = readReferenceFile(readFixture("1.5.1", "gob"));
  const familiesOf = (job: string) =>
    groups.find(({ labels }) => labels.join() === `job,${job}`)?.families ?? [];
  const named = (job: string, name: string) => familiesOf(job).find((one) => one.name === name);

  it("has each family pushed when it was", () => {
    const pushes = groups.flatMap(({ families }) => families.map(({ pushedAt }) => pushedAt));
    // In these moments the fixture was made.
    expect(Math.min(...pushes)).toBeGreaterThan(Date.UTC(2026, 10, 27));
    expect(Math.max(...pushes) - Math.min(...pushes)).toBeLessThan(10_000);
    expect(new Set(pushes).size).toBeGreaterThan(10);
  });

  it("leaves the times of the group as they are", () => {
    const success = named("text", "push_time_seconds");
    const failure = named("text", "push_failure_time_seconds");
    const [at = 0] = success?.samples ?? [];
    expect(Number(at) * 1000).toBeCloseTo(named("text", "plain_value")?.pushedAt ?? NaN, 2);
    expect(Number(failure?.samples[0])).toBeGreaterThan(Number(at));
  });

  it("has a group that only failed", () => {
    expect(familiesOf("refused").map(({ name, samples }) => [name, Number(samples[0]) > 0]))
      .toEqual([["push_failure_time_seconds", true], ["push_time_seconds", false]]);
  });
});

describe("inconsistent content", () => {
  const file = readReferenceFile(readFixture("1.5.1-unchecked", "gob"));
  const series = (name: string) =>
    file.groups.flatMap(({ families }) => families.filter((family) => family.name === name))
      .flatMap(({ labels }) => labels);

  it("comes over where each family is sound in itself", () => {
    expect(series("conflict")).toEqual(['instance="",job="a"', 'instance="",job="b"']);
    expect(series("same")).toEqual(['instance="i",job="c"', 'instance="i",job="c"']);
    expect(series("double")).toEqual(['instance="",job="d"', 'instance="",job="d"']);
  });

  it("costs the series that cannot be kept, and no others", () => {
    expect(series("partly")).toEqual(['instance="",job="e",n="right"']);
    expect(series("wholly")).toEqual([]);
    expect(series("twofold")).toEqual(['instance="",job="f",n="right"']);
    expect(file.losses.toSorted((a, b) => (a.reason < b.reason ? -1 : 1))).toEqual([
      {
        group: ["job", "e"],
        name: "partly",
        lost: "series",
        reason:
          '2 series, the first: collected metric "partly" { label:{name:"instance" value:""} ' +
          'label:{name:"job" value:"e"} label:{name:"n" value:"no gauge"} counter:{value:2} } ' +
          "is not a GAUGE",
      },
      {
        group: ["job", "e"],
        name: "wholly",
        lost: "family",
        reason: 'collected metric "wholly" { label:{name:"instance" value:""} ' +
          'label:{name:"job" value:"e"} counter:{value:1} } is not a GAUGE',
      },
      {
        group: ["job", "f"],
        name: "twofold",
        lost: "series",
        reason: 'le="1" occurs twice in one series',
      },
    ].toSorted((a, b) => (a.reason < b.reason ? -1 : 1)));
  });
});

describe("nothing", () => {
  it("is stored in the file of a gateway in which everything was deleted", () => {
    const bytes = readFixture("1.5.1-empty", "gob");
    expect(bytes.length).toBeGreaterThan(1000);
    expect(readReferenceFile(bytes)).toEqual({ groups: [], losses: [] });
  });

  it("is stored in an empty file", () => {
    expect(readReferenceFile(new Uint8Array())).toEqual({ groups: [], losses: [] });
  });
});

describe("isReferenceFile", () => {
  it.each(names)("knows the file of %s by its beginning", (name) => {
    const bytes = readFixture(name, "gob");
    expect([64, 256, 1024].map((length) => isReferenceFile(bytes.subarray(0, length))))
      .toEqual([true, true, true]);
  });

  const text = (value: string) => new TextEncoder().encode(value.padEnd(256, "\0"));
  it.each([
    ["nothing", new Uint8Array()],
    ["a database of SQLite", text("SQLite format 3\0\x10\0\x01\x01\0@  ")],
    ["text", text("# TYPE x gauge\nx 1\n")],
    ["JSON", text("{}")],
    ["zeros", new Uint8Array(256)],
    ["ones", new Uint8Array(256).fill(255)],
    ["the first bytes of one", readFixture("1.5.1", "gob").subarray(0, 32)],
  ])("does not take for one: %s", (_, bytes) => {
    expect(isReferenceFile(bytes)).toBe(false);
  });
});
