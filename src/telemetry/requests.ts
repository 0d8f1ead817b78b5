/**
 * `pushgateway_http_requests_total`: requests by handler, method and status code, named and labelled as the reference does, so that
 * its dashboards work. Counting is on the way of every push and allocates nothing once a combination has been seen.
 */

import type { Family } from "../model/family.ts";
import { labelText } from "../model/label.ts";
import type { Collector, Definition } from "./collector.ts";

/** The handlers that are counted, by the reference's names. Scrapes, `/-/quit` and unknown paths are not counted, as there. */
export const HANDLER_NAMES = [
  "push",
  "delete",
  "healthy",
  "ready",
  "static",
  "status",
  "wipe",
  "api/v1/status",
  "api/v1/metrics",
  "api/v1/options",
] as const;
/** A handler that is counted. */
export type HandlerName = typeof HANDLER_NAMES[number];

/** Counts requests. */
export interface RequestCounter extends Collector {
  /** Counts one request with the method as the client sent it and the status code of the answer. */
  count(handler: HandlerName, method: string, code: number): void;
}

interface Cell {
  readonly labels: string;
  value: number;
}

/** The methods promhttp knows, in upper or lower case. Any other is "unknown": clients must not be able to make series. */
const METHODS: ReadonlyMap<string, string> = new Map(
  ["get", "put", "head", "post", "delete", "connect", "options", "notify", "trace", "patch"]
    .flatMap((method) => [[method, method], [method.toUpperCase(), method]]),
);

const REQUESTS: Definition<"counter"> = {
  name: "pushgateway_http_requests_total",
  type: "counter",
  help: "Total HTTP requests processed by the Pushgateway, excluding scrapes.",
};

/** A counter that has seen no request; it gives no family before the first. */
export function createRequestCounter(): RequestCounter {
  const index = new Map<HandlerName, Map<string, Map<number, Cell>>>();
  const cells: Cell[] = [];
  let labels: readonly string[] = [];
  let families: readonly Family[] | undefined = [];

  function addCell(handler: HandlerName, method: string, code: number): Cell {
    const text = labelText(["code", String(code), "handler", handler, "method", method]);
    const cell = { labels: text, value: 0 };
    cells.push(cell);
    cells.sort((a, b) => a.labels < b.labels ? -1 : 1);
    labels = cells.map((cell) => cell.labels);
    const methods = entry(index, handler, () => new Map<string, Map<number, Cell>>());
    entry(methods, method, () => new Map<number, Cell>()).set(code, cell);
    return cell;
  }

  return {
    definitions: [REQUESTS],
    count(handler, method, code) {
      const known = METHODS.get(method) ?? "unknown";
      const cell = index.get(handler)?.get(known)?.get(code) ?? addCell(handler, known, code);
      cell.value++;
      families = undefined;
    },
    collect() {
      families ??= [{ ...REQUESTS, labels, samples: cells.map((cell) => cell.value) }];
      return families;
    },
  };
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, value = create());
  return value;
}
