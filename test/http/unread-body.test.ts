import { describe, expect, it } from "vitest";
import { discardBody } from "../../src/http/unread-body.ts";
import { createFakeClock, type FakeClock } from "../support/fake-clock.ts";

/** A request whose body is sent by hand. */
function sending(): { request: Request; send: (bytes: number) => void; end: () => void } {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  // Node wants to hear that the body is sent while the answer is read.
  const init: RequestInit & { duplex: "half" } = { method: "PUT", body, duplex: "half" };
  return {
    request: new Request("http://gateway/metrics/job/a", init),
    send: (bytes) => controller?.enqueue(new Uint8Array(bytes)),
    end: () => controller?.close(),
  };
}

/** Whether a promise is settled once everything that is due has run. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  promise.then(() => settled = true);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  return settled;
}

describe("discardBody", () => {
  it("has nothing to do without a body", async () => {
    await discardBody(new Request("http://gateway/", { method: "PUT" }), createFakeClock());
  });

  it("leaves a body alone that somebody reads", async () => {
    const { request } = sending();
    request.body?.getReader();
    await discardBody(request, createFakeClock());
  });

  it("reads to the end", async () => {
    const { request, send, end } = sending();
    const discarded = discardBody(request, createFakeClock());
    send(10);
    expect(await isSettled(discarded)).toBe(false);
    end();
    expect(await isSettled(discarded)).toBe(true);
  });

  it("gives up on a client that sends nothing", async () => {
    const clock = createFakeClock();
    const discarded = discardBody(sending().request, clock);
    clock.advance(250);
    expect(await isSettled(discarded)).toBe(false);
    clock.advance(250);
    expect(await isSettled(discarded)).toBe(true);
  });

  it("goes on listening to a client that keeps sending, for ten seconds", async () => {
    const clock = createFakeClock();
    const { request, send } = sending();
    const discarded = discardBody(request, clock);
    for (let quarter = 1; quarter < 40; quarter++) await keepSending(clock, send);
    expect(await isSettled(discarded)).toBe(false);
    await keepSending(clock, send);
    expect(await isSettled(discarded)).toBe(true);
  });

  it("does not mind a client that goes away", async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
    const init: RequestInit & { duplex: "half" } = { method: "PUT", body, duplex: "half" };
    await discardBody(new Request("http://gateway/", init), createFakeClock());
  });
});

async function keepSending(clock: FakeClock, send: (bytes: number) => void): Promise<void> {
  send(1);
  await new Promise((resolve) => setTimeout(resolve));
  clock.advance(250);
}
