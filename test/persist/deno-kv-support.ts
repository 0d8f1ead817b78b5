/** What the tests of the adapter for Deno KV share. */

import type { Batch, PersistenceAdapter } from "../../src/persist/adapter.ts";
import { createDenoKvAdapter, type DenoKvHost } from "../../src/persist/deno-kv.ts";
import { loggerTo, quietHost } from "../contract/deno-kv-host.ts";
import type { FakeCommit, FakeDatabase } from "../contract/fake-deno-kv.ts";
import { readAll } from "../contract/suite.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

/** A gateway's view of a database. */
export interface Gateway {
  /** Its adapter, which has loaded everything. */
  readonly adapter: PersistenceAdapter;
  /** Its clock; nothing happens unless it is moved. */
  readonly clock: FakeClock;
  /** What was loaded, texts by `group/name`. */
  readonly loaded: Record<string, string>;
  /** What it logged. */
  readonly log: readonly string[];
  /** Writes records given as `group/name`, `undefined` to delete; `batch` says what goes before. */
  write(records: Record<string, string | undefined>, batch?: Partial<Batch>): Promise<void>;
}

/** Opens a database as a gateway with a clock of its own, and loads it. */
export async function openGateway(
  db: FakeDatabase,
  options: Partial<DenoKvHost> = {},
): Promise<Gateway> {
  const clock = createFakeClock();
  const log: string[] = [];
  const logger = loggerTo((line) => log.push(line));
  const adapter = await createDenoKvAdapter(db.open(), quietHost({ clock, logger, ...options }));
  const loaded = Object.fromEntries(
    [...await readAll(adapter)].map(([id, text]) => [(JSON.parse(id) as string[]).join("/"), text]),
  );
  return {
    adapter,
    clock,
    loaded,
    log,
    write: async (records, batch) => await adapter.write({ ...toBatch(records), ...batch }),
  };
}

/** Opens a database whose owner is known to be dead. */
export function takeOver(db: FakeDatabase, options: Partial<DenoKvHost> = {}): Promise<Gateway> {
  return openGateway(db, { isDead: () => true, ...options });
}

/** A batch of records given as `group/name`. */
export function toBatch(records: Record<string, string | undefined>): Batch {
  return {
    wipe: false,
    clear: [],
    records: Object.entries(records).map(([id, text]) => {
      const [group = "", name = ""] = id.split("/");
      return { group, name, text };
    }),
  };
}

/** Lets everything happen that needs no time. */
export async function flush(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve));
}

/** Lets time pass, a tenth of a second at a time, and everything happen in it. */
export async function pass(milliseconds: number, ...clocks: readonly FakeClock[]): Promise<void> {
  await flush();
  for (let left = milliseconds; left > 0; left -= 100) {
    for (const clock of clocks) clock.advance(100);
    await flush();
  }
}

/** Whether a commit changes records, and not only what says who owns the store. */
export function changesRecords({ changes }: FakeCommit): boolean {
  return changes.some(({ key }) => key[1] === "family");
}

/** Whether a commit is a heartbeat or a claim. */
export function isLease({ changes }: FakeCommit): boolean {
  return changes.every(({ key }) => key[1] === "owner" || key[1] === "heartbeat");
}
