/**
 * Short ways to say what the tests of the store say often: a store with its log, a push given as path and body, a scrape as text.
 */

import type { LogFields, Logger } from "../../src/log/logger.ts";
import { createGroupKey, createShape, type PushKey } from "../../src/model/group-key.ts";
import type { StoredFamily } from "../../src/model/family.ts";
import { parseGroupingPath } from "../../src/http/grouping-path.ts";
import { parseText } from "../../src/parse/text.ts";
import { textFormat } from "../../src/render/text.ts";
import type { PushWrite } from "../../src/store/change.ts";
import type { OwnFamilies } from "../../src/store/own-families.ts";
import { Group } from "../../src/store/group.ts";
import { createTables, Layout } from "../../src/store/layout.ts";
import { Store, type StoreOptions } from "../../src/store/store.ts";

/** A line that a store wrote into its log. */
export interface Logged {
  /** The severity. */
  readonly level: string;
  /** The message. */
  readonly msg: string;
  /** What else there is. */
  readonly fields: LogFields;
}

/** A logger that remembers. */
export function createMemoryLogger(): { logger: Logger; logged: Logged[] } {
  const logged: Logged[] = [];
  const at = (level: string) => (msg: string, fields: LogFields = {}) => {
    logged.push({ level, msg, fields });
  };
  const logger = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  return { logger, logged };
}

/** A store that checks consistency and has no families of its own, unless `options` say otherwise. */
export function createStore(
  options: Partial<StoreOptions> = {},
): { store: Store; logged: Logged[] } {
  const { logger, logged } = createMemoryLogger();
  const own: OwnFamilies = new Map();
  return { store: new Store({ checkConsistency: true, own, logger, ...options }), logged };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A push. The path begins with the value of `job`: `a/instance/b`. */
export function write(
  method: "PUT" | "POST",
  path: string,
  body: string,
  at = 1000,
): PushWrite {
  return {
    kind: "push",
    key: keyOf(path),
    families: parseText(encoder.encode(body), { utf8Names: true }),
    replace: method === "PUT",
    at,
  };
}

/** A grouping key. */
export function keyOf(path: string): PushKey {
  return parseGroupingPath(`/metrics/job/${path}`, true);
}

/** Applies a push; returns why it was refused, without the words that all refusals begin with, or "". */
export function push(
  store: Store,
  method: "PUT" | "POST",
  path: string,
  body: string,
  at?: number,
): string {
  const { refused } = store.apply(write(method, path, body, at));
  return refused?.message.replace(/^.*? existing metrics: /, "") ?? "";
}

/** Deletes a group. */
export function del(store: Store, path: string): void {
  store.apply({ kind: "delete", key: keyOf(path) });
}

/** What a scrape of the store shows, without the two times of every group unless they are asked for. */
export function scrape(store: Store, { times = false }: { times?: boolean } = {}): string {
  const { chunks } = store.gather(textFormat, { own: [] });
  const text = chunks.map((chunk) => decoder.decode(chunk)).join("");
  return times
    ? text
    : text.replace(/^(?:# (?:HELP|TYPE) )?push_(?:failure_)?time_seconds.*\n/gm, "");
}

/** The lines of a scrape without HELP, TYPE and the two times. */
export function seriesOf(store: Store): string[] {
  return scrape(store).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

/** The lines of the two times of every group. */
export function timesOf(store: Store): string[] {
  return scrape(store, { times: true }).split("\n").filter((line) => line.startsWith("push_"));
}

/** A group of the given labels that holds a family `x`, not yet in any list. */
export function holderOf(labels: readonly string[], family: Partial<StoredFamily> = {}): Group {
  const { id, names, forcedText } = createGroupKey(labels);
  const stored = {
    name: "x",
    type: "gauge",
    help: "",
    labels: [forcedText],
    samples: [1],
    pushedAt: 0,
    ...family,
  } as StoredFamily;
  const none = new Layout("", [], createTables());
  const group = new Group({ id, shape: createShape(names) }, none);
  group.change(none, new Map([["x", stored]]));
  return group;
}
