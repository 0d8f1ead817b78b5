import { describe, expect, it } from "vitest";
import { FlagError } from "../../src/cli/flag-error.ts";
import { computeRoutePrefix, parseTelemetryPath } from "../../src/cli/route-prefix.ts";

describe("computeRoutePrefix", () => {
  const cases: readonly (readonly [prefix: string, externalUrl: string, routePrefix: string])[] = [
    ["", "", ""],
    ["/", "", ""],
    ["", "http://host", ""],
    ["", "http://host/", ""],
    ["", "http://host/prom", "/prom"],
    ["", "http://host/prom/", "/prom"],
    ["", "http://host/a/b/", "/a/b"],
    ["", "/prom", "/prom"],
    ["", "prom", "/prom"],
    ["", "host:80/x", ""],
    ["", "http://host/prom?x=1#f", "/prom"],
    ["", "http://host/a b", "/a%20b"],
    ["/", "http://host/prom/", ""],
    ["/inner", "http://host/prom/", "/inner"],
    ["inner", "", "/inner"],
    ["/inner/", "", "/inner"],
    ["x/y//", "prom", "/x/y"],
    ["//", "", ""],
  ];
  it.each(cases)("of %j and %j is %j", (prefix, externalUrl, routePrefix) => {
    expect(computeRoutePrefix(prefix, externalUrl)).toBe(routePrefix);
  });

  it("refuses a broken external URL, also when the prefix makes it needless", () => {
    const error = new FlagError('invalid URL: parse "::": missing protocol scheme');
    expect(() => computeRoutePrefix("", "::")).toThrow(error);
    expect(() => computeRoutePrefix("/inner", "::")).toThrow(error);
  });

  it.each(["/a?b", "/a#b"])("refuses %s", (prefix) => {
    expect(() => computeRoutePrefix(prefix, "")).toThrow(
      new FlagError(`invalid route prefix "${prefix}": a path has no ? and no #`),
    );
  });
});

describe("parseTelemetryPath", () => {
  const valid: readonly (readonly [text: string, path: string])[] = [
    ["/metrics", "/metrics"],
    ["metrics", "/metrics"],
    ["/metrics/", "/metrics"],
    ["/a//b/../c/", "/a/c"],
    ["/metrics/all", "/metrics/all"],
    ["/metrics/job", "/metrics/job"],
    ["/api/metrics", "/api/metrics"],
    ["/statuses", "/statuses"],
    ["/-/metrics", "/-/metrics"],
  ];
  it.each(valid)("makes of %s %s", (text, path) => {
    expect(parseTelemetryPath(text)).toBe(path);
  });

  const taken = [
    "",
    "/",
    "//",
    "/x/..",
    "/status",
    "status/",
    "/-/healthy",
    "/-/ready",
    "/-/quit",
    "/api/v1/status",
    "/api/v1/metrics",
    "/api/v1/admin/wipe",
    "/static",
    "/static/x",
    "/metrics/job/x",
    "/metrics/job@base64/eA",
  ];
  it.each(taken)("refuses %j, where another endpoint is", (text) => {
    expect(() => parseTelemetryPath(text)).toThrow(
      new FlagError(`invalid telemetry path "${text}": another endpoint is there`),
    );
  });

  it.each(["/metrics?x", "/metrics#x"])("refuses %s", (text) => {
    expect(() => parseTelemetryPath(text)).toThrow(
      new FlagError(`invalid telemetry path "${text}": a path has no ? and no #`),
    );
  });
});
