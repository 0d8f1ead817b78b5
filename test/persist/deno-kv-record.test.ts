/** Records: parts, long keys, damage. */

import { describe, expect, it } from "vitest";
import { createFakeDatabase, type FakeDatabase, type Fate } from "../contract/fake-deno-kv.ts";
import { openGateway, takeOver } from "./deno-kv-support.ts";

function families(db: FakeDatabase) {
  return db.entries().filter(({ key }) => key[1] === "family");
}

function aside(db: FakeDatabase) {
  return db.entries().filter(({ key }) => key[1] === "damaged");
}

describe("a record", () => {
  it("is one entry that can be read in a shell", async () => {
    const db = createFakeDatabase();
    const { write } = await openGateway(db);
    await write({ 'job="ä"/m': '{"type":"gauge"}' });
    const [entry] = families(db);
    expect(entry?.key).toEqual(["narthex", "family", 0, 'job="ä"', "m", 0]);
    expect(new TextDecoder().decode(entry?.value as Uint8Array)).toMatch(
      /^[0-9a-f]{8}\n\{"type":"gauge"\}$/,
    );
  });

  it("has as many parts as it needs, whatever it had before", async () => {
    const db = createFakeDatabase();
    const { write } = await openGateway(db);
    for (const length of [1, 59_991, 59_992, 200_000, 60_000, 3_000_000, 120_000, 5]) {
      await write({ "g/a": "x".repeat(length), "h/a": "1" });
      expect(families(db)).toHaveLength(Math.ceil((length + 9) / 60_000) + 1);
      expect((await takeOver(structuredCopy(db))).loaded["g/a"]).toHaveLength(length);
    }
    await write({ "g/a": undefined });
    expect(families(db)).toHaveLength(1);
  });

  it.each<[what: string, fate: Fate, text: string]>([
    ["grew", "deaf", "x".repeat(300_000)],
    ["shrank", "deaf", "1"],
    ["grew or not", { error: "connection reset" }, "x".repeat(300_000)],
    ["shrank or not", { error: "connection reset" }, "1"],
  ])("leaves no part behind when it %s and nobody knows", async (_, fate, text) => {
    const db = createFakeDatabase();
    const { write } = await openGateway(db);
    await write({ "g/a": "x".repeat(100_000) });
    db.decide = () => fate;
    await expect(write({ "g/a": text, "g/b": "1" })).rejects.toMatchObject({ outcome: "unknown" });
    db.decide = () => "do";
    await write({}, { clear: ["g"] });
    expect(families(db)).toEqual([]);
  });

  it("may have a group and a name of any length", async () => {
    const db = createFakeDatabase();
    const { write } = await openGateway(db);
    const lengths = [199, 200, 201, 5000, 100_000];
    const texts: Record<string, string> = {};
    for (const group of lengths) {
      for (const name of lengths) {
        texts[`${"g".repeat(group)}/${"n".repeat(name)}`] = `${group} ${name}`;
        texts[`${"g".repeat(group)}x/${"n".repeat(name)}`] = "similar";
      }
    }
    await write(texts);
    const { loaded, write: writeOn } = await takeOver(db);
    expect(loaded).toEqual(texts);
    await writeOn({ [`${"g".repeat(5000)}/${"n".repeat(5000)}`]: undefined }, {
      clear: ["g".repeat(201), "g".repeat(199)],
    });
    expect(Object.keys((await takeOver(db)).loaded)).toHaveLength(50 - 10 - 1);
  });
});

describe("damage", () => {
  /** A store with a large record, a small one and one with a long name, of which one entry is changed. */
  async function damage(
    which: string,
    change: (value: Uint8Array) => unknown,
    key?: (key: readonly unknown[]) => readonly unknown[],
  ) {
    const db = createFakeDatabase();
    const { write } = await openGateway(db);
    const texts = { "g/large": "x".repeat(200_000), "g/small": "1", [`g/${LONG}`]: "2" };
    await write(texts);
    const entry = families(db).find((each) => each.key.slice(4).join() === which) ??
      families(db).find((each) => each.key[4] instanceof Uint8Array);
    const value = entry?.value as Uint8Array;
    if (key !== undefined) db.tamper(entry?.key ?? [], undefined);
    db.tamper(key?.(entry?.key ?? []) ?? entry?.key ?? [], change(value.slice()));
    return { db, texts, ...await takeOver(db) };
  }

  const LONG = "n".repeat(300);
  const flip = (at: number) => (value: Uint8Array) => {
    value[at] = (value[at] ?? 0) ^ 4;
    return value;
  };
  const cases: readonly [
    what: string,
    lost: string,
    which: string,
    change: (value: Uint8Array) => unknown,
  ][] = [
    ["a flipped bit", "g/small", "small,0", flip(9)],
    ["a flipped bit in the checksum", "g/small", "small,0", flip(0)],
    ["a flipped bit where the line ends", "g/small", "small,0", flip(8)],
    ["a flipped bit in a later part", "g/large", "large,2", flip(30_000)],
    ["a part that is missing", "g/large", "large,1", () => undefined],
    ["the first part missing", "g/large", "large,0", () => undefined],
    ["the last part missing", "g/large", "large,3", () => undefined],
    ["a part cut short", "g/large", "large,3", (value) => value.subarray(1)],
    ["an empty value", "g/small", "small,0", () => new Uint8Array()],
    ["a value of another type", "g/small", "small,0", () => "1"],
    ["a flipped bit in a long name", `g/${LONG}`, "long", flip(20)],
    ["a flipped bit in the JSON of a long name", `g/${LONG}`, "long", flip(8)],
  ];
  it.each(cases)("is found out and costs that family only: %s", async (_, lost, which, change) => {
    const { texts, loaded, log, db, write } = await damage(which, change);
    const { [lost]: __, ...rest } = texts;
    expect(loaded).toEqual(rest);
    expect(log.join()).toMatch(/error a stored family is damaged; it is set aside.*"group":"g"/);
    expect(aside(db).length).toBeGreaterThan(0);
    await write({ [lost]: "again" });
    expect((await takeOver(db)).loaded).toEqual({ ...rest, [lost]: "again" });
    expect(aside(db).length).toBeGreaterThan(0);
  });

  it("of a whole group is told as that of a group", async () => {
    const db = createFakeDatabase();
    const { write, adapter } = await openGateway(db);
    await write({ "g/": "{}" });
    await adapter.close();
    const [entry] = db.entries().filter(({ key }) => key[1] === "family");
    db.tamper(entry?.key ?? [], "1");
    const { loaded, log } = await openGateway(db);
    expect(loaded).toEqual({});
    expect(log.join()).toMatch(/error a stored group is damaged; it is set aside.*"group":"g"/);
  });

  it.each([
    ["small,0", 3],
    ["small,0", 4],
    ["long", 3],
    ["long", 4],
  ])("is found out when it is in a key: %s, part %i", async (which, part) => {
    const move = (key: readonly unknown[]) =>
      key.map((each, i) => i !== part ? each : each instanceof Uint8Array ? flip(3)(each) : "x");
    const { texts, loaded, log } = await damage(which, (value) => value, move);
    expect(Object.keys(loaded)).toHaveLength(Object.keys(texts).length - 1);
    expect(texts).toMatchObject(loaded);
    expect(log.join()).toMatch(/error a stored family is damaged/);
  });
});

describe("a layout", () => {
  it("of a later version is refused in one line", async () => {
    const db = createFakeDatabase();
    db.tamper(["narthex", "state"], { version: 3, epoch: 0 });
    await expect(openGateway(db)).rejects.toThrow(
      /^Deno KV under test has layout version 3, which a later version of narthex wrote; .* up to 2$/,
    );
    expect(db.entries().map(({ key }) => key[1])).toEqual(["state"]);
  });

  it.each([
    ["without a state", undefined],
    ["of the first version", { version: 1, epoch: 0 }],
  ])("%s is marked before there can be a whole group in it", async (_, state) => {
    const db = createFakeDatabase();
    const { write, adapter } = await openGateway(db);
    await write({ "g/m": "1" });
    await adapter.close();
    db.tamper(["narthex", "state"], state);
    const { loaded } = await openGateway(db);
    expect(loaded).toEqual({ "g/m": "1" });
    const [marked] = db.entries().filter(({ key }) => key[1] === "state");
    expect(marked?.value).toEqual({ version: 2, epoch: 0 });
  });

  it("leaves everything alone that is not narthex's own", async () => {
    const db = createFakeDatabase();
    db.tamper(["app", "family", 0, "g", "m", 0], "theirs");
    db.tamper(["narthexes"], "theirs");
    const { write, adapter } = await openGateway(db);
    await write({ "g/m": "1" });
    await write({}, { wipe: true });
    await adapter.close();
    expect(db.entries().filter(({ value }) => value === "theirs")).toHaveLength(2);
  });
});

/** A copy of what is stored, so that a look at it disturbs nobody. */
function structuredCopy(db: FakeDatabase): FakeDatabase {
  const copy = createFakeDatabase();
  for (const { key, value } of db.entries()) copy.tamper(key, value);
  return copy;
}
