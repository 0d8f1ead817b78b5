import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/model/clock.ts";
import { createEventLoopCollector } from "../../src/telemetry/event-loop.ts";
import { createFakeClock } from "../support/fake-clock.ts";

function sampleAt(clock: Clock, eventLoop: ReturnType<typeof createEventLoopCollector>) {
  const [family, ...more] = eventLoop.collect(clock.monotonic());
  expect(more).toEqual([]);
  return family?.samples[0];
}

describe("createEventLoopCollector", () => {
  it("is an unlabelled summary, NaN before the first tick", () => {
    const clock = createFakeClock();
    expect(createEventLoopCollector(clock).collect(clock.monotonic())).toEqual([{
      name: "pushgateway_runtime_event_loop_lag_seconds",
      type: "summary",
      help: "How late the event loop ran a timer that is due every second.",
      labels: [""],
      samples: [{ count: 0, sum: 0, points: [0.5, 0.9, 0.99], values: [NaN, NaN, NaN] }],
    }]);
  });

  it("measures zero where every tick is on time", () => {
    const clock = createFakeClock();
    const eventLoop = createEventLoopCollector(clock);
    clock.advance(10_000);
    expect(sampleAt(clock, eventLoop)).toMatchObject({ count: 10, sum: 0, values: [0, 0, 0] });
  });

  it("measures in seconds how late a tick ran", () => {
    const clock = createFakeClock();
    const eventLoop = createEventLoopCollector(clock);
    clock.advance(98_000);
    clock.stall(1_250);
    clock.advance(0);
    clock.stall(1_250);
    clock.advance(0);
    expect(sampleAt(clock, eventLoop))
      .toMatchObject({ count: 100, sum: 0.5, values: [0, 0, 0.25] });
  });

  it("takes a tick that comes early, to make up for a late one, as not late", () => {
    let tick = (): void => {};
    let now = 0;
    const clock: Clock = {
      now: () => now,
      monotonic: () => now,
      every(_, run) {
        tick = run;
        return () => {};
      },
    };
    const eventLoop = createEventLoopCollector(clock);
    for (now of [1_600, 2_000, 3_000]) tick();
    expect(sampleAt(clock, eventLoop)).toMatchObject({ count: 3, sum: 0.6 });
  });

  it("is not misled by a step of the wall clock", () => {
    const clock = createFakeClock();
    const eventLoop = createEventLoopCollector(clock);
    clock.step(3_600_000);
    clock.advance(1_000);
    expect(sampleAt(clock, eventLoop)).toMatchObject({ count: 1, sum: 0 });
  });

  it("stops with close, also twice", () => {
    const clock = createFakeClock();
    const eventLoop = createEventLoopCollector(clock);
    clock.advance(2_000);
    eventLoop.close();
    eventLoop.close();
    clock.advance(10_000);
    expect(sampleAt(clock, eventLoop)).toMatchObject({ count: 2 });
  });
});
