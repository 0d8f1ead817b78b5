/** What the tests of Redis hand to {@link openRedis}: the real clock and process, and a log that can be read. */

import type { LogFields, Logger, LogLevel } from "../../src/log/logger.ts";
import type { Clock } from "../../src/model/clock.ts";
import type { Batch, PersistenceAdapter, RecordWrite } from "../../src/persist/adapter.ts";
import type { RedisCommands } from "../../src/persist/redis-commands.ts";
import { parseRedisUrl } from "../../src/persist/redis-url.ts";
import { createRedisAdapter, type RedisOptions } from "../../src/persist/redis.ts";
import { createSystemClock } from "../../src/runtime/clock.ts";
import { connectRedis, type RedisHost } from "../../src/runtime/redis-client.ts";
import { createSystemReader } from "../../src/runtime/system.ts";

/** One event that was logged. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly msg: string;
  readonly fields: LogFields;
}

/** A logger that keeps what it is told. */
export function createMemoryLogger(): Logger & { readonly entries: LogEntry[] } {
  const entries: LogEntry[] = [];
  const at = (level: LogLevel) => (msg: string, fields: LogFields = {}) => {
    entries.push({ level, msg, fields });
  };
  return { entries, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** A host whose leases are short enough to be waited for. */
export function createHost(options: Partial<RedisHost> = {}): RedisHost & {
  readonly logger: ReturnType<typeof createMemoryLogger>;
} {
  return {
    clock: createSystemClock(),
    system: createSystemReader(),
    leaseMs: 1500,
    timeoutMs: 5000,
    ...options,
    logger: createMemoryLogger(),
  };
}

/** A clock whose ticks can be held back, as when a process is stopped. */
export function createFreezableClock(): Clock & { frozen: boolean } {
  const clock = createSystemClock();
  const freezable = {
    ...clock,
    frozen: false,
    every: (milliseconds: number, tick: () => void) =>
      clock.every(milliseconds, () => {
        if (!freezable.frozen) tick();
      }),
  };
  return freezable;
}

/** How a test opens a store. */
export interface OpenOptions extends Partial<Omit<RedisOptions, "prefix" | "logger">> {
  /** The log; one of its own by default. */
  readonly logger?: Logger;
  /** Puts something between the adapter and the server. */
  readonly wrap?: (commands: RedisCommands) => RedisCommands;
}

/** Opens a store as {@link openRedis} does, but as an owner on a machine that nobody knows, unless told otherwise. */
export function openStore(
  url: string,
  { wrap = (commands) => commands, ...options }: OpenOptions = {},
): Promise<PersistenceAdapter> {
  const target = parseRedisUrl(url);
  const clock = createSystemClock();
  return createRedisAdapter(wrap(connectRedis(target, clock, 5000)), {
    clock,
    logger: createMemoryLogger(),
    leaseMs: 1500,
    owner: { token: crypto.randomUUID(), host: "elsewhere", pid: 7 },
    ...options,
    prefix: target.prefix,
  });
}

/** A batch that does only what is named. */
export function batch(changes: Partial<Batch>): Batch {
  return { wipe: false, clear: [], records: [], ...changes };
}

/** Records of one group by their names. */
export function records(
  group: string,
  texts: Readonly<Record<string, string | undefined>>,
): RecordWrite[] {
  return Object.entries(texts).map(([name, text]) => ({ group, name, text }));
}

/** All that a store yields, as `group/name` to text. Closes it. */
export async function readStore(url: string): Promise<Record<string, string>> {
  const adapter = await openStore(url);
  try {
    return await readAdapter(adapter);
  } finally {
    await adapter.close();
  }
}

/** All that an adapter yields, as `group/name` to text. */
export async function readAdapter(adapter: PersistenceAdapter): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for await (const piece of adapter.load()) {
    for (const { group, name, text } of piece) all[`${group}/${name}`] = text;
  }
  return all;
}
