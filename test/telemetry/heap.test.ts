import { describe, expect, it } from "vitest";
import { createHeapCollector } from "../../src/telemetry/heap.ts";
import type { HeapSize } from "../../src/telemetry/system.ts";

describe("createHeapCollector", () => {
  it("asks at each scrape and gives nothing when nothing is told", () => {
    let size: HeapSize | undefined = { usedBytes: 5_000_000, totalBytes: 8_000_000 };
    const heap = createHeapCollector(() => size);
    expect(heap.collect(0).map(({ name, type, samples }) => [name, type, ...samples])).toEqual([
      ["pushgateway_runtime_heap_used_bytes", "gauge", 5_000_000],
      ["pushgateway_runtime_heap_total_bytes", "gauge", 8_000_000],
    ]);
    size = { usedBytes: 1, totalBytes: 2 };
    expect(heap.collect(0).map((family) => family.samples)).toEqual([[1], [2]]);
    size = undefined;
    expect(heap.collect(0)).toEqual([]);
  });
});
