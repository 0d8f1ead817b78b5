import { describe, expect, it } from "vitest";
import { negotiateFormat } from "../../src/render/negotiate.ts";

const PROTO = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily";
const DELIMITED = `${PROTO};encoding=delimited`;
const OPEN = "application/openmetrics-text";

/** Headers as they are really sent; what is agreed upon without OpenMetrics, and with it. */
const CLIENTS: readonly (readonly [who: string, header: string, off: string, on: string])[] = [
  [
    "Prometheus 2.20",
    `${OPEN}; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
    "text underscores",
    "openmetrics 0.0.1 underscores",
  ],
  [
    "Prometheus 2.42",
    `${OPEN};version=1.0.0,${OPEN};version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
    "text underscores",
    "openmetrics 1.0.0 underscores",
  ],
  [
    "Prometheus 2.42 with native histograms",
    `${DELIMITED},${OPEN};version=1.0.0;q=0.8,${OPEN};version=0.0.1;q=0.75,` +
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    "protobuf delimited underscores",
    "protobuf delimited underscores",
  ],
  [
    "Prometheus 2.53",
    `${OPEN};version=1.0.0;q=0.5,${OPEN};version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2`,
    "text underscores",
    "openmetrics 1.0.0 underscores",
  ],
  [
    "Prometheus 3",
    `${OPEN};version=1.0.0;escaping=allow-utf-8;q=0.6,${OPEN};version=0.0.1;q=0.5,` +
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    "text allow-utf-8",
    "openmetrics 1.0.0 allow-utf-8",
  ],
  [
    "Prometheus 3 with native histograms",
    `${DELIMITED};q=0.6,${OPEN};version=1.0.0;escaping=allow-utf-8;q=0.5,` +
    `${OPEN};version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,` +
    "text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    "protobuf delimited underscores",
    "protobuf delimited underscores",
  ],
  [
    "Prometheus 2.5x with native histograms and UTF-8 names",
    `${DELIMITED};q=0.6,${OPEN};version=1.0.0;escaping=allow-utf-8;q=0.5,` +
    "text/plain;version=0.0.4;q=0.4,*/*;q=0.3",
    "protobuf delimited underscores",
    "protobuf delimited underscores",
  ],
  [
    "Prometheus 3.0, with its slip at the end",
    `${OPEN};version=1.0.0;escaping=allow-utf-8;q=0.5,${OPEN};version=0.0.1;q=0.4,` +
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,/;q=0.1",
    "text allow-utf-8",
    "openmetrics 1.0.0 allow-utf-8",
  ],
  [
    "Prometheus 3.15 with native histograms",
    `${DELIMITED};q=0.7,${OPEN};version=1.0.0;escaping=allow-utf-8;q=0.6,` +
    `${OPEN};version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,` +
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    "protobuf delimited underscores",
    "protobuf delimited underscores",
  ],
  [
    "Prometheus 3 with scrape_protocols: text first",
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5," +
    `${OPEN};version=1.0.0;escaping=allow-utf-8;q=0.4,*/*;q=0.3`,
    "text allow-utf-8",
    "text allow-utf-8",
  ],
  [
    "Prometheus 3 with metric_name_escaping_scheme: values",
    `${OPEN};version=1.0.0;escaping=values;q=0.6,${OPEN};version=0.0.1;q=0.5,` +
    "text/plain;version=1.0.0;escaping=values;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    "text values",
    "openmetrics 1.0.0 values",
  ],
  [
    "Telegraf",
    `${DELIMITED};q=0.7,text/plain;version=0.0.4;q=0.3`,
    "protobuf delimited underscores",
    "protobuf delimited underscores",
  ],
  ["curl", "*/*", "text underscores", "text underscores"],
  [
    "Firefox",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "text underscores",
    "text underscores",
  ],
  [
    "Chrome",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8," +
    "application/signed-exchange;v=b3;q=0.7",
    "text underscores",
    "text underscores",
  ],
];

describe("what clients send", () => {
  it.each(CLIENTS)("%s", (_, header, off, on) => {
    expect(agreed(header)).toBe(off);
    expect(agreed(header, true)).toBe(on);
  });
});

describe("negotiateFormat", () => {
  // Header, what is agreed upon without OpenMetrics.
  const cases: readonly (readonly [header: string | null, result: string])[] = [
    [null, "text underscores"],
    ["", "text underscores"],
    [",;,=;q", "text underscores"],
    ["text/plain", "text underscores"],
    ["text/plain;version=0.0.4", "text underscores"],
    ["text/plain;version=1.0.0", "text underscores"],
    ["application/json", "text underscores"],
    // All encodings of protobuf, and what is missing.
    [`${PROTO};encoding=delimited`, "protobuf delimited underscores"],
    [`${PROTO};encoding=text`, "protobuf text underscores"],
    [`${PROTO};encoding=compact-text`, "protobuf compact-text underscores"],
    [`${PROTO};encoding=json`, "text underscores"],
    [PROTO, "text underscores"],
    ["application/vnd.google.protobuf;encoding=delimited", "text underscores"],
    ["application/vnd.google.protobuf;proto=Other;encoding=delimited", "text underscores"],
    // Blanks, case and quotes.
    [
      "Application/Vnd.Google.Protobuf ; Proto=io.prometheus.client.MetricFamily ; Encoding=delimited",
      "protobuf delimited underscores",
    ],
    [
      'application/vnd.google.protobuf; proto="io.prometheus.client.MetricFamily"; encoding="text"',
      "protobuf text underscores",
    ],
    // Weights.
    [`text/plain;q=0.5,${DELIMITED};q=0.6`, "protobuf delimited underscores"],
    [`text/plain;q=0.6,${DELIMITED};q=0.5`, "text underscores"],
    [`text/plain,${DELIMITED}`, "text underscores"],
    [`${DELIMITED},text/plain`, "protobuf delimited underscores"],
    [`${DELIMITED};q=0.1`, "protobuf delimited underscores"],
    [`${DELIMITED};q=0`, "text underscores"],
    [`${DELIMITED};q=0.000,text/plain;q=0.1`, "text underscores"],
    [`${DELIMITED};q=high`, "text underscores"],
    [`${DELIMITED};Q=0`, "text underscores"],
    [`*/*,${DELIMITED};q=0.1`, "protobuf delimited underscores"],
    // Escaping: the one of the clause that matches, or the last one before it.
    [`${DELIMITED};escaping=allow-utf-8`, "protobuf delimited allow-utf-8"],
    ["text/plain;escaping=dots", "text dots"],
    ["text/plain;escaping=values", "text values"],
    ["text/plain;escaping=underscores", "text underscores"],
    ["text/plain;escaping=none", "text underscores"],
    ["text/plain;escaping=", "text underscores"],
    ["application/json;escaping=dots,text/plain;q=0.5", "text dots"],
    ["application/json;escaping=dots,text/plain;q=0.5;escaping=values", "text values"],
    ["application/json;escaping=dots,text/plain;q=0.5;escaping=none", "text dots"],
    ["application/json;escaping=dots", "text dots"],
    ["*/*;escaping=dots", "text dots"],
    ["text/plain,application/json;escaping=dots", "text underscores"],
    ["text/plain;q=0.5,application/json;escaping=dots", "text dots"],
    ["application/json;escaping=dots;q=0,text/plain", "text underscores"],
  ];
  it.each(cases)("%j: %s", (header, result) => expect(agreed(header)).toBe(result));

  const open: readonly (readonly [header: string, result: string])[] = [
    [OPEN, "openmetrics 0.0.1 underscores"],
    [`${OPEN};version=0.0.1`, "openmetrics 0.0.1 underscores"],
    [`${OPEN};version=1.0.0`, "openmetrics 1.0.0 underscores"],
    [`${OPEN};version=1.0.0;charset=utf-8;escaping=dots`, "openmetrics 1.0.0 dots"],
    [`${OPEN};version=2.0.0`, "text underscores"],
    [`${OPEN};version=2.0.0,${OPEN};version=1.0.0;q=0.9`, "openmetrics 1.0.0 underscores"],
    [`${OPEN};q=0.2,text/plain;q=0.3`, "text underscores"],
  ];
  it.each(open)("with OpenMetrics, %j: %s", (header, result) => {
    expect(agreed(header, true)).toBe(result);
    expect(agreed(header)).toMatch(/^text /);
  });

  it("reads headers that are all separators", () => {
    expect(agreed("a;".repeat(500_000))).toBe("text underscores");
    expect(agreed(`${",".repeat(100_000)}${DELIMITED}`)).toBe("protobuf delimited underscores");
  });
});

function agreed(header: string | null, openMetrics = false): string {
  const { format, escaping } = negotiateFormat(header, { openMetrics });
  return `${format} ${escaping}`;
}
