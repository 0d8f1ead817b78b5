import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import { handlePush } from "../../src/http/push.ts";
import { handleScrape } from "../../src/http/scrape.ts";
import { createFakeContext, type FakeContext, requestTo } from "./fake-context.ts";

const PROTO = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=";

/** Pushes one series `m` as protobuf, with a value of the type with this number in this field. */
async function pushValue(type: number, field: number, value: Uint8Array): Promise<FakeContext> {
  const fake = createFakeContext();
  const family = new BinaryWriter().tag(1, WireType.LengthDelimited).string("m")
    .tag(3, WireType.Varint).int32(type).tag(4, WireType.LengthDelimited).fork()
    .tag(field, WireType.LengthDelimited).bytes(value).join()
    .tag(5, WireType.LengthDelimited).string("s").finish();
  const body = new BinaryWriter().bytes(family).finish();
  const headers = { "Content-Type": `${PROTO}delimited` };
  const request = requestTo("/metrics/job/a", { method: "PUT", headers, body });
  expect((await handlePush(fake.context, request)).status).toBe(200);
  return fake;
}

async function scrape({ context }: FakeContext, Accept: string): Promise<Uint8Array> {
  const request = requestTo("/metrics?name[]=m", { headers: { Accept } });
  return new Uint8Array(await handleScrape(context, request).arrayBuffer());
}

describe("what was pushed as protobuf", () => {
  const LABELS = "\n\f\n\binstance\x12\0\n\b\n\x03job\x12\x01a";

  it("comes out with its labels as the reference has them, and nothing lost", async () => {
    const counter = new BinaryWriter().tag(1, WireType.Bit64).double(3)
      .tag(2, WireType.LengthDelimited).fork().tag(2, WireType.Bit64).double(1).join()
      .tag(3, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int64(9).join()
      .tag(77, WireType.LengthDelimited).string("later").finish();
    const fake = await pushValue(0, 3, counter);
    const metric = [...new TextEncoder().encode(LABELS), 0x1a, counter.length, ...counter];
    const family = [0x0a, 1, 0x6d, 0x18, 0, 0x22, metric.length, ...metric, 0x2a, 1, 0x73];
    expect([...await scrape(fake, `${PROTO}delimited`)]).toEqual([family.length, ...family]);
  });

  it("can be read as text of both kinds", async () => {
    const histogram = new BinaryWriter().tag(1, WireType.Varint).uint64("9007199254740993")
      .tag(2, WireType.Bit64).double(1).tag(12, WireType.LengthDelimited).fork()
      .tag(2, WireType.Varint).uint32(1).join().tag(13, WireType.Varint).sint64(-2).finish();
    const fake = await pushValue(4, 7, histogram);
    const compact = new TextDecoder().decode(await scrape(fake, `${PROTO}compact-text`));
    expect(compact).toBe(
      'name:"m" type:HISTOGRAM metric:{label:{name:"instance" value:""} label:{name:"job" value:"a"} ' +
        "histogram:{sample_count:9007199254740993 sample_sum:1 positive_span:{length:1} " +
        'positive_delta:-2}} unit:"s"\n',
    );
    const text = new TextDecoder().decode(await scrape(fake, `${PROTO}text`));
    expect(text.replace(/\s+/g, "")).toBe(compact.replace(/\s+/g, ""));
    expect(text).toMatch(/\}\nunit: "s"\n\n$/);
  });

  it("goes with its value when series are sorted", async () => {
    const fake = createFakeContext();
    const series = (label: string, created: number) => (writer: BinaryWriter) =>
      writer.tag(4, WireType.LengthDelimited).fork()
        .tag(1, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string("x")
        .tag(2, WireType.LengthDelimited).string(label).join()
        .tag(3, WireType.LengthDelimited).fork().tag(1, WireType.Bit64).double(created)
        .tag(3, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int64(created).join()
        .join().join();
    const family = new BinaryWriter().tag(1, WireType.LengthDelimited).string("m");
    series("b", 2)(family);
    series("a", 1)(family);
    const body = new BinaryWriter().bytes(family.finish()).finish();
    const headers = { "Content-Type": `${PROTO}delimited` };
    await handlePush(fake.context, requestTo("/metrics/job/j", { method: "PUT", headers, body }));
    const text = new TextDecoder().decode(await scrape(fake, `${PROTO}compact-text`));
    expect(text.match(/"x" value:"."|seconds:\d/g)).toEqual([
      '"x" value:"a"',
      "seconds:1",
      '"x" value:"b"',
      "seconds:2",
    ]);
  });
});
