/**
 * What a group may hold after a crash. Each group has one client, which waits for every answer, so its own requests have an order;
 * wipes come from elsewhere, at about the same time as some of them. An acknowledged request was carried out at some moment between
 * its sending and its answer; one without an answer was carried out at some moment, or never. All states that this allows are
 * worked out, and what the gateway exposes must be one of them.
 */

/** What a group holds: the number that each of its families carries, and when it was last pushed to. */
export interface GroupState {
  /** The numbers by the names of the families. Empty when the group is not there. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Earliest and latest second of the push, as the client has seen it; none where the group is not there. */
  readonly pushed?: readonly [from: number, to: number];
}

/** A request to one group. */
export interface Operation {
  /** What it does. A PUT replaces what is there, a POST adds to it; a refused push changes nothing that counts here. */
  readonly kind: "PUT" | "POST" | "DELETE" | "refused";
  /** The families that it carries. */
  readonly names: readonly string[];
  /** The number that all of them carry. */
  readonly number: number;
  /** When it was sent. Seconds. */
  readonly sent: number;
  /** When it was acknowledged; `undefined` when the gateway died before it answered. */
  readonly acknowledged: number | undefined;
}

/** A request to delete everything. */
export type Wipe = Pick<Operation, "sent" | "acknowledged">;

/** A group that is not there. */
export const ABSENT: GroupState = { numbers: {} };

/** A state together with the wipes that led to it, one bit each. */
interface Path {
  readonly state: GroupState;
  readonly wipes: number;
}

/**
 * Works out all states that a group may be in.
 *
 * @param start what it held before.
 * @param operations the requests to it, in order; only the last may lack an answer.
 * @param wipes all wipes of that time, at most 30.
 */
export function possibleStates(
  start: GroupState,
  operations: readonly Operation[],
  wipes: readonly Wipe[],
): readonly GroupState[] {
  let paths: readonly Path[] = [{ state: start, wipes: 0 }];
  for (let at = 0; at <= operations.length; at++) {
    const before = operations[at - 1];
    const next = operations[at];
    paths = unique(withWipes(paths, wipes, before, next));
    if (next === undefined) break;
    const after = paths.map(({ state, wipes }) => ({ state: applyTo(state, next), wipes }));
    paths = next.acknowledged === undefined ? [...after, ...paths] : after;
  }
  const due = wipes.reduce(
    (mask, wipe, i) => wipe.acknowledged === undefined ? mask : mask | (1 << i),
    0,
  );
  return unique(
    paths.filter((path) => (path.wipes & due) === due).map(({ state }) => ({
      state,
      wipes: 0,
    })),
  ).map(({ state }) => state);
}

/** The paths with and without each wipe that may have come between two requests. */
function withWipes(
  paths: readonly Path[],
  wipes: readonly Wipe[],
  before: Operation | undefined,
  next: Operation | undefined,
): Path[] {
  const result = [...paths];
  wipes.forEach((wipe, i) => {
    const mayFollow = before === undefined || (wipe.acknowledged ?? Infinity) >= before.sent;
    const mayPrecede = next === undefined || wipe.sent <= (next.acknowledged ?? Infinity);
    if (!mayFollow || !mayPrecede) return;
    for (const path of [...result]) {
      if ((path.wipes & (1 << i)) === 0) {
        result.push({ state: ABSENT, wipes: path.wipes | (1 << i) });
      }
    }
  });
  return result;
}

function applyTo(
  state: GroupState,
  { kind, names, number, sent, acknowledged }: Operation,
): GroupState {
  if (kind === "refused") return state;
  if (kind === "DELETE") return ABSENT;
  const own = Object.fromEntries(names.map((name) => [name, number]));
  const numbers = kind === "PUT" ? own : { ...state.numbers, ...own };
  return { numbers, pushed: [sent, acknowledged ?? Infinity] };
}

function unique(paths: readonly Path[]): Path[] {
  return [
    ...new Map(paths.map((path) => [`${path.wipes} ${describeState(path.state)}`, path])).values(),
  ];
}

/** Whether a group that is exposed with these numbers and this push time is in a state. */
export function isInState(
  numbers: GroupState["numbers"],
  pushTime: number | undefined,
  state: GroupState,
): boolean {
  if (describeNumbers(numbers) !== describeNumbers(state.numbers)) return false;
  if (state.pushed === undefined || pushTime === undefined) {
    return state.pushed === undefined && (pushTime ?? 0) === 0;
  }
  // Clocks of two processes tick a little apart.
  return pushTime >= state.pushed[0] - 0.002 && pushTime <= state.pushed[1] + 0.002;
}

/** A state in one line, for messages and comparisons. */
export function describeState({ numbers, pushed }: GroupState): string {
  return `${describeNumbers(numbers)} pushed ${pushed?.join("…") ?? "never"}`;
}

function describeNumbers(numbers: GroupState["numbers"]): string {
  return JSON.stringify(Object.entries(numbers).sort(([a], [b]) => (a < b ? -1 : 1)));
}
