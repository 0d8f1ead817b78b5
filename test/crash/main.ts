/**
 * The kill test by itself: `npm run test:crash -- --runtime=bun --store=file --rounds=50 --seed=1`. Without arguments it runs the
 * rounds that a release must stand: 50 on Bun and 20 on Deno, with every store.
 */

import process from "node:process";
import { parseArgs } from "node:util";
import { COMMANDS } from "./commands.ts";
import { newSeed } from "./random.ts";
import { runCrashRounds } from "./rounds.ts";
import { STORES } from "./stores.ts";

const ROUNDS: Readonly<Record<string, number>> = { bun: 50, deno: 20 };

const { values } = parseArgs({
  options: {
    runtime: { type: "string", multiple: true, default: Object.keys(ROUNDS) },
    store: { type: "string", multiple: true, default: Object.keys(STORES) },
    rounds: { type: "string" },
    seed: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});

for (const store of values.store) {
  for (const runtime of values.runtime) {
    if (STORES[store]?.runtimes.includes(runtime) === false) continue;
    const rounds = Number(values.rounds ?? ROUNDS[runtime] ?? 20);
    await run(runtime, store, rounds, Number(values.seed ?? newSeed()));
  }
}
process.exit(0);

async function run(runtime: string, name: string, rounds: number, seed: number): Promise<void> {
  const command = COMMANDS[runtime];
  const kind = STORES[name];
  if (command === undefined) throw new Error(`no such runtime: ${runtime}`);
  if (kind === undefined) throw new Error(`no such store: ${name}`);
  say(`${runtime}, ${name}: ${rounds} rounds, --seed=${seed}`);
  const store = await kind.create();
  const started = performance.now();
  try {
    const { acknowledged, unanswered, compared } = await runCrashRounds({
      command: [...await command(), ...store.flags],
      rounds,
      seed,
      ...(values.verbose && { log: say }),
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    say(
      `  ${acknowledged} requests acknowledged, ${unanswered} without an answer; ` +
        `${compared} groups compared, nothing lost; ${seconds} s`,
    );
  } finally {
    await store.dispose();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
