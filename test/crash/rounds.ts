/**
 * The kill test: push at full speed, kill the gateway, start it again on the same store, look at what it exposes. Sometimes it is
 * killed while it starts or while it stops, too.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { type Recorded, startClients } from "./clients.ts";
import { type ExposedGroup, readExposed } from "./exposed.ts";
import { ABSENT, describeState, type GroupState, isInState, possibleStates } from "./history.ts";
import { startVictim, type Victim } from "./process.ts";
import { createRandom, type Random } from "./random.ts";

/** How to run the kill test. */
export interface CrashOptions {
  /** The command that starts a gateway, flags of the store included. */
  readonly command: readonly string[];
  /** How often it is killed under load. */
  readonly rounds: number;
  /** Makes the choices repeatable. */
  readonly seed: number;
  /** Told of each round. */
  readonly log?: (line: string) => void;
}

/** What was done. */
export interface CrashResult {
  /** Requests that were acknowledged. */
  readonly acknowledged: number;
  /** Requests without an answer, which died with the gateway. */
  readonly unanswered: number;
  /** Groups whose state was compared, all rounds together. */
  readonly compared: number;
}

const CLIENTS = 8;
const GROUPS = 4;
/** How long a gateway is pushed to at most. Milliseconds. */
const LIFETIME = 400;
/** What does not come within this does not come at all. Milliseconds. */
const PATIENCE = 30_000;

/**
 * Runs the kill test.
 *
 * @throws Error when anything that was acknowledged is missing, or anything is there that should not be.
 */
export async function runCrashRounds(options: CrashOptions): Promise<CrashResult> {
  const { rounds, seed, log = () => {} } = options;
  const random = createRandom(seed);
  const command = [...options.command, "--web.enable-admin-api"];
  const states = new Map<string, GroupState>();
  const result = { acknowledged: 0, unanswered: 0, compared: 0 };
  let number = 0;
  let victim = await restart(command, random);
  try {
    for (let round = 1; round <= rounds; round++) {
      const url = await within(victim.url, "a gateway that listens");
      const surprises: string[] = [];
      const clients = startClients({
        url,
        random,
        nextNumber: () => ++number,
        clients: CLIENTS,
        groups: GROUPS,
        onSurprise: (message) => surprises.push(message),
      });
      await sleep(random.below(LIFETIME));
      await killVictim(victim, random);
      await within(clients.stop(), "an end of all requests");
      if (surprises.length > 0) throw new Error(`${surprises.join("\n")}\n${victim.logs()}`);
      victim = await restart(command, random);
      const exposed = await scrape(victim);
      result.compared += compare(states, clients.recorded, exposed, victim.logs());
      log(`round ${round}: ${summarize(clients.recorded, result)}`);
    }
    return result;
  } finally {
    victim.kill("SIGKILL");
    await victim.exit;
  }
}

/** Kills a gateway, once in a while when it is just stopping in good order. */
async function killVictim(victim: Victim, random: Random): Promise<void> {
  if (random.chance(0.15)) {
    victim.kill("SIGTERM");
    await sleep(random.below(15));
  }
  victim.kill("SIGKILL");
  await victim.exit;
}

/** Starts a gateway, once in a while one or two that are killed before it. */
async function restart(command: readonly string[], random: Random): Promise<Victim> {
  while (random.chance(0.25)) {
    const early = startVictim(command);
    if (random.chance(0.5)) await early.url;
    await sleep(random.below(60));
    early.kill("SIGKILL");
    await early.exit;
  }
  return startVictim(command);
}

async function scrape(victim: Victim): Promise<ReadonlyMap<string, ExposedGroup>> {
  const url = await within(victim.url, "a gateway that listens");
  try {
    const response = await within(fetch(`${url}/metrics`), "a scrape");
    const text = await response.text();
    if (response.status !== 200) throw new Error(`the scrape was answered with ${text}`);
    return readExposed(text);
  } catch (error) {
    throw new Error(`cannot scrape:\n${victim.logs()}`, { cause: error });
  }
}

/** Compares each group with what it may hold, and remembers what it does. */
function compare(
  states: Map<string, GroupState>,
  { operations, wipes }: Recorded,
  exposed: ReadonlyMap<string, ExposedGroup>,
  logs: string,
): number {
  const groups = new Set([...states.keys(), ...operations.keys(), ...exposed.keys()]);
  for (const group of groups) {
    const possible = possibleStates(
      states.get(group) ?? ABSENT,
      operations.get(group) ?? [],
      wipes,
    );
    const { numbers, pushTime } = exposed.get(group) ?? { numbers: {} };
    const found = possible.find((state) => isInState(numbers, pushTime, state));
    if (found === undefined) {
      const shown = describeState({
        numbers,
        ...(pushTime !== undefined && { pushed: [pushTime, pushTime] }),
      });
      const allowed = possible.map(describeState).join("\n  or ");
      throw new Error(`${group} is\n     ${shown}\nbut may be\n     ${allowed}\n${logs}`);
    }
    states.set(group, { numbers, ...(pushTime && { pushed: [pushTime, pushTime] }) });
  }
  return groups.size;
}

function summarize(
  { operations, wipes }: Recorded,
  result: { -readonly [K in keyof CrashResult]: number },
): string {
  const all = [...[...operations.values()].flat(), ...wipes];
  const acknowledged = all.filter((each) => each.acknowledged !== undefined).length;
  result.acknowledged += acknowledged;
  result.unanswered += all.length - acknowledged;
  return `${acknowledged} acknowledged, ${all.length - acknowledged} not, ${wipes.length} wipes`;
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), PATIENCE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
