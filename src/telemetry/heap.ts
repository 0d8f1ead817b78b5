/**
 * The JavaScript heap, in place of the `go_memstats_*` of the reference. The names say `pushgateway_runtime_` and not the runtime's
 * own, so that one dashboard serves them all.
 */

import { type Collector, type Definition, scalarFamily } from "./collector.ts";
import type { HeapSize } from "./system.ts";

const USED: Definition<"gauge"> = {
  name: "pushgateway_runtime_heap_used_bytes",
  type: "gauge",
  help: "Bytes of the JavaScript heap in use.",
};

const TOTAL: Definition<"gauge"> = {
  name: "pushgateway_runtime_heap_total_bytes",
  type: "gauge",
  help: "Bytes of the JavaScript heap taken from the system.",
};

/** Collects the size of the heap as `read` tells it; no family when it tells nothing. */
export function createHeapCollector(read: () => HeapSize | undefined): Collector {
  return {
    definitions: [USED, TOTAL],
    collect() {
      const heap = read();
      if (heap === undefined) return [];
      return [scalarFamily(USED, heap.usedBytes), scalarFamily(TOTAL, heap.totalBytes)];
    },
  };
}
