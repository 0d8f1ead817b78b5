/**
 * Clients that push as fast as they are answered, and remember what they were told. Each has groups of its own and one connection;
 * every request carries a number that was never used before.
 */

import { SERIES } from "./exposed.ts";
import type { Operation, Wipe } from "./history.ts";
import type { Random } from "./random.ts";

/** The families of the groups. */
const NAMES = ["crash_a", "crash_b", "crash_c", "crash_d"] as const;

/** What was sent to a gateway during its life. */
export interface Recorded {
  /** The requests to each group, in order. */
  readonly operations: Map<string, Operation[]>;
  /** The wipes. */
  readonly wipes: Wipe[];
}

/** What clients work with. */
export interface Workload {
  /** Base URL of the gateway. */
  readonly url: string;
  /** Decides what is sent. */
  readonly random: Random;
  /** Gives numbers out. */
  readonly nextNumber: () => number;
  /** Connections at once. */
  readonly clients: number;
  /** Groups of each connection. */
  readonly groups: number;
  /** Called with each answer that should never have come. */
  readonly onSurprise: (message: string) => void;
}

/** Begins to push. `stop` resolves when no request is under way any more: kill the gateway first. */
export function startClients(
  workload: Workload,
): { readonly recorded: Recorded; stop(): Promise<void> } {
  const recorded: Recorded = { operations: new Map(), wipes: [] };
  let isStopping = false;
  const isOver = (): boolean => isStopping;
  const running = Array.from({ length: workload.clients }, (_, client) => {
    const groups = Array.from({ length: workload.groups }, (_, i) => `c${client}g${i}`);
    return runClient(workload, recorded, groups, isOver);
  });
  running.push(runWiper(workload, recorded, isOver));
  return {
    recorded,
    stop: async () => {
      isStopping = true;
      await Promise.all(running);
    },
  };
}

async function runClient(
  { url, random, nextNumber, onSurprise }: Workload,
  { operations }: Recorded,
  groups: readonly string[],
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    const group = groups[random.below(groups.length)] as string;
    const { kind, names } = chooseOperation(random);
    const number = nextNumber();
    const sent = now();
    const status = await request(`${url}/metrics/job/crash/instance/${group}`, {
      method: kind === "refused" ? "PUT" : kind,
      ...(kind !== "DELETE" && { body: renderBody(names, number, kind === "refused") }),
    });
    const acknowledged = status === undefined ? undefined : now();
    const own = operations.get(group) ?? [];
    operations.set(group, [...own, { kind, names, number, sent, acknowledged }]);
    if (status === undefined) return;
    const expected = kind === "refused" ? 400 : kind === "DELETE" ? 202 : 200;
    if (status !== expected) onSurprise(`${kind} was answered with ${status}`);
  }
}

/** Now and then one comes that deletes everything. */
async function runWiper(
  { url, random, onSurprise }: Workload,
  { wipes }: Recorded,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    await new Promise((resolve) => setTimeout(resolve, 20 + random.below(200)));
    if (isOver() || wipes.length === 8) return;
    const sent = now();
    const status = await request(`${url}/api/v1/admin/wipe`, { method: "PUT" });
    wipes.push({ sent, acknowledged: status === undefined ? undefined : now() });
    if (status === undefined) return;
    if (status !== 202) onSurprise(`a wipe was answered with ${status}`);
  }
}

function chooseOperation(random: Random): Pick<Operation, "kind" | "names"> {
  const dice = random.below(100);
  if (dice < 50) return { kind: "PUT", names: NAMES.slice(0, 1 + random.below(NAMES.length)) };
  if (dice < 85) return { kind: "POST", names: NAMES.filter(() => random.chance(0.5)) };
  if (dice < 93) return { kind: "DELETE", names: [] };
  return { kind: "refused", names: NAMES };
}

/**
 * A refused push has a timestamp, and a number that nobody may ever see. Help texts make a group of several families too large now and
 * then to be stored whole.
 */
function renderBody(names: readonly string[], number: number, refused: boolean): string {
  const end = refused ? `${-number} 1700000000000\n` : `${number}\n`;
  const help = number % 4 === 0 ? "h".repeat(2000) : "";
  return names.map((name) => {
    const series = Array.from({ length: SERIES }, (_, i) => `${name}{part="${i}"} ${end}`);
    return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${series.join("")}`;
  }).join("");
}

/**
 * The status of the answer; `undefined` when there was none. A gateway that was told to stop may still say so, on Deno to whoever
 * comes meanwhile: nothing is acknowledged by that, and the client is as wise as without an answer.
 */
async function request(url: string, init: RequestInit): Promise<number | undefined> {
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    return response.status === 503 && text.includes("shutting down") ? undefined : response.status;
  } catch {
    return undefined;
  }
}

function now(): number {
  return Date.now() / 1000;
}
