/** Bodies that the reference refuses for no good reason: line ends of Windows, no line end at the end, blanks before it. */

import { push, refusal, type Scenario, showBody } from "../scenario.ts";

/** Sent as they are to us; the reference gets them with line ends as it wants them and without blanks in front of these. */
const ACCEPTED: readonly string[] = [
  "\r\n",
  "a 1\r\n",
  "a 1\r\nb 2\r\n",
  "a 1\r\n\r\nb 2\n",
  'a{b="c"} 1\r\n',
  "# c\r\na 1\r\n",
  "# TYPE a gauge\r\na 1\r\n",
  "# HELP a b\r\n# TYPE a counter\r\na 1\r\n",
  '# TYPE h histogram\r\nh_bucket{le="1"} 1\r\nh_sum 1\r\nh_count 1\r\n',
  "a 1",
  "a{}1",
  "a 1\nb 2",
  'a{b="c"} 1',
  "# TYPE a gauge\na 1",
  "a 1\n#",
  "a 1\n# c",
  "a 1\n# HELP a b",
  "#",
  "# HELP",
  "# HELP a",
  "# HELP a b",
  "# HELP a b\\n",
  "# TYPE",
  "# TYPE a",
  "# TYPE a gauge",
  "a 1\r\nb 2",
  "a 1 \n",
  "a 1\t\n",
  "a 1 \t \n",
  'a{b="c"} 1  \n',
  "# TYPE a gauge \na 1\n",
  "# TYPE a gauge\t\na 1\n",
  "# TYPE a  gauge \t \na 1\n",
  "a 1 \r\n",
  "a 1 ",
];

const WHY = "ours: CR LF, a missing final line feed and blanks at the end of a line are accepted";

const UNFINISHED = "ours: the body may end without a line feed, so what is wrong is something else";

/** Unfinished last lines: the error is the one of the finished line. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["a", 'expected float as value, got ""'],
  ["a ", 'expected float as value, got ""'],
  ["a{}", 'expected float as value, got ""'],
  ["a x", 'expected float as value, got "x"'],
  ["a-b", 'expected float as value, got "-b"'],
  ["a 1 x", 'expected integer as timestamp, got "x"'],
  ['a{b="c"}', 'expected float as value, got ""'],
  ['a{b="c"', 'unexpected end of label value "c"'],
  ['a{b="c",', 'invalid label name for metric "a"'],
  ["a{", 'invalid label name for metric "a"'],
  ["# TYPE a fooo", 'unknown metric type "fooo"'],
  ["# TYPE a fooo \n", 'unknown metric type "fooo"'],
  ["# TYPE a fooo\r\n", 'unknown metric type "fooo"'],
  ["a\r\n", 'expected float as value, got ""'],
  ['a{b="c\r\nd"} 1\r\n', 'label value "c" contains unescaped new-line'],
  ["a 1\r\r\n", 'expected float as value, got "1\\r"'],
];

/** Unfinished lines for which the words are the same. */
const EQUAL: readonly string[] = [
  "a{b",
  "a{b=",
  'a{b="',
  'a{b="c',
  'a{b="c" d',
  'a{b="\\n',
  'a{b="\\',
  "-",
  " ",
  "a 1\n ",
  "a 1\rb 2\n",
];

/** Timestamps at the end of such lines are refused like any other. */
const TIMESTAMPED: readonly string[] = ["a 1 5", "a 1 5 \n", "a 1 5\r\n"];

/** All of them. */
export const lenience: readonly Scenario[] = [
  ...ACCEPTED.map((body) =>
    push(showBody(body), body, { theirs: { why: WHY, body: strict(body) } })
  ),
  ...TIMESTAMPED.map((body) =>
    push(showBody(body), body, { theirs: { why: WHY, body: strict(body) } })
  ),
  ...REFUSED.map(([body, message]) => {
    const error = `text format parsing error in line 1: ${message}`;
    return push(showBody(body), body, { ours: refusal({ why: UNFINISHED, error }) });
  }),
  ...EQUAL.map((body) => push(showBody(body), body)),
];

function strict(body: string): string {
  const lines = body.split(/\r?\n/).map((line) => line.trimEnd());
  return lines.at(-1) === "" ? lines.join("\n") : `${lines.join("\n")}\n`;
}
