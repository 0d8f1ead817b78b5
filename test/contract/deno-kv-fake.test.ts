/** The contract over Deno KV in memory, in every runtime. The real one is in deno-kv.test.ts. */

import { createSystemClock } from "../../src/runtime/clock.ts";
import { createDenoKvAdapter } from "../../src/persist/deno-kv.ts";
import { quietHost } from "./deno-kv-host.ts";
import { createFakeDatabase } from "./fake-deno-kv.ts";
import { describeAdapter } from "./suite.ts";

describeAdapter("Deno KV, in memory", () => {
  const db = createFakeDatabase();
  const host = quietHost({ clock: createSystemClock(), leaseMs: 300 });
  return Promise.resolve({
    open: () => createDenoKvAdapter(db.open(), host),
    refusesSecond: true,
    breakWrites: () => {
      db.decide = () => ({ error: "database or disk is full" });
      return Promise.resolve(() => {
        db.decide = () => "do";
        return Promise.resolve();
      });
    },
    dispose: () => Promise.resolve(),
  });
});
