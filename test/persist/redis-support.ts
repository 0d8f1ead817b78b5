/** What the tests of the adapter for Redis share: a server that is empty before each test, and stores that are closed after it. */

import { afterEach, beforeAll, beforeEach } from "vitest";
import type { PersistenceAdapter } from "../../src/persist/adapter.ts";
import { type OpenOptions, openStore } from "../contract/redis-host.ts";
import { DURABLE, type RedisServer, startRedis } from "../contract/redis-server.ts";

/** A server, and stores on it. */
export interface RedisBench {
  /** The server, once the tests have begun. */
  readonly server: RedisServer;
  /** Opens a store, by default without a prefix of its own. */
  open(options?: OpenOptions, url?: string): Promise<PersistenceAdapter>;
}

/** Starts a server for the tests of the suite that calls this. */
export function useRedis(): RedisBench {
  let server: RedisServer | undefined;
  const adapters: PersistenceAdapter[] = [];
  const started = (): RedisServer => {
    if (server === undefined) throw new Error("the server is started before the first test");
    return server;
  };
  beforeAll(async () => {
    server = await startRedis(...DURABLE);
  });
  beforeEach(async () => void await started().send("FLUSHALL"));
  afterEach(async () => {
    await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
  });
  return {
    get server() {
      return started();
    },
    open: async (options = {}, url = started().url) => {
      const adapter = await openStore(url, options);
      adapters.push(adapter);
      return adapter;
    },
  };
}
