/**
 * What was pushed to the reference before it wrote the files in `fixtures/`. The tests push the same to a store of ours: a file that
 * is read must come to what the pushes in it came to.
 */

import { FAMILY, HISTOGRAM, SCALAR, SUMMARY } from "../../src/model/client-model.ts";
import { delimited, family, labels, message, metric } from "../parse/protobuf-encode.ts";

/** One request. */
export interface ReferencePush {
  /** The method; a deletion has no body. */
  readonly method: "PUT" | "POST" | "DELETE";
  /** The path behind `/metrics`. */
  readonly path: string;
  /** The body: text when it is a string, delimited protobuf when it is bytes. */
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** The encoding of text, when it is not UTF-8. */
  readonly charset?: "latin1";
  /** Whether it is refused; such a push leaves a failure time. */
  readonly refused?: boolean;
  /** Whether a gateway of ours refuses it, though the reference takes it. */
  readonly lenient?: boolean;
}

const scalar = (value: number) => message([SCALAR.value, value]);
const proto = (...families: Uint8Array[]) => Uint8Array.from(delimited(...families));

const texts: readonly ReferencePush[] = [
  {
    method: "PUT",
    path: "/job/text",
    body: `# HELP requests_total Requests, "quoted", back\\\\slash, line\\nfeed.
# TYPE requests_total counter
requests_total{code="200",method="get"} 1e+06
requests_total{code="500",method="get"} 3
# TYPE temperature_celsius gauge
temperature_celsius 21.5
temperature_celsius{instance="probe"} -0
plain_value 0
# TYPE request_seconds histogram
request_seconds_bucket{path="/",le="0.5"} 1
request_seconds_bucket{path="/",le="2.5"} 3
request_seconds_bucket{path="/",le="+Inf"} 4
request_seconds_sum{path="/"} 8.25
request_seconds_count{path="/"} 4
# TYPE rpc_seconds summary
rpc_seconds{quantile="0.5"} 0.1
rpc_seconds{quantile="0.99"} NaN
rpc_seconds_sum 17.5
rpc_seconds_count 2693
`,
  },
  { method: "PUT", path: "/job/empty", body: "" },
  { method: "POST", path: "/job/twice/instance/a", body: "first 1\nsecond 1\n" },
  { method: "POST", path: "/job/twice/instance/a", body: "second 2\nthird 2\n" },
  { method: "PUT", path: "/job/replaced", body: "gone 1\n" },
  { method: "PUT", path: "/job/replaced", body: "stays 1\n" },
  { method: "PUT", path: "/job/deleted", body: "deleted 1\n" },
  { method: "DELETE", path: "/job/deleted", body: "" },
  // Help texts of the text format need not be UTF-8 for the reference.
  {
    method: "POST",
    path: "/job/latin",
    body: "# HELP latin débit\n# TYPE latin gauge\nlatin 1\n",
    charset: "latin1",
    lenient: true,
  },
];

/** Schema 0, 1 observation of zero, 2 in (0.5, 1], 3 in (1, 2] and 4 in (4, 8]. */
const nativeHistogram = message(
  [HISTOGRAM.count, 10n],
  [HISTOGRAM.sum, 30],
  [5, 0n],
  [6, 0.001],
  [7, 1n],
  [12, message([1, 0n], [2, 2n])],
  [12, message([1, 2n], [2, 1n])],
  [13, 4n],
  [13, 2n],
  [13, 2n],
);

const protobufs: readonly ReferencePush[] = [
  {
    method: "PUT",
    path: "/job/protobuf/instance/i",
    body: proto(
      family("pb_total", "counter", [metric("counter", scalar(5), { b: "2", a: "1" })], [
        FAMILY.help,
        "A counter.",
      ]),
      family("pb_gauge", "gauge", [
        metric("gauge", scalar(1), { a: "" }),
        metric("gauge", scalar(NaN), { a: "é" }),
      ]),
      family("pb_untyped", "untyped", [metric("untyped", scalar(0))]),
      family("pb_summary", "summary", [
        metric(
          "summary",
          message(
            [SUMMARY.count, 2n ** 64n - 1n],
            [SUMMARY.sum, 1.5],
            [SUMMARY.quantile, message([1, 0.5], [2, 0.25])],
          ),
        ),
      ]),
      family("pb_histogram", "histogram", [
        metric(
          "histogram",
          message(
            [HISTOGRAM.count, 2n ** 53n + 1n],
            [HISTOGRAM.sum, 9],
            [HISTOGRAM.bucket, message([1, 7n], [2, 1])],
          ),
        ),
      ]),
      // Neither of the two kinds has metrics, and both vanish.
      family("pb_none", "gauge", []),
      family("pb_native", "histogram", [metric("histogram", nativeHistogram)]),
    ),
  },
];

/** Values of all kinds, under a path. */
const values = (path: string): ReferencePush => ({
  method: "PUT",
  path,
  body: `# TYPE special gauge
special{kind="nan"} NaN
special{kind="inf"} +Inf
special{kind="minus inf"} -Inf
special{kind="small"} 5e-324
special{kind="large"} 1.7976931348623157e308
special{kind="rounded"} 9007199254740993
special{kind=""} 1
special{kind="日本語 \\"q\\" \\\\ \\n"} 2
`,
});

/** Values in base64 came with 0.9. */
const encoded: readonly ReferencePush[] = [
  { method: "PUT", path: "/job@base64/L3Zhci90bXA=/instance@base64/=", body: "in_slash 1\n" },
];

const many: readonly ReferencePush[] = Array.from({ length: 12 }, (_, at) => ({
  method: "POST",
  path: `/job/many/shard/${at}`,
  body: `# TYPE many gauge\nmany{a="${at % 3}"} ${at / 4}\n`,
}));

const refused: readonly ReferencePush[] = [
  { method: "POST", path: "/job/text", body: "timestamped 1 1700000000000\n", refused: true },
  {
    method: "POST",
    path: "/job/refused",
    body: "# TYPE requests_total gauge\nrequests_total 1\n",
    refused: true,
  },
];

const utf8: readonly ReferencePush[] = [
  {
    method: "PUT",
    path: "/job/names/U__my_2e_label/x",
    body: `# HELP "my.metric" Dots.
# TYPE "my.metric" gauge
{"my.metric","a.b"="c"} 1
legacy 2
`,
  },
  {
    method: "PUT",
    path: "/job/names",
    body: proto(
      family("größe", "gauge", [metric("gauge", scalar(3), { "日": "本" })]),
      family("buckets", "gaugehistogram", [
        metric(
          "gaugehistogram",
          message(
            [HISTOGRAM.count, 3n],
            [HISTOGRAM.sum, 4],
            [HISTOGRAM.bucket, message([1, 2n], [2, 1])],
          ),
        ),
      ]),
    ),
  },
];

/** What only a gateway takes that does not check consistency. */
const inconsistent: readonly ReferencePush[] = [
  { method: "PUT", path: "/job/a", body: "# TYPE conflict gauge\nconflict 1\n" },
  { method: "PUT", path: "/job/b", body: "# TYPE conflict counter\nconflict 2\n" },
  { method: "PUT", path: "/job/c", body: 'same{instance="i"} 1\n' },
  { method: "PUT", path: "/job/c/instance/i", body: "same 2\n" },
  { method: "PUT", path: "/job/d", body: "double 1\ndouble 1\n" },
  {
    method: "PUT",
    path: "/job/e",
    body: proto(
      family("partly", "gauge", [
        metric("gauge", scalar(1), { n: "right" }),
        metric("counter", scalar(2), { n: "no gauge" }),
        message(...labels({ n: "a" }), ...labels({ n: "b" }), [2, scalar(3)]),
      ]),
      family("wholly", "gauge", [metric("counter", scalar(1))]),
    ),
    lenient: true,
  },
  {
    method: "PUT",
    path: "/job/f",
    body: `# TYPE twofold histogram
twofold_bucket{n="right",le="1"} 1
twofold_sum{n="right"} 1
twofold_count{n="right"} 1
twofold_bucket{n="wrong",le="1"} 1
twofold_bucket{n="wrong",le="1.0"} 2
`,
    lenient: true,
  },
];

const UTF8_PATH = "/job/values/dc/%E2%82%AC%20%22q%22";

const removed: readonly ReferencePush[] = [
  { method: "PUT", path: "/job/a", body: "x 1\n" },
  { method: "DELETE", path: "/job/a", body: "" },
];

/** What was pushed before each of the files was written. */
export const PUSHES: Readonly<Record<string, readonly ReferencePush[]>> = {
  // It wants the same label names in all of a family, and so the same in all groups.
  "0.4.0": [...texts, values("/job/values"), ...protobufs],
  "1.5.1": [...texts, values(UTF8_PATH), ...encoded, ...protobufs, ...many, ...refused],
  "1.5.1-empty": removed,
  "1.5.1-unchecked": inconsistent,
  "1.11.3": [...texts, values(UTF8_PATH), ...encoded, ...protobufs, ...refused, ...utf8],
};

/** The bytes of a body. */
export function bytesOf({ body, charset }: ReferencePush): Uint8Array<ArrayBuffer> {
  if (typeof body !== "string") return body;
  return charset === undefined
    ? new TextEncoder().encode(body)
    : Uint8Array.from([...body].map((char) => char.charCodeAt(0)));
}
