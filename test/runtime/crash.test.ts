/** The kill test in short; `npm run test:crash` runs it at length. */

import { describe, expect, it } from "vitest";
import { COMMANDS } from "../crash/commands.ts";
import { newSeed } from "../crash/random.ts";
import { runCrashRounds } from "../crash/rounds.ts";
import { STORES } from "../crash/stores.ts";

const STORED_IN = ["file"];

describe.each(STORED_IN)("killed while storing in: %s", (name) => {
  it.each(["bun", "deno"])("%s loses nothing that was acknowledged", async (runtime) => {
    const command = await COMMANDS[runtime]?.() ?? [];
    const store = await STORES[name]?.();
    if (store === undefined) throw new Error(`no such store: ${name}`);
    const seed = newSeed();
    try {
      const result = await runCrashRounds({
        command: [...command, ...store.flags],
        rounds: 3,
        seed,
      });
      expect(result.compared, `seed ${seed}`).toBeGreaterThan(0);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    } finally {
      await store.dispose();
    }
  });
});
