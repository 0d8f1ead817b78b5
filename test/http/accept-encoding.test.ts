import { describe, expect, it } from "vitest";
import { negotiateEncoding } from "../../src/http/accept-encoding.ts";

describe("negotiateEncoding", () => {
  // Header, what it gets where only gzip is on offer, what it gets where both are.
  const cases: readonly (readonly [header: string | null, gzip: string, both: string])[] = [
    [null, "none", "none"],
    ["", "none", "none"],
    ["gzip", "gzip", "gzip"],
    ["GZip", "gzip", "gzip"],
    ["x-gzip", "gzip", "gzip"],
    ["identity", "none", "none"],
    ["deflate, br", "none", "none"],
    // What browsers send, the last with zstd.
    ["gzip, deflate, br", "gzip", "gzip"],
    ["gzip, deflate, br, zstd", "gzip", "zstd"],
    ["deflate,gzip;q=0.5", "gzip", "gzip"],
    ["gzip;q=0", "none", "none"],
    ["gzip; q=0.000", "none", "none"],
    ["gzip ; Q=0", "none", "none"],
    ["gzip;q=0.001", "gzip", "gzip"],
    ["gzip;q=1", "gzip", "gzip"],
    ["gzip;level=9", "gzip", "gzip"],
    ["gzip;level=9;q=0", "none", "none"],
    ["gzip;q=high", "none", "none"],
    ["gzip;q=", "none", "none"],
    ["*", "gzip", "gzip"],
    ["*;q=0", "none", "none"],
    ["*;q=0, gzip", "gzip", "gzip"],
    ["*, gzip;q=0", "none", "none"],
    ["gzip;q=0, x-gzip", "none", "none"],
    ["identity;q=0, *;q=0.1", "gzip", "gzip"],
    ["gzipped", "none", "none"],
    [" , gzip ,", "gzip", "gzip"],
    [";q=1", "none", "none"],
    ["zstd", "none", "zstd"],
    ["ZSTD", "none", "zstd"],
    ["zstd;q=0", "none", "none"],
    ["zstd;q=0.5, gzip", "gzip", "gzip"],
    ["zstd, gzip;q=0.5", "gzip", "zstd"],
    ["zstd;q=0.5, gzip;q=0.5", "gzip", "zstd"],
    ["gzip, zstd;q=0", "gzip", "gzip"],
    ["zstd;q=0.5, *", "gzip", "gzip"],
  ];
  it.each(cases)("%j: %s, or %s", (header, gzip, both) => {
    expect(negotiateEncoding(header, ["gzip"]) ?? "none").toBe(gzip);
    expect(negotiateEncoding(header, ["zstd", "gzip"]) ?? "none").toBe(both);
  });
});
