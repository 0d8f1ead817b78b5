/** The contract over Redis: as it is used, and with limits so low that most batches are staged. */

import { beforeAll } from "vitest";
import type { PersistenceAdapter } from "../../src/persist/adapter.ts";
import { createRedisAdapter } from "../../src/persist/redis.ts";
import { parseRedisUrl } from "../../src/persist/redis-url.ts";
import { identifyProcess } from "../../src/runtime/process-identity.ts";
import { connectRedis, openRedis } from "../../src/runtime/redis-client.ts";
import { describeWith, redisServer } from "../e2e/tools.ts";
import { createHost } from "./redis-host.ts";
import { DURABLE, type RedisServer, startRedis } from "./redis-server.ts";
import { describeAdapter, type Harness } from "./suite.ts";

describeWith([redisServer], "Redis", () => {
  let server: RedisServer;
  let stores = 0;
  beforeAll(async () => {
    server = await startRedis(...DURABLE);
  });

  /** Without memory nothing can be stored; without replicas nothing can be deleted either. */
  const TROUBLES = {
    "out of memory": ["maxmemory", "1", "0"],
    "without its replica": ["min-replicas-to-write", "1", "0"],
  } as const;

  function createHarness(
    [setting, broken, sound]: readonly [string, string, string],
    open: (url: string) => Promise<PersistenceAdapter>,
  ): Promise<Harness> {
    const url = `${server.url}/3?prefix=store-${++stores}:`;
    return Promise.resolve({
      open: () => open(url),
      breakWrites: async () => {
        await server.set(setting, broken);
        return () => server.set(setting, sound);
      },
      refusesSecond: true,
      dispose: async () => void await server.send("FLUSHALL"),
    });
  }

  for (const [name, trouble] of Object.entries(TROUBLES)) {
    describeAdapter(
      `redis, ${name}`,
      () => createHarness(trouble, (url) => openRedis(url, createHost())),
    );
  }

  describeAdapter("redis, in small pieces", () => {
    const host = createHost();
    return createHarness(TROUBLES["out of memory"], (url) => {
      const target = parseRedisUrl(url);
      return createRedisAdapter(connectRedis(target, host.clock, 5000), {
        ...host,
        leaseMs: 1500,
        prefix: target.prefix,
        owner: identifyProcess(host.system),
        limits: {
          step: { operations: 20, units: 500 },
          stage: { operations: 40, units: 1000 },
        },
      });
    });
  });
});
