/**
 * A black-box case as a line of a table, and what runs it: empty gateway, what is given, one request, then answer and what is held
 * compared.
 */

import { expect, it } from "vitest";
import { type Answer, type Gateway, type Outgoing, put, send } from "./client.ts";
import { held, wipe } from "./held.ts";

/** The running gateway of the target that a suite is being run against. */
export type Use = () => Gateway;

/** One case. What is left out is not looked at. */
export interface Case {
  /** What it is about. */
  readonly title: string;
  /** Requests that come before and succeed. */
  readonly given?: readonly Outgoing[];
  /** The request. */
  readonly request: Outgoing;
  /** The status of its answer. */
  readonly status: number;
  /** Headers of its answer; one that is undefined must not be there. */
  readonly headers?: Readonly<Record<string, string | RegExp | undefined>>;
  /** Body of its answer. */
  readonly body?: string | RegExp;
  /** All pushed families as a scrape shows them afterwards; {@link SAME} for as they were before the request. */
  readonly exposes?: string | typeof SAME;
  /** All groups afterwards, as in {@link held}. */
  readonly groups?: Readonly<Record<string, string>>;
}

/** Stands for what was exposed before the request. */
export const SAME: unique symbol = Symbol("same");

/** The headers that every error comes with. */
export const ERROR_HEADERS: NonNullable<Case["headers"]> = {
  "content-type": "text/plain; charset=utf-8",
  "x-content-type-options": "nosniff",
};

/** Path that most cases push to. */
export const GROUP = "/metrics/job/a";
/** Labels of what is pushed there. */
export const LABELS = 'instance="",job="a"';

/** Makes one test of each case. The gateway is wiped before each, so its admin API has to be on. */
export function runCases(use: Use, cases: readonly Case[]): void {
  for (const one of cases) it(one.title, () => runCase(use(), one));
}

/** Runs one case. */
export async function runCase(gateway: Gateway, one: Case): Promise<void> {
  await wipe(gateway);
  for (const outgoing of one.given ?? []) await succeed(gateway, outgoing);
  const before = one.exposes === SAME ? (await held(gateway)).text : one.exposes;
  expectAnswer(await send(gateway, one.request), one);
  if (one.exposes === undefined && one.groups === undefined) return;
  const { text, groups } = await held(gateway);
  if (one.exposes !== undefined) expect(text).toBe(before);
  if (one.groups !== undefined) expect(groups).toEqual(one.groups);
}

/** Compares an answer with what a case says of it. */
export function expectAnswer(
  answer: Answer,
  expected: Pick<Case, "status" | "headers" | "body">,
): void {
  const { status, headers = {}, body } = expected;
  expect({ status: answer.status, text: status === answer.status ? "" : answer.text })
    .toEqual({ status, text: "" });
  for (const [name, value] of Object.entries(headers)) {
    const actual = answer.headers[name];
    if (value instanceof RegExp) expect(actual, name).toMatch(value);
    else expect(actual, name).toBe(value);
  }
  if (body instanceof RegExp) expect(answer.text).toMatch(body);
  else if (body !== undefined) expect(answer.text).toBe(body);
}

/** Sends a request that must succeed. */
export async function succeed(gateway: Gateway, outgoing: Outgoing): Promise<Answer> {
  const answer = await send(gateway, outgoing);
  expect(answer.status, `${outgoing.method} ${outgoing.path}: ${answer.text}`).toBeLessThan(300);
  return answer;
}

/** A body that is accepted and comes out as `exposes`, in which `{}` stands for the labels of the group. */
export function accepted(title: string, body: string | Uint8Array, exposes: string): Case {
  return {
    title,
    request: put(GROUP, body),
    status: 200,
    body: "",
    exposes: exposes.replaceAll("{}", `{${LABELS}}`),
    groups: { [LABELS]: "pushed" },
  };
}

/** A request that is refused with 400 before anything is looked up: it leaves no trace. */
export function unreadable(title: string, request: Outgoing, message: string | RegExp): Case {
  return {
    title,
    request,
    status: 400,
    headers: ERROR_HEADERS,
    body: typeof message === "string" ? `${message}\n` : message,
    exposes: "",
    groups: {},
  };
}
