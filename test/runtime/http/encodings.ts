/** Content-Encoding of a push: what is undone, what is said of a body that is broken, and of an encoding that nobody knows. */

import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe } from "vitest";
import {
  accepted,
  type Case,
  ERROR_HEADERS,
  GROUP,
  LABELS,
  runCases,
  unreadable,
  type Use,
} from "./cases.ts";
import { post, put } from "./client.ts";

const TEXT = "m 1\n";
const EXPOSED = `# TYPE m untyped\nm{${LABELS}} 1\n`;
const GZIP = gzipSync(TEXT);
const ZLIB = deflateSync(TEXT);
/** The text as other encoders pack it: a framed stream, and a frame with its size and a checksum. */
const SNAPPY = Buffer.from("ff060000734e6150705901080000f36540e66d20310a", "hex");
const ZSTD = Buffer.from("28b52ffd24042100006d20310a27a71a1b", "hex");
/** What is worth cutting: the compressed form of this has more than a header and a checksum. */
const LONG = gzipSync(
  Array.from({ length: 500 }, (_, i) => `m{i="${i * 7919 % 1009}"} ${i}\n`).join(""),
);

/** What it is about, the header, and a body that decodes to `m 1`. */
const DECODED: readonly (readonly [title: string, encoding: string, body: string | Uint8Array])[] =
  [
    ["gzip", "gzip", GZIP],
    ["gzip in capitals", "GZIP", GZIP],
    ["x-gzip", "x-gzip", GZIP],
    ["gzip that is stored, not compressed", "gzip", gzipSync(TEXT, { level: 0 })],
    ["gzip of two members", "gzip", join(gzipSync("m "), gzipSync("1\n"))],
    ["gzip of many members", "gzip", join(...[...TEXT].map((char) => gzipSync(char)))],
    ["gzip with an empty member", "gzip", join(gzipSync(""), GZIP, gzipSync(""))],
    ["gzip with every header field", "gzip", withGzipHeader(GZIP)],
    ["deflate with the header of zlib", "deflate", ZLIB],
    ["deflate without", "deflate", deflateRawSync(TEXT)],
    ["snappy", "snappy", SNAPPY],
    ["snappy of two streams", "snappy", join(SNAPPY, SNAPPY.subarray(0, 10))],
    ["zstd", "zstd", ZSTD],
    ["zstd of two frames", "zstd", join(Buffer.from("28b52ffd2000010000", "hex"), ZSTD)],
    ["gzip of snappy", "snappy, gzip", gzipSync(SNAPPY)],
    ["gzip of zstd", "zstd, gzip", gzipSync(ZSTD)],
    ["identity", "identity", TEXT],
    ["gzip and identity", "gzip, identity", GZIP],
    ["gzip twice", "gzip, gzip", gzipSync(GZIP)],
    ["gzip of deflate", "deflate, gzip", gzipSync(ZLIB)],
  ];

/** What it is about, the header, the body, and what is said of it. */
const CORRUPT: readonly (readonly [string, string, string | Uint8Array, string])[] = [
  ["gzip that is plain text", "gzip", TEXT, "gzip: invalid header"],
  ["gzip without a body", "gzip", "", "gzip: EOF"],
  ["gzip cut in its header", "gzip", GZIP.subarray(0, 5), "gzip: unexpected EOF"],
  ["gzip cut in its data", "gzip", LONG.subarray(0, LONG.length >> 1), "gzip: unexpected EOF"],
  ["gzip cut in its checksum", "gzip", GZIP.subarray(0, -1), "gzip: unexpected EOF"],
  ["gzip with a wrong checksum", "gzip", flip(GZIP, -8), "gzip: invalid checksum"],
  ["gzip with a wrong length", "gzip", flip(GZIP, -4), "gzip: invalid checksum"],
  [
    "gzip with a second member cut off",
    "gzip",
    join(GZIP, GZIP.subarray(0, 12)),
    "gzip: unexpected EOF",
  ],
  [
    "gzip with something behind it",
    "gzip",
    join(GZIP, Buffer.from("rest")),
    "gzip: invalid header",
  ],
  ["deflate that is plain text", "deflate", "\xff\xff\xff", "deflate: "],
  ["deflate without a body", "deflate", "", "deflate: EOF"],
  ["deflate cut off", "deflate", ZLIB.subarray(0, -2), "deflate: unexpected EOF"],
  ["deflate with a wrong checksum", "deflate", flip(ZLIB, -1), "deflate: invalid checksum"],
  ["snappy that is plain text", "snappy", TEXT, "snappy: not a framed stream"],
  ["snappy cut off", "snappy", SNAPPY.subarray(0, -1), "snappy: unexpected EOF"],
  ["snappy with a wrong checksum", "snappy", flip(SNAPPY, -5), "snappy: invalid checksum"],
  ["snappy with another byte", "snappy", flip(SNAPPY, -4), "snappy: invalid checksum"],
  ["zstd that is plain text", "zstd", TEXT, "zstd: invalid header"],
  ["zstd without a body", "zstd", "", "zstd: EOF"],
  ["zstd cut off", "zstd", ZSTD.subarray(0, -1), "zstd: unexpected EOF"],
  ["zstd with a wrong checksum", "zstd", flip(ZSTD, -1), "zstd: invalid checksum"],
  ["zlib said to be gzip", "gzip", ZLIB, "gzip: invalid header"],
];

/** Header, and the encoding that the answer quotes. */
const UNKNOWN: readonly (readonly [header: string, quoted: string])[] = [
  ["br", '"br"'],
  ["compress", '"compress"'],
  ["gzip;q=1", '"gzip;q=1"'],
  ["gzip, br", '"br"'],
  ["utf-8", '"utf-8"'],
];

/** The suite. */
export function describeEncodings(use: Use): void {
  describe("decoded", () => {
    runCases(
      use,
      DECODED.flatMap(([title, encoding, body]) =>
        [put, post].map((push): Case => {
          const request = push(GROUP, body, { "Content-Encoding": encoding });
          return { ...accepted(`${title}, ${request.method}`, "", EXPOSED), request };
        })
      ),
    );
    const empty = put(GROUP, gzipSync(""), { "Content-Encoding": "gzip" });
    runCases(use, [{ ...accepted("gzip of nothing", "", ""), request: empty }]);
  });

  describe("corrupt", () => {
    runCases(
      use,
      CORRUPT.map(([title, encoding, body, message]) =>
        unreadable(title, put(GROUP, body, { "Content-Encoding": encoding }), startsWith(message))
      ),
    );
  });

  describe("unknown", () => {
    runCases(
      use,
      UNKNOWN.flatMap(([header, quoted]) =>
        [put, post].map((push): Case => {
          const request = push(GROUP, TEXT, { "Content-Encoding": header });
          return {
            title: `${header}, ${request.method}`,
            request,
            status: 415,
            headers: {
              ...ERROR_HEADERS,
              "accept-encoding": "gzip, deflate, snappy, zstd, identity",
            },
            body:
              `unsupported content encoding ${quoted}, known are gzip, deflate, snappy, zstd, identity\n`,
            exposes: "",
            groups: {},
          };
        })
      ),
    );
  });
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  const index = flipped.length + at;
  flipped[index] = (flipped[index] ?? 0) ^ 1;
  return flipped;
}

/** Puts an extra field, a name and a comment into the header of a gzip member. */
function withGzipHeader(member: Uint8Array): Uint8Array {
  const head = Uint8Array.from(member.subarray(0, 10));
  head[3] = 0x1c;
  const fields = Buffer.from("\x04\x00ab\x00\x00name\x00comment\x00", "latin1");
  return join(head, fields, member.subarray(10));
}

function startsWith(message: string): RegExp {
  return new RegExp(`^${message}.*\\n$`);
}
