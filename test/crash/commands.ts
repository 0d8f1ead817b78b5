/** The ways to start a gateway that the kill test knows. */

import { bin, compiledBinary } from "../runtime/artifacts.ts";

/** Commands that flags are appended to, by the names that the command line knows. */
export const COMMANDS: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  bun: () => Promise.resolve([bin("bun"), "src/main.ts"]),
  deno: () => Promise.resolve([bin("deno"), "run", "-A", "--unstable-kv", "src/main.ts"]),
  binary: async () => [await compiledBinary()],
};
