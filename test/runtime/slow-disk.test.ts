/** Commits go to a thread while the disk is slow, and only then. */

import { describe, expect, it } from "vitest";
import type { Batch } from "../../src/persist/adapter.ts";
import type { CommitThread } from "../../src/runtime/commit-thread.ts";
import { withSlowDisk } from "../../src/runtime/slow-disk.ts";
import { createMemoryAdapter } from "../contract/memory-adapter.ts";

const BATCH: Batch = { wipe: false, clear: [], records: [] };

/** A disk on which everything takes `milliseconds`, and what happens on it. */
function setUp(startThread?: () => Promise<CommitThread>) {
  const disk = { milliseconds: 0.2, byThread: 0, isAlive: true, closed: 0 };
  let now = 0;
  const logged: string[] = [];
  const here = createMemoryAdapter();
  const thread: CommitThread = {
    isAlive: () => disk.isAlive,
    write: () => {
      disk.byThread++;
      return Promise.resolve(disk.milliseconds);
    },
    probe: () => Promise.resolve(disk.milliseconds),
    close: () => Promise.resolve(void disk.closed++),
  };
  const log = (message: string): void => void logged.push(message);
  const adapter = withSlowDisk(
    {
      ...here,
      write: (batch) => {
        now += disk.milliseconds;
        return here.write(batch);
      },
    },
    {
      startThread: startThread ?? (() => Promise.resolve(thread)),
      clock: { monotonic: () => now },
      logger: { debug: log, info: log, warn: log, error: log },
    },
  );
  const write = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      await adapter.write(BATCH);
      // A thread has time to start.
      await Promise.resolve();
    }
  };
  return { adapter, disk, here, logged, write };
}

describe("a disk", () => {
  it("that is quick needs no thread", async () => {
    const { adapter, disk, here, logged, write } = setUp();
    await write(100);
    disk.milliseconds = 30;
    await write(1);
    disk.milliseconds = 0.2;
    await write(100);
    expect(adapter.write(BATCH)).toBeUndefined();
    expect([here.batches.length, disk.byThread, logged]).toEqual([202, 0, []]);
  });

  it("that is slow gets one, until it is quick again", async () => {
    const { adapter, disk, here, logged, write } = setUp();
    disk.milliseconds = 20;
    await write(50);
    expect(disk.byThread).toBeGreaterThan(40);
    expect(here.batches.length + disk.byThread).toBe(50);
    expect(logged).toEqual(["the disk is slow: commits have got a thread of their own"]);
    disk.milliseconds = 0.2;
    await write(100);
    expect(adapter.write(BATCH)).toBeUndefined();
    disk.milliseconds = 20;
    await write(10);
    expect(adapter.write(BATCH)).toBeInstanceOf(Promise);
    expect(logged).toHaveLength(1);
    await adapter.close();
    expect(disk.closed).toBe(1);
  });

  it("that is slow is used as it is where there is no thread", async () => {
    const { disk, here, logged, write } = setUp(() => Promise.reject(new Error("no threads")));
    disk.milliseconds = 20;
    await write(50);
    expect([here.batches.length, logged.length]).toEqual([50, 1]);
  });

  it("is used without the thread once that has ended", async () => {
    const { disk, here, write } = setUp();
    disk.milliseconds = 20;
    await write(20);
    const before = here.batches.length;
    disk.isAlive = false;
    await write(5);
    expect(here.batches.length).toBe(before + 5);
  });
});
