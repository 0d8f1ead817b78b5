/** The thread that commits on a slow disk, in the runtimes that have SQLite. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { ThreadResult } from "../crash/thread.ts";
import { bin } from "./artifacts.ts";

const PROGRAMS = {
  bun: [bin("bun"), "test/crash/thread.ts"],
  deno: [bin("deno"), "run", "-A", "test/crash/thread.ts"],
};

describe.each(Object.entries(PROGRAMS))("a thread that commits: %s", (_, [file = "", ...args]) => {
  it("stores what is stored at once elsewhere, and says why it cannot", async () => {
    const { stdout } = await promisify(execFile)(file, args);
    const { atOnce, byThread, records, ...rest }: ThreadResult = JSON.parse(stdout);
    expect(rest).toEqual({
      refusal: "PersistenceError failed",
      settled: true,
      logged: ["the disk is slow: commits have got a thread of their own"],
    });
    expect(byThread).toBeGreaterThan(100);
    expect(records).toBe(atOnce + byThread + 1);
  });
});
