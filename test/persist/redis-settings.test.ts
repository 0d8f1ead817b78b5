/** What is said about a server's settings when a store is opened. */

import { beforeAll, expect, it } from "vitest";
import type { LogFields } from "../../src/log/logger.ts";
import { createMemoryLogger, openStore } from "../contract/redis-host.ts";
import { DURABLE, type RedisServer, startRedis } from "../contract/redis-server.ts";
import { describeWith, redisServer } from "../e2e/tools.ts";

const PROMISE = "a 200 promises more than Redis keeps: ";
const EVICTS = "Redis deletes groups that were stored when its memory is full";

describeWith([redisServer], "settings of Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis(...DURABLE);
  });

  const SOUND = {
    "appendonly": "yes",
    "appendfsync": "always",
    "no-appendfsync-on-rewrite": "no",
    "maxmemory": "0",
    "maxmemory-policy": "noeviction",
  };

  /** What is logged when a store is opened on a server with these settings, by a user with these rights. */
  async function warnings(
    settings: Partial<typeof SOUND>,
    rights = "+@all",
  ): Promise<(LogFields & { readonly msg: string })[]> {
    for (const [name, value] of Object.entries({ ...SOUND, ...settings })) {
      await server.set(name, value);
    }
    await server.send(
      "ACL",
      "SETUSER",
      "someone",
      "reset",
      "on",
      ">pw",
      "~*",
      ...rights.split(" "),
    );
    const logger = createMemoryLogger();
    const adapter = await openStore(server.url.replace("//", "//someone:pw@"), { logger });
    await adapter.close();
    expect(logger.entries.every(({ level }) => level === "warn")).toBe(true);
    return logger.entries.map(({ msg, fields }) => ({ msg, ...fields }));
  }

  const store = () => `${server.url}/0?prefix=narthex:`;
  const promise = (appendonly: string, appendfsync: string, what: string) => ({
    msg: PROMISE + what,
    store: store(),
    appendonly,
    appendfsync,
    wanted: "appendonly yes, appendfsync always",
  });

  it("that keep everything are not worth a word", async () => {
    expect(await warnings({})).toEqual([]);
    expect(await warnings({ "maxmemory": "100mb" })).toEqual([]);
    expect(await warnings({ "maxmemory": "100mb", "maxmemory-policy": "volatile-lru" })).toEqual(
      [],
    );
    expect(await warnings({ "maxmemory-policy": "allkeys-lru" })).toEqual([]);
  });

  it("that lose up to a snapshot", async () => {
    expect(await warnings({ "appendonly": "no" })).toEqual([
      promise("no", "always", "what was pushed since its last snapshot is lost when it stops"),
    ]);
  });

  it("that lose some seconds", async () => {
    expect(await warnings({ "appendfsync": "everysec" })).toEqual([
      promise(
        "yes",
        "everysec",
        "the pushes of the last second or two are lost when its machine stops",
      ),
    ]);
  });

  it("that leave it to the system", async () => {
    expect(await warnings({ "appendfsync": "no" })).toEqual([
      promise(
        "yes",
        "no",
        "it leaves writing to disk to the system, so that the pushes of half a minute or more are lost when its machine stops",
      ),
    ]);
  });

  it("that lose what comes during a rewrite", async () => {
    expect(await warnings({ "no-appendfsync-on-rewrite": "yes" })).toEqual([
      promise(
        "yes",
        "always",
        "it does not write to disk at once while it rewrites its log (no-appendfsync-on-rewrite yes), so that the pushes of " +
          "that time are lost when its machine stops",
      ),
    ]);
  });

  it("that delete groups", async () => {
    const settings = { "maxmemory": "100mb", "maxmemory-policy": "allkeys-lru" };
    const warning = { "msg": EVICTS, "maxmemory-policy": "allkeys-lru", "wanted": "noeviction" };
    expect(await warnings(settings)).toEqual([{ ...warning, store: store() }]);
    expect(await warnings(settings, "+@all -config")).toContainEqual({
      ...warning,
      store: store(),
    });
  });

  it("that cannot be read with CONFIG", async () => {
    const half = promise(
      "yes",
      "unknown",
      "how often it writes to disk cannot be read, so that the latest pushes may be lost when its machine stops",
    );
    expect(await warnings({}, "+@all -config")).toEqual([half]);
    expect(await warnings({ "appendonly": "no" }, "+@all -config")).toEqual([
      promise("no", "unknown", "what was pushed since its last snapshot is lost when it stops"),
    ]);
  });

  it("that cannot be read at all", async () => {
    expect(await warnings({}, "+@all -config -info")).toEqual([
      promise(
        "unknown",
        "unknown",
        "its settings cannot be read, so that nobody knows what it keeps when it stops",
      ),
    ]);
  });

  it("that make it a part of a cluster stop the start", async () => {
    const cluster = await startRedis("--cluster-enabled", "yes");
    await expect(openStore(cluster.url)).rejects.toThrow(
      /is part of a cluster, which is not supported$/,
    );
  });
});
