/** Bodies that are compressed, not UTF-8, or labelled as something else. */

import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { push, pushRefused, refusal, type Scenario, send } from "../scenario.ts";

const BODY = "a 1\n";
const GZIPPED = gzipSync(BODY);

const encoded = (encoding: string): { readonly headers: Readonly<Record<string, string>> } => ({
  headers: { "Content-Encoding": encoding },
});

/** Read alike by both. */
const EQUAL: readonly Scenario[] = [
  push("gzip", GZIPPED, encoded("gzip")),
  push("gzip of nothing", gzipSync(""), encoded("gzip")),
  push("gzip of a syntax error", gzipSync("a b c\n"), encoded("gzip")),
  push("gzip of several members", Buffer.concat([GZIPPED, gzipSync("b 2\n")]), encoded("gzip")),
  push("gzip without compression", gzipSync(BODY, { level: 0 }), encoded("gzip")),
  push("gzip of a megabyte", gzipSync(`a 1\n${"# comment\n".repeat(100_000)}`), encoded("gzip")),
  push("gzip that is not", "not gzip at all", encoded("gzip")),
  push(
    "gzip of another method",
    Buffer.concat([Buffer.from([31, 139, 7]), Buffer.alloc(15)]),
    encoded("gzip"),
  ),
  push("identity", BODY, encoded("identity")),
  push("an empty encoding", BODY, encoded("")),
  {
    name: "DELETE with an encoding",
    requests: [
      send("PUT /metrics/job/j", BODY),
      send("DELETE /metrics/job/j", BODY, encoded("bogus")),
    ],
  },
  ...[
    "",
    "text/plain",
    "text/plain; version=0.0.4",
    "text/plain; version=0.0.4; charset=utf-8",
    "text/plain; version=9.9.9",
    "TEXT/PLAIN",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    "application/json",
    "multipart/form-data; boundary=x",
    "garbage",
  ].map((type) => push(`Content-Type: ${type}`, BODY, { headers: { "Content-Type": type } })),
];

const MORE_ENCODINGS = "ours: encodings in any case, x-gzip, deflate and several of them";

/** The reference gets the body as it was before. */
const DECODED: readonly Scenario[] = ([
  ["GZIP", GZIPPED],
  ["x-gzip", GZIPPED],
  ["gzip, gzip", gzipSync(GZIPPED)],
  ["deflate", deflateSync(BODY)],
  ["deflate", deflateRawSync(BODY)],
] as const).map(([encoding, body]) =>
  push(encoding, body, {
    ...encoded(encoding),
    theirs: { why: MORE_ENCODINGS, body: BODY, headers: {} },
  })
);

const UNKNOWN = "ours: an unknown encoding is 415; the reference reads the body as it is";

/** Unknown encodings. */
const REFUSED: readonly Scenario[] = ["br", "bogus", "aws-chunked", "gzip, br"].map((encoding) => {
  const name = encoding === "gzip, br" ? "br" : encoding;
  const error =
    `unsupported content encoding "${name}", known are gzip, deflate, snappy, zstd, identity`;
  return {
    ...push(`unknown encoding ${encoding}`, BODY, {
      ...encoded(encoding),
      ours: refusal({ why: UNKNOWN, error, status: 415 }),
    }),
    state: { why: UNKNOWN, lines: [] },
  };
});

const CORRUPT = "ours: a corrupt body is 400, also where its beginning can be read";

/** Broken gzip that the reference accepts, or for which it has other words. */
const BROKEN: readonly Scenario[] = [
  ...([
    ["cut within the checksum", GZIPPED.subarray(0, -3), "unexpected EOF"],
    [
      "with a wrong checksum",
      Buffer.concat([GZIPPED.subarray(0, -8), Buffer.alloc(8)]),
      "invalid checksum",
    ],
    ["with garbage behind it", Buffer.concat([GZIPPED, Buffer.from("xxxx")]), "invalid header"],
  ] as const).map(([name, body, reason]) =>
    pushRefused(`gzip ${name}`, body, {
      why: CORRUPT,
      error: `gzip: ${reason}`,
      ...encoded("gzip"),
    })
  ),
  ...([
    ["of no bytes", "", "EOF"],
    ["cut within the data", GZIPPED.subarray(0, -10), "unexpected EOF"],
  ] as const).map(([name, body, reason]) => {
    const why = "ours: the error names the encoding";
    const ours = refusal({ why, error: `gzip: ${reason}` });
    return push(`gzip ${name}`, body, { ...encoded("gzip"), ours });
  }),
];

const STRICT = "ours: invalid UTF-8 is 400 wherever it stands, and named as what it is";
const NOT_UTF8 = "text format parsing error in line 1: invalid UTF-8";

/** Bytes that are not UTF-8, where the reference minds them under another name. */
const MINDED: readonly (readonly [string, readonly (string | number)[]])[] = [
  ["a label value", ['a{b="', 0xff, '"} 1\n']],
  ["a label value, cut short", ['a{b="', 0xc3, '"} 1\n']],
  ["a label value, overlong", ['a{b="', 0xc0, 0x80, '"} 1\n']],
  ["a label value, a surrogate", ['a{b="', 0xed, 0xa0, 0x80, '"} 1\n']],
  ["a label value, beyond Unicode", ['a{b="', 0xf4, 0x90, 0x80, 0x80, '"} 1\n']],
  ["a label name", ["a{", 0xff, '="c"} 1\n']],
  ["a metric name", [0xff, " 1\n"]],
  ["a value", ["a ", 0xff, "\n"]],
  ["a type", ["# TYPE a ", 0xff, "\n"]],
  ["a timestamp", ["a 1 ", 0xff, "\n"]],
];

/** All of them. */
export const encodings: readonly Scenario[] = [
  ...EQUAL,
  ...DECODED,
  ...REFUSED,
  ...BROKEN,
  ...MINDED.map(([name, parts]) =>
    push(`no UTF-8 in ${name}`, bytes(parts), { ours: refusal({ why: STRICT, error: NOT_UTF8 }) })
  ),
  pushRefused("no UTF-8 in HELP", bytes(["# HELP a ", 0xff, "\na 1\n"]), {
    why: STRICT,
    error: NOT_UTF8,
  }),
  pushRefused("no UTF-8 in a comment", bytes(["# ", 0xff, "\na 1\n"]), {
    why: STRICT,
    error: NOT_UTF8,
  }),
  push("gzip, undeclared", GZIPPED, { ours: refusal({ why: STRICT, error: NOT_UTF8 }) }),
];

function bytes(parts: readonly (string | number)[]): Uint8Array {
  return Buffer.concat(parts.map((part) => Buffer.from(typeof part === "string" ? part : [part])));
}
