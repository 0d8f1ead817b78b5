import { describe, expect, it } from "vitest";
import type { HttpContext, HttpOptions } from "../../src/http/context.ts";
import { handlePush } from "../../src/http/push.ts";
import { handleScrape } from "../../src/http/scrape.ts";
import { createFakeContext, type FakeContext, requestTo } from "./fake-context.ts";

async function holding(
  body: string,
  options: Partial<HttpOptions> = {},
  parts: Partial<HttpContext> = {},
): Promise<FakeContext> {
  const fake = createFakeContext(options, parts);
  await handlePush(fake.context, requestTo("/metrics/job/a", { method: "PUT", body }));
  return fake;
}

function scrape({ context }: FakeContext, query = "", encoding?: string): Promise<Response> {
  const headers: HeadersInit = encoding === undefined ? {} : { "Accept-Encoding": encoding };
  return Promise.resolve(handleScrape(context, requestTo(`/metrics${query}`, { headers })));
}

describe("handleScrape", () => {
  it("answers with everything held and the gateway's own metrics, as text", async () => {
    const response = await scrape(await holding("x 1\ny 2\n"));
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type"))
      .toBe("text/plain; version=0.0.4; charset=utf-8; escaping=underscores");
    expect(response.headers.get("Content-Encoding")).toBeNull();
    const text = await response.text();
    expect(text).toContain('# TYPE x untyped\nx{instance="",job="a"} 1\n');
    expect(text).toMatch(/^# TYPE pushgateway_build_info gauge\npushgateway_build_info\{/m);
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(names).toEqual([...new Set(names)].sort());
  });

  it.each([
    ["", "push_failure_time_seconds push_time_seconds pushgateway_build_info", true],
    ["?name[]=x", "x", false],
    ["?name%5B%5D=x&name[]=y", "x y", false],
    ["?name[]=x&name[]=x", "x", false],
    ["?name[]=nobody", "", false],
    ["?name[]=", "", false],
    ["?name[]=pushgateway_build_info", "pushgateway_build_info", false],
    ["?name=x", "x", true],
    ["?", "x", true],
    ["?other=1", "y", true],
  ])("gives the families that %j asks for", async (query, expected, andMore) => {
    const text = await (await scrape(await holding("x 1\ny 2\n"), query)).text();
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    const asked = expected.split(" ").filter((name) => name !== "");
    if (andMore) expect(names).toEqual(expect.arrayContaining(asked));
    else expect(names).toEqual(asked);
    expect(names.length > asked.length).toBe(andMore);
  });

  it("is compressed for a client that takes gzip", async () => {
    const fake = await holding("x 1\n");
    const plain = await (await scrape(fake, "?name[]=x")).text();
    const response = await scrape(fake, "?name[]=x", "deflate, gzip;q=0.8");
    expect(response.headers.get("Content-Encoding")).toBe("gzip");
    expect(await response.text()).toBe(`gzip:${plain}`);
    expect((await scrape(fake, "", "gzip;q=0")).headers.get("Content-Encoding")).toBeNull();
  });

  it("takes a stream from the compressor too", async () => {
    const gzip = (bytes: Uint8Array<ArrayBuffer>) => new Blob([bytes, "!"]).stream();
    const response = await scrape(await holding("x 1\n", {}, { gzip }), "?name[]=x", "gzip");
    expect(await response.text()).toMatch(/^# TYPE x[^]*!$/);
  });

  const zstd = (bytes: Uint8Array<ArrayBuffer>) => new Blob(["zstd:", bytes]).stream();

  it("is compressed with zstd for a client that prefers it, where the runtime can", async () => {
    const able = await holding("x 1\n", {}, { zstd });
    const response = await scrape(able, "?name[]=x", "gzip, zstd");
    expect(response.headers.get("Content-Encoding")).toBe("zstd");
    expect(await response.text()).toMatch(/^zstd:# TYPE x/);
    const gzip = await scrape(able, "?name[]=x", "gzip, zstd;q=0.5");
    expect(gzip.headers.get("Content-Encoding")).toBe("gzip");
    expect(await gzip.text()).toMatch(/^gzip:# TYPE x/);
    const unable = await scrape(await holding("x 1\n"), "", "zstd");
    expect(unable.headers.get("Content-Encoding")).toBeNull();
  });

  const PROTO =
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=";
  const formats: readonly (readonly [accept: string, type: string, body: RegExp])[] = [
    ["*/*", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", /^# TYPE x/],
    [
      "text/plain; escaping=dots",
      "text/plain; version=0.0.4; charset=utf-8; escaping=dots",
      /^# TYPE x/,
    ],
    [`${PROTO}delimited`, `${PROTO}delimited; escaping=underscores`, /^\*\n.x.."/s],
    [
      `${PROTO}text; escaping=allow-utf-8`,
      `${PROTO}text; escaping=allow-utf-8`,
      /^name: "x"\ntype: UNTYPED\nmetric: \{[^]*\}\n\nname: "y"[^]*\}\n\n$/,
    ],
    [
      `${PROTO}compact-text`,
      `${PROTO}compact-text; escaping=underscores`,
      /^name:"x" type:UNTYPED metric:\{.*\}\nname:"y" .*\}\n$/,
    ],
  ];
  it.each(formats)("is in the format asked for with %s", async (Accept, type, body) => {
    const { context } = await holding("x 1\ny 2\n");
    const request = requestTo("/metrics?name[]=x&name[]=y", { headers: { Accept } });
    const response = handleScrape(context, request);
    expect(response.headers.get("Content-Type")).toBe(type);
    expect(await response.text()).toMatch(body);
  });

  it("has the gateway's own metrics in every format", async () => {
    const { context } = await holding("");
    const request = requestTo("/metrics", { headers: { Accept: `${PROTO}compact-text` } });
    const lines = (await handleScrape(context, request).text()).split("\n");
    expect(lines.filter((line) => line.startsWith('name:"pushgateway_build_info" help:"A metric')))
      .toHaveLength(1);
  });

  it("does not hand out what it keeps", async () => {
    const fake = await holding("x 1\n");
    const bytes = new Uint8Array(await (await scrape(fake, "?name[]=x")).arrayBuffer());
    bytes.fill(0);
    expect(await (await scrape(fake, "?name[]=x")).text()).toContain("x{");
  });

  it("counts and logs what it left out, each time", async () => {
    const fake = await holding("x 1\nx 2\nx 3\ny 1\n", { checkConsistency: false });
    for (let times = 1; times <= 2; times++) {
      expect(await (await scrape(fake, "?name[]=x")).text()).toContain(
        'x{instance="",job="a"} 1\n',
      );
      expect(fake.dropped).toBe(2 * times);
      expect(fake.logged).toHaveLength(times);
    }
    expect(fake.logged[0]).toEqual({
      level: "warn",
      msg: "series left out of the scrape",
      fields: { name: "x", reason: "same name and labels twice", series: 2 },
    });
  });
});
