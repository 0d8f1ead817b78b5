import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeUnreserved, pathOf, queryOf } from "../../src/http/target.ts";

describe("pathOf", () => {
  it.each([
    ["http://h/", "/"],
    ["http://h", "/"],
    ["http://h/a/b", "/a/b"],
    ["http://h:9091/a", "/a"],
    ["https://[::1]:9091/a", "/a"],
    ["http://user:p%2F@h/a", "/a"],
    ["http://h/a?b=/c", "/a"],
    ["http://h/a?", "/a"],
    ["http://h/a#b", "/a"],
    ["http://h/a#b?c", "/a"],
    ["http://h/a?b#c", "/a"],
    ["http://h/a/../b", "/a/../b"],
    ["http://h/a/%2e%2E/b", "/a/%2e%2E/b"],
    ["http://h/a\\b", "/a\\b"],
    ["http://h//a//b//", "//a//b//"],
    ["http://h/a%2Fb", "/a%2Fb"],
    ["http://h/a://b", "/a://b"],
  ])("of %s is %s", (url, path) => expect(pathOf(url)).toBe(path));

  it.each([
    ["/a/../b?c", "/a/../b"],
    ["/a?b#c", "/a"],
    ["/", "/"],
    ["//a", "//a"],
    ["/a\\..\\b", "/a\\..\\b"],
    ["/\u00c3\u00a4/\u00ff", "/%c3%a4/%ff"],
    ["/%C3%A4", "/%C3%A4"],
    // A proxy's request line has a whole URL, `OPTIONS *` a star.
    ["http://h/x", "/url"],
    ["*", "/url"],
    ["", "/url"],
  ])("with raw target %j is %s", (rawTarget, path) => {
    expect(pathOf("http://h/url?q", rawTarget)).toBe(path);
  });

  it("is what a URL says where there is nothing to fold", () => {
    fc.assert(fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (text) => {
      const { href, pathname, search } = new URL(text);
      // A lone question mark is no query to a URL.
      fc.pre(!/[.]{1,2}(\/|$)/.test(pathname) && (search !== "" || !href.includes("?")));
      expect([pathOf(href), queryOf(href)]).toEqual([pathname, search]);
    }));
  });
});

describe("queryOf", () => {
  it.each([
    ["http://h/a", ""],
    ["http://h/a?", "?"],
    ["http://h/a?b=c&d", "?b=c&d"],
    ["http://h/a?b?c", "?b?c"],
    ["http://h/a?b#c", "?b"],
  ])("of %s is %j", (url, query) => expect(queryOf(url)).toBe(query));
});

describe("decodeUnreserved", () => {
  it.each([
    ["/metrics/job/a", "/metrics/job/a"],
    ["/metrics/%6a%6Fb/a", "/metrics/job/a"],
    ["/metrics/job%40base64/YQ", "/metrics/job@base64/YQ"],
    ["/%5f%7E%2D%30", "/_~-0"],
    ["/metrics/job/a%2Fb%2e%2E%25%20%c3%a9%", "/metrics/job/a%2Fb%2e%2E%25%20%c3%a9%"],
  ])("%s reads %s", (path, decoded) => expect(decodeUnreserved(path)).toBe(decoded));
});
