/**
 * What the adapter for Redis needs of a connection: a way to send commands. Who makes it decides on the library, see
 * `runtime/redis-client.ts`.
 */

import { PersistenceError } from "./adapter.ts";

/** A reply in the second version of the protocol, which every server speaks. */
export type RedisReply = string | number | null | readonly RedisReply[];

/** One server, with one connection that is made anew where it broke. */
export interface RedisCommands {
  /** Where the server is, without secrets: `redis://localhost:6379/0`. */
  readonly description: string;
  /**
   * Sends a command, behind those that were sent before it, and connects first where that is needed. Within a bounded time it
   * settles.
   *
   * @throws RedisReplyError when the server answers with an error.
   * @throws PersistenceError `failed` when nothing was sent, `unknown` when no answer came.
   */
  send(command: readonly string[]): Promise<RedisReply>;
  /** Ends the connection. Commands under way are rejected. Does not throw. */
  close(): void;
}

/** The server refused a command. The message is what it said, in one line. */
export class RedisReplyError extends Error {
  /** The first word of what the server said: `READONLY`, `OOM`, `NOSCRIPT`, often just `ERR`. */
  readonly code: string;

  /** Makes an error of what the server said. */
  constructor(message: string) {
    super(shorten(message));
    this.name = "RedisReplyError";
    this.code = CODE.exec(message)?.[1] ?? "ERR";
  }
}

/**
 * What a server says before it does anything, be it to a command or to the first write of a script. A script of Redis 6 hides it
 * within an ERR.
 */
const REFUSALS = [
  "OOM",
  "READONLY",
  "MISCONF",
  "NOREPLICAS",
  "LOADING",
  "MASTERDOWN",
  "BUSY",
  "NOAUTH",
  "NOSCRIPT",
] as const;

const REFUSAL: RegExp = new RegExp(`(?:^|: -)(${REFUSALS.join("|")}) `);
const CODE: RegExp = /^([A-Z]+) /;
/** Where in a script it happened, which says nothing to a user: ` script: 751b…, on @user_script:1.` */
const PLACE =
  /,? script: [0-9a-f]+, on @user_script:\d+\.?|ERR Error running script.*: -(?=[A-Z])/g;

function shorten(message: string): string {
  return (message.split(/[\r\n]/, 1)[0] ?? "").replace(PLACE, "").trim();
}

/** Whether the server refused before it did anything. What fails in the middle of a script leaves what came before it. */
export function isRefusal(error: RedisReplyError): boolean {
  return REFUSAL.test(`${error.message} `);
}

/** What a failed command means for the batch it belonged to. `description` opens the message. */
export function explainRedis(error: unknown, description: string): PersistenceError {
  if (error instanceof PersistenceError) return error;
  if (!(error instanceof RedisReplyError)) {
    return new PersistenceError("unknown", `${description} failed: ${String(error)}`);
  }
  const outcome = isRefusal(error) ? "failed" : "unknown";
  return new PersistenceError(outcome, `${description} answers ${error.message}`);
}
