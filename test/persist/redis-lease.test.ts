/** Who may write to a store in Redis, and who may not any more. */

import { describe, expect, it } from "vitest";
import type { PersistenceAdapter } from "../../src/persist/adapter.ts";
import { describeOwner, type LeaseOwner } from "../../src/persist/lease-owner.ts";
import { claimStore, parseLease } from "../../src/persist/redis-lease.ts";
import {
  batch,
  createFreezableClock,
  createMemoryLogger,
  type OpenOptions,
  openStore,
  readAdapter,
  readStore,
  records,
} from "../contract/redis-host.ts";
import { describeWith, redisServer } from "../e2e/tools.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { useRedis } from "./redis-support.ts";

describe("waiting for a lease", () => {
  const owner = (token: string) => ({ token, host: "h", pid: 1 });
  const lease = (token: string) => JSON.stringify(owner(token));

  /** Claims against a server that gives these answers; tells how it ends and after how many of them. */
  async function claim(answers: readonly (readonly [string, ...(string | number)[]])[]) {
    const clock = createFakeClock();
    let asked = 0;
    const claiming = claimStore(() => {
      const answer = answers[asked++] ?? ["held", lease("other"), 1];
      return Promise.resolve(answer);
    }, {
      description: "store",
      owner: owner("me"),
      leaseMs: 10_000,
      clock,
      logger: createMemoryLogger(),
    });
    let ended = false;
    const end = claiming.then(() => "claimed", (error: Error) => error.message)
      .finally(() => ended = true);
    while (!ended) {
      await Promise.resolve();
      clock.advance(50);
    }
    return { end: await end, asked };
  }

  it("goes on while it runs out, until it is gone", async () => {
    const waiting = [900, 400, 0].map((left) => ["held", lease("other"), left] as const);
    expect(await claim([...waiting, ["ok", 1, 0]])).toEqual({ end: "claimed", asked: 4 });
  });

  it.each(
    [
      ["it is renewed", [["held", lease("other"), 5000], ["held", lease("other"), 9000]], 2],
      ["another one has it", [["held", lease("a"), 5000], ["held", lease("b"), 4000]], 2],
      ["it never expires", [["held", lease("other"), -1], ["held", lease("other"), -1]], 3],
    ] as const,
  )("ends as soon as %s", async (_, answers, asked) => {
    const left = await claim(answers);
    expect(left.end).toMatch(/^store is in use by the gateway on host "h" with pid 1; /);
    expect(left.asked).toBeLessThanOrEqual(asked);
  });
});

describeWith([redisServer], "the lease of a store in Redis", () => {
  const redis = useRedis();
  const { open } = redis;

  /** An owner that has stopped renewing its lease, as when its process is stopped. */
  async function openSleeper(options: OpenOptions = {}): Promise<PersistenceAdapter> {
    const clock = createFreezableClock();
    const adapter = await open({ ...options, clock });
    clock.frozen = true;
    return adapter;
  }

  async function untilExpired(): Promise<void> {
    await expect.poll(() => redis.server.send("EXISTS", "narthex:lease"), { timeout: 10_000 }).toBe(
      0,
    );
  }

  it("is refused while somebody alive renews it", async () => {
    const first = await open({ owner: { token: "t", host: 'a"b', pid: 42 } });
    const logger = createMemoryLogger();
    await expect(openStore(redis.server.url, { logger })).rejects.toThrow(
      /^redis:.*:\d+\/0\?prefix=narthex: is in use by the gateway on host "a\\"b" with pid 42; stop/,
    );
    expect(logger.entries).toContainEqual({
      level: "warn",
      msg: "waiting for another gateway to give up the store or to prove alive",
      fields: {
        store: first.description,
        owner: 'the gateway on host "a\\"b" with pid 42',
        at_most: expect.stringMatching(/^[23]s$/),
      },
    });
    await first.write(batch({ records: records("g", { a: "1" }) }));
  });

  it("goes to the next one once it has expired", async () => {
    const sleeper = await openSleeper();
    await sleeper.write(batch({ records: records("g", { a: "1" }) }));
    const second = await open();
    expect(await readAdapter(second)).toEqual({ "g/a": "1" });
    await second.write(batch({ records: records("g", { a: "2" }) }));
  });

  it("is not waited for when its owner is known to be gone", async () => {
    await openSleeper({ leaseMs: 3_600_000, owner: { token: "x", host: "here", pid: 9 } });
    const asked: unknown[] = [];
    const isDead = (owner: unknown) => asked.push(owner) > 0;
    const logger = createMemoryLogger();
    await open({ isDead, logger });
    expect(logger.entries).toContainEqual({
      level: "warn",
      msg: "taking the store over from a gateway that died",
      fields: expect.objectContaining({ owner: 'the gateway on host "here" with pid 9' }),
    });
    expect(asked).toEqual([{ token: "x", host: "here", pid: 9 }]);
  });

  it("is refused when another gateway takes it from an owner that is gone", async () => {
    await openSleeper({ leaseMs: 3_600_000, owner: { token: "gone", host: "h", pid: 1 } });
    const isDead = ({ token }: LeaseOwner) => token === "gone";
    let other: Promise<PersistenceAdapter> | undefined;
    const wrap: OpenOptions["wrap"] = (commands) => ({
      ...commands,
      send: async (command) => {
        const reply = await commands.send(command);
        // Between the first look and the claim that follows it.
        if (String(reply).startsWith("held")) await (other ??= open({ isDead }));
        return reply;
      },
    });
    await expect(openStore(redis.server.url, { wrap, isDead })).rejects.toThrow(/is in use by/);
    await (await other)?.probe();
  });

  it("keeps a gateway that slept through it from writing over the next one's data", async () => {
    const logger = createMemoryLogger();
    const sleeper = await openSleeper({ logger });
    await sleeper.write(batch({ records: records("g", { a: "1" }) }));
    const second = await open({ owner: { token: "2", host: "second", pid: 2 } });
    await second.write(batch({ records: records("g", { a: "2" }) }));
    const lost = { outcome: "lost", message: expect.stringContaining('host "second" with pid 2') };
    await expect(sleeper.write(batch({ wipe: true }))).rejects.toMatchObject(lost);
    await expect(sleeper.probe()).rejects.toMatchObject(lost);
    await expect(sleeper.write(batch({ records: records("g", { a: "3" }) })))
      .rejects.toMatchObject(lost);
    expect(logger.entries.filter(({ level }) => level === "error")).toHaveLength(1);
    await sleeper.close();
    expect(await redis.server.send("EXISTS", "narthex:lease")).toBe(1);
    await second.close();
    expect(await readStore(redis.server.url)).toEqual({ "g/a": "2" });
  });

  it("stays lost after the next owner has gone", async () => {
    const sleeper = await openSleeper();
    await (await open()).close();
    await expect(sleeper.write(batch({ records: records("g", { a: "1" }) })))
      .rejects.toMatchObject({ outcome: "lost" });
    expect(await readStore(redis.server.url)).toEqual({});
  });

  it("keeps a large batch from counting that was being staged when it was lost", async () => {
    let second: PersistenceAdapter | undefined;
    let staged = 0;
    const sleeper = await openSleeper({
      limits: {
        step: { operations: 10, units: 1000 },
        stage: { operations: 10, units: 1000 },
      },
      wrap: (commands) => ({
        ...commands,
        send: async (command) => {
          const reply = await commands.send(command);
          if (!command.some((text) => text.includes(":journal:"))) return reply;
          if (++staged === 3) second = await open();
          return reply;
        },
      }),
    });
    const changes = Array.from({ length: 100 }, (_, i) => records(`g${i}`, { a: "1" })).flat();
    await expect(sleeper.write(batch({ records: changes }))).rejects.toMatchObject({
      outcome: "lost",
    });
    expect(staged).toBeLessThan(10);
    expect(await readAdapter(second as PersistenceAdapter)).toEqual({});
  });

  it("is taken again when it expired and nobody came", async () => {
    const sleeper = await openSleeper({ leaseMs: 200 });
    await untilExpired();
    await sleeper.write(batch({ records: records("g", { a: "1" }) }));
    expect(await redis.server.send("EXISTS", "narthex:lease")).toBe(1);
    await untilExpired();
    await sleeper.probe();
    expect(await redis.server.send("EXISTS", "narthex:lease")).toBe(1);
    await sleeper.close();
    expect(await readStore(redis.server.url)).toEqual({ "g/a": "1" });
  });

  it("is renewed while nothing is written", async () => {
    const logger = createMemoryLogger();
    await open({ leaseMs: 3000, logger });
    let before = Infinity;
    let renewals = 0;
    await expect.poll(async () => {
      const left = Number(await redis.server.send("PTTL", "narthex:lease"));
      if (left > before) renewals++;
      before = left;
      return renewals;
    }, { timeout: 20_000 }).toBeGreaterThan(1);
    expect(logger.entries).toEqual([]);
  });

  it("is not lost while loading without the loader being told", async () => {
    const sleeper = await openSleeper();
    await sleeper.write(batch({ records: records("g", { a: "1" }) }));
    const pieces = sleeper.load()[Symbol.asyncIterator]();
    expect(await pieces.next()).toEqual({ done: false, value: records("g", { a: "1" }) });
    await open();
    await expect(pieces.next()).rejects.toMatchObject({ outcome: "lost" });
  });

  it("survives a restart of the server", async () => {
    const first = await open({ leaseMs: 20_000 });
    await first.write(batch({ records: records("g", { a: "1" }) }));
    await redis.server.stop("SIGKILL");
    await redis.server.start();
    await first.write(batch({ records: records("g", { b: "2" }) }));
    await first.close();
    expect(await readStore(redis.server.url)).toEqual({ "g/a": "1", "g/b": "2" });
  });

  it("belongs to one prefix of one database", async () => {
    const adapters: PersistenceAdapter[] = [];
    const urls = ["", "/1", "?prefix=other:", "?prefix=oth"].map((rest) => redis.server.url + rest);
    for (const url of urls) {
      const adapter = await open({}, url);
      adapters.push(adapter);
      await adapter.write(batch({ records: records(url, { a: url }) }));
    }
    await adapters[2]?.write(batch({ wipe: true }));
    await Promise.all(adapters.map((adapter) => adapter.close()));
    const found = await Promise.all(urls.map(readStore));
    expect(found).toEqual(urls.map((url, i) => i === 2 ? {} : { [`${url}/a`]: url }));
  });

  it("says little of an owner that it cannot read", () => {
    for (const text of ["", "{", "null", "[]", '{"token":1}', "{}\n"]) {
      expect(describeOwner(parseLease(text))).toBe("another gateway");
    }
  });
});
