/**
 * The way of a write to its answer, once persistence is on: checked, applied, stored, answered.
 *
 * Writes that come while others are being stored wait, and are then checked, applied and stored together: one commit, one fsync,
 * however many they are. If a batch cannot be stored all its changes are undone, backwards, and everybody in it is told so; for the
 * client it is as if the push had never come. Only one batch is under way, so nothing is ever checked against a state that may
 * still be undone.
 *
 * A push that is refused changes nothing but the failure time of its group. That is no reason to make anybody wait for a disk: it
 * goes along with the next batch, or on its own a second later.
 */

import type { Logger } from "../log/logger.ts";
import type { Clock } from "../model/clock.ts";
import { GatewayError } from "../model/error.ts";
import type { Applied, Write } from "../store/change.ts";
import type { Store } from "../store/store.ts";
import {
  type Batch,
  type PersistenceAdapter,
  PersistenceError,
  toPersistenceError,
} from "./adapter.ts";
import type { PlannedBatch, StoredForms } from "./stored-forms.ts";
import { touchAll, Touched, type TouchedSnapshot } from "./touched.ts";

/** Takes note of what happens to batches. */
export interface CommitObserver {
  /** A batch is stored; it took `seconds`, and its texts have `bytes` (in UTF-16 units, which nearly always are bytes). */
  committed(seconds: number, bytes: number): void;
  /** A batch or a probe failed. */
  failed(): void;
  /** Whether the storage works, as far as is known. */
  health(healthy: boolean): void;
}

/** What a writer is made with. */
export interface WriterOptions {
  /** The in-memory truth; nobody else writes to it. */
  readonly store: Store;
  /** Where changes are stored; loaded already. */
  readonly adapter: PersistenceAdapter;
  /** In which form what was loaded is stored. */
  readonly forms: StoredForms;
  /** Time and timers. */
  readonly clock: Clock;
  /** Where trouble is reported. */
  readonly logger: Logger;
  /** Runs something once the events that are waiting have been dealt with, so that what came together is stored together. */
  readonly defer: (work: () => void) => void;
  /** Counts. */
  readonly observer: CommitObserver;
  /** Called once when the storage was lost to another gateway. */
  readonly onLost: (error: PersistenceError) => void;
}

interface Pending {
  readonly write: Write;
  readonly resolve: (applied: Applied) => void;
  readonly reject: (error: unknown) => void;
}

/** A write once the store has seen it: what it changed, or why it could not be carried out. */
interface Tried {
  readonly pending: Pending;
  readonly applied?: Applied;
  readonly error?: unknown;
}

/** Writes in one batch at most, so that one does not hold up everything else for long. */
const MAX_WRITES = 1000;
/** How often troubled storage is tried, and what is owed is stored. Milliseconds. */
const TICK = 1000;

/** Makes changes durable. */
export class DurableWriter {
  readonly #options: WriterOptions;
  #queue: Pending[] = [];
  /** What memory holds and storage may not. */
  #owed = new Touched();
  #isScheduled = false;
  #underWay: Promise<void> | undefined;
  #isHealthy = true;
  #isLost = false;
  #isClosing = false;
  #isClosed = false;
  #stopTicking: (() => void) | undefined;

  /** Begins with a store that holds what the adapter has loaded. */
  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /**
   * Carries out a write and resolves once it is stored.
   *
   * Rejects with a GatewayError: as {@link Store.apply} throws, or `unavailable` when it could not be stored.
   */
  write(write: Write): Promise<Applied> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ write, resolve, reject });
      this.#schedule();
    });
  }

  /** Stores what is left and lets go of the adapter. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#watch();
    await this.#drain();
    if (!this.#owed.isEmpty && !this.#isLost) this.#storeOwed();
    await this.#drain();
    this.#isClosed = true;
    await this.#options.adapter.close();
  }

  async #drain(): Promise<void> {
    while (this.#underWay !== undefined || this.#queue.length > 0) {
      if (this.#underWay === undefined) this.#flush();
      await this.#underWay;
    }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#underWay !== undefined || this.#queue.length === 0) return;
    this.#isScheduled = true;
    this.#options.defer(() => {
      this.#isScheduled = false;
      if (this.#underWay === undefined) this.#flush();
    });
  }

  #flush(): void {
    const batch = this.#queue.splice(0, MAX_WRITES);
    const tried = batch.map((pending) => this.#try(pending));
    if (tried.some((each) => this.#mustBeStored(each))) this.#store(tried);
    else this.#answerAtOnce(tried);
  }

  #try(pending: Pending): Tried {
    try {
      if (this.#isLost) throw unavailable("the storage belongs to another gateway");
      if (this.#isClosed) throw unavailable("the gateway is shutting down");
      return { pending, applied: this.#options.store.apply(pending.write) };
    } catch (error) {
      return { pending, error };
    }
  }

  /**
   * Whether somebody waits for this to be durable: not for a refused push, nor for a deletion of what is not there, unless it may
   * be stored all the same since an earlier batch came to an unknown end.
   */
  #mustBeStored({ pending: { write }, applied }: Tried): boolean {
    if (applied === undefined || applied.refused !== undefined) return false;
    return applied.change.kind !== "none" ||
      (write.kind === "delete" && this.#owed.touches(write.key.id));
  }

  #answerAtOnce(tried: readonly Tried[]): void {
    for (const each of tried) {
      if (each.applied !== undefined) this.#owed.add(each.applied.change);
      answer(each);
    }
    this.#watch();
    this.#schedule();
  }

  /** Nobody is answered before all is stored: what one was told could rest on what another did, which may be undone. */
  #store(tried: readonly Tried[]): void {
    const touched = this.#owed;
    const owedBefore = touched.snapshot();
    this.#owed = new Touched();
    for (const { applied } of tried) if (applied !== undefined) touched.add(applied.change);
    this.#commit(touched, () => tried.forEach(answer), (error) => {
      for (const { applied } of tried.toReversed()) {
        if (applied !== undefined) this.#options.store.undo(applied.change);
      }
      this.#owe(error, owedBefore, touched);
      const reason = unavailable(error.message);
      for (const { pending } of tried) pending.reject(reason);
    });
  }

  /** Stores what is owed without anybody waiting for it. */
  #storeOwed(): void {
    const touched = this.#owed;
    const owedBefore = touched.snapshot();
    this.#owed = new Touched();
    this.#commit(touched, () => {}, (error) => this.#owe(error, owedBefore, touched));
  }

  /** Keeps in mind what storage may lack now. What an unknown outcome touched is written again, whatever became of it. */
  #owe(error: PersistenceError, before: TouchedSnapshot, touched: Touched): void {
    const batch = touched.snapshot();
    if (error.outcome !== "unknown") this.#owed.addEarlier(before);
    else this.#owed.addEarlier(batch.wiped ? touchAll(this.#options.store) : batch);
  }

  #commit(
    touched: Touched,
    onStored: () => void,
    onFailed: (error: PersistenceError) => void,
  ): void {
    const { adapter, clock, forms, observer } = this.#options;
    let started = 0;
    let planned: PlannedBatch | undefined;
    this.#attempt(() => {
      planned = this.#makeBatch(touched);
      started = clock.monotonic();
      return adapter.write(planned.batch);
    }, () => {
      const stored = planned as PlannedBatch;
      forms.settle(stored);
      observer.committed((clock.monotonic() - started) / 1000, textLength(stored.batch));
      onStored();
    }, (error) => {
      if (planned !== undefined && error.outcome === "unknown") forms.doubt(planned);
      onFailed(error);
    });
  }

  /** Where no text can be made of a family (it would be longer than the runtime's strings can be) nothing has been stored yet. */
  #makeBatch(touched: Touched): PlannedBatch {
    const { store, forms } = this.#options;
    try {
      return touched.toBatch(store, forms);
    } catch (error) {
      throw new PersistenceError("failed", toPersistenceError(error).message, error);
    }
  }

  /** Does something with the adapter, at once or with a promise, while nothing else is under way. */
  #attempt(
    work: () => void | Promise<void>,
    onDone: () => void,
    onFailed: (error: PersistenceError) => void,
  ): void {
    const succeed = () => {
      this.#setHealth(true);
      onDone();
      this.#watch();
    };
    const fail = (cause: unknown) => {
      const error = toPersistenceError(cause);
      this.#report(error);
      onFailed(error);
      this.#watch();
    };
    let result: void | Promise<void>;
    try {
      result = work();
    } catch (error) {
      fail(error);
      this.#schedule();
      return;
    }
    if (result === undefined) {
      succeed();
      this.#schedule();
      return;
    }
    this.#underWay = result.then(succeed, fail).finally(() => {
      this.#underWay = undefined;
      this.#schedule();
    });
  }

  /** The timer runs only while there is something to do for it: on Cloudflare a timer keeps an idle gateway in memory, at a price. */
  #watch(): void {
    const isNeeded = !this.#isHealthy || !this.#owed.isEmpty;
    if (isNeeded && !this.#isLost && !this.#isClosing) {
      this.#stopTicking ??= this.#options.clock.every(TICK, () => this.#tick());
      return;
    }
    this.#stopTicking?.();
    this.#stopTicking = undefined;
  }

  #tick(): void {
    if (this.#underWay !== undefined || this.#isLost) return;
    if (!this.#owed.isEmpty) this.#storeOwed();
    else if (!this.#isHealthy) {
      this.#attempt(() => this.#options.adapter.probe(), () => {}, () => {});
    }
  }

  #setHealth(healthy: boolean): void {
    if (healthy === this.#isHealthy) return;
    this.#isHealthy = healthy;
    this.#options.observer.health(healthy);
    const { description } = this.#options.adapter;
    if (healthy) this.#options.logger.info("storage works again", { storage: description });
  }

  /** Every failure is counted; only the first of a row is logged, lest a full disk is filled with logs about it. */
  #report(error: PersistenceError): void {
    const { adapter, logger, observer, onLost } = this.#options;
    observer.failed();
    if (this.#isHealthy || error.outcome === "lost") {
      const fields = { storage: adapter.description, err: error.message, outcome: error.outcome };
      logger.error("cannot store: pushes are answered with 503 until it works again", fields);
    }
    this.#setHealth(false);
    if (error.outcome !== "lost" || this.#isLost) return;
    this.#isLost = true;
    onLost(error);
  }
}

function answer({ pending, applied, error }: Tried): void {
  if (applied !== undefined) pending.resolve(applied);
  else pending.reject(error);
}

function unavailable(reason: string): GatewayError {
  return new GatewayError("unavailable", `cannot store the change, nothing was changed: ${reason}`);
}

function textLength({ records }: Batch): number {
  let length = 0;
  for (const { text } of records) length += text?.length ?? 0;
  return length;
}
