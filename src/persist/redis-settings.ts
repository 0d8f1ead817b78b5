/**
 * What a server promises. A gateway that answers 200 says that a push is stored; whether it is after a crash of the server depends on
 * settings of the server, and those that ship with Redis do not keep it. They are read at start, so that nobody finds out later.
 *
 * Services that run Redis for others forbid `CONFIG`, and some `INFO` as well. What cannot be read is said to be unknown.
 */

import type { Logger } from "../log/logger.ts";
import { PersistenceError } from "./adapter.ts";
import { explainRedis, type RedisCommands, RedisReplyError } from "./redis-commands.ts";

/** Settings by the names that `CONFIG GET` gives them; those that cannot be read are missing. */
type Settings = ReadonlyMap<string, string>;

const NAMES = [
  "appendonly",
  "appendfsync",
  "no-appendfsync-on-rewrite",
  "maxmemory",
  "maxmemory-policy",
] as const;

/** The same in what `INFO` tells, as far as it does. */
const IN_INFO: ReadonlyMap<string, readonly [name: string, read: (value: string) => string]> =
  new Map([
    ["aof_enabled", ["appendonly", (value) => value === "1" ? "yes" : "no"]],
    ["maxmemory", ["maxmemory", (value) => value]],
    ["maxmemory_policy", ["maxmemory-policy", (value) => value]],
    ["cluster_enabled", ["cluster-enabled", (value) => value === "1" ? "yes" : "no"]],
  ]);

/**
 * Reads the settings of a server and warns of those that make a 200 promise too much.
 *
 * @throws PersistenceError when the server is part of a cluster, whose scripts may not touch the keys of several groups, or does not
 * answer.
 */
export async function checkSettings(commands: RedisCommands, logger: Logger): Promise<void> {
  const store = commands.description;
  const settings = new Map([
    ...await readInfo(commands),
    ...(await Promise.all(NAMES.map((name) => readConfig(commands, name)))).flat(),
  ]);
  if (settings.get("cluster-enabled") === "yes") {
    throw new PersistenceError("failed", `${store} is part of a cluster, which is not supported`);
  }
  const danger = explainDurability(settings);
  if (danger !== undefined) {
    logger.warn(`a 200 promises more than Redis keeps: ${danger}`, {
      store,
      appendonly: settings.get("appendonly") ?? "unknown",
      appendfsync: settings.get("appendfsync") ?? "unknown",
      wanted: "appendonly yes, appendfsync always",
    });
  }
  if (evicts(settings)) {
    logger.warn("Redis deletes groups that were stored when its memory is full", {
      store,
      "maxmemory-policy": settings.get("maxmemory-policy") ?? "unknown",
      wanted: "noeviction",
    });
  }
}

/** What may be lost although it was acknowledged; `undefined` when nothing is. */
function explainDurability(settings: Settings): string | undefined {
  const appendonly = settings.get("appendonly");
  const appendfsync = settings.get("appendfsync");
  if (appendonly === undefined) {
    return "its settings cannot be read, so that nobody knows what it keeps when it stops";
  }
  if (appendonly !== "yes") return "what was pushed since its last snapshot is lost when it stops";
  if (appendfsync === undefined) {
    return "how often it writes to disk cannot be read, so that the latest pushes may be lost when its machine stops";
  }
  if (appendfsync === "everysec") {
    return "the pushes of the last second or two are lost when its machine stops";
  }
  if (appendfsync !== "always") {
    return "it leaves writing to disk to the system, so that the pushes of half a minute or more are lost when its machine stops";
  }
  if (settings.get("no-appendfsync-on-rewrite") === "yes") {
    return "it does not write to disk at once while it rewrites its log (no-appendfsync-on-rewrite yes), so that the pushes of " +
      "that time are lost when its machine stops";
  }
  return undefined;
}

/** Whether keys that do not expire may be removed. Without a limit there is no reason to. */
function evicts(settings: Settings): boolean {
  const policy = settings.get("maxmemory-policy") ?? "";
  return policy.startsWith("allkeys-") && settings.get("maxmemory") !== "0";
}

async function readConfig(commands: RedisCommands, name: string): Promise<[string, string][]> {
  const reply = await unlessRefused(commands, ["CONFIG", "GET", name]);
  return Array.isArray(reply) && reply.length === 2 ? [[name, String(reply[1])]] : [];
}

async function readInfo(commands: RedisCommands): Promise<[string, string][]> {
  const reply = await unlessRefused(commands, ["INFO"]);
  return String(reply ?? "").split("\r\n").flatMap((line): [string, string][] => {
    const [key = "", value = ""] = line.split(":", 2);
    const known = IN_INFO.get(key);
    return known === undefined ? [] : [[known[0], known[1](value)]];
  });
}

/** The reply to a command, or `undefined` when the server does not allow it. */
async function unlessRefused(
  commands: RedisCommands,
  command: readonly string[],
): ReturnType<RedisCommands["send"]> {
  try {
    return await commands.send(command);
  } catch (error) {
    if (error instanceof RedisReplyError) return null;
    throw explainRedis(error, commands.description);
  }
}
