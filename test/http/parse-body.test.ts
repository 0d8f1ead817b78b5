import { describe, expect, it } from "vitest";
import { parseBody } from "../../src/http/parse-body.ts";
import { message, single } from "../parse/protobuf-encode.ts";

const encoder = new TextEncoder();
const GOOD = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; " +
  "encoding=delimited";
const EXTENDED = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; ";

// A body that each parser reads in its own way: as text it is a comment and a sample.
const protobuf = single("gauge", message([1, 1]), "p");

/** Which parser reads a body of this type. */
function parserOf(contentType: string | null): string {
  try {
    const [family] = parseBody(contentType, protobuf);
    return family?.name === "p" ? "protobuf" : "?";
  } catch (error) {
    return /^(\w+)/.exec((error as Error).message)?.[1] ?? "?";
  }
}

describe("parseBody", () => {
  it.each([
    GOOD,
    "application/vnd.google.protobuf;encoding=delimited;proto=io.prometheus.client.MetricFamily",
    "Application/VND.google.Protobuf; PROTO=io.prometheus.client.MetricFamily; Encoding=delimited",
    `  ${GOOD}  `,
    `${GOOD};`,
    `${GOOD} ; `,
    `${GOOD}; charset=utf-8`,
    `${GOOD}; escaping=allow-utf-8`,
    `${GOOD}; encoding=delimited`,
    `${EXTENDED}encoding="delimited"`,
    `${EXTENDED}encoding = delimited`,
    `${EXTENDED}\tencoding\t=\t"delimited"`,
    `${EXTENDED}encoding="delimited"; x="a;b=c\\"d"`,
    `${EXTENDED}encoding*=utf-8''delimited`,
    `${EXTENDED}encoding*=UTF-8'en'%64elimited`,
    `${EXTENDED}encoding*0=delim; encoding*1=ited`,
    `${EXTENDED}encoding*1=ited; encoding*0*=us-ascii''%64elim`,
    `${EXTENDED}encoding*0=delim; encoding*1*=%69ted; encoding*3=x`,
    `${EXTENDED}encoding=text; encoding*=utf-8''delimited`,
  ])("reads as protobuf: %s", (contentType) => {
    expect(parserOf(contentType)).toBe("protobuf");
  });

  it.each([
    null,
    "",
    "text/plain",
    "text/plain; version=0.0.4; charset=utf-8",
    "application/x-www-form-urlencoded",
    "application/vnd.google.protobuf",
    "application/x-protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
    "application/vnd.google.protobuf; encoding=delimited",
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily",
    `${EXTENDED}encoding=Delimited`,
    `${EXTENDED}encoding=text`,
    `${EXTENDED}encoding=compact-text`,
    `${EXTENDED}encoding=`,
    `${EXTENDED}encoding="delimited`,
    `${EXTENDED}encoding="delimited "`,
    `${EXTENDED}encoding="\\delimited"`,
    `${EXTENDED}encoding=delimited x`,
    `${EXTENDED}encoding=delimited, text/plain`,
    `${EXTENDED}encoding=delimited;;`,
    `${EXTENDED}encoding=delimited; encoding=text`,
    `${EXTENDED}encoding=delimited; x`,
    `${EXTENDED}encoding=delimited; =x`,
    `${EXTENDED}encoding*=delimited`,
    `${EXTENDED}encoding*=iso-8859-1''delimited`,
    `${EXTENDED}encoding*=utf-8''%zzdelimited`,
    `${EXTENDED}encoding*1=delimited`,
    `${EXTENDED}encoding=delimited; encoding*=utf-8''text`,
    GOOD.replace("MetricFamily", "metricfamily"),
    GOOD.replace("application/", "application /"),
    GOOD.replace("application/vnd", "/vnd"),
    GOOD.replace("protobuf;", "protobuf/x;"),
    `, ${GOOD}`,
  ])("reads as text: %s", (contentType) => {
    expect(parserOf(contentType)).toBe("text");
  });

  it.each([
    "application/openmetrics-text",
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
    "application/OpenMetrics-text; version=0.0.1",
  ])("reads as OpenMetrics: %s", (contentType) => {
    expect(parserOf(contentType)).toBe("openmetrics");
  });

  it("reads text and OpenMetrics", () => {
    const families = [{ name: "x", series: [{ sample: 1 }] }];
    expect([...parseBody(null, encoder.encode("x 1\n"))]).toMatchObject(families);
    expect([...parseBody("application/openmetrics-text", encoder.encode("x 1\n# EOF\n"))])
      .toMatchObject(families);
  });

  it("hands on what holds for text", () => {
    const body = encoder.encode('{"a.b"} 1\n');
    expect(() => parseBody(null, body)).toThrow("a.b");
    const families = [...parseBody(null, body, { utf8Names: true })];
    expect(families).toMatchObject([{ name: "a.b", utf8: true }]);
  });
});
