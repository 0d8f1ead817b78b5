/** Histograms and summaries: how their lines fold into series and unfold again. */

import { acceptance, push, pushes, pushRefused, type Scenario, showBody } from "../scenario.ts";

/** Histograms. */
const HISTOGRAMS: readonly string[] = [
  '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n',
  '# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 3\nh_count 2\n',
  '# TYPE h histogram\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n',
  "# TYPE h histogram\nh_sum 3\nh_count 2\n",
  "# TYPE h histogram\nh_count 2\n",
  "# TYPE h histogram\nh_sum 2\n",
  "# TYPE h histogram\nh 9\n",
  "# TYPE h histogram\nh 9\nh_count 2\n",
  "# TYPE h histogram\nh_bucket 9\n",
  '# TYPE h histogram\nh{le="1"} 9\n',
  '# TYPE h histogram\nh_bucket{le="NaN"} 9\n',
  '# TYPE h histogram\nh_bucket{le="NaN"} 9\nh_bucket{le="nan"} 8\nh_count 2\n',
  '# TYPE h histogram\nh_bucket{le=""} 9\n',
  '# TYPE h histogram\nh_bucket{le="x"} 9\n',
  '# TYPE h histogram\nh_bucket{le="1_0"} 9\n',
  '# TYPE h histogram\nh_bucket{le="0x10"} 9\n',
  '# TYPE h histogram\nh_bucket{le=" 1"} 9\n',
  '# TYPE h histogram\nh_bucket{le="inf"} 2\nh_count 2\n',
  '# TYPE h histogram\nh_bucket{le="Infinity"} 2\nh_count 2\n',
  '# TYPE h histogram\nh_bucket{le="-Inf"} 0\nh_bucket{le="0"} 1\nh_count 2\n',
  '# TYPE h histogram\nh_bucket{le="1000000"} 1\nh_bucket{le="5.0"} 2\nh_bucket{le="0.00001"} 1\nh_count 2\n',
  '# TYPE h histogram\nh_bucket{le="10"} 2\nh_bucket{le="1"} 1\nh_count 2\n',
  '# TYPE h histogram\nh_bucket{le="1"} 5\nh_bucket{le="2"} 3\nh_count 2\n',
  '# TYPE h histogram\nh_bucket{le="+Inf"} 7\nh_count 2\n',
  "# TYPE h histogram\nh_sum 1\nh_sum 2\nh_count 1\nh_count 2\n",
  '# TYPE h histogram\nh_count 2\nh_sum 3\nh_bucket{le="1"} 1\n',
  '# TYPE h histogram\nh_bucket{le="1",a="b"} 1\nh_bucket{a="b",le="2"} 2\nh_sum{a="b"} 3\nh_count{a="b"} 2\n',
  '# TYPE h histogram\nh_bucket{le="1",a="b"} 1\nh_bucket{le="1",a="c"} 2\nh_count{a="b"} 3\nh_count{a="c"} 4\n',
  '# TYPE h histogram\nh_bucket{le="1",a="b",c="d"} 1\nh_bucket{c="d",le="2",a="b"} 2\nh_count{c="d",a="b"} 2\n',
  '# TYPE h histogram\nh_bucket{le="1"} 1\nx 5\nh_bucket{le="2"} 2\ny 6\nh_count 2\n',
  '# HELP h b\n# TYPE h histogram\nh_bucket{le="1"} 1\nh_count 1\nh_sum 0.1\n',
  '# TYPE h histogram\nh_bucket{le="1",job="k"} 1\nh_count{instance="i"} 1\n',
  '# TYPE h HISTOGRAM\nh_bucket{le="1"} 1\nh_count 1\n',
  '# TYPE h histogram\nh_count 1e3\nh_bucket{le="1"} 1e2\n',
  '# TYPE h histogram\nh_count 12345678\nh_bucket{le="1"} 1234567\n',
  "# TYPE h histogram\nh_count 9007199254740992\n",
  "# TYPE h histogram\nh_sum NaN\nh_count 1\n",
  "# TYPE h histogram\nh_sum -5.5\nh_count 1\n",
  '# TYPE h histogram\nh_bucket{le="1"} 0\nh_sum 0\nh_count 0\n',
  'h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n',
  'h_count 1\n# TYPE h histogram\nh_bucket{le="1"} 1\n',
  '# TYPE h_bucket gauge\nh_bucket{le="1"} 1\n# TYPE h histogram\nh_count 1\n',
  '# TYPE h histogram\n# TYPE h_bucket gauge\nh_bucket{le="1"} 1\n',
  "# TYPE h histogram\nh_total 1\n",
  "# TYPE h histogram\nh_created 1\nh_count 1\n",
  '# TYPE h histogram\nh_bucket{le="1",le="2"} 1\n',
  '# TYPE h histogram\nh_bucket{quantile="0.5",le="2"} 1\nh_count{quantile="0.5"} 1\n',
  '# TYPE h histogram\nh_sum{le="2"} 1\n',
  '# TYPE h histogram\nh_count{le="2"} 1\nh_count 5\n',
];

/** Summaries. */
const SUMMARIES: readonly string[] = [
  '# TYPE s summary\ns{quantile="0.5"} 1\ns{quantile="0.9"} 2\ns_sum 3\ns_count 2\n',
  '# TYPE s summary\ns{quantile="0.9"} 2\ns{quantile="0.5"} 1\ns_sum 3\ns_count 2\n',
  '# TYPE s summary\ns{quantile="0.5"} 1\n',
  "# TYPE s summary\ns_sum 3\n",
  "# TYPE s summary\ns_count 3\n",
  "# TYPE s summary\ns_count 3.7\n",
  "# TYPE s summary\ns 3\n",
  '# TYPE s summary\ns{quantile="NaN"} 3\n',
  '# TYPE s summary\ns{quantile="0.50"} NaN\ns{quantile="1e-1"} +Inf\ns{quantile="1"} -5\ns{quantile="0"} 0\n',
  '# TYPE s summary\ns{quantile="x"} 3\n',
  '# TYPE s summary\ns{quantile=""} 3\n',
  '# TYPE s summary\ns{quantile="2"} 3\ns{quantile="-1"} 3\n',
  '# TYPE s summary\ns{quantile="0.5",a="b"} 1\ns_sum{a="b"} 2\ns_count{a="c"} 3\n',
  '# TYPE s summary\ns_bucket{le="1"} 1\ns_count 2\n',
  '# TYPE s summary\ns_count{quantile="0.5"} 1\n',
  '# TYPE s summary\ns{le="1",quantile="0.5"} 1\n',
  "# TYPE s summary\ns_sum NaN\ns_count 0\n",
  "# TYPE s summary\ns_sum 1\ns_sum 2\ns_count 1\ns_count 2\n",
  's{quantile="0.5"} 1\ns_sum 3\ns_count 2\n',
  's_count 2\n# TYPE s summary\ns{quantile="0.5"} 1\n',
];

const TWICE = "ours: the same `le` or `quantile` twice in one metric is 400";

/** A point twice: body, line of the second, how the error names it. */
const REPEATED: readonly Scenario[] = ([
  ['# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="1"} 1\n', 3, 'le="1"'],
  ['# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="1.0"} 2\n', 3, 'le="1"'],
  ['# TYPE h histogram\nh_bucket{le="2"} 1\nh_bucket{le="1"} 1\nh_bucket{le="2"} 1\n', 4, 'le="2"'],
  ['# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_bucket{le="inf"} 2\n', 3, 'le="+Inf"'],
  ['# TYPE s summary\ns{quantile="0.5"} 1\ns{quantile=".5"} 2\n', 3, 'quantile="0.5"'],
] as const).map(([body, line, point]) => {
  const family = body.includes("histogram") ? 'histogram "h"' : 'summary "s"';
  const error =
    `text format parsing error in line ${line}: ${point} occurs twice in one series of ${family}`;
  return pushRefused(showBody(body), body, { why: TWICE, error });
});

const NEGATIVE = "since 1.11: negative counts are refused";

/** Negative counts. */
const NEGATIVES: readonly Scenario[] = ([
  ["# TYPE h histogram\nh_count -1\n", 'negative count for histogram "h"'],
  ["# TYPE h histogram\nh_count -Inf\n", 'negative count for histogram "h"'],
  ['# TYPE h histogram\nh_bucket{le="1"} -1\n', 'negative bucket population for histogram "h"'],
  ["# TYPE s summary\ns_count -1\n", 'negative count for summary "s"'],
] as const).map(([body, error]) =>
  pushRefused(showBody(body), body, {
    why: NEGATIVE,
    error: `text format parsing error in line 2: ${error}`,
  })
);

const FLOATS = "since 1.11: counts of histograms may be any number that is not negative";
const HUGE =
  "ours: counts beyond 64 bits stay what they are; Go leaves such a conversion to the machine";

/** Counts that are not whole, or too large for the reference: count, how it is printed, why. */
const COUNTS: readonly Scenario[] = ([
  ["0.5", "0.5", FLOATS],
  ["3.7", "3.7", FLOATS],
  ["1e20", "1e+20", HUGE],
  ["18446744073709551615", "1.8446744073709552e+19", HUGE],
  ["Inf", "+Inf", HUGE],
  ["NaN", "NaN", HUGE],
] as const).map(([count, printed, why]) => {
  const body = `# TYPE h histogram\nh_bucket{le="1"} ${count}\nh_count ${count}\n`;
  const lines = [
    `h_bucket{instance="",job="j",le="1"} ${printed}`,
    `h_bucket{instance="",job="j",le="+Inf"} ${printed}`,
    'h_sum{instance="",job="j"} 0',
    `h_count{instance="",job="j"} ${printed}`,
  ];
  return { ...push(`a histogram's count of ${count}`, body), state: { why, lines } };
});

const GAUGE_HISTOGRAMS = "since 1.11: gauge histograms are read, and written as histograms";

/** All of them. */
export const distributions: readonly Scenario[] = [
  ...pushes([...HISTOGRAMS, ...SUMMARIES]),
  ...REPEATED,
  ...NEGATIVES,
  ...COUNTS,
  {
    ...push("gaugehistogram", '# TYPE g gaugehistogram\ng_bucket{le="1"} 1\ng_count 1\ng_sum 2\n', {
      ours: acceptance(GAUGE_HISTOGRAMS),
    }),
    state: {
      why: GAUGE_HISTOGRAMS,
      lines: [
        'g_bucket{instance="",job="j",le="1"} 1',
        'g_bucket{instance="",job="j",le="+Inf"} 1',
        'g_sum{instance="",job="j"} 2',
        'g_count{instance="",job="j"} 1',
      ],
    },
  },
];
