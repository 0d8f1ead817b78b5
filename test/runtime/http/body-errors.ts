/** Bodies that cannot be read, and what is said of them. They leave no trace. */

import { describe } from "vitest";
import { type Case, GROUP, LABELS, runCases, unreadable, type Use } from "./cases.ts";
import { post, put } from "./client.ts";

/** A body and what is said of it. */
const BROKEN: readonly (readonly [body: string, message: string])[] = [
  ["m\n", 'line 1: expected float as value, got ""'],
  ["m", 'line 1: expected float as value, got ""'],
  ["m \n", 'line 1: expected float as value, got ""'],
  ["a 1\nm bar\n", 'line 2: expected float as value, got "bar"'],
  ["a 1\n\n# x\nm bar\n", 'line 4: expected float as value, got "bar"'],
  ["9m 1\n", "line 1: invalid metric name"],
  ["-m 1\n", "line 1: invalid metric name"],
  ["{} 1\n", "line 1: invalid metric name"],
  ['{"my.metric",a="b"} 1\n', 'line 1: invalid metric name "my.metric"'],
  ["ü 1\n", "line 1: invalid metric name"],
  ["m-x 1\n", 'line 1: expected float as value, got "-x"'],
  ['m{9="1"} 1\n', 'line 1: invalid label name for metric "m"'],
  ['m{="1"} 1\n', 'line 1: invalid label name for metric "m"'],
  ["m{,} 1\n", 'line 1: invalid label name for metric "m"'],
  ['m{a="1",,b="2"} 1\n', 'line 1: invalid label name for metric "m"'],
  ['m{a-b="1"} 1\n', "line 1: expected '=' after label name, found '-'"],
  ["m{a} 1\n", "line 1: expected '=' after label name, found '}'"],
  ["m{a=1} 1\n", "line 1: expected '\"' at start of label value, found '1'"],
  ['m{a="1" b="2"} 1\n', 'line 1: unexpected end of label value "1"'],
  ['m{a="1" 1\n', 'line 1: unexpected end of label value "1"'],
  ['m{a="1\n', 'line 1: label value "1" contains unescaped new-line'],
  ['m{a="1\\x"} 1\n', "line 1: invalid escape sequence '\\x'"],
  ['m{a="1",a="2"} 1\n', 'line 1: duplicate label names for metric "m"'],
  ['m{__name__="1"} 1\n', 'line 1: label name "__name__" is reserved'],
  ["m 1 2 3\n", 'line 1: spurious string after timestamp: " 3"'],
  ["m 1 x\n", 'line 1: expected integer as timestamp, got "x"'],
  ["m 1 1.5\n", 'line 1: expected integer as timestamp, got "1.5"'],
  ["# TYPE m fooo\n", 'line 1: unknown metric type "fooo"'],
  ["# TYPE m gauge x\n", 'line 1: unknown metric type "gauge x"'],
  ["# TYPE 9m gauge\n", "line 1: invalid metric name in comment"],
  ["# HELP 9m gauge\n", "line 1: invalid metric name in comment"],
  ["# TYPE m-x gauge\n", "line 1: invalid metric name in comment"],
  ["# TYPE m gauge\n# TYPE m gauge\n", secondType(2)],
  ["m 1\n# TYPE m gauge\n", secondType(2)],
  ["# HELP m x\n# HELP m x\n", 'line 2: second HELP line for metric name "m"'],
  [
    '# TYPE h histogram\nh_bucket{le="x"} 1\n',
    "line 2: expected float as value for 'le' label, got \"x\"",
  ],
  [
    '# TYPE s summary\ns{quantile=""} 1\n',
    "line 2: expected float as value for 'quantile' label, got \"\"",
  ],
  [
    '# TYPE h histogram\nh_bucket{le="1"} -1\n',
    'line 2: negative bucket population for histogram "h"',
  ],
  ["# TYPE h histogram\nh_count -1\n", 'line 2: negative count for histogram "h"'],
  ["# TYPE s summary\ns_count -1\n", 'line 2: negative count for summary "s"'],
  [
    '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="1.0"} 1\n',
    twice("histogram", "h", 'le="1"'),
  ],
  [
    '# TYPE s summary\ns{quantile="0.5"} 1\ns{quantile=".5"} 1\n',
    twice("summary", "s", 'quantile="0.5"'),
  ],
  ["<html>\n", "line 1: invalid metric name"],
  ['{"a": 1}\n', `line 1: expected ',' or '}' after metric name "a", found ':'`],
];

const encoder = new TextEncoder();
const INVALID_UTF8: readonly (readonly [title: string, body: Uint8Array, line: number])[] = [
  ["a byte that never occurs", Uint8Array.of(0xff, 0x0a), 1],
  ["a label value of Latin-1", bytes('a 1\nm{b="', 0xfc, '"} 1\n'), 2],
  ["a comment of Latin-1", bytes("a 1\nb 1\n# ", 0xfc, "\n"), 3],
  ["a cut-off character", bytes('m{b="', 0xe6, 0x97, '"} 1\n'), 1],
  ["a surrogate", bytes('m{b="', 0xed, 0xa0, 0x80, '"} 1\n'), 1],
];

/** The suite. */
export function describeBodyErrors(use: Use): void {
  describe("cannot be read", () => {
    runCases(
      use,
      BROKEN.map(([body, message]) =>
        unreadable(
          JSON.stringify(body),
          put(GROUP, body),
          `text format parsing error in ${message}`,
        )
      ),
    );
    runCases(
      use,
      BROKEN.slice(0, 3).map(([body, message]) =>
        unreadable(
          `POST ${JSON.stringify(body)}`,
          post(GROUP, body),
          `text format parsing error in ${message}`,
        )
      ),
    );
  });

  describe("not UTF-8", () => {
    runCases(
      use,
      INVALID_UTF8.map(([title, body, line]) =>
        unreadable(
          title,
          put(GROUP, body),
          `text format parsing error in line ${line}: invalid UTF-8`,
        )
      ),
    );
    runCases(use, [
      unreadable(
        "a byte order mark is not swallowed",
        put(GROUP, "\ufeffm 1\n"),
        "text format parsing error in line 1: invalid metric name",
      ),
    ]);
  });

  describe("what cannot be read changes nothing", () => {
    runCases(use, [
      ...[put, post].map((push): Case => ({
        title: push(GROUP).method,
        given: [put(GROUP, "m 1\n")],
        request: push(GROUP, "n 1\nm bar\n"),
        status: 400,
        exposes: `# TYPE m untyped\nm{${LABELS}} 1\n`,
        groups: { [LABELS]: "pushed" },
      })),
    ]);
  });
}

function secondType(line: number): string {
  return `line ${line}: second TYPE line for metric name "m", or TYPE reported after samples`;
}

function twice(type: string, name: string, point: string): string {
  return `line 3: ${point} occurs twice in one series of ${type} "${name}"`;
}

function bytes(...parts: readonly (string | number)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => typeof part === "number" ? [part] : [...encoder.encode(part)]),
  );
}
