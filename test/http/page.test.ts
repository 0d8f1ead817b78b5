import { describe, expect, it } from "vitest";
import { handlePage } from "../../src/http/page.ts";
import { handlePush } from "../../src/http/push.ts";
import { createFakeContext, requestTo } from "./fake-context.ts";

async function pageOf(telemetryPath: string, ...pushes: [path: string, body: string][]) {
  const { context, clock } = createFakeContext({ telemetryPath });
  for (const [path, body] of pushes) {
    await handlePush(context, requestTo(`/metrics/job/${path}`, { method: "PUT", body }));
    clock.advance(1000);
  }
  return handlePage(context, requestTo("/"));
}

describe("handlePage", () => {
  it("answers with HTML", async () => {
    const response = await pageOf("/metrics");
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(await response.text()).toContain("Nothing has been pushed yet.");
  });

  it("lists the groups with their times and what they hold, the times themselves not counted", async () => {
    const page = await (await pageOf("/metrics", ["a", 'x 1\nx{l="1"} 2\ny 3\n'], ["b", "x 1 1\n"]))
      .text();
    const rows = [...page.matchAll(/<tr><td>(.*?)<\/tr>/g)].map(([, row = ""]) =>
      row.replace(/<[^>]+>/g, " ").trim().split(/\s+/)
    );
    expect(rows).toEqual([
      ["job=&#34;a&#34;", "2023-11-14T22:13:20.000Z", "never", "2", "3"],
      ["job=&#34;b&#34;", "never", "2023-11-14T22:13:21.000Z", "0", "0"],
    ]);
  });

  it("leads to the scrape, from / and from /status alike", async () => {
    const page = await (await pageOf("/other/metrics")).text();
    const href = /<a href="([^"]*)">Metrics/.exec(page)?.[1] ?? "";
    for (const base of ["/", "/status"]) {
      expect(new URL(href, `http://gateway${base}`).pathname).toBe("/other/metrics");
      expect(new URL(href, `http://proxy/prefix${base}`).pathname).toBe("/prefix/other/metrics");
    }
  });
});
