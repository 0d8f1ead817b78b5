import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLabelText } from "../../src/model/label.ts";
import { HANDLER_NAMES } from "../../src/telemetry/requests.ts";
import type { SystemReader } from "../../src/telemetry/system.ts";
import {
  createTelemetry,
  type Telemetry,
  type TelemetryOptions,
} from "../../src/telemetry/telemetry.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

const BUILD: TelemetryOptions["build"] = {
  version: "1.2.3",
  revision: "0123abc",
  branch: "main",
  buildDate: "2024-01-02T03:04:05Z",
  runtime: 'node "20"',
  platform: "linux/x64",
  tags: "",
};

const SYSTEM: SystemReader = {
  readText: (path) => path === "/proc/self/status" ? "VmRSS:\t 10 kB\n" : undefined,
  countEntries: () => 7,
  heap: () => ({ usedBytes: 1, totalBytes: 2 }),
};

const ALWAYS = ["pushgateway_build_info", "pushgateway_scrape_dropped_series_total"];
const HEAP = ["pushgateway_runtime_heap_total_bytes", "pushgateway_runtime_heap_used_bytes"];
const LAG = "pushgateway_runtime_event_loop_lag_seconds";

function setUp(options: Omit<TelemetryOptions, "clock" | "build"> = {}) {
  const clock = createFakeClock();
  return { clock, telemetry: createTelemetry({ clock, build: BUILD, ...options }) };
}

function names(telemetry: Telemetry): string[] {
  return telemetry.collect().map(({ name }) => name);
}

function family(telemetry: Telemetry, name: string) {
  return telemetry.collect().find((family) => family.name === name);
}

describe("collect", () => {
  it.each<[string, Omit<TelemetryOptions, "clock" | "build">, readonly string[]]>([
    ["nothing but itself", {}, ALWAYS],
    ["a timer", { eventLoop: true }, [...ALWAYS, LAG]],
    ["no timer", { eventLoop: false }, ALWAYS],
    ["a system", { system: SYSTEM }, [
      ...ALWAYS,
      ...HEAP,
      "process_open_fds",
      "process_resident_memory_bytes",
    ]],
    [
      "a system that tells nothing",
      { system: { readText: () => undefined, countEntries: () => undefined } },
      ALWAYS,
    ],
  ])("gives what can be told with %s, sorted by name", (_, options, expected) => {
    const { telemetry } = setUp(options);
    expect(names(telemetry)).toEqual([...expected].sort());
    telemetry.close();
  });

  it("shows the build, labels sorted and escaped", () => {
    expect(family(setUp().telemetry, "pushgateway_build_info")).toMatchObject({
      type: "gauge",
      samples: [1],
      labels: [
        'branch="main",revision="0123abc",runtime="node \\"20\\"",tags="",version="1.2.3"',
      ],
    });
  });

  it("shows requests, pushes and dropped series", () => {
    const { telemetry } = setUp();
    telemetry.countRequest("push", "POST", 200);
    telemetry.observePush("post", 0.002, 135);
    telemetry.countDroppedSeries(3);
    telemetry.countDroppedSeries(4);
    expect(family(telemetry, "pushgateway_http_requests_total"))
      .toMatchObject({ labels: ['code="200",handler="push",method="post"'], samples: [1] });
    expect(family(telemetry, "pushgateway_http_push_duration_seconds")?.samples)
      .toMatchObject([{ count: 1, sum: 0.002, values: [0.002, 0.002, 0.002] }]);
    expect(family(telemetry, "pushgateway_http_push_size_bytes")?.samples)
      .toMatchObject([{ count: 1, sum: 135, values: [135, 135, 135] }]);
    expect(family(telemetry, "pushgateway_scrape_dropped_series_total")?.samples).toEqual([7]);
  });

  it("forgets the quantiles of pushes as the monotonic clock goes on", () => {
    const { clock, telemetry } = setUp();
    telemetry.observePush("put", 1, 1);
    clock.step(3_600_000);
    expect(family(telemetry, "pushgateway_http_push_size_bytes")?.samples)
      .toMatchObject([{ values: [1, 1, 1] }]);
    clock.advance(600_000);
    expect(family(telemetry, "pushgateway_http_push_size_bytes")?.samples)
      .toMatchObject([{ count: 1, values: [NaN, NaN, NaN] }]);
  });

  it("answers after close, with the timer stopped", () => {
    const { clock, telemetry } = setUp({ eventLoop: true });
    clock.advance(3_000);
    telemetry.close();
    clock.advance(3_000);
    expect(family(telemetry, LAG)?.samples).toMatchObject([{ count: 3 }]);
  });
});

describe("reserved", () => {
  it.each<[string, Omit<TelemetryOptions, "clock" | "build">, readonly string[]]>([
    ["process_max_fds", {}, []],
    ["process_max_fds", { system: SYSTEM }, ["gauge"]],
    ["process_cpu_seconds_total", { system: SYSTEM }, ["counter"]],
    ["pushgateway_runtime_heap_used_bytes", { system: SYSTEM }, ["gauge"]],
    ["pushgateway_runtime_heap_used_bytes", { system: { ...SYSTEM, heap: () => undefined } }, [
      "gauge",
    ]],
    [LAG, {}, []],
    [LAG, { eventLoop: true }, ["summary"]],
    ["pushgateway_http_requests_total", {}, ["counter"]],
    ["pushgateway_http_push_duration_seconds", {}, ["summary"]],
    ["go_goroutines", { system: SYSTEM }, []],
  ])("knows of %s with %o: %j", (name, options, types) => {
    const { telemetry } = setUp(options);
    const reserved = telemetry.reserved().get(name);
    expect(reserved ? [reserved.type] : []).toEqual(types);
    telemetry.close();
  });

  it("does not reserve the heap where the runtime never tells", () => {
    const { readText, countEntries } = SYSTEM;
    const { telemetry } = setUp({ system: { readText, countEntries } });
    expect([...telemetry.reserved().keys()].filter((name) => name.includes("heap"))).toEqual([]);
  });

  it("covers whatever is collected after any history", () => {
    const action = fc.oneof(
      fc.tuple(
        fc.constantFrom(...HANDLER_NAMES),
        fc.oneof(fc.constantFrom("GET", "PUT", "POST"), fc.string()),
        fc.integer({ min: 100, max: 599 }),
      ).map(([handler, method, code]) => (telemetry: Telemetry) =>
        telemetry.countRequest(handler, method, code)
      ),
      fc.tuple(fc.constantFrom("put" as const, "post" as const), fc.double(), fc.double())
        .map(([method, seconds, bytes]) => (telemetry: Telemetry) =>
          telemetry.observePush(method, seconds, bytes)
        ),
      fc.nat().map((n) => (telemetry: Telemetry) => telemetry.countDroppedSeries(n)),
      fc.nat(1_000_000)
        .map((pause) => (_: Telemetry, clock: FakeClock) => clock.advance(pause)),
    );
    fc.assert(fc.property(
      fc.record({
        system: fc.option(fc.constant(SYSTEM), { nil: undefined }),
        eventLoop: fc.boolean(),
      }),
      fc.array(action, { maxLength: 30 }),
      ({ system, eventLoop }, actions) => {
        const { clock, telemetry } = setUp({ ...(system && { system }), eventLoop });
        for (const act of actions) act(telemetry, clock);
        expectConsistent(telemetry);
      },
    ));
  });
});

/** Every family is reserved with its own type and help, comes once and in order, and has as many samples as sorted label texts. */
function expectConsistent(telemetry: Telemetry): void {
  const families = telemetry.collect();
  const collected = families.map(({ name }) => name);
  expect(collected).toEqual([...new Set(collected)].sort());
  for (const { name, type, help, labels, samples } of families) {
    expect(telemetry.reserved().get(name)).toEqual({ type, help });
    expect(help).not.toBe("");
    expect(samples).toHaveLength(labels.length);
    expect([...new Set(labels)].sort()).toEqual(labels);
    for (const text of labels) {
      const labelNames = parseLabelText(text).filter((_, index) => index % 2 === 0);
      expect(labelNames).toEqual(labelNames.toSorted());
    }
  }
}
