/** The kill test in short, over every store; `npm run test:crash` runs it at length. */

import { expect, it } from "vitest";
import { COMMANDS } from "../crash/commands.ts";
import { newSeed } from "../crash/random.ts";
import { runCrashRounds } from "../crash/rounds.ts";
import { STORES } from "../crash/stores.ts";
import { describeWith, redisServer } from "../e2e/tools.ts";

for (const [name, { runtimes, create }] of Object.entries(STORES)) {
  describeWith(name === "redis" ? [redisServer] : [], `killed while storing: ${name}`, () => {
    const tested = ["bun", "deno"].filter((runtime) => runtimes.includes(runtime));
    it.each(tested)("%s loses nothing that was acknowledged", async (runtime) => {
      const command = await COMMANDS[runtime]?.() ?? [];
      const store = await create();
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
}
