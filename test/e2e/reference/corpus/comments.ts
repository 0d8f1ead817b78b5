/** HELP and TYPE lines, names of the gateway's own, and collisions within one body. */

import { acceptance, push, pushes, refusal, type Scenario, showBody } from "../scenario.ts";

/** HELP and TYPE. */
const HEADS: readonly string[] = [
  "# HELP a b\na 1\n",
  "# HELP a  b  c \na 1\n",
  "# HELP a b\\\\c\na 1\n",
  "# HELP a b\\nc\na 1\n",
  '# HELP a b"c\na 1\n',
  "# HELP a ü 😀\na 1\n",
  "# HELP a # TYPE a gauge\na 1\n",
  "# HELP a {}\na 1\n",
  "a 1\n# HELP a b\n",
  "# HELP a b\n# HELP b c\na 1\n",
  "# TYPE a gauge\na 1\n",
  "# TYPE a counter\na 1\n",
  "# TYPE a untyped\na 1\n",
  "# TYPE a GAUGE\na 1\n",
  "# TYPE a Counter\na 1\n",
  "# TYPE a UnTyPeD\na 1\n",
  "# TYPE a gauge\n# HELP a b\na 1\n",
  "# HELP a b\n# TYPE a gauge\na 1\n",
  "# TYPE a gauge\n# TYPE b counter\nb 1\na 1\n",
  "# TYPE a gauge\nb 1\na 1\n",
  '# TYPE a gauge\na 1\n# TYPE b gauge\nb 2\na{c="d"} 3\n',
  "# TYPE a:b gauge\na:b 1\n",
  "# TYPE a gauge\n# HELP a\na 1\n",
  "# HELP a \na 1\n",
  "# TYPE a counter\na -1\n",
  "# TYPE a counter\na NaN\n",
];

/** The same series twice, and names that read like a line of another family. */
const CLASHES: readonly string[] = [
  "a 1\na 1\n",
  "a 1\na 2\n",
  'a{b="c"} 1\na{b="c"} 2\n',
  'a{b="c",d="e"} 1\na{d="e",b="c"} 2\n',
  'a{job="x"} 1\na{job="y"} 2\n',
  'a{instance=""} 1\na 2\n',
  "# TYPE a histogram\na_count 1\n# TYPE a_count_x gauge\na_count_x 1\n",
  "# TYPE c gauge\n# TYPE c_count gauge\nc 1\nc_count 1\nc_sum 1\nc_bucket 1\n",
  "# TYPE s summary\n# TYPE s_count gauge\ns_sum 1\n",
  "# TYPE s summary\n# TYPE s_bucket gauge\ns_sum 1\ns_bucket 1\n",
  "# TYPE s_sum gauge\ns_sum 1\n# TYPE s summary\ns_count 1\n",
  "h_count 1\n# TYPE h histogram\nh_sum 1\n",
  'a{__b="c"} 1\n',
  'a{__address__="c"} 1\n',
  'a{__="c"} 1\n',
];

/** Names that the gateway has itself. */
const OWN: readonly string[] = [
  "push_time_seconds 5\n",
  "# TYPE push_time_seconds gauge\npush_time_seconds 5\n",
  '# TYPE push_time_seconds counter\npush_time_seconds{a="b"} 5\n',
  "# HELP push_time_seconds mine\n# TYPE push_time_seconds histogram\npush_time_seconds_count 5\n",
  "# TYPE pushgateway_build_info counter\npushgateway_build_info 5\n",
  "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds 5\n",
  "# TYPE process_cpu_seconds_total gauge\nprocess_cpu_seconds_total 5\n",
];

const HELP_WHY =
  "ours: a HELP text that differs is tolerated; the reference refuses it for metrics that it did not have when it started";

/** Accepted by us: body, and the lines that come of it. */
const OWN_HELP: readonly Scenario[] = ([
  [
    "# TYPE pushgateway_http_requests_total counter\npushgateway_http_requests_total 5\n",
    'pushgateway_http_requests_total{instance="",job="j"} 5',
  ],
  [
    "# TYPE pushgateway_http_push_size_bytes summary\npushgateway_http_push_size_bytes_sum 5\n",
    'pushgateway_http_push_size_bytes_sum{instance="",job="j"} 5',
    'pushgateway_http_push_size_bytes_count{instance="",job="j"} 0',
  ],
] as const).map(([body, ...lines]) => ({
  ...push(showBody(body), body, { ours: acceptance(HELP_WHY) }),
  state: { why: HELP_WHY, lines },
}));

/** All of them. */
export const comments: readonly Scenario[] = [
  ...pushes([...HEADS, ...CLASHES, ...OWN]),
  ...OWN_HELP,
  push("two families with the same series twice", "a 1\na 1\nb 1\nb 1\n", {
    ours: refusal({
      why:
        "ours: the first thing that is wrong is told; the reference lists all of them, in any order",
      error:
        'pushed metrics are invalid or inconsistent with existing metrics: collected metric "a" ' +
        '{ label:{name:"instance" value:""} label:{name:"job" value:"j"} } was collected before ' +
        "with the same name and label values",
    }),
  }),
  push(
    "an own name with another type",
    "# TYPE pushgateway_http_requests_total gauge\npushgateway_http_requests_total 5\n",
    {
      ours: refusal({
        why:
          "ours: the type is what is wrong with it; the reference finds the missing HELP text first",
        error:
          "pushed metrics are invalid or inconsistent with existing metrics: gathered metric " +
          "family pushgateway_http_requests_total has type GAUGE but should have COUNTER",
      }),
    },
  ),
  {
    ...push(
      "an own name with another HELP text",
      "# TYPE pushgateway_build_info gauge\npushgateway_build_info 5\n",
    ),
    anyHelp: true,
  },
];
