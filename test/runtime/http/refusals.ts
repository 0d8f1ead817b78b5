/** Pushes that do not fit what is held, or not the gateway itself: refused with 400, nothing else changed but the failure time. */

import { describe } from "vitest";
import { type Case, ERROR_HEADERS, GROUP, LABELS, runCases, SAME, type Use } from "./cases.ts";
import { type Outgoing, post, put, remove } from "./client.ts";

const REFUSED = "pushed metrics are invalid or inconsistent with existing metrics: ";
const BY_GROUP = 'label:{name:"instance" value:""} label:{name:"job" value:"a"}';

/** What it is about, what is held, the body pushed, and why it is refused. */
type Line = readonly [title: string, given: readonly Outgoing[], body: string, reason: string];

const OTHER = "/metrics/job/b";
const HISTOGRAM = "# TYPE h histogram\nh_count 1\n";
const SUMMARY = "# TYPE s summary\ns_count 1\n";

const LINES: readonly Line[] = [
  ["a timestamp", [], "m 1 1234567890\n", "pushed metrics must not have timestamps"],
  ["a timestamp of 0", [], "m 1 0\n", "pushed metrics must not have timestamps"],
  ["a negative timestamp", [], "n 1\nm 1 -5\n", "pushed metrics must not have timestamps"],
  [
    "a timestamp in a histogram",
    [],
    "# TYPE h histogram\nh_count 1 5\n",
    "pushed metrics must not have timestamps",
  ],
  ["the same series twice", [], "m 1\nm 2\n", before("m", BY_GROUP, "untyped:{value:2}")],
  [
    "the same series twice through a forced label",
    [],
    'm{job="x"} 1\nm{job="y"} 2\n',
    before("m", BY_GROUP, "untyped:{value:2}"),
  ],
  [
    "the same series twice through an empty instance",
    [],
    '# TYPE m gauge\nm{x="1",instance=""} 1\nm{x="1"} 2\n',
    before("m", `${BY_GROUP} label:{name:"x" value:"1"}`, "gauge:{value:2}"),
  ],
  [
    "a series of a group with more labels",
    [put("/metrics/job/a/b/1", "m 1\n")],
    'm{b="1"} 2\n',
    before("m", `label:{name:"b" value:"1"} ${BY_GROUP}`, "untyped:{value:2}"),
  ],
  [
    "another type elsewhere",
    [put(OTHER, "# TYPE m gauge\nm 1\n")],
    "# TYPE m counter\nm 2\n",
    `${metric("m", BY_GROUP, "counter:{value:2}")} is not a GAUGE`,
  ],
  [
    "no type where there is one elsewhere",
    [put(OTHER, "# TYPE m counter\nm 1\n")],
    "m 2\n",
    `${metric("m", BY_GROUP, "untyped:{value:2}")} is not a COUNTER`,
  ],
  [
    "a histogram where there is a summary elsewhere",
    [put(OTHER, "# TYPE m summary\nm_count 1\n")],
    "# TYPE m histogram\nm_count 1\nm_sum 2\n",
    `${metric("m", BY_GROUP, "histogram:{sample_count:1 sample_sum:2}")} is not a SUMMARY`,
  ],
  [
    "a name that a histogram elsewhere counts under",
    [put(OTHER, HISTOGRAM)],
    "h_count 1\n",
    'collected metric named "h_count" collides with previously collected histogram named "h"',
  ],
  [
    "a name that a histogram elsewhere sums under",
    [put(OTHER, HISTOGRAM)],
    "h_sum 1\n",
    'collected metric named "h_sum" collides with previously collected histogram named "h"',
  ],
  [
    "a name that a histogram elsewhere has buckets under",
    [put(OTHER, HISTOGRAM)],
    "h_bucket 1\n",
    'collected metric named "h_bucket" collides with previously collected histogram named "h"',
  ],
  [
    "a name that a summary elsewhere counts under",
    [put(OTHER, SUMMARY)],
    "s_count 1\n",
    'collected metric named "s_count" collides with previously collected summary named "s"',
  ],
  [
    "a histogram whose count is a metric elsewhere",
    [put(OTHER, "h_count 1\n")],
    HISTOGRAM,
    'collected histogram or summary named "h" collides with previously collected metric named "h_count"',
  ],
  [
    "a histogram whose buckets are a metric elsewhere",
    [put(OTHER, "h_bucket 1\n")],
    HISTOGRAM,
    'collected histogram named "h" collides with previously collected metric named "h_bucket"',
  ],
  [
    "a summary whose sum is a metric elsewhere",
    [put(OTHER, "s_sum 1\n")],
    SUMMARY,
    'collected histogram or summary named "s" collides with previously collected metric named "s_sum"',
  ],
  [
    "a histogram and its count in one push",
    [],
    `h_count 1\n${HISTOGRAM.replace("h_count 1", 'h_bucket{le="1"} 1')}`,
    'collected metric named "h_count" collides with previously collected histogram named "h"',
  ],
  [
    "a type other than the gateway's own",
    [],
    "# TYPE pushgateway_http_requests_total gauge\npushgateway_http_requests_total 1\n",
    "gathered metric family pushgateway_http_requests_total has type GAUGE but should have COUNTER",
  ],
  [
    "no type for a name of the gateway's own",
    [],
    "pushgateway_build_info 1\n",
    "gathered metric family pushgateway_build_info has type UNTYPED but should have GAUGE",
  ],
  [
    "a name that a summary of the gateway's own counts under",
    [],
    "pushgateway_http_push_size_bytes_count 1\n",
    'collected metric named "pushgateway_http_push_size_bytes_count" collides with previously ' +
    'collected summary named "pushgateway_http_push_size_bytes"',
  ],
  [
    "a label name that is reserved",
    [],
    'm{__x="1"} 1\n',
    `${metric("m", `label:{name:"__x" value:"1"} ${BY_GROUP}`, "untyped:{value:1}")} ` +
    "has a label with an invalid name: __x",
  ],
];

/** The suite. */
export function describeRefusals(use: Use): void {
  describe("of PUT and POST", () => {
    runCases(
      use,
      LINES.flatMap(([title, given, body, reason]) =>
        [put, post].map((push): Case => refused(title, given, push(GROUP, body), reason))
      ),
    );
  });

  describe("of a summary in a group with a quantile", () => {
    const path = "/metrics/job/a/quantile/1";
    const labels = `${BY_GROUP} label:{name:"quantile" value:"1"}`;
    const series = metric("s", labels, "summary:{sample_count:1 sample_sum:2}");
    const reason = `${series} must not have an explicit "quantile" label`;
    runCases(use, [refused("PUT", [], put(path, `${SUMMARY}s_sum 2\n`), reason)]);
  });

  describe("change nothing else", () => {
    runCases(
      use,
      [put, post].map((push): Case => ({
        title: push(GROUP).method,
        given: [put(GROUP, "m 1\n"), put(OTHER, "# TYPE n gauge\nn 1\n")],
        request: push(GROUP, "m 2\n# TYPE n counter\nn 2\no 3\n"),
        status: 400,
        exposes: `# TYPE m untyped\nm{${LABELS}} 1\n# TYPE n gauge\nn{instance="",job="b"} 1\n`,
        groups: { [LABELS]: "pushed and failed", 'instance="",job="b"': "pushed" },
      })),
    );
  });

  describe("do not hit what is consistent after the push", () => {
    const consistent = (title: string, given: readonly Outgoing[], request: Outgoing): Case => ({
      title,
      given,
      request,
      status: 200,
      body: "",
    });
    runCases(use, [
      consistent(
        "the only group that holds a name changes its type",
        [put(GROUP, "# TYPE m gauge\nm 1\n")],
        put(GROUP, "# TYPE m histogram\nm_count 1\n"),
      ),
      consistent(
        "POST too",
        [put(GROUP, "# TYPE m gauge\nm 1\nn 1\n")],
        post(GROUP, "# TYPE m counter\nm 1\n"),
      ),
      consistent(
        "PUT takes away what the new histogram would collide with",
        [put(GROUP, "h_count 1\n")],
        put(GROUP, HISTOGRAM),
      ),
      consistent(
        "the group that stood in the way is gone",
        [put(OTHER, "# TYPE m gauge\nm 1\n"), remove(OTHER)],
        put(GROUP, "# TYPE m counter\nm 1\n"),
      ),
      consistent(
        "a metric named like the buckets of a summary",
        [put(OTHER, SUMMARY)],
        put(GROUP, "s_bucket 1\n"),
      ),
      consistent(
        "series that differ in a label that the other group does not have",
        [put("/metrics/job/a/b/1", "m 1\n")],
        put(GROUP, 'm{b="2"} 1\nm{c="1"} 1\n'),
      ),
      consistent(
        "the type of the gateway's own metric",
        [],
        put(GROUP, "# TYPE pushgateway_build_info gauge\npushgateway_build_info 1\n"),
      ),
      consistent(
        "another help",
        [put(OTHER, "# HELP m one\nm 1\n")],
        put(GROUP, "# HELP m two\nm 1\n"),
      ),
    ]);
    runCases(use, [
      {
        title: "POST that leaves the colliding family alone is refused",
        given: [put(GROUP, "h_count 1\n")],
        request: post(GROUP, HISTOGRAM),
        status: 400,
        exposes: `# TYPE h_count untyped\nh_count{${LABELS}} 1\n`,
      },
    ]);
  });
}

function refused(
  title: string,
  given: readonly Outgoing[],
  request: Outgoing,
  reason: string,
): Case {
  return {
    title: `${title}, ${request.method}`,
    given,
    request,
    status: 400,
    headers: ERROR_HEADERS,
    body: `${REFUSED}${reason}\n`,
    exposes: SAME,
    groups: { ...pushedGroups(given), [labelsOf(request)]: "failed" },
  };
}

function pushedGroups(given: readonly Outgoing[]): Record<string, string> {
  return Object.fromEntries(given.map((outgoing) => [labelsOf(outgoing), "pushed"]));
}

/** The label text of the group that a plain path names. */
function labelsOf({ path }: Outgoing): string {
  const [, , ...segments] = path.split("/");
  const pairs = ['instance=""'];
  for (let i = 0; i < segments.length; i += 2) pairs.push(`${segments[i]}="${segments[i + 1]}"`);
  return pairs.sort().join(",");
}

function metric(name: string, labels: string, value: string): string {
  return `collected metric "${name}" { ${labels} ${value} }`;
}

function before(name: string, labels: string, value: string): string {
  return `${metric(name, labels, value)} was collected before with the same name and label values`;
}
