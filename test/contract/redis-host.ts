/** What the tests of Redis hand to {@link openRedis}: the real clock and process, and a log that can be read. */

import type { LogFields, Logger, LogLevel } from "../../src/log/logger.ts";
import { createSystemClock } from "../../src/runtime/clock.ts";
import type { RedisHost } from "../../src/runtime/redis-client.ts";
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
