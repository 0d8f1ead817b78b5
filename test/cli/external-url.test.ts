import { describe, expect, it } from "vitest";
import { parseExternalUrlPath } from "../../src/cli/external-url.ts";
import { FlagError } from "../../src/cli/flag-error.ts";

describe("parseExternalUrlPath", () => {
  const paths: readonly (readonly [url: string, path: string])[] = [
    ["", ""],
    ["/", "/"],
    ["/prom", "/prom"],
    ["prom", "prom"],
    ["http://host", ""],
    ["http://host/", "/"],
    ["http://host/prom/", "/prom/"],
    ["https://host:9091/prom", "/prom"],
    ["http://host:/prom", "/prom"],
    ["http://user:secret@host/prom", "/prom"],
    ["http://[::1]:9091/prom", "/prom"],
    ["http://[::1]/prom", "/prom"],
    ["http://host/prom?x=/1#/f", "/prom"],
    ["http://host/prom#f?x", "/prom"],
    ["http://host?x=/1", ""],
    ["//host/prom", "/prom"],
    ["host:80/x", ""],
    ["mailto:a@b", ""],
    ["/a:b", "/a:b"],
    ["example.org/prom", "example.org/prom"],
    ["/a%2fb/c", "/a%2fb/c"],
    ["http://h%c3%bcte/prom", "/prom"],
    ["http://host/a b", "/a b"],
    ["http:///x", "/x"],
    ["http://a:b:80/x", "/x"],
    ["http://a<b>/x", "/x"],
  ];
  it.each(paths)("finds in %j %j", (url, path) => {
    expect(parseExternalUrlPath(url)).toBe(path);
  });

  // Read off the reference, which prints what Go's url.Parse says.
  const errors: readonly (readonly [url: string, reason: string])[] = [
    ["::", 'parse "::": missing protocol scheme'],
    [":foo", 'parse ":foo": missing protocol scheme'],
    ["http://a b/", 'parse "http://a b/": invalid character " " in host name'],
    ["http://a\\b/", 'parse "http://a\\\\b/": invalid character "\\\\" in host name'],
    ["http://a{b/", 'parse "http://a{b/": invalid character "{" in host name'],
    ["http://us er@host/", 'parse "http://us er@host/": net/url: invalid userinfo'],
    ["http://%zz", 'parse "http://%zz": invalid URL escape "%zz"'],
    ["%zz", 'parse "%zz": invalid URL escape "%zz"'],
    ["/a%", 'parse "/a%": invalid URL escape "%"'],
    ["/a%2", 'parse "/a%2": invalid URL escape "%2"'],
    ["http://[::1", "parse \"http://[::1\": missing ']' in host"],
    ["http://host:x/", 'parse "http://host:x/": invalid port ":x" after host'],
    ["http://[::1]x/", 'parse "http://[::1]x/": invalid port "x" after host'],
    [
      "1host:80",
      'parse "1host:80": first path segment in URL cannot contain colon',
    ],
    [
      "http://host/\n",
      'parse "http://host/\\n": net/url: invalid control character in URL',
    ],
  ];
  it.each(errors)("refuses %j", (url, reason) => {
    expect(() => parseExternalUrlPath(url)).toThrow(new FlagError(`invalid URL: ${reason}`));
  });
});
