/** Adapters for what only Deno has, or has in its own way: their contract tests, run in Deno. */

import { expect, it } from "vitest";
import { runVitest } from "./run-vitest.ts";

it("Deno KV passes in Deno", async () => {
  const { passed, failed, output } = await runVitest("deno", ["test/contract/deno-kv.test.ts"]);
  expect(failed, output).toBe(0);
  expect(passed, output).toBeGreaterThan(10);
}, 150_000);
