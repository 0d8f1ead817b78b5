/** The web page: groups and flags are on it, and nothing that was pushed is markup. */

import { expect, it } from "vitest";
import { succeed, type Use } from "./cases.ts";
import { get, put, send } from "./client.ts";
import { wipe } from "./held.ts";

/** The suite. */
export function describePage(use: Use): void {
  it.each(["/", "/status"])("%s is a page", async (path) => {
    await wipe(use());
    await succeed(use(), put("/metrics/job/some_job/instance/some_instance", "m 1\n"));
    const answer = await send(use(), get(path));
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    expect(answer.text).toMatch(/^<!DOCTYPE html>/i);
    expect(answer.text).toContain("some_job");
    expect(answer.text).toContain("some_instance");
    expect(answer.text).toContain("web.enable-admin-api");
  });

  it.each(["/", "/status"])("%s shows no markup of others", async (path) => {
    await wipe(use());
    const markup = `<script>alert("x")</script><img src=x onerror='y'>&amp;`;
    const value = encodeURIComponent(markup).replaceAll("'", "%27");
    await succeed(use(), put(`/metrics/job/${value}/l/${value}`, "m 1\n"));
    const { text } = await send(use(), get(path));
    expect(text).not.toMatch(/<script>alert|<img|onerror='/);
    expect(text).toContain("&#60;script&#62;alert(");
    expect(text).toContain("&#38;amp;");
  });
}
