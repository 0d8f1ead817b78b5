import { existsSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createSystemReader } from "../../src/runtime/system.ts";

const hasProc = existsSync("/proc/self/stat");

describe("createSystemReader", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.runIf(hasProc)("reads files and counts entries", () => {
    const reader = createSystemReader();
    expect(reader.readText("/proc/self/stat")).toMatch(/^\d+ \(/);
    expect(reader.countEntries("/proc/self/fd")).toBeGreaterThan(2);
  });

  it("tells nothing of what is not there", () => {
    const reader = createSystemReader();
    expect(reader.readText("/no/such/file")).toBeUndefined();
    expect(reader.countEntries("/no/such/folder")).toBeUndefined();
    expect(reader.readText("/")).toBeUndefined();
  });

  it("tells the size of the heap", () => {
    const heap = createSystemReader().heap?.();
    expect(heap?.usedBytes).toBeGreaterThan(0);
    expect(heap?.totalBytes).toBeGreaterThanOrEqual(heap?.usedBytes ?? Infinity);
  });

  it.runIf(hasProc).each([
    ["granted", true],
    ["prompt", false],
    ["denied", false],
  ])("asks Deno first, and never the user: %s", (state, isRead) => {
    const querySync = vi.fn(() => ({ state }));
    vi.stubGlobal("Deno", { permissions: { querySync } });
    const reader = createSystemReader();
    expect(reader.readText("/proc/self/stat") !== undefined).toBe(isRead);
    expect(reader.countEntries("/proc/self/fd") !== undefined).toBe(isRead);
    expect(querySync).toHaveBeenCalledWith({ name: "read", path: "/proc/self/stat" });
  });
});
