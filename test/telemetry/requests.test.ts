import { describe, expect, it } from "vitest";
import { createRequestCounter, HANDLER_NAMES } from "../../src/telemetry/requests.ts";

/** What the counter shows, as label text and value. */
function shown(counter: ReturnType<typeof createRequestCounter>): [string, unknown][] {
  return counter.collect(0).flatMap(({ labels, samples }) =>
    labels.map((text, index): [string, unknown] => [text, samples[index]])
  );
}

describe("createRequestCounter", () => {
  it("gives no family before the first request", () => {
    expect(createRequestCounter().collect(0)).toEqual([]);
  });

  it("names, types and explains the family as the reference does", () => {
    const counter = createRequestCounter();
    counter.count("push", "POST", 200);
    expect(counter.collect(0)).toEqual([{
      name: "pushgateway_http_requests_total",
      type: "counter",
      help: "Total HTTP requests processed by the Pushgateway, excluding scrapes.",
      labels: ['code="200",handler="push",method="post"'],
      samples: [1],
    }]);
  });

  it("keeps handlers, methods and codes apart, sorted by label text", () => {
    const counter = createRequestCounter();
    counter.count("push", "PUT", 400);
    counter.count("push", "PUT", 200);
    counter.count("push", "POST", 200);
    counter.count("api/v1/status", "GET", 200);
    counter.count("delete", "DELETE", 202);
    counter.count("push", "PUT", 200);
    expect(shown(counter)).toEqual([
      ['code="200",handler="api/v1/status",method="get"', 1],
      ['code="200",handler="push",method="post"', 1],
      ['code="200",handler="push",method="put"', 2],
      ['code="202",handler="delete",method="delete"', 1],
      ['code="400",handler="push",method="put"', 1],
    ]);
  });

  it.each([
    ["GET", "get"],
    ["get", "get"],
    ["HEAD", "head"],
    ["OPTIONS", "options"],
    ["PATCH", "patch"],
    ["patch", "patch"],
    ["TRACE", "trace"],
    ["CONNECT", "connect"],
    ["NOTIFY", "notify"],
    ["PROPFIND", "unknown"],
    ["Get", "unknown"],
    ["", "unknown"],
    ["constructor", "unknown"],
    ['"\n', "unknown"],
  ])("labels the method %j as %s", (method, label) => {
    const counter = createRequestCounter();
    counter.count("status", method, 200);
    expect(shown(counter)).toEqual([[`code="200",handler="status",method="${label}"`, 1]]);
  });

  it("makes one series of any number of invented methods", () => {
    const counter = createRequestCounter();
    for (let i = 0; i < 1_000; i++) counter.count("push", `INVENTED${i}`, 405);
    expect(shown(counter)).toEqual([['code="405",handler="push",method="unknown"', 1_000]]);
  });

  it("counts every handler", () => {
    const counter = createRequestCounter();
    for (const handler of HANDLER_NAMES) counter.count(handler, "GET", 200);
    expect(shown(counter).map(([text]) => text)).toEqual(
      HANDLER_NAMES.toSorted().map((handler) => `code="200",handler="${handler}",method="get"`),
    );
  });

  it("leaves the families it gave before as they were", () => {
    const counter = createRequestCounter();
    counter.count("healthy", "GET", 200);
    const [before] = counter.collect(0);
    counter.count("healthy", "GET", 200);
    counter.count("ready", "GET", 200);
    expect(before?.samples).toEqual([1]);
    expect(before?.labels).toHaveLength(1);
    expect(shown(counter).map(([, value]) => value)).toEqual([2, 1]);
  });

  it("gives the same family again while nothing changes", () => {
    const counter = createRequestCounter();
    counter.count("healthy", "GET", 200);
    expect(counter.collect(1)[0]).toBe(counter.collect(2)[0]);
  });
});
