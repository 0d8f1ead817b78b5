/** The timer of the writer: it runs while there is something to do for it, and not otherwise. */

import { describe, expect, it, vi } from "vitest";
import { createNullLogger } from "../../src/log/create-logger.ts";
import { PersistenceError } from "../../src/persist/adapter.ts";
import { StoredForms } from "../../src/persist/stored-forms.ts";
import { DurableWriter } from "../../src/persist/writer.ts";
import { createMemoryAdapter } from "../contract/memory-adapter.ts";
import { createStore, write } from "../store/builders.ts";
import { createFakeClock } from "../support/fake-clock.ts";

function createWriter() {
  const clock = createFakeClock();
  let timers = 0;
  const adapter = createMemoryAdapter();
  const writer = new DurableWriter({
    store: createStore().store,
    adapter,
    forms: new StoredForms(),
    clock: {
      ...clock,
      every: (period, tick) => {
        const stop = clock.every(period, tick);
        timers++;
        return () => {
          timers--;
          stop();
        };
      },
    },
    logger: createNullLogger(),
    defer: (work) => work(),
    observer: { committed: vi.fn(), failed: vi.fn(), health: vi.fn() },
    onLost: vi.fn(),
  });
  return { writer, adapter, clock, timers: () => timers };
}

const OTHER_TYPE = "# TYPE x counter\nx 1\n";

describe("the writer's timer", () => {
  it("does not run while all is stored and well", async () => {
    const { writer, timers } = createWriter();
    expect(timers()).toBe(0);
    await writer.write(write("PUT", "a", "# TYPE x gauge\nx 1\n"));
    expect(timers()).toBe(0);
  });

  it("runs until the failure time of a refused push is stored", async () => {
    const { writer, adapter, clock, timers } = createWriter();
    await writer.write(write("PUT", "a", "# TYPE x gauge\nx 1\n"));
    const { refused } = await writer.write(write("PUT", "b", OTHER_TYPE));
    expect(refused).toBeDefined();
    expect([timers(), adapter.batches.length]).toEqual([1, 1]);
    clock.advance(1000);
    expect([timers(), adapter.batches.length]).toEqual([0, 2]);
    clock.advance(10_000);
    expect([timers(), adapter.batches.length]).toEqual([0, 2]);
  });

  it("stops early when the next push takes the failure time along", async () => {
    const { writer, adapter, timers } = createWriter();
    await writer.write(write("PUT", "a", "# TYPE x gauge\nx 1\n"));
    await writer.write(write("PUT", "b", OTHER_TYPE));
    await writer.write(write("PUT", "a", "# TYPE x gauge\nx 2\n"));
    expect([timers(), adapter.batches.length]).toEqual([0, 2]);
  });

  it("runs while storage is in trouble and tries it", async () => {
    const { writer, adapter, clock, timers } = createWriter();
    adapter.trouble = { error: new PersistenceError("failed", "disk full") };
    await expect(writer.write(write("PUT", "a", "x 1\n"))).rejects.toThrow("disk full");
    clock.advance(5000);
    expect(timers()).toBe(1);
    adapter.trouble = undefined;
    clock.advance(1000);
    expect(timers()).toBe(0);
  });

  it("is stopped when the writer is closed, whatever is left", async () => {
    const { writer, adapter, timers } = createWriter();
    await writer.write(write("PUT", "a", "# TYPE x gauge\nx 1\n"));
    await writer.write(write("PUT", "b", OTHER_TYPE));
    adapter.trouble = { error: new PersistenceError("failed", "disk full") };
    await writer.close();
    expect(timers()).toBe(0);
  });
});
