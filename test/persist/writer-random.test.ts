/**
 * A writer over storage that fails at random, in every way there is, held to what it promises: what was acknowledged is held and
 * stored, what was not is neither, and refused pushes cost nobody anything, whether groups are small, large or about to be the other. What ought to be held is found out by a second store
 * that carries out just the writes whose answers say that they were.
 */

import fc from "fast-check";
import { expect, it } from "vitest";
import { PersistenceError } from "../../src/persist/adapter.ts";
import { loadStore } from "../../src/persist/load.ts";
import { GatewayError } from "../../src/model/error.ts";
import type { Write } from "../../src/store/change.ts";
import type { Store } from "../../src/store/store.ts";
import { createMemoryAdapter, type MemoryStore } from "../contract/memory-adapter.ts";
import { createMemoryLogger, createStore, scrape } from "../store/builders.ts";
import { anyWriteOrWipe, type RandomWrite, toWrite } from "../store/random-writes.ts";
import { runs } from "../support/runs.ts";
import { type Bench, createBench, type Kind, type Started } from "./writer-bench.ts";

/** What becomes of a batch or a probe. */
const FATES = ["stored", "failed", "unknown", "unknown, but stored"] as const;
type Fate = typeof FATES[number];

interface Step {
  /** Writes that come together. */
  readonly writes: readonly RandomWrite[];
  /** What becomes of their batch. */
  readonly fate: Fate;
  /** Whether the writes of the next step come while this batch is under way. */
  readonly overlaps: boolean;
  /** Whether a second passes afterwards, and what becomes of what the writer does on its own then. */
  readonly tick: Fate | undefined;
  /** Whether the gateway is started anew then, and how its groups are stored. */
  readonly restart: Restart | undefined;
}

/** As they were left, or as the first version did: a record for each family. */
type Restart = "as it is" | "family by family";

const wipe: fc.Arbitrary<RandomWrite> = fc.constant({ kind: "wipe" });
/** What makes a group large, alone or together. */
const bulk = fc.oneof(
  { weight: 2, arbitrary: fc.constant("") },
  {
    weight: 1,
    arbitrary: fc.subarray([500, 1500, 2500, 5000]).map((lengths) =>
      lengths.map((length) => `# HELP bulk_${length} ${"h".repeat(length)}\nbulk_${length} 1\n`)
        .join("")
    ),
  },
  // Names that are longer in JSON.
  {
    weight: 1,
    arbitrary: fc.constantFrom(100, 400, 700).map((length) => `{"${"\x01".repeat(length)}"} 1\n`),
  },
);
const anyPush: fc.Arbitrary<RandomWrite> = fc.tuple(anyWriteOrWipe, bulk).map(([write, bulk]) =>
  write.kind === "push" ? { ...write, body: write.body + bulk } : write
);
const fate = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Fate>("stored") },
  { weight: 3, arbitrary: fc.constantFrom(...FATES) },
);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    writes: fc.array(
      fc.oneof({ weight: 15, arbitrary: anyPush }, { weight: 1, arbitrary: wipe }),
      { maxLength: 4 },
    ),
    fate,
    overlaps: fc.boolean(),
    tick: fc.oneof(
      { weight: 2, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fate },
    ),
    restart: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom<Restart>("as it is", "family by family") },
    ),
  }),
  { minLength: 1, maxLength: 30, size: "max" },
);

function troubleOf(fate: Fate): Bench["adapter"]["trouble"] {
  if (fate === "stored") return undefined;
  const outcome = fate === "failed" ? "failed" : "unknown";
  return { error: new PersistenceError(outcome, fate), stores: fate === "unknown, but stored" };
}

/** The groups that were seen in each form, by all runs. */
const seen = { whole: new Set<string>(), families: new Set<string>() };

/** A write that was started. */
interface Issued {
  readonly write: Write;
  readonly started: Started;
}

/** Stores every family as a record of its own. */
function splitGroups(store: MemoryStore): void {
  for (const [id, { group, name, text }] of [...store]) {
    if (name !== "") continue;
    store.delete(id);
    for (const [name, family] of Object.entries(JSON.parse(text) as Record<string, unknown>)) {
      const record = { group, name, text: JSON.stringify(family) };
      store.set(JSON.stringify([group, name]), record);
    }
  }
}

/** One history, step by step. */
class Run {
  readonly #kind: Kind;
  readonly #checkConsistency: boolean;
  #bench: Bench;
  readonly #model: Store;
  #at = 0;
  /** What was held when something was last stored. */
  #lastStored = "";
  /** Whether it is unknown what became of something that came since. */
  #isUnsure = false;

  constructor(kind: Kind, checkConsistency: boolean) {
    this.#kind = kind;
    this.#checkConsistency = checkConsistency;
    this.#bench = createBench({ kind, checkConsistency });
    this.#model = createStore({ checkConsistency }).store;
  }

  async play(steps: readonly Step[]): Promise<void> {
    let early: Issued[] | undefined;
    for (const [index, { writes, fate, overlaps, tick, restart }] of steps.entries()) {
      const bench = this.#bench;
      const issued: Issued[] = early ?? this.#issue(writes);
      early = undefined;
      bench.adapter.trouble = troubleOf(fate);
      bench.turn();
      const next = steps[index + 1];
      if (overlaps && next !== undefined && bench.isUnderWay()) {
        const held = this.#held();
        early = this.#issue(next.writes);
        bench.turn();
        expect(this.#held()).toBe(held);
      }
      await this.#settle(fate, issued);
      if (tick !== undefined) {
        bench.adapter.trouble = troubleOf(tick);
        bench.clock.advance(1000);
        await this.#settle(tick, []);
      }
      if (restart !== undefined && early === undefined) await this.#restart(restart);
    }
    await this.#end();
  }

  /** Begins anew with what is stored, once all of it is. */
  async #restart(how: Restart): Promise<void> {
    await this.#end();
    const { stored: store } = this.#bench;
    if (how === "family by family") splitGroups(store);
    const { store: memory } = createStore({ checkConsistency: this.#checkConsistency });
    const { logger, logged } = createMemoryLogger();
    const { forms } = await loadStore(createMemoryAdapter({ store }), memory, logger);
    expect(logged).toEqual([]);
    const [kind, checkConsistency] = [this.#kind, this.#checkConsistency];
    this.#bench = createBench({ kind, checkConsistency, store, memory, forms });
    this.#lastStored = this.#held();
    this.#isUnsure = false;
  }

  async #end(): Promise<void> {
    this.#bench.adapter.trouble = undefined;
    await this.#bench.close();
    expect(this.#held()).toBe(scrape(this.#model, { times: true }));
    expect(await this.#bench.restarted()).toBe(this.#held());
    this.#expectOneForm();
  }

  /** No group is stored whole and has records of its families beside that. */
  #expectOneForm(): void {
    const stored = [...this.#bench.stored.values()];
    const whole = stored.filter(({ name }) => name === "").map(({ group }) => group);
    const others = new Set(stored.filter(({ name }) => name !== "").map(({ group }) => group));
    expect(whole.filter((group) => others.has(group))).toEqual([]);
    for (const group of whole) seen.whole.add(group);
    for (const group of others) seen.families.add(group);
  }

  #held(): string {
    return scrape(this.#bench.memory, { times: true });
  }

  #issue(writes: readonly RandomWrite[]): Issued[] {
    return writes.flatMap((random) => {
      const write = toWrite(random, this.#at += 1500);
      return write === undefined ? [] : [{ write, started: this.#bench.start(write) }];
    });
  }

  /** Lets a batch come to its end, and looks at everything. */
  async #settle(fate: Fate, issued: readonly Issued[]): Promise<void> {
    const { observed } = this.#bench;
    await this.#bench.settle();
    this.#compareAnswers(issued);
    this.#expectGone(issued);
    expect(this.#held()).toBe(scrape(this.#model, { times: true }));
    const news = observed.splice(0);
    if (news.some((what) => what.startsWith("committed"))) {
      this.#lastStored = this.#held();
      this.#isUnsure = false;
    } else if (news.includes("failed")) this.#isUnsure ||= fate.startsWith("unknown");
    if (this.#isUnsure) return;
    expect(await this.#bench.restarted()).toBe(this.#lastStored);
    this.#expectOneForm();
  }

  /** What was acknowledged to be deleted is not stored, whatever batches of unknown outcome came before. */
  #expectGone(issued: readonly Issued[]): void {
    for (const { write, started } of issued) {
      if (write.kind !== "delete" || started.state !== "done") continue;
      const groups = [...this.#bench.stored.values()].map(({ group }) => group);
      if (!this.#bench.memory.has(write.key.id)) expect(groups).not.toContain(write.key.id);
    }
  }

  /** Carries out on the model what was carried out by its answer, and holds the answers together. */
  #compareAnswers(issued: readonly Issued[]): void {
    for (const { write, started: { state } } of issued) {
      if (state === "unavailable") continue;
      try {
        const { refused } = this.#model.apply(write);
        expect(state).toBe(refused === undefined ? "done" : "refused");
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        expect(state).toBe(error.kind);
      }
    }
  }
}

it.each(
  [
    ["synchronous", true],
    ["synchronous", false],
    ["asynchronous", true],
    ["asynchronous", false],
  ] as const,
)(
  "a writer over storage that fails at random keeps its promises (%s, check: %s)",
  async (kind, checkConsistency) => {
    await fc.assert(
      fc.asyncProperty(steps, (steps) => new Run(kind, checkConsistency).play(steps)),
      { numRuns: runs(30) },
    );
  },
);

it("has seen groups in both forms", () => {
  const both = [...seen.whole].filter((group) => seen.families.has(group));
  expect(both.length).toBeGreaterThan(0);
});
