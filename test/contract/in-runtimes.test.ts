/** What only some runtimes have: its contract tests, run there. */

import { expect, it } from "vitest";
import { runVitest } from "./run-vitest.ts";

it.each(["bun", "deno"] as const)("SQLite in a file passes in %s", async (runtime) => {
  const { passed, failed, skipped, output } = await runVitest(runtime, [
    "test/contract/sqlite.test.ts",
  ]);
  expect(failed, output).toBe(0);
  expect(skipped, output).toBe(0);
  expect(passed, output).toBeGreaterThan(50);
}, 150_000);
