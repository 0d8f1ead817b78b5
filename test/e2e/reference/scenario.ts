/**
 * How the corpus for the comparison with the reference is written: scenarios of requests that are sent to both servers, with our
 * deliberate differences, and the reason of each, beside the request they concern.
 */

/** What goes over the wire. */
export interface Message {
  /** HTTP method. */
  readonly method: string;
  /** Request target. */
  readonly path: string;
  /** Body; text is sent as UTF-8. */
  readonly body?: string | Uint8Array;
  /** Request headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request, and what is to be made of the answers. */
export interface Exchange extends Message {
  /** What is different in our answer; the rest must be equal. */
  readonly ours?: Difference;
  /** The reference refuses the request, and this is what it has to be sent to do the same as we do. */
  readonly theirs?: Partial<Message> & {
    /** The reason, as in {@link Difference}. */
    readonly why: string;
  };
}

/** What answers are compared by. */
export interface Answer {
  /** Status code. */
  readonly status: number;
  /** The headers that are compared, by lower-case name; those that were not sent are missing. */
  readonly headers: Readonly<Record<string, string>>;
  /** Body as text. */
  readonly body: string;
}

/** A difference of ours, on purpose. */
export interface Difference {
  /** The reason: a rule of ours, or the version of the reference since which it does the same. */
  readonly why: string;
  /** Our status, where it differs. */
  readonly status?: number;
  /** Our headers, where they differ; `undefined` for one that we do not send. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Our body, where it differs. */
  readonly body?: string;
}

/** Requests sent one after the other to empty servers, after which both expose the same. */
export interface Scenario {
  /** What it is about; the name of the test. */
  readonly name: string;
  /** The requests. */
  readonly requests: readonly Exchange[];
  /** How what we expose afterwards differs. */
  readonly state?: {
    /** The reason, as in {@link Difference}. */
    readonly why: string;
    /** All sample lines of ours that stem from pushes but for the push times, in any order. */
    readonly lines: readonly string[];
  };
  /** Whether the reference leaves to chance which HELP text is exposed. */
  readonly anyHelp?: boolean;
  /** Whether the reference is of no use afterwards, so that it has to be started anew. */
  readonly breaksReference?: boolean;
}

/** Makes an exchange: `send("PUT /metrics/job/a", "a 1\n")`. */
export function send(
  line: string,
  body?: string | Uint8Array,
  more: Omit<Exchange, "method" | "path" | "body"> = {},
): Exchange {
  const blank = line.indexOf(" ");
  const request = { method: line.slice(0, blank), path: line.slice(blank + 1), ...more };
  return body === undefined ? request : { ...request, body };
}

/** A scenario of one push. */
export function push(
  name: string,
  body: string | Uint8Array,
  more: Omit<Exchange, "method" | "path" | "body"> = {},
): Scenario {
  const short = name.length > 100 ? `${name.slice(0, 80)}… (${name.length})` : name;
  return { name: short, requests: [send("PUT /metrics/job/j", body, more)] };
}

/** Scenarios of one push each, named after what they push. */
export function pushes(bodies: readonly string[]): readonly Scenario[] {
  return bodies.map((body) => push(showBody(body), body));
}

/** A body as the name of a test. */
export function showBody(body: string): string {
  return body === "" ? "nothing" : JSON.stringify(body).slice(1, -1).replaceAll('\\"', '"');
}

/** A push that the reference accepts and we refuse, so that it leaves no trace. */
export function pushRefused(name: string, body: string | Uint8Array, ours: Refusal): Scenario {
  const { why, headers = {} } = ours;
  const more = { headers, ours: refusal(ours) };
  return { ...push(name, body, more), state: { why, lines: [] } };
}

/** Why and how we refuse a request. */
export interface Refusal {
  /** The reason, as in {@link Difference}. */
  readonly why: string;
  /** The error without the line feed at its end. */
  readonly error: string;
  /** The status, 400 when it is not given. */
  readonly status?: number;
  /** Headers of the request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error of ours where the reference has none, or another one. */
export function refusal({ why, error, status = 400 }: Refusal): Difference {
  return { why, status, headers: ERROR_HEADERS, body: `${error}\n` };
}

const ERROR_HEADERS: NonNullable<Difference["headers"]> = {
  "content-type": "text/plain; charset=utf-8",
  "x-content-type-options": "nosniff",
  "location": undefined,
};

/** A push that we accept and the reference refuses. */
export function acceptance(why: string): Difference {
  return { why, status: 200, headers: NO_HEADERS, body: "" };
}

const NO_HEADERS: NonNullable<Difference["headers"]> = {
  "content-type": undefined,
  "x-content-type-options": undefined,
};

/** A scrape in the midst of a scenario. */
export function scrape(headers: Message["headers"] = {}, query = ""): Exchange {
  return send(`GET /metrics${query}`, undefined, {
    headers,
    ours: {
      why: "since 1.8: the escaping scheme is named",
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8; escaping=underscores" },
    },
  });
}
