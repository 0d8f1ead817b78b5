import { describe, expect, it, vi } from "vitest";
import { createNullLogger } from "../../src/log/create-logger.ts";
import { guardFetch, plainResponse } from "../../src/runtime/guard.ts";

const request = new Request("http://gateway/metrics/job/a", { method: "PUT", body: "" });

describe("guardFetch", () => {
  it("hands request and context on and returns the answer as it is", async () => {
    const answer = new Response("fine");
    const fetch = vi.fn(() => answer);
    const context = { remoteAddress: "192.0.2.1" };
    expect(await guardFetch(fetch, createNullLogger())(request, context)).toBe(answer);
    expect(fetch).toHaveBeenCalledWith(request, context);
  });

  it.each([
    ["throws", () => {
      throw new Error("broken");
    }],
    ["rejects", () => Promise.reject(new Error("broken"))],
    ["rejects with what is no error", () => Promise.reject("broken")],
  ])("answers with 500 and logs when the handler %s", async (_, fetch) => {
    const error = vi.fn();
    const response = await guardFetch(fetch, { ...createNullLogger(), error })(request, {});
    expect(response.status).toBe(500);
    expect(await response.text()).toBe("internal server error\n");
    expect(error).toHaveBeenCalledWith("request failed", {
      method: "PUT",
      url: "http://gateway/metrics/job/a",
      err: expect.stringContaining("broken"),
    });
  });
});

describe("plainResponse", () => {
  it("looks like an error of the gateway", async () => {
    const response = plainResponse(503, "shutting down");
    expect(response.status).toBe(503);
    expect(await response.text()).toBe("shutting down\n");
    expect(Object.fromEntries(response.headers)).toEqual({
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
    });
  });
});
