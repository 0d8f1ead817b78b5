/** The connection to Redis: servers that are slow, stopped, killed, secured, and servers that are none. */

import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PersistenceAdapter } from "../../src/persist/adapter.ts";
import { openRedis, type RedisHost } from "../../src/runtime/redis-client.ts";
import { batch, createHost, readAdapter, records } from "../contract/redis-host.ts";
import { DURABLE, type RedisServer, startRedis } from "../contract/redis-server.ts";
import { describeWith, redisServer } from "../e2e/tools.ts";
import { freePort } from "../support/free-port.ts";

const adapters: PersistenceAdapter[] = [];
afterEach(async () => {
  await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
});

async function open(url: string, options: Partial<RedisHost> = {}): Promise<PersistenceAdapter> {
  const adapter = await openRedis(url, createHost(options));
  adapters.push(adapter);
  return adapter;
}

const write = async (adapter: PersistenceAdapter, group: string, text = "1") =>
  await adapter.write(batch({ records: records(group, { a: text }) }));

describeWith([redisServer], "the connection to Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis(...DURABLE);
  });

  /** Until the next owner may come; it comes at once, because the process is this one and lives. */
  async function reread(adapter: PersistenceAdapter): Promise<Record<string, string>> {
    await adapter.close();
    const next = await open(server.url);
    const all = await readAdapter(next);
    await next.write(batch({ wipe: true }));
    await next.close();
    return all;
  }

  async function whileKilled(work: () => Promise<void>): Promise<void> {
    await server.stop("SIGKILL");
    try {
      await work();
    } finally {
      await server.start();
    }
  }

  it("knows nothing of a batch that is not answered in time, and recovers", async () => {
    const adapter = await open(server.url, { timeoutMs: 400 });
    await write(adapter, "g");
    await server.send("CLIENT", "PAUSE", "1000", "ALL");
    await expect(write(adapter, "h")).rejects.toMatchObject({
      outcome: "unknown",
      message: `${adapter.description} gives no answer within 0.4 s`,
    });
    await expect.poll(() => attempt(() => adapter.probe()), { timeout: 20_000 }).toBe("done");
    await write(adapter, "j");
    const { "h/a": late, ...rest } = await reread(adapter);
    expect(rest).toEqual({ "g/a": "1", "j/a": "1" });
    expect([undefined, "1"]).toContain(late);
  });

  it("knows nothing of a batch that a stopped server was sent", async () => {
    const adapter = await open(server.url, { timeoutMs: 400 });
    await write(adapter, "g");
    server.signal("SIGSTOP");
    try {
      await expect(write(adapter, "h")).rejects.toMatchObject({ outcome: "unknown" });
      await expect(openRedis(server.url, createHost({ timeoutMs: 200 }))).rejects.toThrow(
        `${adapter.description} gives no answer within 0.2 s`,
      );
    } finally {
      server.signal("SIGCONT");
    }
    await expect.poll(() => attempt(() => adapter.probe()), { timeout: 20_000 }).toBe("done");
    await write(adapter, "h", "2");
    expect(await reread(adapter)).toEqual({ "g/a": "1", "h/a": "2" });
  });

  it("stores again once a server that was killed is back", async () => {
    const adapter = await open(server.url);
    await write(adapter, "g");
    await whileKilled(async () => {
      // The first one may still be written to a connection whose end is not heard of yet.
      expect(["failed", "unknown"]).toContain(await attempt(() => write(adapter, "h")));
      const failed = {
        outcome: "failed",
        message: expect.stringMatching(/ cannot be reached: [^\n]+$/),
      };
      await expect(write(adapter, "h")).rejects.toMatchObject(failed);
      await expect(adapter.probe()).rejects.toMatchObject(failed);
    });
    await write(adapter, "i");
    await adapter.probe();
    expect(await reread(adapter)).toEqual({ "g/a": "1", "i/a": "1" });
  });

  it("stores again once its connection was cut", async () => {
    const adapter = await open(server.url);
    for (let round = 0; round < 3; round++) {
      await write(adapter, `g${round}`);
      await server.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      // Whether the write or the end of the connection comes first, the batch after it is stored.
      await attempt(() => write(adapter, `h${round}`));
      await write(adapter, `h${round}`);
    }
    expect(Object.keys(await reread(adapter))).toHaveLength(6);
  });

  it("says that it cannot give the store back to a server that is not there", async () => {
    const host = createHost();
    const adapter = await openRedis(server.url, host);
    await whileKilled(() => adapter.close());
    expect(host.logger.entries.at(-1)).toEqual({
      level: "warn",
      msg: "cannot give the store back; the next gateway waits for the lease to end",
      fields: {
        store: adapter.description,
        err: expect.stringMatching(/ (?:cannot be reached|broke the connection): /),
      },
    });
    await reread(await openRedis(server.url, createHost()));
  });

  it("reports a lease that cannot be renewed once, and when it can again", async () => {
    const host = createHost({ leaseMs: 300, timeoutMs: 500 });
    const adapter = await openRedis(server.url, host);
    adapters.push(adapter);
    await whileKilled(async () => {
      await expect.poll(() => host.logger.entries.length, { timeout: 10_000 }).toBe(1);
    });
    await expect.poll(() => host.logger.entries.length, { timeout: 10_000 }).toBe(2);
    expect(host.logger.entries).toEqual([
      {
        level: "warn",
        msg: "cannot renew the lease",
        fields: {
          store: adapter.description,
          err: expect.stringMatching(/ (?:cannot be reached|broke the connection): /),
        },
      },
      {
        level: "info",
        msg: "the lease is renewed again",
        fields: { store: adapter.description },
      },
    ]);
    await reread(adapter);
  });

  it("stores nothing on a replica", async () => {
    const adapter = await open(server.url);
    await server.send("REPLICAOF", "127.0.0.1", String(await freePort()));
    await expect(write(adapter, "g")).rejects.toMatchObject({
      outcome: "failed",
      message: expect.stringMatching(/ answers READONLY [^\n]+$/),
    });
    await expect(adapter.probe()).rejects.toMatchObject({ outcome: "failed" });
    await expect(openRedis(server.url, createHost())).rejects.toThrow(/ answers READONLY /);
    await server.send("REPLICAOF", "NO", "ONE");
    await write(adapter, "h");
    expect(await reread(adapter)).toEqual({ "h/a": "1" });
  });

  it("stores nothing while the server cannot write its snapshot", async () => {
    const adapter = await open(server.url);
    mkdirSync(join(server.folder, "dump.rdb"));
    await server.set("save", "3600 1000000");
    await server.send("BGSAVE");
    await expect.poll(() => attempt(() => adapter.probe()), { timeout: 10_000 }).toBe("failed");
    await expect(write(adapter, "g")).rejects.toMatchObject({
      outcome: "failed",
      message: expect.stringMatching(/ answers MISCONF [^\n]+$/),
    });
    await server.set("save", "");
    await write(adapter, "h");
    expect(await reread(adapter)).toEqual({ "h/a": "1" });
  });

  it("closes while a server does not answer", async () => {
    const adapter = await open(server.url, { timeoutMs: 300 });
    server.signal("SIGSTOP");
    try {
      const writing = attempt(() => write(adapter, "g"));
      await adapter.close();
      expect(await writing).toBe("unknown");
    } finally {
      server.signal("SIGCONT");
    }
    await expect(write(adapter, "g")).rejects.toThrow(`${adapter.description} is closed`);
  });

  it("fails to open a database that there is not", async () => {
    await expect(openRedis(`${server.url}/99`, createHost())).rejects.toThrow(
      /^redis:\/\/127.0.0.1:\d+\/99\?prefix=narthex: cannot be reached: [^\n]*out of range$/,
    );
  });
});

describeWith([redisServer], "a Redis that wants a password", () => {
  const SECRET = "s3cr/et?";
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis("--requirepass", SECRET, ...DURABLE);
  });

  const url = (user: string) => server.url.replace("//", `//${user}@`);

  it("gets it, and nobody else does", async () => {
    const host = createHost();
    const adapter = await openRedis(url(`:${encodeURIComponent(SECRET)}`), host);
    adapters.push(adapter);
    await write(adapter, "g");
    await server.stop("SIGKILL");
    const error = await write(adapter, "g").then(() => undefined, (error) => error);
    await server.start();
    for (const said of [adapter.description, host.logger.entries, String(error), error.stack]) {
      expect(JSON.stringify(said)).not.toContain("s3cr");
    }
  });

  it.each([
    ["no password", (): string => server.url, "NOAUTH"],
    ["another password", () => url(":s3cret"), "WRONGPASS"],
    ["a user it does not know", () => url("s3user:s3cret"), "WRONGPASS"],
  ])("refuses %s", async (_, address, answer) => {
    const host = createHost();
    const error = await openRedis(address(), host).then(() => undefined, (error) => error);
    expect(error?.message).toMatch(
      new RegExp(`^redis://127.0.0.1:\\d+/0\\?prefix=narthex: [^\n]*${answer}[^\n]*$`),
    );
    expect(JSON.stringify([error.stack, error.cause, host.logger.entries])).not.toContain("s3");
  });
});

describe("what is no Redis", () => {
  const servers: { server: Server; sockets: Socket[] }[] = [];
  afterEach(() => {
    for (const { server, sockets } of servers.splice(0)) {
      server.close();
      for (const socket of sockets) socket.destroy();
    }
  });

  /** A server that gives one answer to everything, or none. */
  async function listen(answer?: string): Promise<string> {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      socket.on("data", () => answer !== undefined && socket.write(answer));
    });
    servers.push({ server, sockets });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    return `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  }

  it("is given up when nobody listens", async () => {
    const port = await freePort();
    await expect(openRedis(`redis://127.0.0.1:${port}`, createHost())).rejects.toMatchObject({
      outcome: "failed",
      message: expect.stringMatching(/^redis:[^\n]* cannot be reached: [^\n]*ECONNREFUSED[^\n]*$/),
    });
    await expect(openRedis(`redis://localhost:${port}`, createHost())).rejects.toThrow(
      /cannot be reached: [^\n]*ECONNREFUSED/,
    );
  });

  it("is given up when there is no such host", async () => {
    await expect(openRedis("redis://nowhere.invalid", createHost())).rejects.toThrow(
      /cannot be reached: [^\n]+$/,
    );
  });

  it("is given up when it does not answer", async () => {
    const address = await listen();
    for (const url of [`redis://${address}`, `redis://:pw@${address}`, `rediss://${address}`]) {
      await expect(openRedis(url, createHost({ timeoutMs: 300 }))).rejects.toThrow(
        /\?prefix=narthex: (?:gives no answer within 0.3 s|cannot be reached: Connection timeout)$/,
      );
    }
  });

  it("is given up when it talks of something else", async () => {
    const address = await listen("HTTP/1.1 400 Bad Request\r\n\r\n");
    await expect(openRedis(`redis://${address}`, createHost({ timeoutMs: 300 }))).rejects.toThrow(
      /^redis:[^\n]*$/,
    );
  });

  it("cannot make a password known by repeating it", async () => {
    const address = await listen("-ERR unknown command AUTH, with args s3cret\r\n");
    await expect(openRedis(`redis://:s3cret@${address}`, createHost())).rejects.toThrow(
      /cannot be reached: ERR unknown command AUTH, with args \*\*\*$/,
    );
  });
});

/** How an attempt ends: `done`, or the outcome of the error. */
async function attempt(work: () => void | Promise<void>): Promise<string> {
  try {
    await work();
    return "done";
  } catch (error) {
    return String((error as { outcome?: unknown }).outcome);
  }
}
