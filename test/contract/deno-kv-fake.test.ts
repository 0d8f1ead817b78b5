/** The contract over Deno KV in memory, in every runtime. The real one is in deno-kv.test.ts. */

import { createSystemClock } from "../../src/runtime/clock.ts";
import { createDenoKvAdapter } from "../../src/persist/deno-kv.ts";
import { quietHost } from "./deno-kv-host.ts";
import { createFakeDatabase, type Fate } from "./fake-deno-kv.ts";
import { describeAdapter } from "./suite.ts";

const FATES: Readonly<Record<string, Fate>> = {
  "in memory": "do",
  "in memory, whose answers get lost so that every commit is sent twice": "again",
};

for (const [name, fate] of Object.entries(FATES)) {
  describeAdapter(`Deno KV, ${name}`, () => {
    const db = createFakeDatabase();
    db.decide = () => fate;
    const host = quietHost({ clock: createSystemClock(), leaseMs: 300 });
    return Promise.resolve({
      open: () => createDenoKvAdapter(db.open(), host),
      refusesSecond: true,
      breakWrites: () => {
        db.decide = () => ({ error: "database or disk is full" });
        return Promise.resolve(() => {
          db.decide = () => fate;
          return Promise.resolve();
        });
      },
      dispose: () => Promise.resolve(),
    });
  });
}
