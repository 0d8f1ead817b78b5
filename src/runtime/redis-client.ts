/**
 * The connection to Redis, over the client that Redis itself maintains. Import this file where it is needed only: it brings a
 * library of 1 MB.
 *
 * The library would connect again by itself and queue commands until it has; here a connection that broke is thrown away and the
 * next command makes a new one, so that each command fails or succeeds soon, and it is known whether it was sent.
 */
import { readFileSync } from "node:fs";
import { ClientClosedError, ClientOfflineError, createClient, ErrorReply } from "@redis/client";
import type { Logger } from "../log/logger.ts";
import type { Clock } from "../model/clock.ts";
import { type PersistenceAdapter, PersistenceError } from "../persist/adapter.ts";
import { createRedisAdapter } from "../persist/redis.ts";
import { type RedisCommands, type RedisReply, RedisReplyError } from "../persist/redis-commands.ts";
import { parseRedisUrl, type RedisTarget } from "../persist/redis-url.ts";
import type { SystemReader } from "../telemetry/system.ts";
import { identifyProcess, isProcessGone } from "./process-identity.ts";

/** What a store in Redis needs of the process. */
export interface RedisHost {
  /** Times the lease and the answers of the server. */
  readonly clock: Clock;
  /** Hears of settings that are not safe, of other owners and of what is damaged. */
  readonly logger: Logger;
  /** Tells which process this is. */
  readonly system: SystemReader;
  /** Milliseconds that connecting may take, and the answer to a command. By default 5 seconds. */
  readonly timeoutMs?: number;
  /** Milliseconds that a lease lives. By default 10 seconds. */
  readonly leaseMs?: number;
}

const TIMEOUT_MS = 5000;

/**
 * Opens the store at `url`, see `persist/redis-url.ts`. Waits for the lease of a gateway that seems dead, at most for as long as it lives
 * and a second.
 *
 * @throws Error whose message says in one line, and without the password, what is wrong with the address, the server, or its owner.
 */
export async function openRedis(url: string, host: RedisHost): Promise<PersistenceAdapter> {
  const { clock, logger, leaseMs, system, timeoutMs = TIMEOUT_MS } = host;
  const target = parseRedisUrl(url);
  return await createRedisAdapter(connectRedis(target, clock, timeoutMs), {
    prefix: target.prefix,
    owner: identifyProcess(system),
    isDead: (owner) => isProcessGone(owner, system),
    clock,
    logger,
    ...(leaseMs !== undefined && { leaseMs }),
  });
}

/** What is used of the library. */
interface Connection {
  connect(): Promise<unknown>;
  sendCommand(command: readonly string[]): Promise<unknown>;
  destroy(): void;
}

/** A connection, made or in the making. */
interface Attempt {
  readonly connection: Connection;
  readonly ready: Promise<unknown>;
  /** Why it broke, once it has. */
  reason: unknown;
}

/**
 * Makes a connection when the first command is sent, and another one whenever that is needed. The files that `target` names are read at
 * once.
 *
 * @throws Error when one of them cannot be read.
 */
export function connectRedis(target: RedisTarget, clock: Clock, timeoutMs: number): RedisCommands {
  const options = createOptions(target, timeoutMs);
  const say = (outcome: "failed" | "unknown", what: string) =>
    new PersistenceError(outcome, hide(`${target.description} ${what}`, target.password));
  const late = `gives no answer within ${timeoutMs / 1000} s`;
  let closed = false;
  let current: Attempt | undefined;

  function drop(attempt: Attempt): void {
    if (current === attempt) current = undefined;
    attempt.connection.destroy();
  }

  async function connect(): Promise<Attempt> {
    if (closed) throw say("failed", "is closed");
    const attempt = current ??= open();
    try {
      await attempt.ready;
      return attempt;
    } catch (error) {
      drop(attempt);
      throw say("failed", error === LATE ? late : `cannot be reached: ${explain(error)}`);
    }
  }

  function open(): Attempt {
    const connection = createClient(options);
    connection.on("error", (error) => {
      // What was under way is rejected with less than this.
      attempt.reason ??= error;
      drop(attempt);
    });
    const attempt: Attempt = {
      connection,
      ready: within(connection.connect(), clock, timeoutMs),
      reason: undefined,
    };
    // Told to those who wait for it; there may be none any more.
    attempt.ready.catch(() => {});
    return attempt;
  }

  async function send(command: readonly string[]): Promise<RedisReply> {
    const attempt = await connect();
    try {
      return await within(attempt.connection.sendCommand(command), clock, timeoutMs) as RedisReply;
    } catch (error) {
      if (error instanceof ErrorReply) {
        throw new RedisReplyError(hide(error.message, target.password));
      }
      drop(attempt);
      const unsent = error instanceof ClientOfflineError || error instanceof ClientClosedError;
      const what = `broke the connection: ${explain(attempt.reason ?? error)}`;
      throw say(unsent ? "failed" : "unknown", error === LATE ? late : what);
    }
  }

  return {
    description: target.description,
    send,
    close: () => {
      closed = true;
      if (current !== undefined) drop(current);
    },
  };
}

function createOptions(target: RedisTarget, timeoutMs: number) {
  const { host, port, username, password, database, tls, files } = target;
  const socket = { host, port, connectTimeout: timeoutMs, reconnectStrategy: false as const };
  const secrets = Object.entries(files).map(([name, file]) => [name, readPem(name, file)]);
  return {
    socket: tls ? { ...socket, ...Object.fromEntries(secrets), tls: true as const } : socket,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    database,
    disableOfflineQueue: true,
    // What follows spares old servers, and services that imitate Redis, commands they do not know.
    RESP: 2 as const,
    disableClientInfo: true,
    maintNotifications: "disabled" as const,
  };
}

function readPem(name: string, file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(
      `the file that ${name} names in the address of Redis cannot be read: ${explain(error)}`,
    );
  }
}

const LATE: unique symbol = Symbol("late");

/** Rejects with LATE when `work` has not settled in time. */
function within<T>(work: Promise<T>, clock: Clock, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = clock.every(milliseconds, () => {
      stop();
      reject(LATE);
    });
    work.then(resolve, reject).finally(stop);
  });
}

/** What the system or the server said. Where a name has several addresses, it is said of each of them. */
function explain(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return explain(error.errors[0]);
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "no reason given";
  return (message.split(/[\r\n]/, 1)[0] ?? "").trim() || code;
}

/** Servers may repeat what they were sent. */
function hide(text: string, password: string | undefined): string {
  return password === undefined ? text : text.replaceAll(password, "***");
}
