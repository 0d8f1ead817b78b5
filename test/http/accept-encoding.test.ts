import { describe, expect, it } from "vitest";
import { acceptsGzip } from "../../src/http/accept-encoding.ts";

describe("acceptsGzip", () => {
  it.each([
    [null, false],
    ["", false],
    ["gzip", true],
    ["GZip", true],
    ["x-gzip", true],
    ["identity", false],
    ["deflate, br", false],
    ["gzip, deflate, br", true],
    ["deflate,gzip;q=0.5", true],
    ["gzip;q=0", false],
    ["gzip; q=0.000", false],
    ["gzip ; Q=0", false],
    ["gzip;q=0.001", true],
    ["gzip;q=1", true],
    ["gzip;level=9", true],
    ["gzip;level=9;q=0", false],
    ["gzip;q=high", false],
    ["gzip;q=", false],
    ["*", true],
    ["*;q=0", false],
    ["*;q=0, gzip", true],
    ["*, gzip;q=0", false],
    ["gzip;q=0, x-gzip", false],
    ["identity;q=0, *;q=0.1", true],
    ["gzipped", false],
    [" , gzip ,", true],
    [";q=1", false],
  ])("%j: %s", (header, expected) => expect(acceptsGzip(header)).toBe(expected));
});
