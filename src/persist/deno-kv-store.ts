/**
 * What is current in a Deno KV database, and how it changes. The entry `["narthex", "state"]` says it: the version of this layout,
 * the epoch whose records count, and the journal of a batch that is stored but perhaps not applied to its end.
 *
 * After any error it is not known what the database holds, so the next thing that is done begins with finding out.
 */

import type { Logger } from "../log/logger.ts";
import type { Clock } from "../model/clock.ts";
import { type Batch, PersistenceError, type StoredRecord, toPersistenceError } from "./adapter.ts";
import type { Kv, KvEntry, KvKey } from "./deno-kv-api.ts";
import { type Mutation, settle, splitCommits } from "./deno-kv-commit.ts";
import {
  deleteJournal,
  deleteLeftovers,
  type JournalRef,
  readJournal,
  writeJournal,
} from "./deno-kv-journal.ts";
import type { Lease } from "./deno-kv-lease.ts";
import { Inventory, type Plan, planBatch } from "./deno-kv-plan.ts";
import { FAMILIES, readRecords } from "./deno-kv-record.ts";
import { kindOf } from "./group-record.ts";
import { createSweeper, type Sweeper } from "./deno-kv-sweep.ts";

/** The version of the layout that this code reads and writes. In version 1 no group was one record. */
export const LAYOUT_VERSION = 2;
/** That of a database without a state, as one is in which nothing was wiped before there was version 2. */
const FIRST_VERSION = 1;

const STATE: KvKey = ["narthex", "state"];
const PROBE: KvKey = ["narthex", "probe"];
const DAMAGED = ["narthex", "damaged"] as const;

/** How many records are handed over at a time. */
const PIECE = 1000;

interface State {
  readonly version: number;
  readonly epoch: number;
  readonly journal?: JournalRef;
}

/** What a store needs. */
export interface StoreOptions {
  /** The database. */
  readonly kv: Kv;
  /** The right to write to it. */
  readonly lease: Lease;
  /** See {@link PersistenceAdapter.description}. */
  readonly description: string;
  /** Time and timers. */
  readonly clock: Clock;
  /** Where damage is told. */
  readonly logger: Logger;
}

/** The records in a database that this gateway owns. One thing is asked of it at a time, but for `close`. */
export class DenoKvStore {
  readonly #options: StoreOptions;
  readonly #sweeper: Sweeper;
  readonly #inventory = new Inventory();
  #state: State = { version: LAYOUT_VERSION, epoch: 0 };
  /** Whether it is known what the database holds. */
  #isKnown = false;
  #probes = 0;

  /** Makes a store that has looked at nothing yet. */
  constructor(options: StoreOptions) {
    const { kv, lease, clock, logger } = options;
    this.#options = options;
    this.#sweeper = createSweeper(kv, lease, clock, logger);
  }

  /** Finds out what is current, and finishes or drops what a crash interrupted. */
  async open(): Promise<void> {
    await this.#readState();
    if (this.#state.journal !== undefined) {
      // What the batch deletes must be known, and nothing is loaded yet.
      for await (const { record, entries } of this.#records()) {
        if (record) this.#inventory.add(record.group, record.name, entries.length);
      }
    }
    await this.#finishJournal();
    await this.#bringUpToDate();
    this.#isKnown = true;
  }

  /** Keeps a gateway from the database, before anything is written, that would pass over groups which are one record. */
  async #bringUpToDate(): Promise<void> {
    if (this.#state.version === LAYOUT_VERSION) return;
    const state = { ...this.#state, version: LAYOUT_VERSION };
    await this.#options.lease.commit([{ key: STATE, value: state }]);
    this.#state = state;
  }

  /** See {@link PersistenceAdapter.load}. */
  async *load(): AsyncGenerator<readonly StoredRecord[]> {
    try {
      yield* this.#load();
    } catch (error) {
      throw toPersistenceError(error);
    }
    this.#sweeper.start(this.#state.epoch);
  }

  async *#load(): AsyncGenerator<readonly StoredRecord[]> {
    let piece: StoredRecord[] = [];
    for await (const { record, entries } of this.#records()) {
      if (record === undefined) {
        await this.#setAside(entries);
        continue;
      }
      this.#inventory.add(record.group, record.name, entries.length);
      piece.push(record);
      if (piece.length < PIECE) continue;
      yield piece;
      piece = [];
    }
    if (piece.length > 0) yield piece;
  }

  /** See {@link PersistenceAdapter.write}. */
  write(batch: Batch): Promise<void> {
    return this.#attempt(async () => {
      const plan = await planBatch(batch, this.#epochAfter(batch), this.#inventory);
      const commits = this.#commitsOf(batch, plan);
      if (commits.length > 1) await this.#writeLarge(batch, plan);
      else await this.#apply(batch, plan, commits);
    });
  }

  /** See {@link PersistenceAdapter.probe}. */
  probe(): Promise<void> {
    const mutation = { key: PROBE, value: ++this.#probes };
    return this.#attempt(() => this.#options.lease.commit([mutation]));
  }

  /** Stops what goes on in the background. */
  close(): Promise<void> {
    return this.#sweeper.stop();
  }

  #records(): ReturnType<typeof readRecords> {
    return readRecords(this.#options.kv, this.#state.epoch);
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    if (!this.#isKnown) await beforeSending(() => this.#recover());
    try {
      await work();
    } catch (error) {
      this.#isKnown = false;
      throw error;
    }
  }

  /** After this nothing that was sent before can happen any more, and what did happen is known. */
  async #recover(): Promise<void> {
    await this.#options.lease.fence();
    await this.#readState();
    await this.#finishJournal();
    this.#isKnown = true;
  }

  async #readState(): Promise<void> {
    const { kv, clock, description } = this.#options;
    const [entry] = await settle(clock, kv.getMany([STATE]), "failed");
    const { version = FIRST_VERSION, epoch = 0, journal } = Object(entry?.value) as Partial<State>;
    if (version > LAYOUT_VERSION) {
      throw new PersistenceError(
        "failed",
        `${description} has layout version ${version}, which a later version of narthex wrote; ` +
          `this one knows versions up to ${LAYOUT_VERSION}`,
      );
    }
    this.#state = { version, epoch, ...(journal && { journal }) };
  }

  #epochAfter({ wipe }: Batch): number {
    return wipe ? this.#state.epoch + 1 : this.#state.epoch;
  }

  /** The first commit of a batch that wipes begins the new epoch, so that nothing is ever in an epoch that is yet to come. */
  #commitsOf(batch: Batch, { mutations }: Plan): Mutation[][] {
    const commits = splitCommits(mutations);
    if (!batch.wipe) return commits;
    const [first = [], ...rest] = commits;
    const state = { ...this.#state, epoch: this.#epochAfter(batch) };
    return [[{ key: STATE, value: state }, ...first], ...rest];
  }

  async #apply(batch: Batch, plan: Plan, commits: readonly Mutation[][]): Promise<void> {
    for (const mutations of commits) await this.#options.lease.commit(mutations);
    this.#inventory.settle(batch, plan);
    if (!batch.wipe) return;
    this.#state = { ...this.#state, epoch: this.#epochAfter(batch) };
    this.#sweeper.start(this.#state.epoch);
  }

  /** For a batch beyond one commit: it is stored once `state` names its journal, and what fails after that does not undo it. */
  async #writeLarge(batch: Batch, plan: Plan): Promise<void> {
    const { lease, logger, description } = this.#options;
    const journal = await beforeSending(() => writeJournal(lease, batch));
    const state = { ...this.#state, journal };
    await lease.commit([{ key: STATE, value: state }]);
    this.#state = state;
    try {
      await this.#apply(batch, plan, this.#commitsOf(batch, plan));
      await this.#dropJournal(journal);
    } catch (error) {
      this.#isKnown = false;
      logger.warn("a large batch is stored but not applied yet; it will be before the next one", {
        store: description,
        err: toPersistenceError(error).message,
      });
    }
  }

  /** Applies the batch of a complete journal; removes what is left of an incomplete one. */
  async #finishJournal(): Promise<void> {
    const { kv, clock, lease, logger, description } = this.#options;
    const { journal } = this.#state;
    if (journal === undefined) {
      const leftovers = await deleteLeftovers(kv, clock);
      for (const mutations of splitCommits(leftovers)) await lease.commit(mutations);
      return;
    }
    const batch = await readJournal(kv, clock, journal);
    if (batch === undefined) {
      logger.error("a stored batch is damaged and may be stored in part only", {
        store: description,
      });
    } else {
      const plan = await planBatch(batch, this.#epochAfter(batch), this.#inventory);
      await this.#apply(batch, plan, this.#commitsOf(batch, plan));
    }
    await this.#dropJournal(journal);
  }

  async #dropJournal(journal: JournalRef): Promise<void> {
    const { version, epoch } = this.#state;
    const [first = [], ...rest] = splitCommits(deleteJournal(journal));
    const state = { version, epoch };
    await this.#options.lease.commit([{ key: STATE, value: state }, ...first]);
    this.#state = state;
    for (const mutations of rest) await this.#options.lease.commit(mutations);
  }

  /** Moves a damaged record to where no load looks, and says so. */
  async #setAside(entries: readonly KvEntry[]): Promise<void> {
    const { lease, logger, description } = this.#options;
    const [, , , group, name] = entries[0]?.key ?? [];
    logger.error(`a stored ${kindOf(String(name))} is damaged; it is set aside`, {
      store: description,
      group: String(group),
      name: String(name),
    });
    for (const { key, value, versionstamp } of entries) {
      const old = key as KvKey;
      const aside = [...DAMAGED, versionstamp, ...old.slice(FAMILIES.length)];
      await lease.commit([{ key: aside, value }, { key: old }]);
    }
  }
}

/** Does what comes before a batch can be stored: whatever becomes of it, the batch is not. */
async function beforeSending<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PersistenceError) || error.outcome !== "unknown") throw error;
    throw new PersistenceError("failed", error.message, error);
  }
}
