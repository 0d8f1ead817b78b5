/**
 * The Lua that runs within Redis. Redis runs a script alone and writes what it changed to its log as one transaction, so that
 * either all of it is there after a crash or nothing.
 *
 * All keys begin with the prefix:
 *
 * | key | type | what it is |
 * | --- | --- | --- |
 * | `meta` | hash | `schema`, `generation`, `oldest`, `sequence`, `journal`, `owner` and `epoch`, see below |
 * | `lease` | string | who owns the store, until it expires |
 * | `groups:`generation | set | the groups of a generation, by their grouping keys |
 * | `group:`generation`:`grouping key | hash | the records of a group by name; a small group is one record without a name, see `group-record.ts` |
 * | `journal:`… | list | a batch too large for one script, or its rest, see `redis-batch.ts` |
 *
 * - A wipe begins a new `generation`; what the ones from `oldest` on hold is removed bit by bit.
 * - A large batch is first staged in a journal, which expires. It counts from the moment that `journal` names it, is moved to its
 *   groups bit by bit, and until that is done later batches are added to its end.
 * - `sequence` is the number of the last batch. A batch that arrives after a later one (the connection broke, the gateway went
 *   on over another) is refused, and so is one that finds that an earlier one is missing: then Redis has lost data.
 * - `owner` is whoever claimed the store last, `epoch` counts the claims. This, not the lease, is what a write checks: a lease
 *   that expired while nobody else claimed the store is simply taken again.
 *
 * A script fails either at its first write (no memory, read-only, not enough replicas) or not at all: Redis 5 and later let a script
 * that has written go on. A script that must succeed without memory, because it makes room, begins with a write that needs none.
 */

import type { RedisCommands, RedisReply } from "./redis-commands.ts";
import { explainRedis, RedisReplyError } from "./redis-commands.ts";

/** The version of the layout that these scripts read and write. In version 1 no group was one record. */
export const REDIS_SCHEMA = 2;

/** Read by every script: `ARGV` is prefix, own lease, own epoch, last sequence known, time to live, then what the script takes. */
const COMMON = `
local meta, lease = KEYS[1], KEYS[2]
local prefix, me, ttl = ARGV[1], ARGV[2], ARGV[5]
local state = redis.call('HMGET', meta, 'owner', 'epoch', 'sequence', 'generation', 'oldest', 'journal')
local owner, epoch, sequence = state[1], tonumber(state[2] or 0), tonumber(state[3] or 0)
local generation, oldest, journal = tonumber(state[4] or 0), tonumber(state[5] or 0), state[6]
`;

/** Tells why this gateway may not write, or takes the lease again where it has expired. A wipe may also follow a loss of data. */
const REFUSAL = `
local function refusal(wipes)
  local holder = redis.call('GET', lease)
  if holder and holder ~= me then return {'lost', holder} end
  if owner ~= me then
    if epoch >= tonumber(ARGV[3]) then return {'lost', owner or ''} end
    if not wipes then return {'regressed'} end
    redis.call('HSET', meta, 'schema', ${REDIS_SCHEMA}, 'owner', me, 'epoch', ARGV[3])
  elseif sequence < tonumber(ARGV[4]) and not wipes then
    return {'regressed'}
  end
  if not holder then
    redis.call('DEL', lease)
    redis.call('SET', lease, me, 'PX', ttl)
  end
end
`;

/** Does the operations `list[first]` to `list[last]`; the fields of one group go in one command. */
const APPLY = `
local function apply(list, first, last)
  local groups = prefix .. 'groups:' .. generation
  local group, key, fields, count = nil, nil, {}, 0
  local function flush()
    if count == 0 then return end
    -- Where no field is new the group was there before.
    if redis.call('HSET', key, unpack(fields, 1, count)) > 0 then redis.call('SADD', groups, group) end
    count = 0
  end
  local at = first
  while at <= last do
    local kind, name = string.sub(list[at], 1, 1), string.sub(list[at], 2)
    if name ~= group or kind ~= 's' or count >= 400 then flush() end
    group, key = name, prefix .. 'group:' .. generation .. ':' .. name
    if kind == 's' then
      fields[count + 1], fields[count + 2] = list[at + 1], list[at + 2]
      count, at = count + 2, at + 3
    elseif kind == 'd' then
      redis.call('HDEL', key, list[at + 1])
      if redis.call('EXISTS', key) == 0 then redis.call('SREM', groups, group) end
      at = at + 2
    else
      redis.call('UNLINK', key)
      redis.call('SREM', groups, group)
      at = at + 1
    end
  end
  flush()
end
`;

/** Adds `list[first]` to `list[last]` to the end of a journal; Lua cannot unpack more than some thousands at once. */
const APPEND = `
local function append(key, list, first, last)
  for at = first, last, 1000 do
    redis.call('RPUSH', key, unpack(list, at, math.min(at + 999, last)))
  end
end
`;

/** What a wipe does, however much there is. */
const WIPE = `
local function wipe()
  if journal then
    redis.call('UNLINK', journal)
    redis.call('HDEL', meta, 'journal')
    journal = false
  end
  redis.call('HSET', meta, 'generation', generation + 1, 'oldest', oldest)
  generation = generation + 1
end
`;

/** Whether there is anything left to move or to remove. */
const LEFT = `
local function left()
  return {'ok', journal and 1 or 0, oldest < generation and 1 or 0}
end
`;

/**
 * Takes the lease: one that is free, or that of an owner who is known to be gone. Takes: the lease of that owner, or nothing.
 * Gives: `ok`, epoch, sequence; or `held`, the lease, its milliseconds; or `newer`, the schema.
 */
const CLAIM = `${COMMON}
local holder = redis.call('GET', lease)
if holder and holder ~= ARGV[6] then return {'held', holder, redis.call('PTTL', lease)} end
local schema = tonumber(redis.call('HGET', meta, 'schema') or ${REDIS_SCHEMA})
if schema > ${REDIS_SCHEMA} then return {'newer', schema} end
redis.call('DEL', lease)
redis.call('SET', lease, me, 'PX', ttl)
redis.call('HSET', meta, 'schema', ${REDIS_SCHEMA}, 'owner', me, 'epoch', epoch + 1)
return {'ok', epoch + 1, sequence}
`;

/** Renews the lease. */
const RENEW = `${COMMON}${REFUSAL}
local refused = refusal(false)
if refused then return refused end
redis.call('PEXPIRE', lease, ttl)
return {'ok'}
`;

/** Gives the lease back; the epoch stays, so that nothing that arrives later is written. */
const RELEASE = `${COMMON}
if owner ~= me then return {'lost', owner or ''} end
redis.call('DEL', lease)
redis.call('HSET', meta, 'owner', '')
return {'ok'}
`;

/** Stores a batch. Takes: number, whether it wipes, whether it makes room, then its operations. */
const WRITE = `${COMMON}${REFUSAL}${APPLY}${APPEND}${WIPE}${LEFT}
local refused = refusal(ARGV[7] == '1')
if refused then return refused end
if tonumber(ARGV[6]) <= sequence then return {'stale'} end
if ARGV[8] == '1' then redis.call('PEXPIRE', lease, ttl) end
redis.call('HSET', meta, 'sequence', ARGV[6])
if ARGV[7] == '1' then wipe() end
if journal then append(journal, ARGV, 9, #ARGV) else apply(ARGV, 9, #ARGV) end
return left()
`;

/** Stages a piece of a large batch. Takes: journal, whether the batch wipes, whether it makes room, milliseconds, operations. */
const STAGE = `${COMMON}${REFUSAL}${APPEND}
local refused = refusal(ARGV[7] == '1')
if refused then return refused end
if ARGV[8] == '1' then redis.call('PEXPIRE', lease, ttl) end
append(ARGV[6], ARGV, 10, #ARGV)
redis.call('PEXPIRE', ARGV[6], ARGV[9])
return {'ok'}
`;

/** Makes a staged batch count. Takes: number, whether it wipes, journal, how long that must be. */
const COMMIT = `${COMMON}${REFUSAL}${WIPE}${LEFT}
local refused = refusal(ARGV[7] == '1')
if refused then return refused end
if tonumber(ARGV[6]) <= sequence then return {'stale'} end
if redis.call('LLEN', ARGV[8]) ~= tonumber(ARGV[9]) then return {'incomplete'} end
if journal and ARGV[7] ~= '1' then return {'busy'} end
redis.call('PERSIST', ARGV[8])
redis.call('HSET', meta, 'sequence', ARGV[6])
if ARGV[7] == '1' then wipe() end
redis.call('HSET', meta, 'journal', ARGV[8])
journal = ARGV[8]
return left()
`;

/**
 * Moves a part of the journal to its groups; when there is none, removes a part of what was wiped. What moves is taken from the
 * journal first, so that it needs no memory of its own. Takes: most operations, most bytes.
 */
const TIDY = `${COMMON}${REFUSAL}${APPLY}${LEFT}
local refused = refusal(false)
if refused then return refused end
local operations, bytes = 0, 0
local length = { c = 1, d = 2, s = 3 }
while journal and operations < tonumber(ARGV[6]) and bytes < tonumber(ARGV[7]) do
  local head = redis.call('LRANGE', journal, 0, 29)
  local last = 0
  while head[last + 1] do
    local size = length[string.sub(head[last + 1], 1, 1)]
    if last + size > #head then break end
    for at = last + 1, last + size do bytes = bytes + #head[at] end
    operations, last = operations + 1, last + size
  end
  redis.call('LTRIM', journal, last, -1)
  apply(head, 1, last)
  if #head < 30 then
    redis.call('HDEL', meta, 'journal')
    journal = false
  end
end
if not journal and oldest < generation then redis.call('PEXPIRE', lease, ttl) end
while not journal and oldest < generation and operations < tonumber(ARGV[6]) do
  local gone = redis.call('SPOP', prefix .. 'groups:' .. oldest, 100)
  for at, group in ipairs(gone) do gone[at] = prefix .. 'group:' .. oldest .. ':' .. group end
  if #gone > 0 then
    redis.call('UNLINK', unpack(gone))
  else
    oldest = oldest + 1
    redis.call('HSET', meta, 'oldest', oldest)
  end
  operations = operations + math.max(#gone, 1)
end
return left()
`;

/** Tries what the other scripts do, on keys that nobody reads. Takes: whether that must succeed without memory. */
const PROBE = `${COMMON}${REFUSAL}
local refused = refusal(false)
if refused then return refused end
local hash, set, list = prefix .. 'probe:hash', prefix .. 'probe:set', prefix .. 'probe:list'
if ARGV[6] == '1' then redis.call('PEXPIRE', lease, ttl) end
redis.call('HSET', hash, 'a', sequence, 'b', '')
redis.call('HDEL', hash, 'a')
redis.call('EXISTS', hash)
redis.call('SADD', set, 'a', 'b')
redis.call('SREM', set, 'a')
redis.call('SPOP', set, 1)
redis.call('RPUSH', list, 'a', 'b')
redis.call('PEXPIRE', list, ttl)
redis.call('PERSIST', list)
redis.call('LLEN', list)
redis.call('LRANGE', list, 0, 1)
redis.call('LTRIM', list, 1, -1)
redis.call('UNLINK', hash, list)
return {'ok'}
`;

/** Puts the key of a group that is not a hash out of the way. Takes: grouping key, where it goes. */
const SET_ASIDE = `${COMMON}${REFUSAL}
local refused = refusal(false)
if refused then return refused end
redis.call('RENAME', prefix .. 'group:' .. generation .. ':' .. ARGV[6], ARGV[7])
redis.call('SREM', prefix .. 'groups:' .. generation, ARGV[6])
return {'ok'}
`;

/** A script by its name. */
export type ScriptName =
  | "claim"
  | "renew"
  | "release"
  | "write"
  | "stage"
  | "commit"
  | "tidy"
  | "probe"
  | "setAside";

const SCRIPTS: Readonly<Record<ScriptName, string>> = {
  claim: CLAIM,
  renew: RENEW,
  release: RELEASE,
  write: WRITE,
  stage: STAGE,
  commit: COMMIT,
  tidy: TIDY,
  probe: PROBE,
  setAside: SET_ASIDE,
};

/** Runs a script; gives the first text of its reply and the rest. */
export type RunScript = (
  name: ScriptName,
  args: readonly (string | number)[],
) => Promise<readonly [answer: string, ...rest: (string | number)[]]>;

/**
 * Hands the scripts to the server and returns what runs them. A server that has forgotten them (it was restarted) gets them again.
 *
 * @throws PersistenceError, and what `RunScript` returns does, too: `failed` when the server refused, `unknown` when it did not answer.
 */
export async function loadScripts(commands: RedisCommands, prefix: string): Promise<RunScript> {
  const names = Object.keys(SCRIPTS) as ScriptName[];
  const loading = names.map(async (name) => {
    return [name, String(await commands.send(["SCRIPT", "LOAD", SCRIPTS[name]]))] as const;
  });
  const digests = Object.fromEntries(
    await Promise.all(loading).catch((error) => {
      throw explainRedis(error, commands.description);
    }),
  );
  const keys = ["2", `${prefix}meta`, `${prefix}lease`, prefix];
  return async (name, args) => {
    const rest = [...keys, ...args.map(String)];
    try {
      return readAnswer(await commands.send(["EVALSHA", digests[name] ?? "", ...rest]));
    } catch (error) {
      if (!(error instanceof RedisReplyError && error.code === "NOSCRIPT")) {
        throw explainRedis(error, commands.description);
      }
    }
    try {
      return readAnswer(await commands.send(["EVAL", SCRIPTS[name], ...rest]));
    } catch (error) {
      throw explainRedis(error, commands.description);
    }
  };
}

function readAnswer(reply: RedisReply): readonly [string, ...(string | number)[]] {
  const [answer, ...rest] = Array.isArray(reply) ? reply : [reply];
  return [String(answer), ...rest.map((each) => typeof each === "number" ? each : String(each))];
}
