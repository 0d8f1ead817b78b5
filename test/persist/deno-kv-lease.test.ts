/** One owner at a time: claims, waiting, takeover, and that who lost the store cannot write to it. */

import { describe, expect, it } from "vitest";
import { createDenoKvAdapter } from "../../src/persist/deno-kv.ts";
import { loggerTo, quietHost } from "../contract/deno-kv-host.ts";
import { createFakeDatabase, type FakeDatabase } from "../contract/fake-deno-kv.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { flush, isLease, openGateway, pass, takeOver } from "./deno-kv-support.ts";

const LEASE_MS = 10_000;
const OTHER = { token: "other", host: "there", pid: 2 };

/** Starts to open a database that has an owner, and tells what has come of it so far. */
function startOpening(db: FakeDatabase, clock = createFakeClock()) {
  const log: string[] = [];
  const logger = loggerTo((line) => log.push(line));
  const attempt = { outcome: "waits", clock, log };
  const owner = { ...OTHER, token: crypto.randomUUID() };
  createDenoKvAdapter(db.open(), quietHost({ clock, logger, owner })).then(
    () => attempt.outcome = "opened",
    (error) => attempt.outcome = String(error),
  );
  return attempt;
}

function ownerOf(db: FakeDatabase): unknown {
  return db.entries().find(({ key }) => key[1] === "owner")?.value;
}

describe("a second gateway", () => {
  it("is refused as soon as it sees the heartbeat of the first", async () => {
    const db = createFakeDatabase();
    const first = await openGateway(db);
    const second = startOpening(db);
    await pass(3000, first.clock, second.clock);
    expect(second.outcome).toBe("waits");
    expect(second.log.join()).toMatch(/waiting.*the gateway on host .*here.* with pid 1.*11s/);
    await pass(1000, first.clock, second.clock);
    expect(second.outcome).toBe(
      'PersistenceError: Deno KV under test is in use by the gateway on host "here" with pid 1; ' +
        "stop that gateway, or give this one a database of its own",
    );
    await first.write({ "g/a": "1" });
  });

  it("takes the store over from a dead one, but not before its lease has ended", async () => {
    const db = createFakeDatabase();
    await (await openGateway(db)).write({ "g/a": "1" });
    const second = startOpening(db);
    await pass(LEASE_MS + 900, second.clock);
    expect(second.outcome).toBe("waits");
    await pass(700, second.clock);
    expect(second.outcome).toBe("opened");
    expect(ownerOf(db)).toMatchObject({ host: "there", pid: 2 });
    expect(second.log.join()).toMatch(
      /taking the store over.*the gateway on host .*here.* with pid 1/,
    );
  });

  it("waits by its own clock for as long as the lease says that the owner wrote", async () => {
    const db = createFakeDatabase();
    await openGateway(db, { leaseMs: 20_000 });
    const second = startOpening(db, createFakeClock(0));
    second.clock.step(1e9);
    await pass(20_900, second.clock);
    expect(second.outcome).toBe("waits");
    await pass(700, second.clock);
    expect(second.outcome).toBe("opened");
  });

  it("does not wait for one that gave the store back, or gives it back meanwhile", async () => {
    const db = createFakeDatabase();
    const first = await openGateway(db);
    const second = startOpening(db);
    await pass(1000, second.clock);
    expect(second.outcome).toBe("waits");
    await first.adapter.close();
    await pass(600, second.clock);
    expect(second.outcome).toBe("opened");
  });

  it("does not wait for one that is known to be dead", async () => {
    const db = createFakeDatabase();
    await openGateway(db);
    const seen: unknown[] = [];
    const second = await openGateway(db, { isDead: (owner) => seen.push(owner) > 0 });
    expect(seen[0]).toMatchObject({ token: expect.any(String), host: "here", pid: 1 });
    await second.write({ "g/a": "1" });
  });

  it("does not wait any longer once the owner is known to be dead", async () => {
    const db = createFakeDatabase();
    await openGateway(db);
    let isDead = false;
    const clock = createFakeClock();
    const opening = openGateway(db, { clock, isDead: () => isDead });
    await pass(1000, clock);
    isDead = true;
    await pass(600, clock);
    await (await opening).write({ "g/a": "1" });
  });

  it("loses against a third that waited as well", async () => {
    const db = createFakeDatabase();
    await openGateway(db);
    const waiting = [startOpening(db), startOpening(db), startOpening(db)];
    await pass(LEASE_MS + 2000, ...waiting.map(({ clock }) => clock));
    const outcomes = waiting.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "opened")).toHaveLength(1);
    expect(outcomes.filter((outcome) => /is in use by/.test(outcome))).toHaveLength(2);
  });

  it("takes the store over from an owner whose entry makes no sense", async () => {
    const db = createFakeDatabase();
    db.tamper(["narthex", "owner"], "nonsense");
    const second = startOpening(db);
    await pass(LEASE_MS + 1500, second.clock);
    expect(second.outcome).toBe("opened");
  });
});

describe("a gateway that lost its store", () => {
  it("cannot write, and stores nothing", async () => {
    const db = createFakeDatabase();
    const first = await openGateway(db);
    const second = await takeOver(db, { owner: OTHER });
    await second.write({ "g/a": "new" });
    const before = db.entries();
    for (let i = 0; i < 2; i++) {
      await expect(first.write({ "g/a": "old" })).rejects.toMatchObject({ outcome: "lost" });
      await expect(first.adapter.probe()).rejects.toMatchObject({ outcome: "lost" });
    }
    expect(db.entries()).toEqual(before);
    expect(
      first.log.filter((line) =>
        /^error .*belongs to the gateway on host .*there.* with pid 2 now/.test(line)
      ),
    ).toHaveLength(1);
  });

  it("finds out by its heartbeat, and leaves that of the other alone", async () => {
    const db = createFakeDatabase();
    const first = await openGateway(db);
    await takeOver(db, { owner: OTHER });
    const before = db.entries();
    await pass(LEASE_MS, first.clock);
    expect(db.entries()).toEqual(before);
    expect(first.log.join()).toMatch(/error the store was taken over/);
  });

  it("does not give back what is not its own", async () => {
    const db = createFakeDatabase();
    const first = await openGateway(db);
    const second = await takeOver(db, { owner: OTHER });
    await first.adapter.close();
    await second.write({ "g/a": "1" });
    expect(ownerOf(db)).toMatchObject({ host: "there", pid: 2 });
  });

  it("stores nothing of a large batch that it was about to store", async () => {
    const db = createFakeDatabase();
    const first = await openGateway(db);
    await first.write({ "g/a": "old" });
    let commits = 0;
    db.decide = () => {
      if (++commits === 2) db.tamper(["narthex", "owner"], { ...OTHER, leaseMs: 1 });
      return "do";
    };
    const writing = first.write({ "g/a": "x".repeat(3e6) }, { clear: ["g"] });
    await expect(writing).rejects.toMatchObject({ outcome: "lost" });
    db.decide = () => "do";
    expect((await takeOver(db)).loaded).toEqual({ "g/a": "old" });
  });
});

describe("a gateway that has its store", () => {
  it("renews its lease while it writes, and neither disturbs the other", async () => {
    const db = createFakeDatabase();
    const { write, clock, adapter, log } = await openGateway(db);
    let beats = 0;
    db.decide = ({ changes }) => {
      beats += Number(changes[0]?.key[1] === "heartbeat");
      return "do";
    };
    for (let i = 0; i < 100; i++) {
      const writing = write({ [`g${i}/a`]: "1" });
      clock.advance(1700);
      await writing;
    }
    expect(beats).toBeGreaterThan(40);
    expect(log).toEqual([]);
    await adapter.close();
    expect(Object.keys((await openGateway(db)).loaded)).toHaveLength(100);
  });

  it("goes on when a heartbeat fails, and tells it once", async () => {
    const db = createFakeDatabase();
    const { write, clock, log } = await openGateway(db);
    db.decide = (commit) => isLease(commit) ? { error: "no route" } : "do";
    await pass(8000, clock);
    expect(log.filter((line) => /cannot renew the lease.*no route/.test(line))).toHaveLength(1);
    await write({ "g/a": "1" });
    db.decide = () => "do";
    await pass(8000, clock);
    expect(log.filter((line) => /^info the lease is renewed again/.test(line))).toHaveLength(1);
  });

  it("gives it back when it is closed, and writes nothing more", async () => {
    const db = createFakeDatabase();
    const { write, clock, adapter } = await openGateway(db);
    await write({ "g/a": "1" });
    await adapter.close();
    await adapter.close();
    expect(ownerOf(db)).toBeUndefined();
    const before = db.entries();
    await pass(LEASE_MS, clock);
    await expect(write({ "g/a": "2" })).rejects.toMatchObject({ outcome: "failed" });
    await expect(adapter.probe()).rejects.toMatchObject({ outcome: "failed" });
    expect(db.entries()).toEqual(before);
  });

  it("is closed even where it cannot be given back", async () => {
    const db = createFakeDatabase();
    const { adapter, log } = await openGateway(db);
    db.decide = () => ({ error: "no route" });
    await adapter.close();
    expect(log.join()).toMatch(/cannot give the store back.*no route/);
  });

  it("does not mind an answer that got lost when it is claimed and given back", async () => {
    const db = createFakeDatabase();
    db.decide = () => "again";
    const { adapter, log } = await openGateway(db);
    await adapter.close();
    await flush();
    expect(ownerOf(db)).toBeUndefined();
    expect(log).toEqual([]);
  });
});
