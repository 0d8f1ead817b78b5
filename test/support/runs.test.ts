import { afterEach, expect, it, vi } from "vitest";

afterEach(() => vi.unstubAllEnvs());

/** The number of runs of a test that is written to run 30 times, with a value of `TEST_RUNS`. */
async function runsWith(value: string | undefined): Promise<number> {
  vi.stubEnv("TEST_RUNS", value);
  vi.resetModules();
  return (await import("./runs.ts")).runs(30);
}

it.each([
  [undefined, 30],
  ["1", 30],
  ["20", 600],
  ["0.1", 3],
  ["0.0001", 1],
])("runs random tests as often as TEST_RUNS says: %s", async (value, count) => {
  expect(await runsWith(value)).toBe(count);
});

it.each(["", " ", "0", "-1", "many", "Infinity"])("refuses %j", async (value) => {
  await expect(runsWith(value)).rejects.toThrow("TEST_RUNS is to be a number above 0");
});
