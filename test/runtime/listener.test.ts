import { describe, expect, it } from "vitest";
import { formatAddress, normalizeRemoteAddress, pathOfTarget } from "../../src/runtime/listener.ts";

describe("formatAddress", () => {
  it.each([
    ["127.0.0.1", 9091, "127.0.0.1:9091"],
    ["localhost", 0, "localhost:0"],
    ["::", 9091, "[::]:9091"],
    ["fe80::1%eth0", 80, "[fe80::1%eth0]:80"],
  ])("%s %d", (hostname, port, address) => {
    expect(formatAddress(hostname, port)).toBe(address);
  });
});

describe("normalizeRemoteAddress", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::1", "::1"],
    ["2001:db8::ffff:1", "2001:db8::ffff:1"],
    ["::ffff:c000:201", "::ffff:c000:201"],
    ["", ""],
  ])("%s", (address, normalized) => {
    expect(normalizeRemoteAddress(address)).toBe(normalized);
  });
});

describe("pathOfTarget", () => {
  it.each([
    ["/metrics/job/a", "/metrics/job/a"],
    ["/metrics/job/a/../b%2f?x=http://y/", "/metrics/job/a/../b%2f?x=http://y/"],
    ["//double", "//double"],
    ["http://host/metrics/../x", "/metrics/../x"],
    ["https://host:1/a?b", "/a?b"],
    ["http://host", "/"],
    ["host:443", "/"],
    ["*", "/*"],
    ["", "/"],
  ])("%s", (target, path) => {
    expect(pathOfTarget(target)).toBe(path);
  });
});
