/**
 * Reads all groups from Redis, some at a time: the set of groups is walked with SSCAN, which holds nobody up, and while a piece is
 * worked on the next one is on its way.
 */

import type { Logger } from "../log/logger.ts";
import type { StoredRecord } from "./adapter.ts";
import { type RedisCommands, type RedisReply, RedisReplyError } from "./redis-commands.ts";
import type { RedisSession } from "./redis-session.ts";

/** Where groups are read. */
export interface LoadSource {
  /** The server. */
  readonly commands: RedisCommands;
  /** The claim that it is read under. */
  readonly session: RedisSession;
  /** What all keys begin with. */
  readonly prefix: string;
  /** Hears of what is damaged. */
  readonly logger: Logger;
}

/** Groups that are asked for at once; Redis answers each of them on its own. */
const GROUPS_PER_PIECE = 100;

/** Yields all records of the present generation. Throws what {@link RedisCommands.send} does. */
export async function* loadRecords(
  source: LoadSource,
): AsyncGenerator<readonly StoredRecord[]> {
  const { commands, prefix } = source;
  const generation = String(await commands.send(["HGET", `${prefix}meta`, "generation"]) ?? "0");
  const seen = new Set<string>();
  let next: Promise<Page> | undefined = readPage(source, generation, "0", seen);
  while (next !== undefined) {
    const { cursor, records }: Page = await next;
    next = cursor === "0" ? undefined : readPage(source, generation, cursor, seen);
    // Should it fail while the caller works on this piece, that is told when it is awaited.
    next?.catch(() => {});
    if (records.length > 0) yield records;
  }
}

interface Page {
  readonly cursor: string;
  readonly records: readonly StoredRecord[];
}

async function readPage(
  source: LoadSource,
  generation: string,
  cursor: string,
  seen: Set<string>,
): Promise<Page> {
  const { commands, prefix } = source;
  const set = `${prefix}groups:${generation}`;
  const [next, found] = toList(
    await commands.send(["SSCAN", set, cursor, "COUNT", String(GROUPS_PER_PIECE)]),
  );
  // SSCAN may give a group twice.
  const groups = toList(found).map(String).filter((group) => !seen.has(group));
  for (const group of groups) seen.add(group);
  const records = await Promise.all(groups.map((group) => readGroup(source, generation, group)));
  return { cursor: String(next ?? "0"), records: records.flat() };
}

async function readGroup(
  source: LoadSource,
  generation: string,
  group: string,
): Promise<StoredRecord[]> {
  const { commands, prefix } = source;
  const key = `${prefix}group:${generation}:${group}`;
  try {
    const fields = toList(await commands.send(["HGETALL", key]));
    const records: StoredRecord[] = [];
    for (let at = 0; at + 1 < fields.length; at += 2) {
      records.push({ group, name: String(fields[at]), text: String(fields[at + 1]) });
    }
    return records;
  } catch (error) {
    if (!(error instanceof RedisReplyError && error.code === "WRONGTYPE")) throw error;
    return await setAside(source, group, key);
  }
}

/** Somebody else has put something in place of a group. It is kept under another key, so that the group can be stored again. */
async function setAside(
  { session, prefix, commands, logger }: LoadSource,
  group: string,
  key: string,
): Promise<StoredRecord[]> {
  const aside = `${prefix}damaged:${key.slice(prefix.length)}`;
  await session.run("setAside", [group, aside]);
  logger.error("a group is damaged and was set aside", {
    store: commands.description,
    group,
    key: aside,
  });
  return [];
}

function toList(reply: RedisReply | undefined): readonly RedisReply[] {
  return Array.isArray(reply) ? reply : [];
}
