import { describe, expect, it, vi } from "vitest";
import {
  handleHealthy,
  handleQuit,
  handleQuitHint,
  handleReady,
  handleWipe,
} from "../../src/http/management.ts";
import { GatewayError } from "../../src/model/error.ts";
import { createFakeContext, requestTo } from "./fake-context.ts";

const request = requestTo("/");

describe("handleHealthy and handleReady", () => {
  it("say OK", async () => {
    const { context } = createFakeContext();
    for (const handle of [handleHealthy, handleReady]) {
      const response = await handle(context, request);
      expect([response.status, await response.text()]).toEqual([200, "OK"]);
    }
  });

  it("differ while stored metrics are being loaded", async () => {
    const { context } = createFakeContext({}, { isReady: () => false });
    expect((await handleHealthy(context, request)).status).toBe(200);
    const response = await handleReady(context, request);
    expect([response.status, await response.text()])
      .toEqual([503, "stored metrics are still being loaded\n"]);
  });
});

describe("handleQuit", () => {
  it.each([
    [true, 200, "Requesting termination... Goodbye!", 1],
    [false, 403, "Lifecycle API is not enabled.", 0],
  ])("stops the gateway when that is enabled: %s", async (enableLifecycle, status, text, calls) => {
    const quit = vi.fn();
    const { context } = createFakeContext({ enableLifecycle }, { quit });
    const response = await handleQuit(context, request);
    expect([response.status, await response.text()]).toEqual([status, text]);
    expect(quit).toHaveBeenCalledTimes(calls);
  });
});

describe("handleQuitHint", () => {
  it("says how it is done", async () => {
    const response = await handleQuitHint(createFakeContext().context, request);
    expect([response.status, await response.text()])
      .toEqual([405, "Only POST or PUT requests allowed."]);
  });
});

describe("handleWipe", () => {
  it("deletes everything, says who did it, and answers when that is done", async () => {
    const { context, writes, logged } = createFakeContext();
    const response = await handleWipe(context, requestTo("/", { source: "192.0.2.1" }));
    expect([response.status, await response.text()]).toEqual([202, ""]);
    expect(writes).toEqual([{ kind: "wipe" }]);
    expect(logged).toMatchObject([{ level: "info", fields: { source: "192.0.2.1" } }]);
  });

  it("says nothing of the kind when it could not be stored", async () => {
    const error = new GatewayError("unavailable", "disk full");
    const { context, logged } = createFakeContext({}, { write: () => Promise.reject(error) });
    await expect(handleWipe(context, request)).rejects.toBe(error);
    expect(logged).toEqual([]);
  });
});
