/** Paths moved by flags: the route prefix, whether given or from the external URL, and the scrape endpoint. */

import { expect, it } from "vitest";
import type { Use } from "./cases.ts";
import { type Answer, get, type Outgoing, post, put, remove, send } from "./client.ts";
import { CORS } from "./endpoints.ts";
import { familiesOf, held } from "./held.ts";

/** Flags, and what they come to. */
export interface Moved {
  /** The flags. */
  readonly args: readonly string[];
  /** What every path begins with. */
  readonly prefix: string;
  /** Path of the scrape endpoint below the prefix. */
  readonly telemetryPath: string;
  /** The flags as the status says them. */
  readonly flags: Readonly<Record<string, string>>;
  /** Paths outside that answer nothing. */
  readonly outside: readonly string[];
}

/** The sets of flags that the suite is run with. */
export const MOVED: readonly Moved[] = [
  {
    args: ["--web.telemetry-path=/scrape/here"],
    prefix: "",
    telemetryPath: "/scrape/here",
    flags: { "web.telemetry-path": "/scrape/here", "web.route-prefix": "" },
    outside: ["/metrics", "/scrape", "/scrape/here/job/a"],
  },
  {
    args: ["--web.route-prefix=/a/b/", "--web.external-url=https://example.org/other"],
    prefix: "/a/b",
    telemetryPath: "/metrics",
    flags: { "web.route-prefix": "/a/b", "web.external-url": "https://example.org/other" },
    outside: ["/", "/metrics", "/a", "/a/metrics", "/other/metrics", "/a/bmetrics", "/A/B/metrics"],
  },
  {
    args: ["--web.external-url=https://example.org/pu%20sh/é+(x).*$[1]/"],
    prefix: "/pu%20sh/%C3%A9+(x).*$[1]",
    telemetryPath: "/metrics",
    flags: { "web.external-url": "https://example.org/pu%20sh/é+(x).*$[1]/" },
    outside: [
      "/",
      "/metrics",
      "/push/metrics",
      "/pu%20sh/%C3%A9+xx.*$[1]/metrics",
      "/pu%20sh/%C3%A9+(x)y*$[1]/metrics",
    ],
  },
];

/** The suite; the admin API is on, too. */
export function describeMoved(use: Use, { prefix, telemetryPath, flags, outside }: Moved): void {
  const at = (path: string) => `${prefix}${path}`;
  const ask = (outgoing: Outgoing): Promise<Answer> => send(use(), outgoing);
  const labels = 'instance="",job="a"';
  const state = () => held(use(), at(telemetryPath));

  it("pushes go to /metrics/job", async () => {
    await ask(put(at("/api/v1/admin/wipe")));
    expect(await ask(put(at("/metrics/job/a"), "m 1\n"))).toMatchObject({ status: 200, text: "" });
    expect(await ask(post(at("/metrics/job@base64/YQ"), "n 2\n"))).toMatchObject({ status: 200 });
    expect((await state()).text).toBe(
      `# TYPE m untyped\nm{${labels}} 1\n# TYPE n untyped\nn{${labels}} 2\n`,
    );
    expect(await ask(remove(at("/metrics/job/a")))).toMatchObject({ status: 202, text: "" });
    expect((await state()).groups).toEqual({});
  });

  it("refuses as it does elsewhere", async () => {
    expect(await ask(put(at("/metrics/job/a/b"), "m 1\n"))).toMatchObject({
      status: 400,
      text: 'odd number of components in label string "/b"\n',
    });
  });

  it("the scrape", async () => {
    const answer = await ask(get(at(`${telemetryPath}?name[]=pushgateway_build_info`)));
    expect(answer.status).toBe(200);
    expect([...familiesOf(answer.text).keys()]).toEqual(["pushgateway_build_info"]);
  });

  it("a slash at the end", async () => {
    for (const [path, query] of [[telemetryPath, "?name[]=x"], ["/status", ""]] as const) {
      const answer = await ask(get(at(`${path}/${query}`)));
      expect(answer).toMatchObject({ status: 301, headers: { location: at(path) + query } });
    }
  });

  it("the probes", async () => {
    for (const path of ["/-/healthy", "/-/ready"]) {
      expect(await ask(get(at(path)))).toMatchObject({ status: 200, text: "OK" });
    }
  });

  it("the query API", async () => {
    for (const path of ["/api/v1/status", "/api/v1/metrics"]) {
      expect(await ask(get(at(path)))).toMatchObject({ status: 200, headers: CORS });
    }
  });

  it("the status says the flags", async () => {
    const status: unknown = JSON.parse((await ask(get(at("/api/v1/status")))).text);
    expect(status).toMatchObject({ data: { flags: { ...flags, "web.enable-admin-api": "true" } } });
  });

  it("the page, and the link on it", async () => {
    for (const path of ["/", "/status"]) {
      const page = await ask(get(at(path)));
      expect(page).toMatchObject({
        status: 200,
        headers: { "content-type": "text/html; charset=utf-8" },
      });
      const [, href = ""] = /<a href="([^"]*)">Metrics<\/a>/i.exec(page.text) ?? [];
      const link = new URL(href, `${use().url}${at(path)}`);
      expect(await ask(get(link.pathname))).toMatchObject({ status: 200 });
    }
  });

  it("the bare prefix leads to the page", async () => {
    if (prefix === "") return;
    const answer = await ask(get(prefix));
    expect(answer).toMatchObject({ status: 301, headers: { location: `${prefix}/` } });
  });

  it("nothing is outside", async () => {
    for (const path of outside) {
      expect([path, await ask(get(path))])
        .toMatchObject([path, { status: 404, text: "404 page not found\n" }]);
    }
    if (prefix === "") return;
    for (
      const request of [put("/metrics/job/a", "m 1\n"), remove("/metrics/job/a"), get("/-/healthy")]
    ) {
      expect(await ask(request)).toMatchObject({ status: 404, text: "404 page not found\n" });
    }
  });
}
