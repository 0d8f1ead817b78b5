import { describe, expect, it } from "vitest";
import { hasQueryOrFragment, normalizePath } from "../../src/cli/url-path.ts";

describe("normalizePath", () => {
  const cases: readonly (readonly [path: string, normal: string])[] = [
    ["", ""],
    ["/", ""],
    ["//", ""],
    ["/prom", "/prom"],
    ["prom", "/prom"],
    ["prom/", "/prom"],
    ["/prom/", "/prom"],
    ["//prom//", "/prom"],
    ["/a/b", "/a/b"],
    ["/a//b", "/a/b"],
    ["/a//b/../c/", "/a/c"],
    ["/a/./b", "/a/b"],
    ["/..", ""],
    ["/../..", ""],
    ["/a b", "/a%20b"],
    ["/zürich", "/z%C3%BCrich"],
    ["/a%2Fb", "/a%2Fb"],
    ["/a+b", "/a+b"],
    ["/a:b@c", "/a:b@c"],
    ["http://host/x", "/http:/host/x"],
  ];
  it.each(cases)("makes of %j %j", (path, normal) => {
    expect(normalizePath(path)).toBe(normal);
  });

  it.each(["/prom", "/a b/ü", "/x%2fy"])("equals the pathname of a request for %s", (path) => {
    expect(normalizePath(path)).toBe(new URL(path, "http://127.0.0.1:9091").pathname);
  });
});

describe("hasQueryOrFragment", () => {
  it.each([["/a", false], ["/a%3Fb", false], ["/a?b", true], ["/a#b", true]] as const)(
    "says of %s %s",
    (text, answer) => {
      expect(hasQueryOrFragment(text)).toBe(answer);
    },
  );
});
