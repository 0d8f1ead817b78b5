import { describe, expect, it } from "vitest";
import { createInFlight } from "../../src/runtime/in-flight.ts";

describe("createInFlight", () => {
  it("is idle at first", async () => {
    await expect(createInFlight().idle()).resolves.toBeUndefined();
  });

  it("is idle when the last request has left", async () => {
    const inFlight = createInFlight();
    const events: string[] = [];
    inFlight.enter();
    inFlight.enter();
    const idle = Promise.all([inFlight.idle(), inFlight.idle()]).then(() => events.push("idle"));
    inFlight.leave();
    await Promise.resolve();
    events.push("one left");
    inFlight.leave();
    await idle;
    expect(events).toEqual(["one left", "idle"]);
  });

  it("can be waited for again", async () => {
    const inFlight = createInFlight();
    for (let times = 0; times < 2; times++) {
      inFlight.enter();
      const idle = inFlight.idle();
      inFlight.leave();
      await expect(idle).resolves.toBeUndefined();
    }
  });
});
