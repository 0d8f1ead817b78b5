import { Router } from "itty-router";
import { describe, expect, it } from "vitest";
import { createRoutes, literal } from "../../src/http/routes.ts";
import { HANDLER_NAMES } from "../../src/telemetry/requests.ts";
import { DEFAULTS } from "./fake-context.ts";

/** Whether a router that knows just this path finds `path`. */
async function matches(pattern: string, path: string): Promise<boolean> {
  const router = Router();
  router.all(literal(pattern), () => new Response("found"));
  const answer: unknown = await router.fetch(new Request(`http://gateway${path}`));
  return answer instanceof Response;
}

describe("literal", () => {
  it.each([
    "/metrics",
    "/a/b/c",
    "/a.b",
    "/a+b",
    "/a*",
    "/a?b".replace("?", "%3F"),
    "/(a)",
    "/[a]",
    "/{a}",
    "/a|b",
    "/a^b$",
    "/:job",
    "/:job+",
    "/a:b/:c?".replace("?", ""),
    "/a,b;c=d&e@f!g'h~i",
    "/a b",
    "/ä/€",
    "/%C3%A4",
    "/a-b_c",
    "/a\\b",
  ])("matches %s and itself alone", async (path) => {
    const { pathname } = new URL(path, "http://gateway");
    expect(await matches(path, pathname)).toBe(true);
    expect(await matches(path, `${pathname}x`)).toBe(false);
    expect(await matches(path, `/x${pathname}`)).toBe(false);
    expect(await matches(path, pathname.replace(/[^/]$/, "%"))).toBe(false);
    expect(await matches(path, pathname.slice(0, -1) || "/y")).toBe(false);
  });

  it.each([
    ["/a.b", "/axb"],
    ["/a+", "/aa"],
    ["/a*", "/abc"],
    ["/:job", "/x"],
    ["/a/:job+", "/a/x/y"],
    ["/(a|b)", "/a"],
    ["/[ab]", "/a"],
  ])("makes no pattern of %s that would match %s", async (path, other) => {
    expect(await matches(path, other)).toBe(false);
  });
});

describe("createRoutes", () => {
  it("has each path once", () => {
    const patterns = createRoutes({ ...DEFAULTS, enableAdminApi: true }).map(({ pattern }) =>
      pattern
    );
    expect(new Set(patterns).size).toBe(patterns.length);
  });

  it("counts under every name but those of what comes with other parts", () => {
    const routes = createRoutes({ ...DEFAULTS, enableAdminApi: true });
    const names = new Set(
      routes.flatMap(({ actions }) => Object.values(actions).map(([, name]) => name)),
    );
    expect(HANDLER_NAMES.filter((name) => !names.has(name))).toEqual(["static"]);
  });

  it.each([[true, 1], [false, 0]])("has the wipe only when it is enabled: %s", (enabled, count) => {
    const routes = createRoutes({ ...DEFAULTS, enableAdminApi: enabled });
    expect(routes.filter(({ pattern }) => pattern.includes("wipe"))).toHaveLength(count);
  });

  it("leaves pushes where they are when the scrape moves", () => {
    const [first, ...rest] = createRoutes({ ...DEFAULTS, telemetryPath: "/other" });
    expect(first?.pattern).toBe("/other");
    expect(rest.map(({ pattern }) => pattern)).toContain("/metrics/job/:labels+");
    expect(rest.map(({ pattern }) => pattern)).not.toContain("/metrics");
  });
});
