/** Wipes: one commit however much is stored, and what they leave behind goes in the background, also after a crash. */

import { describe, expect, it } from "vitest";
import { createFakeDatabase, type FakeDatabase } from "../contract/fake-deno-kv.ts";
import { flush, openGateway, takeOver } from "./deno-kv-support.ts";

const MANY = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`g${i}/m`, "1"]));

function count(db: FakeDatabase): number {
  return db.entries().filter(({ key }) => key[1] === "family").length;
}

/** Waits until what goes on in the background has come to rest. */
async function rest(db: FakeDatabase): Promise<void> {
  for (let before = -1; before !== count(db); await flush()) before = count(db);
}

describe("a wipe", () => {
  it("is one commit", async () => {
    const db = createFakeDatabase();
    const { write } = await openGateway(db);
    await write(MANY);
    let commits = 0;
    db.decide = () => ++commits === 1 ? "do" : { error: "no more" };
    await write({ "new/m": "2" }, { wipe: true });
    db.decide = () => "do";
    expect((await takeOver(db)).loaded).toEqual({ "new/m": "2" });
  });

  it("deletes in the background what it left behind, while writes go on", async () => {
    const db = createFakeDatabase();
    const { write, adapter } = await openGateway(db);
    await write(MANY);
    await write({}, { wipe: true });
    expect(count(db)).toBeGreaterThan(2000);
    for (let i = 0; i < 20; i++) await write({ [`new${i}/m`]: "2" });
    await rest(db);
    expect(count(db)).toBe(20);
    await adapter.close();
    expect(Object.keys((await openGateway(db)).loaded)).toHaveLength(20);
  });

  it("goes on deleting after a wipe that follows while it does", async () => {
    const db = createFakeDatabase();
    const { write } = await openGateway(db);
    for (let i = 0; i < 4; i++) {
      await write(MANY);
      await write({ "new/m": "2" }, { wipe: true });
    }
    await rest(db);
    expect(count(db)).toBe(1);
  });

  it.each([1, 2, 5, 12])(
    "is finished at the next start when commit %i is its last",
    async (nth) => {
      const db = createFakeDatabase();
      const { write, log } = await openGateway(db);
      await write(MANY);
      let commits = 0;
      db.decide = () => commits++ < nth ? "do" : { error: "the process is dead" };
      await write({}, { wipe: true });
      await rest(db);
      expect(count(db)).toBe(3000 - 250 * (nth - 1));
      expect(log.join()).toMatch(/warn cannot delete what was wiped.*the process is dead/);
      db.decide = () => "do";
      const next = await takeOver(db);
      expect(next.loaded).toEqual({});
      await next.write({ "new/m": "2" });
      await rest(db);
      expect(count(db)).toBe(1);
    },
  );

  it("lets the gateway close meanwhile", async () => {
    const db = createFakeDatabase();
    const { write, adapter, log } = await openGateway(db);
    await write(MANY);
    await write({}, { wipe: true });
    await adapter.close();
    const left = count(db);
    expect(left).toBeGreaterThan(1000);
    await rest(db);
    expect(count(db)).toBe(left);
    expect(log).toEqual([]);
  });
});
