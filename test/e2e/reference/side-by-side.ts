/**
 * The gateway and the reference as a pair: the same is asked of both, and what they answer and expose is held against each other and
 * against the differences that a scenario lists.
 */

import { expect } from "vitest";
import { type Server, startGateway, startReference } from "../servers.ts";
import { exchange, type Exposed, exposedBy, wipe } from "./compare.ts";
import { type Answer, type Difference, type Exchange, type Scenario, send } from "./scenario.ts";

/** Two servers that were started with the same flags. */
export interface Pair {
  /** Runs a scenario and fails where the two differ beyond what it lists. Both are empty afterwards. */
  compare(scenario: Scenario): Promise<void>;
  /** Like `compare`, for flags with which the state cannot be read or emptied: answers alone, and nothing is cleared up. */
  compareAnswers(scenario: Scenario): Promise<void>;
  /** The reference. */
  readonly theirs: Server;
  /** The gateway. */
  readonly ours: Server;
  /** Ends both. */
  stop(): Promise<void>;
}

/** Starts both with these flags. {@link Pair.compare} needs `--web.enable-admin-api` among them. */
export async function startPair(...flags: readonly string[]): Promise<Pair> {
  const started = await Promise.all([startReference(...flags), startGateway(...flags)]);
  let theirs = started[0];
  const ours = started[1];
  const urls = (): Urls => ({ theirs: theirs.url, ours: ours.url });
  return {
    compare: async (scenario) => {
      try {
        const different = await compareAnswers(scenario, urls());
        await compareStates(scenario, urls());
        await assertDifferent(different, urls());
      } finally {
        if (scenario.breaksReference) {
          await theirs.stop();
          theirs = await startReference(...flags);
        }
        await Promise.all([wipe(theirs.url), wipe(ours.url)]);
      }
    },
    compareAnswers: async (scenario) =>
      await assertDifferent(await compareAnswers(scenario, urls()), urls()),
    get theirs() {
      return theirs;
    },
    ours,
    stop: async () => {
      await Promise.all([theirs.stop(), ours.stop()]);
    },
  };
}

interface Urls {
  readonly theirs: string;
  readonly ours: string;
}

/** Returns the requests that are listed as different, with our answers. */
async function compareAnswers({ requests }: Scenario, urls: Urls): Promise<[Exchange, Answer][]> {
  const different: [Exchange, Answer][] = [];
  for (const request of requests) {
    const [theirs, ours] = await Promise.all([
      exchange(urls.theirs, { ...request, ...request.theirs }),
      exchange(urls.ours, request),
    ]);
    expect(ours, `${request.method} ${request.path}`).toEqual(withDifference(theirs, request));
    if (request.ours ?? request.theirs) different.push([request, ours]);
  }
  return different;
}

async function assertDifferent(listed: readonly [Exchange, Answer][], urls: Urls): Promise<void> {
  for (const [request, ours] of listed) {
    expect(await exchange(urls.theirs, request), "listed as different").not.toEqual(ours);
  }
}

async function compareStates({ state, anyHelp }: Scenario, urls: Urls): Promise<void> {
  // The reference answers deletions before it does them, but it does everything in order.
  const last = send("PUT /metrics/job/last");
  await Promise.all([exchange(urls.theirs, last), exchange(urls.ours, last)]);
  const [theirs, ours] = await Promise.all([exposedBy(urls.theirs), exposedBy(urls.ours)]);
  if (state === undefined) {
    const view = (exposed: Exposed): Exposed => anyHelp ? withoutHelp(exposed) : exposed;
    return expect(view(ours)).toEqual(view(theirs));
  }
  const lines = ours.lines.filter((line) => !/^(?:#|push_)/.test(line));
  expect(lines).toEqual([...state.lines].sort());
  expect(theirs, "listed as different").not.toEqual(ours);
}

function withDifference(answer: Answer, { method, ours }: Exchange): Answer {
  const difference: Partial<Difference> = ours ?? {};
  const headers = Object.entries({ ...answer.headers, ...difference.headers })
    .filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { status = answer.status, body = answer.body } = difference;
  return { status, headers: Object.fromEntries(headers), body: method === "HEAD" ? "" : body };
}

/** Leaves HELP lines out. */
export function withoutHelp({ lines, heads, ...rest }: Exposed): Exposed {
  const isHelp = (line: string): boolean => line.startsWith("# HELP ");
  return {
    ...rest,
    lines: lines.filter((line) => !isHelp(line)),
    heads: heads.filter((line) => !isHelp(line)),
  };
}
