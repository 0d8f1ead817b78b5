/**
 * A writer over an adapter that stores in a Map, where a test decides when time passes, when deferred work runs and when a write to
 * the storage comes to its end.
 */

import { setImmediate } from "node:timers/promises";
import type { PersistenceError } from "../../src/persist/adapter.ts";
import { loadStore } from "../../src/persist/load.ts";
import { StoredForms } from "../../src/persist/stored-forms.ts";
import { DurableWriter } from "../../src/persist/writer.ts";
import { GatewayError } from "../../src/model/error.ts";
import type { Applied, Write } from "../../src/store/change.ts";
import type { Store } from "../../src/store/store.ts";
import {
  createMemoryAdapter,
  type MemoryAdapter,
  type MemoryOptions,
  type MemoryStore,
} from "../contract/memory-adapter.ts";
import { createMemoryLogger, createStore, type Logged, scrape } from "../store/builders.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

/** How an adapter answers: within the call, or with a promise that a test releases. */
export type Kind = "synchronous" | "asynchronous";

/** How a bench is set up. */
export interface BenchOptions extends Pick<MemoryOptions, "store"> {
  /** How the adapter answers; synchronously by default. */
  readonly kind?: Kind;
  /** Whether pushes are checked; they are by default. */
  readonly checkConsistency?: boolean;
  /** What is written to, in place of an empty store. */
  readonly memory?: Store;
  /** In which form that is stored; none of it is unless this says so. */
  readonly forms?: StoredForms;
}

/** A writer and everything around it. */
export interface Bench {
  /** What is tested. */
  readonly writer: DurableWriter;
  /** Where it stores. */
  readonly adapter: MemoryAdapter;
  /** What is stored. */
  readonly stored: MemoryStore;
  /** What is held. */
  readonly memory: Store;
  /** Its clock. */
  readonly clock: FakeClock;
  /** What was logged. */
  readonly logged: Logged[];
  /** What the observer was told: `committed BYTES in SECONDS`, `failed`, `healthy`, `unhealthy`. */
  readonly observed: string[];
  /** What was lost. */
  readonly lost: PersistenceError[];
  /** Begins a write. */
  start(write: Write): Started;
  /** Whether an asynchronous adapter is at work. */
  isUnderWay(): boolean;
  /** Runs what was deferred, as the event loop does once it has nothing else to do. */
  turn(): void;
  /** Lets writes to an asynchronous adapter come to their end, and everything follow that follows from it. */
  settle(): Promise<void>;
  /** Carries out writes that come together. */
  run(...writes: Write[]): Promise<Started[]>;
  /** Closes the writer. */
  close(): Promise<void>;
  /** What a gateway would expose that started with what is stored. */
  restarted(): Promise<string>;
}

/** A write and what has become of it so far. */
export interface Started {
  /** `waiting`, `done`, `refused`, or the kind of the error. */
  state: string;
  /** What the client is told. */
  message: string;
}

function follow(answer: Promise<Applied>): Started {
  const started: Started = { state: "waiting", message: "" };
  const settle = (state: string, message: string) => Object.assign(started, { state, message });
  answer.then(
    ({ refused }) => settle(refused === undefined ? "done" : "refused", refused?.message ?? ""),
    (error) => settle(error instanceof GatewayError ? error.kind : "bug", String(error.message)),
  );
  return started;
}

/** Makes a bench. */
export function createBench(options: BenchOptions = {}): Bench {
  const { kind = "synchronous", checkConsistency = true, store: stored = new Map() } = options;
  const waiting: (() => void)[] = [];
  const wait = () => new Promise<void>((resolve) => waiting.push(resolve));
  const adapter = createMemoryAdapter({
    store: stored,
    ...(kind === "asynchronous" && { wait }),
  });
  const memory = options.memory ?? createStore({ checkConsistency }).store;
  const clock = createFakeClock();
  const deferred: (() => void)[] = [];
  const observed: string[] = [];
  const lost: PersistenceError[] = [];
  const { logger, logged } = createMemoryLogger();
  const writer = new DurableWriter({
    store: memory,
    adapter,
    forms: options.forms ?? new StoredForms(),
    clock,
    logger,
    defer: (work) => void deferred.push(work),
    observer: {
      committed: (seconds, bytes) => void observed.push(`committed ${bytes} in ${seconds}`),
      failed: () => void observed.push("failed"),
      health: (healthy) => void observed.push(healthy ? "healthy" : "unhealthy"),
    },
    onLost: (error) => void lost.push(error),
  });
  const bench: Bench = {
    writer,
    adapter,
    stored,
    memory,
    clock,
    logged,
    observed,
    lost,
    start: (write) => follow(writer.write(write)),
    isUnderWay: () => waiting.length > 0,
    turn() {
      for (const work of deferred.splice(0)) work();
    },
    async settle() {
      for (const release of waiting.splice(0)) release();
      await setImmediate();
    },
    async run(...writes) {
      const started = writes.map((write) => bench.start(write));
      bench.turn();
      await bench.settle();
      return started;
    },
    async close() {
      let isClosed = false;
      const closed = writer.close().finally(() => isClosed = true);
      while (!isClosed) await bench.settle();
      await closed;
    },
    async restarted() {
      const { store } = createStore({ checkConsistency });
      await loadStore(createMemoryAdapter({ store: stored }), store, logger);
      return scrape(store, { times: true });
    },
  };
  return bench;
}
