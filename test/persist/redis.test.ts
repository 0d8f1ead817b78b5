/** What the adapter for Redis does beyond the contract: batches that are late, large, interrupted or find something else. */

import { afterEach, describe, expect, it } from "vitest";
import { type PersistenceAdapter, PersistenceError } from "../../src/persist/adapter.ts";
import type { RedisCommands, RedisReply } from "../../src/persist/redis-commands.ts";
import {
  batch,
  createMemoryLogger,
  openStore,
  readAdapter,
  readStore,
  records,
} from "../contract/redis-host.ts";
import { describeWith, redisServer } from "../e2e/tools.ts";
import { useRedis } from "./redis-support.ts";

/** Limits under which ten groups are a large batch. */
const SMALL = {
  step: { operations: 9, units: 1000 },
  stage: { operations: 10, units: 2000 },
};

describeWith([redisServer], "the adapter for Redis", () => {
  const redis = useRedis();
  const { open } = redis;

  /** What is stored, read by the next owner. */
  async function reread(adapter: PersistenceAdapter): Promise<Record<string, string>> {
    await adapter.close();
    return await readStore(redis.server.url);
  }

  /** Groups `prefix0` to `prefix<count - 1>` with one record each. */
  const many = (prefix: string, count: number, text: string) =>
    Array.from({ length: count }, (_, i) => records(`${prefix}${i}`, { a: text })).flat();

  it("can be read with redis-cli", async () => {
    const adapter = await open();
    await adapter.write(batch({ records: records('job="a"', { m: "[1]", n: "[2]" }) }));
    expect(await redis.server.send("SMEMBERS", "narthex:groups:0")).toEqual(['job="a"']);
    expect(await redis.server.send("HGETALL", 'narthex:group:0:job="a"')).toEqual([
      ...["m", "[1]"],
      ...["n", "[2]"],
    ]);
  });

  it("leaves nothing behind of what was deleted", async () => {
    const adapter = await open({ limits: SMALL });
    await adapter.write(batch({ records: many("g", 50, "1") }));
    await adapter.write(batch({ clear: ["g1", "g2"], records: records("g3", { a: undefined }) }));
    await adapter.write(batch({ records: records("g3", { b: "1", c: "1" }) }));
    await adapter.write(batch({ records: records("g3", { b: undefined }) }));
    await expect.poll(() => redis.server.send("SCARD", "narthex:groups:0")).toBe(48);
    await adapter.write(batch({ records: records("g3", { c: undefined }) }));
    expect(await redis.server.send("SCARD", "narthex:groups:0")).toBe(47);
    await adapter.write(batch({ clear: Array.from({ length: 20 }, (_, i) => `g${i}`) }));
    await adapter.probe();
    await adapter.write(batch({ wipe: true, records: many("h", 30, "2") }));
    await adapter.write(batch({ wipe: true }));
    await expect.poll(async () => {
      const keys = await redis.server.send("KEYS", "*") as string[];
      return keys.sort();
    }).toEqual(["narthex:lease", "narthex:meta"]);
  });

  describe("a batch that is late", () => {
    /** Commands of which the test may hold the next write back; it fails as if the connection had broken. */
    function createHolder() {
      const holder = {
        holdsNext: false,
        command: [] as readonly string[],
        deliver: (): Promise<unknown> => Promise.reject(new Error("nothing was held back")),
        wrap: (commands: RedisCommands): RedisCommands => ({
          ...commands,
          send: (command) => {
            if (!holder.holdsNext) return commands.send(command);
            holder.holdsNext = false;
            holder.command = command;
            holder.deliver = () => commands.send(command);
            return Promise.reject(new PersistenceError("unknown", "held back"));
          },
        }),
      };
      return holder;
    }

    it("does not overwrite a later one", async () => {
      const holder = createHolder();
      const adapter = await open({ wrap: holder.wrap });
      holder.holdsNext = true;
      await expect(adapter.write(batch({ records: records("g", { a: "old" }) })))
        .rejects.toMatchObject({ outcome: "unknown" });
      await adapter.write(batch({ records: records("g", { a: "new" }) }));
      expect(await holder.deliver()).toEqual(["stale"]);
      expect(await reread(adapter)).toEqual({ "g/a": "new" });
    });

    it("is stored when it comes before a later one", async () => {
      const holder = createHolder();
      const adapter = await open({ wrap: holder.wrap });
      holder.holdsNext = true;
      await expect(adapter.write(batch({ records: records("g", { a: "old", b: "old" }) })))
        .rejects.toMatchObject({ outcome: "unknown" });
      await holder.deliver();
      await adapter.write(batch({ records: records("g", { a: "new" }) }));
      expect(await reread(adapter)).toEqual({ "g/a": "new", "g/b": "old" });
    });

    it("does not reach the next owner", async () => {
      const holder = createHolder();
      const adapter = await open({ wrap: holder.wrap });
      holder.holdsNext = true;
      await expect(adapter.write(batch({ wipe: true }))).rejects.toThrow("held back");
      const end = holder.deliver;
      await adapter.close();
      const next = await open();
      await next.write(batch({ records: records("g", { a: "1" }) }));
      await expect(end()).rejects.toMatchObject({ outcome: "failed" });
      expect(await reread(next)).toEqual({ "g/a": "1" });
    });

    it("is not stored once the store was given back", async () => {
      const holder = createHolder();
      const first = await open({ wrap: holder.wrap });
      holder.holdsNext = true;
      await expect(first.write(batch({ records: records("g", { a: "1" }) })))
        .rejects.toThrow("held back");
      // The connection of the first is closed by then, as is that of a process that ended.
      const late = holder.command;
      await first.close();
      expect(await redis.server.send(...late)).toEqual(["lost", ""]);
      expect(await readStore(redis.server.url)).toEqual({});
    });

    it("does not push a large one aside that it meets", async () => {
      const holder = createHolder();
      let commits = 0;
      const adapter = await open({
        limits: SMALL,
        wrap: (commands) => {
          const held = holder.wrap(commands);
          return {
            ...held,
            send: async (command) => {
              // What makes a batch count names its journal and how long it is, and nothing else behind that.
              const isCommit = /:journal:/.test(command.at(-2) ?? "");
              if (isCommit && ++commits === 1) holder.holdsNext = true;
              if (isCommit && commits === 2) await holder.deliver();
              return await held.send(command);
            },
          };
        },
      });
      const write = (text: string) => adapter.write(batch({ records: many("g", 30, text) }));
      await expect(write("1")).rejects.toMatchObject({ outcome: "unknown" });
      await expect(write("2")).rejects.toMatchObject({
        outcome: "failed",
        message: expect.stringMatching(/did not take the batch: it is busy$/),
      });
      await write("3");
      const all = await reread(adapter);
      expect([Object.keys(all).length, new Set(Object.values(all))]).toEqual([30, new Set(["3"])]);
    });
  });

  it("stores a group of thousands of records in one piece", async () => {
    const large = { operations: 100_000, units: 10_000_000 };
    const adapter = await open({ limits: { step: large, stage: large } });
    const texts = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`n${i}`, `${i}`]));
    await adapter.write(batch({ records: records("g", texts) }));
    const all = await reread(adapter);
    expect(Object.keys(all)).toHaveLength(10_000);
    expect(all["g/n9999"]).toBe("9999");
  });

  describe("a server that has lost what was stored", () => {
    const WAYS = {
      "all of it": () => redis.server.send("FLUSHALL"),
      "the last batch": () => redis.server.send("HINCRBY", "narthex:meta", "sequence", "-1"),
    };

    it.each(Object.keys(WAYS) as (keyof typeof WAYS)[])(
      "takes no more before it was wiped or claimed anew: %s",
      async (way) => {
        const adapter = await open();
        await adapter.write(batch({ records: records("g", { a: "1" }) }));
        await adapter.write(batch({ records: records("g", { a: "2" }) }));
        await WAYS[way]();
        const trouble = { outcome: "failed", message: expect.stringContaining("no longer holds") };
        await expect(adapter.write(batch({ records: records("h", { a: "3" }) })))
          .rejects.toMatchObject(trouble);
        await expect(adapter.probe()).rejects.toMatchObject(trouble);
        await adapter.write(batch({ wipe: true, records: records("i", { a: "4" }) }));
        await adapter.probe();
        await adapter.write(batch({ records: records("i", { b: "5" }) }));
        expect(await reread(adapter)).toEqual({ "i/a": "4", "i/b": "5" });
      },
    );

    it("takes a large batch that wipes it", async () => {
      const adapter = await open({ limits: SMALL });
      await adapter.write(batch({ records: records("g", { a: "1" }) }));
      await redis.server.send("FLUSHALL");
      await adapter.write(batch({ wipe: true, records: many("h", 100, "2") }));
      await adapter.probe();
      expect(Object.keys(await reread(adapter))).toHaveLength(100);
    });

    it.each([1, 3])("belongs to whoever claims it then, after %d claims", async (claims) => {
      for (let claim = 1; claim < claims; claim++) await (await open()).close();
      const adapter = await open();
      await redis.server.send("FLUSHALL");
      const next = await open();
      await expect(adapter.write(batch({ wipe: true }))).rejects.toMatchObject({ outcome: "lost" });
      await next.probe();
    });
  });

  it("does not touch a store of a later version", async () => {
    await redis.server.send("HSET", "narthex:meta", "schema", "3");
    await expect(open()).rejects.toThrow(
      "narthex: has schema version 3, which a later version of narthex wrote; this one knows versions up to 2",
    );
    expect(await redis.server.send("KEYS", "*")).toEqual(["narthex:meta"]);
  });

  it("takes over a store of an earlier version", async () => {
    const adapter = await open();
    await adapter.write(batch({ records: many("g", 3, "1") }));
    await adapter.close();
    await redis.server.send("HSET", "narthex:meta", "schema", "1");
    expect(await readAdapter(await open())).toEqual({ "g0/a": "1", "g1/a": "1", "g2/a": "1" });
    expect(await redis.server.send("HGET", "narthex:meta", "schema")).toBe("2");
  });

  it("sets aside what is not a group, and stores the group again", async () => {
    const adapter = await open();
    await adapter.write(batch({ records: [...many("g", 3, "1")] }));
    await redis.server.send("SET", "narthex:group:0:g1", "something else");
    await adapter.close();
    const logger = createMemoryLogger();
    const next = await open({ logger });
    expect(await readAdapter(next)).toEqual({ "g0/a": "1", "g2/a": "1" });
    const key = "narthex:damaged:group:0:g1";
    expect(logger.entries).toEqual([{
      level: "error",
      msg: "a group is damaged and was set aside",
      fields: { store: next.description, group: "g1", key },
    }]);
    expect(await redis.server.send("GET", key)).toBe("something else");
    await next.write(batch({ records: records("g1", { a: "2" }) }));
    expect(await reread(next)).toEqual({ "g0/a": "1", "g1/a": "2", "g2/a": "1" });
  });

  it("says that a batch may be stored in part when a group became something else", async () => {
    const adapter = await open();
    await redis.server.send("SET", "narthex:group:0:g1", "something else");
    await expect(adapter.write(batch({ records: many("g", 3, "1") }))).rejects.toMatchObject({
      outcome: "unknown",
      message: expect.stringMatching(/narthex: answers WRONGTYPE [^:]*wrong kind of value$/),
    });
  });

  describe("without memory", () => {
    afterEach(() => redis.server.set("maxmemory", "0"));

    it("deletes, serves and goes on with what was staged", async () => {
      const adapter = await open({ limits: SMALL });
      await adapter.write(batch({ records: many("g", 100, "1") }));
      await adapter.write(batch({ records: many("g", 100, "2") }));
      await redis.server.set("maxmemory", "1");
      const trouble = {
        outcome: "failed",
        message: expect.stringMatching(/ answers OOM [^\n]*'\.?$/),
      };
      await expect(adapter.write(batch({ records: many("h", 1, "3") })))
        .rejects.toMatchObject(trouble);
      await expect(adapter.write(batch({ records: many("h", 100, "3") })))
        .rejects.toMatchObject(trouble);
      await expect(adapter.probe()).rejects.toMatchObject(trouble);
      await adapter.write(batch({ clear: ["g0"], records: records("g1", { a: undefined }) }));
      await adapter.write(batch({ clear: Array.from({ length: 90 }, (_, i) => `g${i}`) }));
      await adapter.close();
      const next = await open();
      expect(Object.keys(await readAdapter(next)).sort())
        .toEqual(Array.from({ length: 10 }, (_, i) => `g9${i}/a`));
      await next.write(batch({ wipe: true }));
      expect(await reread(next)).toEqual({});
    });

    it("throws away what it could not stage in full", async () => {
      const adapter = await open({
        limits: SMALL,
        wrap: (commands) => {
          let staged = 0;
          return {
            ...commands,
            send: async (command) => {
              const stages = command.some((text) => text.includes(":journal:"));
              if (stages && command[0] === "EVALSHA" && ++staged === 4) {
                await redis.server.set("maxmemory", "1");
              }
              return await commands.send(command);
            },
          };
        },
      });
      await expect(adapter.write(batch({ records: many("g", 100, "1") })))
        .rejects.toMatchObject({ outcome: "failed" });
      await expect.poll(() => redis.server.send("KEYS", "*journal*")).toEqual([]);
      await redis.server.set("maxmemory", "0");
      await adapter.write(batch({ records: many("h", 1, "1") }));
      expect(await reread(adapter)).toEqual({ "h0/a": "1" });
    });
  });

  it("does not forget a batch that counts before it has moved", async () => {
    const adapter = await open({ limits: SMALL });
    await adapter.write(batch({ records: many("g", 200, "1") }));
    await adapter.close();
    const [journal = ""] = await redis.server.send("KEYS", "*:journal:*") as string[];
    expect(await redis.server.send("PTTL", journal)).toBe(-1);
    expect(Object.keys(await readStore(redis.server.url))).toHaveLength(200);
  });

  it("forgets a batch that was staged and never made to count", async () => {
    const adapter = await open({
      limits: SMALL,
      wrap: (commands) => ({
        ...commands,
        send: async (command) => {
          if (command.includes("cg40")) throw new PersistenceError("unknown", "broken");
          if (command[0] === "UNLINK") throw new PersistenceError("failed", "broken");
          return await commands.send(command);
        },
      }),
    });
    const clear = Array.from({ length: 60 }, (_, i) => `g${i}`);
    await expect(adapter.write(batch({ clear }))).rejects.toMatchObject({
      outcome: "failed",
      message: "broken",
    });
    const [journal = ""] = await redis.server.send("KEYS", "*:journal:*") as string[];
    expect(Number(await redis.server.send("PTTL", journal))).toBeGreaterThan(0);
  });

  it("yields no group twice, though Redis may name it twice", async () => {
    const adapter = await open({
      wrap: (commands) => ({
        ...commands,
        send: async (command) => {
          if (command[0] !== "SSCAN") return await commands.send(command);
          const first = command.with(2, "0");
          const [cursor = "", groups = []] = await commands.send(first) as RedisReply[];
          return [command[2] === "0" ? "7" : cursor, groups];
        },
      }),
    });
    await adapter.write(batch({ records: records("g", { a: "1" }) }));
    const pieces: unknown[] = [];
    for await (const piece of adapter.load()) pieces.push(piece);
    expect(pieces).toEqual([records("g", { a: "1" })]);
  });

  it("refuses to make an incomplete batch count", async () => {
    const adapter = await open({
      limits: SMALL,
      wrap: (commands) => ({
        ...commands,
        send: async (command) => {
          const reply = await commands.send(command);
          const journal = command.find((text) => text.includes(":journal:"));
          if (journal !== undefined) await redis.server.send("LPOP", journal);
          return reply;
        },
      }),
    });
    await expect(adapter.write(batch({ records: many("g", 100, "1") }))).rejects.toMatchObject({
      outcome: "failed",
      message: expect.stringMatching(/did not take the batch: it is incomplete$/),
    });
    expect(await reread(adapter)).toEqual({});
  });

  it("is content with few rights, and with its own keys", async () => {
    const commands = "script|load evalsha eval hget hmget hset hdel hgetall sscan sadd srem spop " +
      "exists get set del unlink pttl pexpire persist rpush lrange llen ltrim rename";
    const rights = ["on", ">pw", "~narthex:*", ...commands.split(" ").map((name) => `+${name}`)];
    await redis.server.send("ACL", "SETUSER", "modest", ...rights);
    const url = redis.server.url.replace("//", "//modest:pw@");
    const adapter = await openStore(url, { limits: SMALL });
    await adapter.write(batch({ records: many("g", 100, "1") }));
    await adapter.write(batch({ wipe: true, records: many("h", 100, "2") }));
    await adapter.write(batch({ clear: ["h0"], records: records("h1", { a: undefined }) }));
    await adapter.probe();
    await adapter.close();
    await redis.server.send("SET", "narthex:group:1:h2", "something else");
    const next = await openStore(url);
    expect(Object.keys(await readAdapter(next))).toHaveLength(97);
    await next.close();
    await redis.server.send("ACL", "DELUSER", "modest");
  });

  it("is refused where it may not write, before anything is pushed", async () => {
    const rights = ["on", ">pw", "~*", "+@all", "-unlink"];
    await redis.server.send("ACL", "SETUSER", "limited", ...rights);
    const url = redis.server.url.replace("//", "//limited:pw@");
    await expect(openStore(url)).rejects.toThrow(
      / answers (?:NOPERM|ERR) .*can.t run this command/,
    );
    await redis.server.send("ACL", "DELUSER", "limited");
    await (await open()).probe();
  });

  it("is not torn by those who read meanwhile", async () => {
    const adapter = await open({
      limits: {
        step: { operations: 50, units: 100_000 },
        stage: { operations: 100, units: 100_000 },
      },
    });
    await adapter.write(batch({ records: many("g", 2000, "1") }));
    await adapter.probe();
    const seen = new Set<string>();
    let done = false;
    const reading = (async () => {
      while (!done) seen.add(JSON.stringify(await redis.server.send("EVAL", SNAPSHOT, "0")));
    })();
    await adapter.write(batch({ wipe: true, records: many("h", 1500, "2") }));
    await adapter.write(batch({ clear: Array.from({ length: 1500 }, (_, i) => `h${i}`) }));
    await adapter.write(batch({ wipe: true }));
    done = true;
    await reading;
    const before = JSON.stringify([2000, 0]);
    const between = JSON.stringify([0, 1500]);
    const after = JSON.stringify([0, 0]);
    expect([before, between, after]).toEqual(expect.arrayContaining([...seen]));
    expect(seen.size).toBeGreaterThan(1);
    expect(await reread(adapter)).toEqual({});
  });
});

/** How many groups begin with g and with h, as a load at this moment would tell: the generation with the journal over it. */
const SNAPSHOT = `
local meta = 'narthex:meta'
local generation = redis.call('HGET', meta, 'generation') or '0'
local held = {}
for _, group in ipairs(redis.call('SMEMBERS', 'narthex:groups:' .. generation)) do held[group] = true end
local journal = redis.call('HGET', meta, 'journal')
local list = journal and redis.call('LRANGE', journal, 0, -1) or {}
local at = 1
while list[at] do
  local kind, group = string.sub(list[at], 1, 1), string.sub(list[at], 2)
  held[group] = kind == 's' or nil
  at = at + (kind == 's' and 3 or 1)
end
local counts = {0, 0}
for group in pairs(held) do
  local index = string.sub(group, 1, 1) == 'g' and 1 or 2
  counts[index] = counts[index] + 1
end
return counts
`;
