/**
 * Without the consistency check what does not fit is stored all the same. A scrape still answers, with all that is consistent, and
 * counts what it left out. Timestamps are refused here, too.
 */

import { describe, expect, it, vi } from "vitest";
import { type Case, ERROR_HEADERS, GROUP, LABELS, runCases, succeed, type Use } from "./cases.ts";
import { get, type Outgoing, post, put, remove, send } from "./client.ts";
import { held, sample, scrape, wipe } from "./held.ts";

const B = "/metrics/job/b";
const B_LABELS = 'instance="",job="b"';

/** What it is about, the pushes, what is left out, and what a scrape still has. */
const INCONSISTENT: readonly (readonly [
  title: string,
  pushes: readonly Outgoing[],
  dropped: number,
  exposes: string,
])[] = [
  [
    "the same series twice in a push",
    [put(GROUP, 'm{x="1"} 1\nm{x="1"} 2\nm{x="2"} 3\n')],
    1,
    `# TYPE m untyped\nm{${LABELS},x="1"} 1\nm{${LABELS},x="2"} 3\n`,
  ],
  [
    "two types of one name",
    [
      put(GROUP, "# TYPE m gauge\nm 1\n"),
      put(B, '# TYPE m counter\nm{x="1"} 2\nm{x="2"} 3\nn 4\n'),
    ],
    2,
    `# TYPE m gauge\nm{${LABELS}} 1\n# TYPE n untyped\nn{${B_LABELS}} 4\n`,
  ],
  [
    "two types of one name, pushed the other way round",
    [
      put(B, '# TYPE m counter\nm{x="1"} 2\nm{x="2"} 3\nn 4\n'),
      put(GROUP, "# TYPE m gauge\nm 1\n"),
    ],
    2,
    `# TYPE m gauge\nm{${LABELS}} 1\n# TYPE n untyped\nn{${B_LABELS}} 4\n`,
  ],
  [
    "a name that a histogram counts under",
    [put(GROUP, "# TYPE h histogram\nh_count 1\n"), put(B, "h_count 2\nn 3\n")],
    1,
    `# TYPE h histogram\nh_bucket{${LABELS},le="+Inf"} 1\nh_sum{${LABELS}} 0\nh_count{${LABELS}} 1\n` +
    `# TYPE n untyped\nn{${B_LABELS}} 3\n`,
  ],
  [
    "a type other than the gateway's own",
    [put(GROUP, "# TYPE pushgateway_build_info counter\npushgateway_build_info 5\nn 1\n")],
    1,
    `# TYPE n untyped\nn{${LABELS}} 1\n`,
  ],
  [
    "a label name that is reserved",
    [put(GROUP, 'm{__x="1"} 1\nm 2\n')],
    1,
    `# TYPE m untyped\nm{${LABELS}} 2\n`,
  ],
  [
    "a series of another group",
    [put(`${GROUP}/x/1`, "m 1\n"), put(GROUP, 'm{x="1"} 2\n')],
    1,
    `# TYPE m untyped\nm{${LABELS},x="1"} 2\n`,
  ],
];

/** The suite; the admin API is on, too. */
export function describeUnchecked(use: Use): void {
  runCases(use, [
    ...[put, post].map((push): Case => {
      const request = push(GROUP, "m 1\n");
      return {
        title: `${request.method} is accepted with 202`,
        request,
        status: 202,
        body: "",
        exposes: `# TYPE m untyped\nm{${LABELS}} 1\n`,
        groups: { [LABELS]: "pushed" },
      };
    }),
    {
      title: "DELETE too",
      given: [put(GROUP, "m 1\n")],
      request: remove(GROUP),
      status: 202,
      body: "",
      groups: {},
    },
    {
      title: "a body that cannot be read is refused",
      request: put(GROUP, "m bar\n"),
      status: 400,
      headers: ERROR_HEADERS,
      body: 'text format parsing error in line 1: expected float as value, got "bar"\n',
      groups: {},
    },
    {
      title: "a timestamp is refused",
      given: [put(GROUP, "m 1\n")],
      request: put(GROUP, "m 2 1234567890\n"),
      status: 400,
      headers: ERROR_HEADERS,
      body: "pushed metrics are invalid or inconsistent with existing metrics: " +
        "pushed metrics must not have timestamps\n",
      exposes: `# TYPE m untyped\nm{${LABELS}} 1\n`,
      groups: { [LABELS]: "pushed and failed" },
    },
  ]);

  describe("a scrape has what is consistent", () => {
    it.each(INCONSISTENT)("%s", async (_, pushes, dropped, exposes) => {
      await wipe(use());
      for (const push of pushes) expect((await succeed(use(), push)).status).toBe(202);
      const { text } = await held(use());
      expect([text, text.split("\n").length]).toEqual([exposes, exposes.split("\n").length]);
      const count = "pushgateway_scrape_dropped_series_total";
      const before = await sample(use(), count) ?? 0;
      expect(await sample(use(), count)).toBe(before + dropped);
    });

    it("and all again once the trouble is gone", async () => {
      await wipe(use());
      await succeed(use(), put(GROUP, "# TYPE m gauge\nm 1\n"));
      await succeed(use(), put(B, "# TYPE m counter\nm 2\n"));
      expect((await held(use())).text).toBe(`# TYPE m gauge\nm{${LABELS}} 1\n`);
      await succeed(use(), remove(GROUP));
      expect((await held(use())).text).toBe(`# TYPE m counter\nm{${B_LABELS}} 2\n`);
    });

    it("and the query API has all that was pushed", async () => {
      await wipe(use());
      await succeed(use(), put(GROUP, "# TYPE m gauge\nm 1\n"));
      await succeed(use(), put(B, "# TYPE m counter\nm 2\n"));
      const { text } = await send(use(), get("/api/v1/metrics"));
      expect(JSON.parse(text)).toMatchObject({
        data: [{ m: { type: "GAUGE" } }, { m: { type: "COUNTER" } }],
      });
    });

    it("and the log says what it left out", async () => {
      await wipe(use());
      await succeed(use(), put(GROUP, "# TYPE left_out gauge\nleft_out 1\n"));
      await succeed(use(), put(B, "# TYPE left_out counter\nleft_out 2\n"));
      await scrape(use());
      await vi.waitFor(() => expect(use().logs()).toMatch(/left out of the scrape.*left_out/));
    });

    it("and compressed as well", async () => {
      const answer = await send(use(), get("/metrics", { "Accept-Encoding": "gzip" }));
      expect(answer).toMatchObject({ status: 200, headers: { "content-encoding": "gzip" } });
      expect((await scrape(use())).status).toBe(200);
    });
  });
}
