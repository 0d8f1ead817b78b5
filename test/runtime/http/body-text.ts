/** What the text format may look like, and how it comes out again. */

import { describe } from "vitest";
import { accepted, type Case, GROUP, LABELS, runCases, type Use } from "./cases.ts";

/** What it is about, a body, and how a scrape shows it; `{}` stands for the labels of the group. */
type Line = readonly [title: string, body: string, exposes: string];

const SYNTAX: readonly Line[] = [
  ["a sample without TYPE", "m 1\n", "# TYPE m untyped\nm{} 1\n"],
  ["several families", "b 1\na 2\n", "# TYPE a untyped\na{} 2\n# TYPE b untyped\nb{} 1\n"],
  ["counter", "# TYPE m counter\nm 1\n", "# TYPE m counter\nm{} 1\n"],
  ["gauge", "# TYPE m gauge\nm 1\n", "# TYPE m gauge\nm{} 1\n"],
  ["untyped", "# TYPE m untyped\nm 1\n", "# TYPE m untyped\nm{} 1\n"],
  ["TYPE in any case", "# TYPE m cOuNTer\nm 1\n", "# TYPE m counter\nm{} 1\n"],
  ["HELP", "# HELP m Some help.\nm 1\n", "# HELP m Some help.\n# TYPE m untyped\nm{} 1\n"],
  ["HELP after TYPE", "# TYPE m gauge\n# HELP m h\nm 1\n", "# HELP m h\n# TYPE m gauge\nm{} 1\n"],
  ["HELP after samples", "m 1\n# HELP m h\n", "# HELP m h\n# TYPE m untyped\nm{} 1\n"],
  [
    "HELP escapes",
    '# HELP m a\\\\b\\nc\\"d\nm 1\n',
    '# HELP m a\\\\b\\nc"d\n# TYPE m untyped\nm{} 1\n',
  ],
  ["HELP without text", "# HELP m\nm 1\n", "# TYPE m untyped\nm{} 1\n"],
  ["TYPE without word", "# TYPE m\nm 1\n", "# TYPE m untyped\nm{} 1\n"],
  ["comments", "# HELPER m x\n#\n#x\n# EOF\nm 1\n# end", "# TYPE m untyped\nm{} 1\n"],
  ["empty lines", "\n\n  \n\t\nm 1\n\n", "# TYPE m untyped\nm{} 1\n"],
  ["blanks and tabs between tokens", ' m \t { a = "1" , } \t 2\n', sampleLine('a="1",{}', "2")],
  ["no blank between labels and value", 'm{a="1"}2\n', sampleLine('a="1",{}', "2")],
  ["blanks in TYPE and HELP", " #  TYPE\tm \t gauge\nm 1\n", "# TYPE m gauge\nm{} 1\n"],
  ["a comma behind the last label", 'm{a="1",} 2\n', sampleLine('a="1",{}', "2")],
  ["no labels in braces", "m{} 1\n", "# TYPE m untyped\nm{} 1\n"],
  [
    "names with colons and digits",
    "a:b_9 1\n:c 2\n",
    "# TYPE :c untyped\n:c{} 2\n" +
    "# TYPE a:b_9 untyped\na:b_9{} 1\n",
  ],
  [
    "lines of one family apart",
    'm{a="1"} 1\nn 1\nm{a="2"} 2\n',
    "# TYPE m untyped\n" +
    'm{a="1",{}} 1\nm{a="2",{}} 2\n# TYPE n untyped\nn{} 1\n',
  ],
  [
    "a family without samples",
    "# TYPE gone gauge\n# HELP gone x\nm 1\n",
    "# TYPE m untyped\nm{} 1\n",
  ],
  ["only comments", "# TYPE gone gauge\n# nothing\n", ""],
  [
    "CRLF line ends",
    "# TYPE m gauge\r\n# HELP m h\r\nm 1\r\n\r\n",
    "# HELP m h\n# TYPE m gauge\nm{} 1\n",
  ],
  ["no final newline", "# TYPE m gauge\nm 1", "# TYPE m gauge\nm{} 1\n"],
  ["blanks at the end of lines", "# TYPE m gauge \nm 1 \t\n", "# TYPE m gauge\nm{} 1\n"],
];

const LABEL_VALUES: readonly Line[] = [
  ["every escape", 'm{a="b\\\\c\\"d\\ne"} 1\n', sampleLine('a="b\\\\c\\"d\\ne",{}', "1")],
  ["an escaped backslash at the end", 'm{a="b\\\\"} 1\n', sampleLine('a="b\\\\",{}', "1")],
  ["an escaped n that is none", 'm{a="b\\\\n"} 1\n', sampleLine('a="b\\\\n",{}', "1")],
  ["empty", 'm{a=""} 1\n', sampleLine('a="",{}', "1")],
  ["braces, commas, blanks, hashes", 'm{a="{b}, c = #"} 1\n', sampleLine('a="{b}, c = #",{}', "1")],
  ["tab and carriage return", 'm{a="\tb\rc"} 1\n', sampleLine('a="\tb\rc",{}', "1")],
  ["any UTF-8", 'm{a="日本 ü 🔥 \u0000"} 1\n', sampleLine('a="日本 ü 🔥 \u0000",{}', "1")],
  [
    "a long one",
    `m{a="${"x".repeat(70_000)}"} 1\n`,
    sampleLine(`a="${"x".repeat(70_000)}",{}`, "1"),
  ],
  [
    "sorted by name",
    'm{z="1",a="2",M="3"} 1\n',
    "# TYPE m untyped\n" +
    'm{M="3",a="2",instance="",job="a",z="1"} 1\n',
  ],
];

const FOLDED: readonly Line[] = [
  [
    "histogram",
    '# HELP h x\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 3\nh_sum 4.5\nh_count 3\n',
    '# HELP h x\n# TYPE h histogram\nh_bucket{{},le="1"} 2\nh_bucket{{},le="+Inf"} 3\nh_sum{} 4.5\nh_count{} 3\n',
  ],
  [
    "histogram without +Inf",
    '# TYPE h histogram\nh_bucket{le="1"} 2\nh_sum 4.5\nh_count 3\n',
    '# TYPE h histogram\nh_bucket{{},le="1"} 2\nh_bucket{{},le="+Inf"} 3\nh_sum{} 4.5\nh_count{} 3\n',
  ],
  [
    "histogram of a count alone",
    "# TYPE h histogram\nh_count 3\n",
    '# TYPE h histogram\nh_bucket{{},le="+Inf"} 3\nh_sum{} 0\nh_count{} 3\n',
  ],
  [
    "histogram with le in other forms",
    '# TYPE h histogram\nh_bucket{le="5.0"} 1\nh_bucket{le="1000000"} 2\nh_bucket{le="inf"} 3\nh_count 3\n',
    '# TYPE h histogram\nh_bucket{{},le="5"} 1\nh_bucket{{},le="1e+06"} 2\nh_bucket{{},le="+Inf"} 3\n' +
    "h_sum{} 0\nh_count{} 3\n",
  ],
  [
    "histogram with buckets in the order pushed",
    '# TYPE h histogram\nh_bucket{le="2"} 2\nh_bucket{le="1"} 1\nh_count 2\n',
    '# TYPE h histogram\nh_bucket{{},le="2"} 2\nh_bucket{{},le="1"} 1\nh_bucket{{},le="+Inf"} 2\n' +
    "h_sum{} 0\nh_count{} 2\n",
  ],
  [
    "histogram with lines that say nothing",
    '# TYPE h histogram\nh 9\nh_bucket 8\nh_bucket{le="NaN"} 7\nh_count 1\n',
    '# TYPE h histogram\nh_bucket{{},le="+Inf"} 1\nh_sum{} 0\nh_count{} 1\n',
  ],
  [
    "histogram with _sum and _count twice",
    "# TYPE h histogram\nh_sum 1\nh_count 2\nh_sum 3\nh_count 4\n",
    '# TYPE h histogram\nh_bucket{{},le="+Inf"} 4\nh_sum{} 3\nh_count{} 4\n',
  ],
  [
    "histogram of floats",
    '# TYPE h histogram\nh_bucket{le="1"} 0.5\nh_sum 1\nh_count 1.5\n',
    '# TYPE h histogram\nh_bucket{{},le="1"} 0.5\nh_bucket{{},le="+Inf"} 1.5\nh_sum{} 1\nh_count{} 1.5\n',
  ],
  [
    "histograms by label",
    '# TYPE h histogram\nh_bucket{b="2",le="1"} 2\nh_count{b="2"} 2\nh_bucket{le="1",b="1"} 1\nh_count{b="1"} 1\n',
    "# TYPE h histogram\n" +
    ["1", "2"].map((n) =>
      `h_bucket{b="${n}",{},le="1"} ${n}\nh_bucket{b="${n}",{},le="+Inf"} ${n}\n` +
      `h_sum{b="${n}",{}} 0\nh_count{b="${n}",{}} ${n}\n`
    ).join(""),
  ],
  [
    "summary",
    '# TYPE s summary\ns{quantile="0.5"} 1\ns{quantile="0.90"} 2\ns_sum 3\ns_count 4\n',
    '# TYPE s summary\ns{{},quantile="0.5"} 1\ns{{},quantile="0.9"} 2\ns_sum{} 3\ns_count{} 4\n',
  ],
  [
    "summary of quantiles alone",
    '# TYPE s summary\ns{quantile="0.5"} NaN\n',
    '# TYPE s summary\ns{{},quantile="0.5"} NaN\ns_sum{} 0\ns_count{} 0\n',
  ],
  [
    "summary with a count that is no whole number",
    "# TYPE s summary\ns_count 3.7\n",
    "# TYPE s summary\ns_sum{} 0\ns_count{} 3\n",
  ],
  [
    "suffixes without a TYPE before them",
    's_sum 1\ns_count 2\nh_bucket{le="1"} 3\n',
    '# TYPE h_bucket untyped\nh_bucket{{},le="1"} 3\n# TYPE s_count untyped\ns_count{} 2\n' +
    "# TYPE s_sum untyped\ns_sum{} 1\n",
  ],
  [
    "suffixes of a gauge",
    "# TYPE g gauge\ng 1\ng_count 2\n",
    "# TYPE g gauge\ng{} 1\n# TYPE g_count untyped\ng_count{} 2\n",
  ],
  [
    "le and quantile of a gauge",
    'g{le="1",quantile="2"} 3\n',
    "# TYPE g untyped\n" +
    'g{{},le="1",quantile="2"} 3\n',
  ],
];

/** The suite. */
export function describeTextBody(use: Use): void {
  const acceptLines = (lines: readonly Line[]) =>
    runCases(use, lines.map(([title, body, exposes]) => accepted(title, body, fillIn(exposes))));

  describe("syntax", () => acceptLines(SYNTAX));
  describe("label values", () => acceptLines(LABEL_VALUES));
  describe("histograms and summaries", () => acceptLines(FOLDED));

  describe("Content-Type", () => {
    const types = [
      "text/plain; version=0.0.4; charset=utf-8",
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json",
      "application/octet-stream",
      "multipart/form-data; boundary=x",
      "text/plain; charset=utf-16",
      "nonsense",
    ];
    runCases(
      use,
      ["PUT", "POST"].flatMap((method) =>
        types.map((type): Case => ({
          ...accepted(`${method} ${type}`, "m 1\n", "# TYPE m untyped\nm{} 1\n"),
          request: { method, path: GROUP, body: "m 1\n", headers: { "Content-Type": type } },
        }))
      ),
    );
  });
}

function sampleLine(labels: string, value: string): string {
  return `# TYPE m untyped\nm{${labels}} ${value}\n`;
}

/** The labels of the group, alone in braces or behind others within them. */
function fillIn(exposes: string): string {
  return exposes.replace(/\{\}(?=[,}])/g, LABELS);
}
