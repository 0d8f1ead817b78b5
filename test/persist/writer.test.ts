import { describe, expect, it } from "vitest";
import { PersistenceError } from "../../src/persist/adapter.ts";
import type { StoredFamily } from "../../src/model/family.ts";
import type { Write } from "../../src/store/change.ts";
import { Store } from "../../src/store/store.ts";
import { createMemoryLogger, keyOf, scrape, seriesOf, timesOf, write } from "../store/builders.ts";
import { type Bench, createBench } from "./writer-bench.ts";

const WIPE: Write = { kind: "wipe" };
const KINDS = ["synchronous", "asynchronous"] as const;

function put(path: string, body: string, at?: number): Write {
  return write("PUT", path, body, at);
}

function post(path: string, body: string, at?: number): Write {
  return write("POST", path, body, at);
}

function del(path: string): Write {
  return { kind: "delete", key: keyOf(path) };
}

/** A push that is refused: it has a timestamp. */
function refused(path: string, at?: number): Write {
  return post(path, "x 1 1\n", at);
}

function failing(
  outcome: PersistenceError["outcome"],
  stores = false,
): Bench["adapter"]["trouble"] {
  return { error: new PersistenceError(outcome, `disk on fire (${outcome})`), stores };
}

const FAILED = "cannot store the change, nothing was changed: disk on fire (failed)";

function exposed({ memory }: Bench): string {
  return scrape(memory, { times: true });
}

/** What is stored is what is held. */
async function expectInStep(bench: Bench): Promise<void> {
  expect(await bench.restarted()).toBe(exposed(bench));
}

describe.each(KINDS)("DurableWriter with a store that answers in a %s way", (kind) => {
  it("checks, applies, stores and answers, in this order", async () => {
    const bench = createBench({ kind });
    const started = bench.start(put("a", "x 1\n"));
    expect([seriesOf(bench.memory), bench.stored.size, started.state]).toEqual([[], 0, "waiting"]);
    bench.turn();
    expect(seriesOf(bench.memory)).toEqual(['x{instance="",job="a"} 1']);
    expect([bench.stored.size, started.state]).toEqual([kind === "synchronous" ? 1 : 0, "waiting"]);
    await bench.settle();
    expect(started).toEqual({ state: "done", message: "" });
    await expectInStep(bench);
  });

  it("stores together what came together, each record once and as it is in the end", async () => {
    const bench = createBench({ kind });
    await bench.run(put("a", "x 1\ny 1\n", 1), put("b", "x 1\n", 1));
    const answers = await bench.run(
      post("a", "x 2\n", 2),
      post("a", "x 3\n", 3),
      del("b"),
      put("c", "z 1\n", 3),
      del("c"),
      del("none"),
    );
    expect(answers.map(({ state }) => state)).toEqual(Array(6).fill("done"));
    expect(bench.adapter.batches.slice(1)).toMatchObject([{
      wipe: false,
      clear: ['job="b"', 'job="c"'],
      records: [{ group: 'job="a"', name: "" }],
    }]);
    expect(seriesOf(bench.memory))
      .toEqual(['x{instance="",job="a"} 3', 'y{instance="",job="a"} 1']);
    await expectInStep(bench);
  });

  it("stores a wipe, what came before it and what came after", async () => {
    const bench = createBench({ kind });
    await bench.run(put("a", "x 1\n"));
    await bench.run(put("b", "x 1\n"), WIPE, put("c", "x 1\n"), put("a", "y 2\n"), del("c"));
    expect(bench.adapter.batches.at(-1)).toMatchObject({ wipe: true, clear: [] });
    expect(seriesOf(bench.memory)).toEqual(['y{instance="",job="a"} 2']);
    await expectInStep(bench);
  });

  it("undoes a batch that fails, backwards, and says why to everybody in it", async () => {
    const bench = createBench({ kind });
    await bench.run(put("a", "x 1\n", 1), put("b", "y 1\n", 1));
    const before = exposed(bench);
    bench.adapter.trouble = failing("failed");
    const answers = await bench.run(
      put("a", "x 2\nz 1\n", 2),
      post("a", "x 3\n", 3),
      put("new", "x 1\n", 3),
      WIPE,
      put("a", "w 1\n", 4),
      del("a"),
      del("none"),
      refused("b", 5),
    );
    expect(answers).toEqual(Array(8).fill({ state: "unavailable", message: FAILED }));
    expect(exposed(bench)).toBe(before);
    await expectInStep(bench);
    bench.adapter.trouble = undefined;
    expect(await bench.run(put("a", "x 2\n", 6))).toEqual([{ state: "done", message: "" }]);
    await expectInStep(bench);
  });

  it("tells nobody of a state that is undone", async () => {
    const bench = createBench({ kind });
    bench.adapter.trouble = failing("failed");
    const answers = await bench.run(
      put("a", "# TYPE x gauge\nx 1\n"),
      // Refused because of the first, as is the key that differs in an empty instance only.
      put("b", "# TYPE x counter\nx 1\n"),
      put("a/instance@base64/=", "y 1\n"),
    );
    expect(answers).toEqual(Array(3).fill({ state: "unavailable", message: FAILED }));
    expect(exposed(bench)).toBe("");
    bench.adapter.trouble = undefined;
    const [first, second, third] = await bench.run(
      put("a", "# TYPE x gauge\nx 1\n"),
      put("b", "# TYPE x counter\nx 1\n"),
      put("a/instance@base64/=", "y 1\n"),
    );
    expect([first?.state, second?.state, third?.state]).toEqual(["done", "refused", "malformed"]);
  });

  it("refuses at once, stores failure times a second later", async () => {
    const bench = createBench({ kind });
    await bench.run(put("a", "x 1\n", 1000));
    const started = bench.start(refused("a", 2000));
    bench.turn();
    await Promise.resolve();
    await Promise.resolve();
    expect(started).toMatchObject({
      state: "refused",
      message: expect.stringMatching(/timestamps$/),
    });
    expect(timesOf(bench.memory)).toContain('push_failure_time_seconds{instance="",job="a"} 2');
    expect(bench.adapter.batches).toHaveLength(1);
    bench.clock.advance(1000);
    await bench.settle();
    expect(bench.adapter.batches).toHaveLength(2);
    await expectInStep(bench);
    bench.clock.advance(5000);
    await bench.settle();
    expect(bench.adapter.batches).toHaveLength(2);
  });

  it("stores failure times with the next batch, and after one that fails with the one behind", async () => {
    const bench = createBench({ kind });
    await bench.run(put("a", "x 1\n", 1000));
    await bench.run(refused("a", 2000), refused("b", 2000), del("none"));
    expect(bench.adapter.batches).toHaveLength(1);
    bench.adapter.trouble = failing("failed");
    await bench.run(put("c", "x 1\n", 3000), refused("a", 3000));
    bench.adapter.trouble = undefined;
    await bench.run(put("d", "x 1\n", 4000));
    expect(bench.adapter.batches.at(-1)?.records.map(({ group }) => group))
      .toEqual(['job="a"', 'job="b"', 'job="d"']);
    expect(timesOf(bench.memory)).toContain('push_failure_time_seconds{instance="",job="a"} 2');
    await expectInStep(bench);
  });

  it.each([false, true])("writes again what may be stored or not (%s)", async (stores) => {
    const bench = createBench({ kind });
    await bench.run(put("a", "x 1\ny 1\n", 1), put("b", "x 1\n", 1));
    const before = exposed(bench);
    bench.adapter.trouble = failing("unknown", stores);
    const answers = await bench.run(
      put("a", "x 2\nz 1\n", 2),
      del("b"),
      put("c", "x 1\n", 2),
    );
    expect(answers.map(({ state }) => state)).toEqual(Array(3).fill("unavailable"));
    expect(exposed(bench)).toBe(before);
    expect(await bench.restarted() === before).toBe(!stores);
    bench.adapter.trouble = undefined;
    bench.clock.advance(1000);
    await bench.settle();
    expect(exposed(bench)).toBe(before);
    await expectInStep(bench);
    expect(bench.adapter.batches.at(-1)).toMatchObject({
      wipe: false,
      clear: ['job="a"', 'job="b"', 'job="c"'],
    });
  });

  it.each([false, true])(
    "writes everything again after a wipe that may be stored (%s)",
    async (stores) => {
      const bench = createBench({ kind });
      await bench.run(put("a", "x 1\n", 1), put("b", "x 1\n", 1));
      await bench.run(refused("c", 2000));
      bench.adapter.trouble = failing("unknown", stores);
      await bench.run(WIPE, put("d", "x 1\n", 2));
      // Also after another failure of either kind.
      bench.adapter.trouble = failing("failed");
      await bench.run(put("e", "x 1\n", 3));
      bench.adapter.trouble = failing("unknown", stores);
      await bench.run(put("f", "x 1\n", 3), del("a"));
      bench.adapter.trouble = undefined;
      await bench.run(put("g", "x 1\n", 4), del("b"));
      expect(seriesOf(bench.memory))
        .toEqual(['x{instance="",job="a"} 1', 'x{instance="",job="g"} 1']);
      await expectInStep(bench);
    },
  );

  it("does not answer that something is gone while it may be stored", async () => {
    const bench = createBench({ kind });
    bench.adapter.trouble = failing("unknown", true);
    await bench.run(put("a", "x 1\n"));
    expect([bench.stored.size, bench.memory.size]).toEqual([1, 0]);
    bench.adapter.trouble = failing("failed");
    const [none, kept] = await bench.run(del("a"), del("a"));
    expect([none?.state, kept?.state]).toEqual(["unavailable", "unavailable"]);
    bench.adapter.trouble = undefined;
    expect(await bench.run(del("a"))).toEqual([{ state: "done", message: "" }]);
    expect(bench.stored.size).toBe(0);
  });

  it("finds out by itself that the storage works again, and tells of an outage once", async () => {
    const bench = createBench({ kind });
    bench.adapter.trouble = failing("failed");
    await bench.run(put("a", "x 1\n"));
    await bench.run(put("b", "x 1\n"));
    for (let second = 0; second < 3; second++) {
      bench.clock.advance(1000);
      await bench.settle();
    }
    expect(bench.observed).toEqual(["failed", "unhealthy", "failed", "failed", "failed", "failed"]);
    bench.adapter.trouble = undefined;
    bench.clock.advance(1000);
    await bench.settle();
    expect(bench.observed.slice(6)).toEqual(["healthy"]);
    expect(bench.logged).toEqual([
      {
        level: "error",
        msg: expect.stringMatching(/^cannot store/),
        fields: { storage: "memory", err: "disk on fire (failed)", outcome: "failed" },
      },
      { level: "info", msg: "storage works again", fields: { storage: "memory" } },
    ]);
    bench.clock.advance(10_000);
    await bench.settle();
    expect(bench.observed).toHaveLength(7);
  });

  it("is healthy again after a push that could be stored", async () => {
    const bench = createBench({ kind });
    bench.adapter.trouble = failing("failed");
    await bench.run(put("a", "x 1\n"));
    bench.adapter.trouble = undefined;
    await bench.run(put("a", "x 1\n"));
    expect(bench.observed.map((what) => what.replace(/\d+/, "n")))
      .toEqual(["failed", "unhealthy", "healthy", "committed n in 0"]);
  });

  it("gives up a storage that belongs to another gateway", async () => {
    const bench = createBench({ kind });
    await bench.run(put("a", "x 1\n"));
    const before = exposed(bench);
    await bench.run(refused("a"));
    bench.adapter.trouble = failing("lost");
    const [answer] = await bench.run(put("b", "x 1\n"));
    expect(answer).toMatchObject({ state: "unavailable" });
    expect(bench.lost).toMatchObject([{ outcome: "lost" }]);
    bench.adapter.trouble = undefined;
    expect(await bench.run(put("b", "x 1\n"), del("a"), WIPE, refused("a")))
      .toEqual(
        Array(4).fill({
          state: "unavailable",
          message: "cannot store the change, nothing was changed: " +
            "the storage belongs to another gateway",
        }),
      );
    bench.clock.advance(5000);
    await bench.settle();
    await bench.close();
    expect(bench.adapter.batches).toHaveLength(1);
    expect(bench.lost).toHaveLength(1);
    expect(seriesOf(bench.memory)).toEqual(['x{instance="",job="a"} 1']);
    expect(await bench.restarted()).toBe(before);
    expect(bench.observed.slice(1)).toEqual(["failed", "unhealthy"]);
  });

  it("gives up a storage that a probe finds lost", async () => {
    const bench = createBench({ kind });
    bench.adapter.trouble = failing("failed");
    await bench.run(put("a", "x 1\n"));
    bench.adapter.trouble = failing("lost");
    bench.clock.advance(1000);
    await bench.settle();
    expect(bench.lost).toHaveLength(1);
    expect(bench.logged.map(({ fields }) => fields["outcome"])).toEqual(["failed", "lost"]);
  });

  it("takes an error of a kind it does not know for one whose outcome is unknown", async () => {
    const bench = createBench({ kind });
    await bench.run(put("a", "x 1\n"));
    const error = new TypeError("no such thing\n  at all") as unknown as PersistenceError;
    bench.adapter.trouble = { error, stores: true };
    expect(await bench.run(put("a", "x 2\n"))).toEqual([{
      state: "unavailable",
      message: "cannot store the change, nothing was changed: no such thing",
    }]);
    bench.adapter.trouble = undefined;
    bench.clock.advance(1000);
    await bench.settle();
    await expectInStep(bench);
  });

  it("undoes a change of which no record can be made, and goes on", async () => {
    const { logger } = createMemoryLogger();
    class Unreadable extends Store {
      isBroken = false;
      override familiesOf(groupId: string): readonly StoredFamily[] {
        if (this.isBroken) throw new RangeError("Invalid string length");
        return super.familiesOf(groupId);
      }
    }
    const memory = new Unreadable({ checkConsistency: true, own: new Map(), logger });
    const bench = createBench({ kind, memory });
    await bench.run(put("a", "x 1\n"), refused("b"));
    memory.isBroken = true;
    expect(await bench.run(put("a", "x 2\n"))).toEqual([{
      state: "unavailable",
      message: "cannot store the change, nothing was changed: Invalid string length",
    }]);
    memory.isBroken = false;
    bench.clock.advance(1000);
    await bench.settle();
    expect(seriesOf(memory)).toEqual(['x{instance="",job="a"} 1']);
    expect(await bench.run(put("a", "x 3\n"))).toMatchObject([{ state: "done" }]);
    await expectInStep(bench);
  });

  it("carries out a thousand writes at most at once", async () => {
    const bench = createBench({ kind });
    const started = Array.from({ length: 2500 }, (_, i) => bench.start(put("a", `x ${i}\n`, i)));
    for (let turn = 1; turn <= 3; turn++) {
      bench.turn();
      await bench.settle();
      expect(bench.adapter.batches).toHaveLength(turn);
      expect(started.filter(({ state }) => state === "done")).toHaveLength(
        Math.min(turn * 1000, 2500),
      );
    }
    expect(seriesOf(bench.memory)).toEqual(['x{instance="",job="a"} 2499']);
  });

  it("stores everything before it closes", async () => {
    const bench = createBench({ kind });
    await bench.run(refused("r", 1000));
    const started = [bench.start(put("a", "x 1\n"))];
    bench.turn();
    for (let i = 0; i < 1500; i++) started.push(bench.start(put(`b${i}`, "y 1\n")));
    started.push(bench.start(refused("c", 2000)));
    await bench.close();
    expect(new Set(started.map(({ state }) => state))).toEqual(new Set(["done", "refused"]));
    await expectInStep(bench);
    expect(await bench.run(put("late", "x 1\n"))).toEqual([{
      state: "unavailable",
      message: "cannot store the change, nothing was changed: the gateway is shutting down",
    }]);
    await expectInStep(bench);
    bench.clock.advance(5000);
    expect(await bench.restarted()).toBe(exposed(bench));
  });

  it("stores failure times before it closes", async () => {
    const bench = createBench({ kind });
    await bench.run(refused("a", 1000));
    await bench.close();
    await expectInStep(bench);
    expect(bench.memory.size).toBe(1);
  });

  it("closes while the storage does not work", async () => {
    const bench = createBench({ kind });
    await bench.run(refused("a"));
    bench.adapter.trouble = failing("failed");
    const started = bench.start(put("b", "x 1\n"));
    await bench.close();
    expect(started.state).toBe("unavailable");
  });

  it("keeps no more of refused pushes than the groups they failed in", async () => {
    const bench = createBench({ kind });
    bench.adapter.trouble = failing("failed");
    for (let i = 0; i < 50; i++) {
      await bench.run(refused("a", i * 1000), refused("b", i * 1000));
      bench.clock.advance(1000);
      await bench.settle();
    }
    bench.adapter.trouble = undefined;
    bench.clock.advance(1000);
    await bench.settle();
    expect(bench.adapter.batches).toMatchObject([{ records: { length: 2 } }]);
    await expectInStep(bench);
  });
});

describe("DurableWriter while a batch is under way", () => {
  it("measures how long that takes and how much it is", async () => {
    const bench = createBench({ kind: "asynchronous" });
    bench.start(put("a", "x 1\n"));
    bench.clock.stall(5000);
    bench.turn();
    bench.clock.stall(250);
    await bench.settle();
    const length = [...bench.stored.values()].reduce((sum, { text }) => sum + text.length, 0);
    expect(bench.observed).toEqual([`committed ${length} in 0.25`]);
    // A deletion has no text.
    await bench.run(del("a"));
    expect(bench.observed[1]).toBe("committed 0 in 0");
  });

  it("neither checks nor applies what comes next", async () => {
    const bench = createBench({ kind: "asynchronous" });
    const first = bench.start(put("a", "# TYPE x gauge\nx 1\n"));
    bench.turn();
    const next = [
      bench.start(put("b", "# TYPE x counter\nx 1\n")),
      bench.start(refused("r")),
      bench.start(put("c", "y 1\n")),
      bench.start(del("a")),
    ];
    bench.turn();
    bench.clock.advance(3000);
    expect(seriesOf(bench.memory)).toEqual(['x{instance="",job="a"} 1']);
    expect(bench.memory.size).toBe(1);
    bench.adapter.trouble = failing("failed");
    await bench.settle();
    expect(first.state).toBe("unavailable");
    expect(exposed(bench)).toBe("");
    expect(next.map(({ state }) => state)).toEqual(Array(4).fill("waiting"));
    bench.adapter.trouble = undefined;
    bench.turn();
    await bench.settle();
    // What the first would have forbidden is fine without it.
    expect(next.map(({ state }) => state)).toEqual(["done", "refused", "done", "done"]);
    expect(bench.adapter.batches).toHaveLength(1);
    await expectInStep(bench);
  });

  it("waits for a probe as well", async () => {
    const bench = createBench({ kind: "asynchronous" });
    bench.adapter.trouble = failing("failed");
    await bench.run(put("a", "x 1\n"));
    bench.clock.advance(1000);
    bench.adapter.trouble = undefined;
    const started = bench.start(put("a", "x 1\n"));
    bench.turn();
    expect(exposed(bench)).toBe("");
    await bench.settle();
    bench.turn();
    await bench.settle();
    expect(started.state).toBe("done");
    expect(bench.observed.filter((what) => what === "healthy")).toHaveLength(1);
  });
});
