/** What is told of a batch that could not be stored, and that it stays true when an answer, or the commit itself, comes late. */

import { describe, expect, it } from "vitest";
import { createFakeDatabase, type Fate } from "../contract/fake-deno-kv.ts";
import { changesRecords, flush, isLease, openGateway, pass, takeOver } from "./deno-kv-support.ts";

const PATIENCE_MS = 6000;
const LARGE = "x".repeat(3e6);

describe("a batch that is refused", () => {
  const definite = [
    "database or disk is full",
    "database is locked",
    "attempt to write a readonly database",
    "Value too large (max 65536 bytes)",
    "Writes are disabled for this database",
  ];
  it.each(definite)("has failed for sure: %s", async (error) => {
    const db = createFakeDatabase();
    const { write } = await openGateway(db);
    await write({ "g/a": "old" });
    db.decide = () => ({ error });
    await expect(write({ "g/a": "new" })).rejects.toMatchObject({
      outcome: "failed",
      message: error,
    });
    db.decide = () => "do";
    expect((await takeOver(db)).loaded).toEqual({ "g/a": "old" });
  });

  it("may be stored when the error does not say: disk I/O error", async () => {
    const db = createFakeDatabase();
    const { write, adapter } = await openGateway(db);
    db.decide = () => ({ error: "disk I/O error\nsomewhere" });
    await expect(write({ "g/a": "new" })).rejects.toMatchObject({
      outcome: "unknown",
      message: "disk I/O error",
    });
    // What comes first now is to find out; the probe itself has not been sent.
    await expect(adapter.probe()).rejects.toMatchObject({ outcome: "failed" });
  });

  it("may be stored when the connection breaks, and the next batch finds out", async () => {
    const db = createFakeDatabase();
    const { write } = await openGateway(db);
    await write({ "g/a": "0", "g/b": "0", "h/a": "0" });
    db.decide = () => "deaf";
    const writing = write({ "g/c": "1" }, { wipe: true });
    await expect(writing).rejects.toMatchObject({ outcome: "unknown" });
    db.decide = () => "do";
    await write({ "g/d": "2" }, { clear: ["h"] });
    expect((await takeOver(db)).loaded).toEqual({ "g/c": "1", "g/d": "2" });
  });
});

describe("a batch that gets no answer", () => {
  it("is unknown after a while", async () => {
    const db = createFakeDatabase();
    const { write, clock } = await openGateway(db);
    db.decide = (commit) => changesRecords(commit) ? "hang" : "do";
    const writing = write({ "g/a": "1" }).catch((error) => error);
    await pass(PATIENCE_MS, clock);
    expect(await writing).toMatchObject({
      outcome: "unknown",
      message: expect.stringMatching(/no answer/),
    });
  });

  it("can come late, but not after the batch that follows it", async () => {
    const db = createFakeDatabase();
    const { write, clock } = await openGateway(db);
    await write({ "g/a": "0", "h/a": "0" });
    db.decide = (commit) => changesRecords(commit) ? "hang" : "do";
    const writing = write({ "g/a": "1", "h/a": "1" }).catch((error) => error.outcome);
    await pass(PATIENCE_MS, clock);
    expect(await writing).toBe("unknown");
    db.decide = () => "do";
    await write({ "g/a": "2" });
    db.arrive();
    expect((await takeOver(db)).loaded).toEqual({ "g/a": "2", "h/a": "0" });
  });

  it("is not undone when it comes before the batch that follows it", async () => {
    const db = createFakeDatabase();
    const { write, clock } = await openGateway(db);
    await write({ "g/a": "0" });
    db.decide = (commit) => changesRecords(commit) ? "hang" : "do";
    const writing = write({ "g/a": LARGE.slice(0, 2e5), "g/b": "1" }).catch((error) => error);
    await pass(PATIENCE_MS, clock);
    await writing;
    db.arrive();
    db.decide = () => "do";
    await write({ "g/a": "2" });
    expect((await takeOver(db)).loaded).toEqual({ "g/a": "2", "g/b": "1" });
  });

  it.each<Fate>(["do", "again", "deaf"])(
    "cannot come late even when the fence gets lost on the way or comes late (then: %s)",
    async (fate) => {
      const db = createFakeDatabase();
      const { write, clock } = await openGateway(db);
      await write({ "g/a": "0" });
      db.decide = () => "hang";
      for (const text of ["1", "2", "3"]) {
        const writing = write({ "g/a": text }).catch((error) => error.outcome);
        await pass(PATIENCE_MS, clock);
        expect(await writing).toBe(text === "1" ? "unknown" : "failed");
      }
      db.decide = (commit) => isLease(commit) ? fate : "do";
      let stored = await write({ "g/a": "4" }).then(() => true, () => false);
      db.arrive();
      db.decide = () => "do";
      if (!stored) stored = await write({ "g/a": "4" }).then(() => true);
      await write({ "g/b": "5" });
      expect((await takeOver(db)).loaded).toEqual({ "g/a": "4", "g/b": "5" });
    },
  );

  it("has failed when even the question what is stored gets none", async () => {
    const db = createFakeDatabase();
    const { write, clock } = await openGateway(db);
    db.decide = () => ({ error: "connection reset" });
    await expect(write({ "g/a": "1" })).rejects.toMatchObject({ outcome: "unknown" });
    db.decide = () => "do";
    db.isMute = true;
    const writing = write({ "g/a": "2" }).catch((error) => error.outcome);
    await pass(PATIENCE_MS, clock);
    expect(await writing).toBe("failed");
    db.isMute = false;
    await write({ "g/a": "3" });
    expect((await takeOver(db)).loaded).toEqual({ "g/a": "3" });
  });
});

describe("a large batch", () => {
  it("has failed when its journal cannot be completed, and leaves nothing behind", async () => {
    const db = createFakeDatabase();
    const { write } = await openGateway(db);
    let commits = 0;
    db.decide = () => ++commits === 2 ? { error: "connection reset" } : "do";
    await expect(write({ "g/a": LARGE })).rejects.toMatchObject({ outcome: "failed" });
    expect(db.entries().filter(({ key }) => key[1] === "journal").length).toBeGreaterThan(0);
    await write({ "h/a": "1" });
    expect(db.entries().filter(({ key }) => key[1] === "journal")).toEqual([]);
    expect((await takeOver(db)).loaded).toEqual({ "h/a": "1" });
  });

  it("is stored once its journal is complete, whatever happens then", async () => {
    const db = createFakeDatabase();
    const { write, log } = await openGateway(db);
    await write({ "g/b": "0" });
    db.decide = (commit) => changesRecords(commit) ? { error: "connection reset" } : "do";
    await write({ "g/a": LARGE }, { clear: ["g"] });
    expect(log.join()).toMatch(/warn a large batch is stored but not applied yet/);
    await expect(write({ "h/a": "1" })).rejects.toMatchObject({ outcome: "failed" });
    db.decide = () => "do";
    await write({ "h/a": "2" });
    expect((await takeOver(db)).loaded).toEqual({ "g/a": LARGE, "h/a": "2" });
    expect(db.entries().filter(({ key }) => key[1] === "journal")).toEqual([]);
  });

  it("is finished by the next gateway, before anything is loaded", async () => {
    const db = createFakeDatabase();
    const { write } = await openGateway(db);
    await write({ "g/b": "0", "h/a": "0".repeat(2e5) });
    let commits = 0;
    db.decide = (commit) => changesRecords(commit) && ++commits > 1 ? { error: "killed" } : "do";
    await write({ "g/a": LARGE, "h/a": "1" }, { clear: ["g"] });
    db.decide = () => "do";
    expect((await takeOver(db)).loaded).toEqual({ "g/a": LARGE, "h/a": "1" });
  });

  it("whose journal is damaged is told of, and does not keep the gateway from starting", async () => {
    const db = createFakeDatabase();
    const { write } = await openGateway(db);
    await write({ "g/b": "0" });
    db.decide = (commit) => changesRecords(commit) ? { error: "killed" } : "do";
    await write({ "g/a": LARGE });
    db.decide = () => "do";
    const [, chunk] = db.entries().filter(({ key }) => key[1] === "journal");
    db.tamper(chunk?.key ?? [], undefined);
    const { loaded, log } = await takeOver(db);
    expect(loaded).toEqual({ "g/b": "0" });
    expect(log.join()).toMatch(/error a stored batch is damaged/);
    await flush();
    expect(db.entries().filter(({ key }) => key[1] === "journal")).toEqual([]);
  });
});
