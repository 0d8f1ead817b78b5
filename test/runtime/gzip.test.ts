import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { gzip } from "../../src/runtime/gzip.ts";

describe("gzip", () => {
  it.each([0, 1, 100_000])("keeps %d bytes", (length) => {
    const bytes = new Uint8Array(length).map((_, index) => index % 7);
    expect(new Uint8Array(gunzipSync(gzip(bytes)))).toEqual(bytes);
  });

  it("makes a scrape smaller", () => {
    const scrape = new TextEncoder().encode('metric{instance="",job="a"} 1\n'.repeat(1_000));
    expect(gzip(scrape).length).toBeLessThan(scrape.length / 10);
  });
});
