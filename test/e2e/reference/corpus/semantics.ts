/** Sequences of pushes: what replaces what, what is refused, what stays. */

import { type Exchange, refusal, type Scenario, scrape, send } from "../scenario.ts";

const put = (group: string, body?: string): Exchange => send(`PUT /metrics/job/${group}`, body);
const post = (group: string, body?: string): Exchange => send(`POST /metrics/job/${group}`, body);
const remove = (group: string): Exchange => send(`DELETE /metrics/job/${group}`);

const GAUGE = "# TYPE m gauge\nm 1\n";
const COUNTER = "# TYPE m counter\nm 1\n";
const HISTOGRAM = '# TYPE m histogram\nm_bucket{le="1"} 1\nm_sum 1\nm_count 1\n';
const SUMMARY = '# TYPE m summary\nm{quantile="0.5"} 1\nm_sum 1\nm_count 1\n';

/** Rows: a name, and the requests. */
const ROWS: readonly (readonly [string, ...Exchange[]])[] = [
  ["PUT, then the same", put("a", GAUGE), put("a", GAUGE)],
  ["PUT replaces all", put("a", "x 1\ny 2\n"), put("a", "y 3\nz 4\n")],
  ["POST replaces names", put("a", "x 1\ny 2\n"), post("a", "y 3\nz 4\n")],
  ["POST replaces whole families", put("a", 'x{l="1"} 1\nx{l="2"} 2\n'), post("a", 'x{l="3"} 3\n')],
  ["POST to nothing", post("a", "x 1\n")],
  ["PUT after POST", post("a", "x 1\n"), put("a", "y 1\n")],
  ["POST after PUT after POST", post("a", "x 1\n"), put("a", "y 1\n"), post("a", "x 2\n")],
  ["PUT of nothing", put("a", "x 1\n"), put("a", "")],
  ["PUT of nothing, then POST", put("a", "x 1\n"), put("a", ""), post("a", "y 1\n")],
  ["PUT of nothing to nothing", put("a", "")],
  ["PUT without a body", put("a", "x 1\n"), put("a")],
  ["POST of nothing", put("a", "x 1\n"), post("a", "")],
  ["POST of nothing to nothing", post("a", "")],
  ["POST of comments", put("a", "x 1\n"), post("a", "# TYPE x gauge\n# a\n")],
  ["PUT of comments", put("a", "x 1\n"), put("a", "# TYPE x gauge\n# a\n")],
  ["DELETE", put("a", "x 1\n"), remove("a")],
  ["DELETE twice", put("a", "x 1\n"), remove("a"), remove("a")],
  ["DELETE of nothing", remove("a")],
  ["DELETE with a body", put("a", "x 1\n"), send("DELETE /metrics/job/a", "garbage {{{")],
  ["DELETE of the exact group", put("a", "x 1\n"), put("a/l/1", "y 1\n"), remove("a")],
  ["DELETE of the longer group", put("a", "x 1\n"), put("a/l/1", "y 1\n"), remove("a/l/1")],
  ["DELETE of a longer key", put("a", "x 1\n"), remove("a/l/1")],
  ["DELETE of a shorter key", put("a/l/1", "x 1\n"), remove("a")],
  ["DELETE in another order", put("a/l/1/m/2", "x 1\n"), remove("a/m/2/l/1")],
  ["DELETE, then PUT", put("a", "x 1\n"), remove("a"), put("a", "y 1\n")],
  ["PUT in another order", put("a/l/1/m/2", "x 1\n"), put("a/m/2/l/1", "y 1\n")],
  ["POST in another order", put("a/l/1/m/2", "x 1\n"), post("a/m/2/l/1", "y 1\n")],
  ["base64 and plain are one", put("a/l/b", "x 1\n"), post("a/l@base64/Yg", "y 1\n")],
  ["two groups", put("a", "x 1\n"), put("b", "x 2\n")],
  ["many groups", ...Array.from({ length: 30 }, (_, i) => put(`a${i}`, `x ${i}\ny{l="${i}"} 1\n`))],
  [
    "groups of many shapes",
    put("a", "x 1\n"),
    put("a/l/1", "x 1\n"),
    put("a/m/1", "x 1\n"),
    put("a/l/1/m/1", "x 1\n"),
  ],
  ["job in the body", put("a", 'x{job="b"} 1\n'), put("b", 'x{job="a"} 1\n')],
  ["label in the body", put("a/l/1", 'x{l="2"} 1\n'), put("a/l/2", 'x{l="1"} 1\n')],
  ["two series made one", put("a/l/1", 'x{l="2"} 1\nx{l="3"} 1\n')],
  [
    "instance in the body",
    put("a", 'x{instance="i"} 1\n'),
    put("b/instance/k", 'x{instance="i"} 1\n'),
  ],
  ["empty labels", put("a/l@base64/=", 'x{l="2",m=""} 1\n')],

  ["a label that another group forces", put("a/l/1", "x 1\n"), put("a", 'x{l="1"} 1\n')],
  ["the same the other way round", put("a", 'x{l="1"} 1\n'), put("a/l/1", "x 1\n")],
  ["the same with other values", put("a", 'x{l="1"} 1\n'), put("a/l/2", "x 1\n")],
  ["the same with POST", put("a/l/1", "x 1\n"), post("a", 'x{l="1"} 1\ny 1\n')],
  ["the same after DELETE", put("a/l/1", "x 1\n"), remove("a/l/1"), put("a", 'x{l="1"} 1\n')],
  [
    "the same after a replacement",
    put("a/l/1", "x 1\n"),
    put("a/l/1", "y 1\n"),
    put("a", 'x{l="1"} 1\n'),
  ],
  ["the same of an empty label", put("a/l@base64/=", "x 1\n"), put("a", 'x{l=""} 1\n')],
  [
    "the same of a group with instance",
    put("a/instance/i", "x 1\n"),
    put("a", 'x{instance="i"} 1\n'),
  ],
  [
    "the same of two labels",
    put("a/l/1/m/2", "x 1\n"),
    put("a/l/1", 'x{m="2"} 1\n'),
    put("a/m/2", 'x{l="1"} 1\n'),
  ],
  [
    "the same in a histogram",
    put("a/l/1", HISTOGRAM),
    put("a", '# TYPE m histogram\nm_count{l="1"} 1\n'),
  ],
  ["a set that holds another", put("a/l/1", "x 1\n"), put("a", 'x{l="1",m="2"} 1\n')],
  ["twice in one body", put("a", 'x{l="1"} 1\nx{l="1"} 2\n')],
  ["twice in one body, then well", put("a", "x 1\nx 1\n"), put("a", "x 1\n")],
  ["twice after a good push", put("a", "y 1\n"), put("a", "x 1\nx 1\n")],
  ["twice after a good push, with POST", put("a", "y 1\n"), post("a", "y 2\nx 1\nx 1\n")],

  ["type of another group", put("a", GAUGE), put("b", COUNTER)],
  ["type of another group, with POST", put("a", GAUGE), post("b", COUNTER)],
  ["type of another group, untyped", put("a", GAUGE), put("b", "m 1\n")],
  ["type of another group, histogram", put("a", HISTOGRAM), put("b", GAUGE)],
  ["type of another group, summary", put("a", SUMMARY), put("b", HISTOGRAM)],
  ["type of another group, gauge for summary", put("a", SUMMARY), put("b", GAUGE)],
  ["type of the replaced group", put("a", GAUGE), put("a", COUNTER)],
  ["type of the replaced family", put("a", GAUGE), post("a", COUNTER)],
  ["type of the replaced family, to a histogram", put("a", GAUGE), post("a", HISTOGRAM)],
  ["type after DELETE", put("a", GAUGE), remove("a"), put("b", COUNTER)],
  ["type after a replacement", put("a", GAUGE), put("a", "x 1\n"), put("b", COUNTER)],
  ["type of a replaced group with a third", put("a", GAUGE), put("b", GAUGE), put("a", COUNTER)],
  ["type after a refused push", put("a", GAUGE), put("b", COUNTER), remove("a"), put("b", COUNTER)],

  ["a gauge like a histogram's count", put("a", HISTOGRAM), put("b", "m_count 1\n")],
  ["a gauge like a histogram's sum", put("a", HISTOGRAM), put("b", "m_sum 1\n")],
  ["a gauge like a histogram's bucket", put("a", HISTOGRAM), put("b", "m_bucket 1\n")],
  ["a gauge like a summary's count", put("a", SUMMARY), put("b", "m_count 1\n")],
  ["a gauge like a summary's sum", put("a", SUMMARY), put("b", "m_sum 1\n")],
  ["a gauge like a summary's bucket", put("a", SUMMARY), put("b", "m_bucket 1\n")],
  ["a histogram like a gauge's count", put("a", "m_count 1\n"), put("b", HISTOGRAM)],
  ["a histogram like a gauge's sum", put("a", "m_sum 1\n"), put("b", HISTOGRAM)],
  ["a histogram like a gauge's bucket", put("a", "m_bucket 1\n"), put("b", HISTOGRAM)],
  ["a summary like a gauge's count", put("a", "m_count 1\n"), put("b", SUMMARY)],
  ["a summary like a gauge's sum", put("a", "m_sum 1\n"), put("b", SUMMARY)],
  ["a summary like a gauge's bucket", put("a", "m_bucket 1\n"), put("b", SUMMARY)],
  ["a gauge like a gauge's count", put("a", "m 1\n"), put("b", "m_count 1\n")],
  [
    "a counter that becomes a colliding histogram",
    put("a", "m 1\nm_count 1\n"),
    post("a", HISTOGRAM),
  ],
  ["the same with PUT", put("a", "m 1\nm_count 1\n"), put("a", HISTOGRAM)],
  ["a histogram replaced by its lines", put("a", HISTOGRAM), put("a", "m_count 1\nm_sum 1\n")],
  ["the same with POST", put("a", HISTOGRAM), post("a", "m_count 1\n")],

  ["label name with two underscores", put("a", 'x{__l="1"} 1\n')],
  ["quantile label on a gauge", put("a", '# TYPE x gauge\nx{quantile="1"} 1\n')],
  ["quantile label forced on a summary", put("a/quantile/1", SUMMARY)],
  ["quantile label forced on a gauge", put("a/quantile/1", GAUGE)],
  ["le label forced on a histogram", put("a/le/1", HISTOGRAM)],
  ["le label forced on a gauge", put("a/le/1", GAUGE)],

  ["timestamps", put("a", "x 1 1234567890000\n")],
  ["timestamps, after a good push", put("a", "x 1\n"), put("a", "x 2 1234567890000\n")],
  ["timestamps, then a good push", put("a", "x 1 1234567890000\n"), put("a", "x 2\n")],
  ["timestamps with POST", put("a", "x 1\n"), post("a", "y 2 1234567890000\n")],
  ["timestamps and a bad label", put("a", 'x{__l="1"} 1 1234567890000\n')],
  ["a push that does not parse", put("a", "x\n")],
  ["a push that does not parse, after a good one", put("a", "x 1\n"), put("a", "y\n")],
  ["a push that does not parse, after a refused one", put("a", "x 1\nx 1\n"), put("a", "y\n")],
  ["a push to a bad key", put("a/b-c/d", "x 1\n")],
  ["a failure, then POST of nothing", put("a", "x 1\nx 1\n"), post("a", "")],
  ["a failure, then DELETE", put("a", "x 1\nx 1\n"), remove("a")],

  [
    "HELP that differs between groups",
    put("a", "# HELP x one\nx 1\n"),
    put("b", "# HELP x two\nx 1\n"),
  ],
  ["HELP in one of two groups", put("a", "x 1\n"), put("b", "# HELP x two\nx 1\n")],
  ["HELP in the first of two groups", put("a", "# HELP x one\nx 1\n"), put("b", "x 1\n")],
  ["HELP that changes", put("a", "# HELP x one\nx 1\n"), put("a", "# HELP x two\nx 1\n")],
  ["HELP that vanishes", put("a", "# HELP x one\nx 1\n"), post("a", "x 1\n")],
  ["HELP of several lines", put("a", "# HELP x one\\ntwo \\\\ three\nx 1\n")],

  ["own time", put("a", "# TYPE push_time_seconds gauge\npush_time_seconds 5\n")],
  ["both own times", put("a", "push_time_seconds 5\npush_failure_time_seconds 5\nx 1\n")],
  ["own time as a counter", put("a", "# TYPE push_time_seconds counter\npush_time_seconds 5\n")],
  [
    "own failure time",
    put("a", "# TYPE push_failure_time_seconds gauge\npush_failure_time_seconds 5\n"),
  ],
  ["own time with labels", put("a", 'push_time_seconds{l="1"} 5\npush_time_seconds{l="2"} 5\n')],
  ["own time of another group", put("a/l/1", "x 1\n"), put("a", 'push_time_seconds{l="1"} 5\n')],
  [
    "like a histogram of own time",
    put("a", "push_time_seconds_count 5\npush_time_seconds_sum 5\n"),
  ],
  ["gauge's collision with own", put("a", "pushgateway_http_push_size_bytes_count 5\n")],

  [
    "wipe",
    put("a", "x 1\n"),
    put("b/l/1", "x 1\n"),
    send("PUT /api/v1/admin/wipe"),
    put("c", "y 1\n"),
  ],
  ["wipe of nothing", send("PUT /api/v1/admin/wipe")],
  ["types after a wipe", put("a", GAUGE), send("PUT /api/v1/admin/wipe"), put("b", COUNTER)],
  [
    "scrapes between",
    scrape(),
    put("a", "x 1\n"),
    scrape(),
    put("a", "x 2\n"),
    scrape(),
    remove("b"),
    scrape(),
  ],
];

const TWIN =
  "ours: a key whose own push time another group already exposes is 400 and leaves no trace";
const FILTER = "ours: name[] asks for families by name";

const TIME_OF_A =
  'push_time_seconds" { label:{name:"instance" value:""} label:{name:"job" value:"a"} }';

const some = scrape({}, "?name[]=x&name[]=z");
const X_AND_Z =
  '# TYPE x untyped\n# TYPE z untyped\nx{instance="",job="a"} 1\nz{instance="",job="a"} 1';

/** What is different. */
const DIFFERENT: readonly Scenario[] = [
  {
    name: "a key that differs in an empty instance alone",
    requests: [
      put("a", "x 1\n"),
      {
        ...put("a/instance@base64/=", "y 1\n"),
        ours: refusal({
          why: TWIN,
          error:
            "pushed metrics are invalid or inconsistent with existing metrics: collected metric " +
            `"${TIME_OF_A} was collected before with the same name and label values`,
        }),
      },
    ],
    state: { why: TWIN, lines: ['x{instance="",job="a"} 1'] },
    breaksReference: true,
  },
  {
    name: "a scrape of some families",
    requests: [
      put("a", "x 1\ny 1\nz 1\n"),
      { ...some, ours: { ...some.ours, why: FILTER, body: X_AND_Z } },
    ],
  },
];

/** All of them. */
export const semantics: readonly Scenario[] = [
  ...ROWS.map(([name, ...requests]) => ({ name, requests, anyHelp: name.startsWith("HELP") })),
  ...DIFFERENT,
];
