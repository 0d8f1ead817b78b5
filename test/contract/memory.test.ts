/** The contract suite itself, over the adapter that tests use. */

import { createMemoryAdapter, type MemoryStore } from "./memory-adapter.ts";
import { describeAdapter } from "./suite.ts";
import { PersistenceError } from "../../src/persist/adapter.ts";
import type { MemoryAdapter } from "./memory-adapter.ts";

for (const kind of ["synchronous", "asynchronous"] as const) {
  describeAdapter(`memory, ${kind}`, () => {
    const store: MemoryStore = new Map();
    let latest: MemoryAdapter | undefined;
    return Promise.resolve({
      open: () => {
        latest = createMemoryAdapter({
          store,
          ...(kind === "asynchronous" && { wait: () => Promise.resolve() }),
        });
        return Promise.resolve(latest);
      },
      breakWrites: () => {
        if (latest) latest.trouble = { error: new PersistenceError("failed", "told to fail") };
        return Promise.resolve(() => {
          if (latest) latest.trouble = undefined;
          return Promise.resolve();
        });
      },
      dispose: () => Promise.resolve(),
    });
  });
}
