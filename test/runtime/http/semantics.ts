/** What PUT, POST and DELETE do to groups, which labels series end up with, and what the two push times say. */

import { describe, expect, it } from "vitest";
import { type Case, GROUP, LABELS, runCases, succeed, type Use } from "./cases.ts";
import { get, post, put, remove, send } from "./client.ts";
import { held, sample, scrape, wipe } from "./held.ts";

const OTHER = "/metrics/job/b";

const METHODS: readonly Case[] = [
  {
    title: "PUT makes a group",
    request: put(GROUP, "m 1\n"),
    status: 200,
    body: "",
    headers: { "content-length": "0", "access-control-allow-origin": undefined },
    exposes: `# TYPE m untyped\nm{${LABELS}} 1\n`,
    groups: { [LABELS]: "pushed" },
  },
  {
    title: "POST makes a group",
    request: post(GROUP, "m 1\n"),
    status: 200,
    body: "",
    headers: { "content-length": "0", "access-control-allow-origin": undefined },
    exposes: `# TYPE m untyped\nm{${LABELS}} 1\n`,
    groups: { [LABELS]: "pushed" },
  },
  {
    title: "PUT replaces the group",
    given: [put(GROUP, "m 1\nn 1\n")],
    request: put(GROUP, "n 2\no 2\n"),
    status: 200,
    exposes: `# TYPE n untyped\nn{${LABELS}} 2\n# TYPE o untyped\no{${LABELS}} 2\n`,
  },
  {
    title: "POST replaces the families of the same name",
    given: [put(GROUP, 'm 1\nn{a="1"} 1\nn{a="2"} 1\n')],
    request: post(GROUP, 'n{a="1"} 2\no 2\n'),
    status: 200,
    exposes: `# TYPE m untyped\nm{${LABELS}} 1\n# TYPE n untyped\nn{a="1",${LABELS}} 2\n` +
      `# TYPE o untyped\no{${LABELS}} 2\n`,
  },
  {
    title: "POST replaces a family with its type and help",
    given: [put(GROUP, "# HELP m old\n# TYPE m gauge\nm 1\n")],
    request: post(GROUP, "# HELP m new\n# TYPE m counter\nm 2\n"),
    status: 200,
    exposes: `# HELP m new\n# TYPE m counter\nm{${LABELS}} 2\n`,
  },
  {
    title: "PUT without a body empties the group and keeps it",
    given: [put(GROUP, "m 1\n")],
    request: put(GROUP),
    status: 200,
    exposes: "",
    groups: { [LABELS]: "pushed" },
  },
  {
    title: "PUT without a body makes an empty group",
    request: put(GROUP),
    status: 200,
    exposes: "",
    groups: { [LABELS]: "pushed" },
  },
  {
    title: "POST without a body leaves the families alone",
    given: [put(GROUP, "m 1\n")],
    request: post(GROUP),
    status: 200,
    exposes: `# TYPE m untyped\nm{${LABELS}} 1\n`,
    groups: { [LABELS]: "pushed" },
  },
  {
    title: "PUT leaves other groups alone",
    given: [put(OTHER, "m 1\n")],
    request: put(GROUP, "n 2\n"),
    status: 200,
    exposes: `# TYPE m untyped\nm{instance="",job="b"} 1\n# TYPE n untyped\nn{${LABELS}} 2\n`,
    groups: { [LABELS]: "pushed", 'instance="",job="b"': "pushed" },
  },
  {
    title: "DELETE removes the group and its push times",
    given: [put(GROUP, "m 1\n"), put(OTHER, "m 2\n")],
    request: remove(GROUP),
    status: 202,
    body: "",
    headers: { "access-control-allow-origin": undefined },
    exposes: '# TYPE m untyped\nm{instance="",job="b"} 2\n',
    groups: { 'instance="",job="b"': "pushed" },
  },
  {
    title: "DELETE of a group that does not exist",
    given: [put(OTHER, "m 2\n")],
    request: remove(GROUP),
    status: 202,
    body: "",
    groups: { 'instance="",job="b"': "pushed" },
  },
  {
    title: "DELETE ignores a body",
    given: [put(GROUP, "m 1\n")],
    request: { method: "DELETE", path: GROUP, body: "this is no metric" },
    status: 202,
    groups: {},
  },
  {
    title: "DELETE ignores the encoding of a body",
    given: [put(GROUP, "m 1\n")],
    request: remove(GROUP, { "Content-Encoding": "br" }),
    status: 202,
    groups: {},
  },
  {
    title: "a group that was deleted can be made again with other types",
    given: [put(GROUP, "# TYPE m gauge\nm 1\n"), remove(GROUP)],
    request: put(GROUP, "# TYPE m counter\nm 2\n"),
    status: 200,
    exposes: `# TYPE m counter\nm{${LABELS}} 2\n`,
  },
];

/** Path, the labels of a series in the body, and its labels afterwards. */
const FORCED: readonly (readonly [path: string, pushed: string, exposed: string])[] = [
  ["/metrics/job/a", "", 'instance="",job="a"'],
  ["/metrics/job/a", 'job="x"', 'instance="",job="a"'],
  ["/metrics/job/a", 'instance="i"', 'instance="i",job="a"'],
  ["/metrics/job/a", 'instance=""', 'instance="",job="a"'],
  ["/metrics/job/a/instance/g", 'instance="i"', 'instance="g",job="a"'],
  ["/metrics/job/a/instance@base64/=", 'instance="i"', 'instance="",job="a"'],
  ["/metrics/job/a/b/1", 'b="2",c="3"', 'b="1",c="3",instance="",job="a"'],
  ["/metrics/job/a/b@base64/=", 'b="2"', 'b="",instance="",job="a"'],
  ["/metrics/job/a/z/1/A/2", 'm="0",K="0"', 'A="2",K="0",instance="",job="a",m="0",z="1"'],
];

/** The suite. */
export function describeSemantics(use: Use): void {
  describe("methods", () => runCases(use, METHODS));

  describe("forced labels", () => {
    runCases(
      use,
      FORCED.map(([path, pushed, exposed]): Case => ({
        title: `{${pushed}} in ${path}`,
        request: put(path, `m{${pushed}} 1\n`),
        status: 200,
        exposes: `# TYPE m untyped\nm{${exposed}} 1\n`,
      })),
    );
    runCases(use, [{
      title: "a label forced upon a histogram and a summary",
      request: put(
        "/metrics/job/a/b/1",
        '# TYPE h histogram\nh_bucket{b="2",le="1"} 1\nh_sum{b="2"} 1\nh_count{b="2"} 1\n' +
          '# TYPE s summary\ns{b="2",quantile="1"} 1\ns_sum{b="2"} 1\ns_count{b="2"} 1\n',
      ),
      status: 200,
      exposes: "# TYPE h histogram\n" +
        'h_bucket{b="1",instance="",job="a",le="1"} 1\n' +
        'h_bucket{b="1",instance="",job="a",le="+Inf"} 1\n' +
        'h_sum{b="1",instance="",job="a"} 1\nh_count{b="1",instance="",job="a"} 1\n' +
        "# TYPE s summary\n" +
        's{b="1",instance="",job="a",quantile="1"} 1\n' +
        's_sum{b="1",instance="",job="a"} 1\ns_count{b="1",instance="",job="a"} 1\n',
    }]);
  });

  describe("push times", () => describePushTimes(use));

  it("answers 64 pushes to one group at once", async () => {
    await wipe(use());
    const names = Array.from({ length: 64 }, (_, index) => `m${index + 10}`);
    const answers = await Promise.all(
      names.map((name) => send(use(), post(GROUP, `${name} 1\n`))),
    );
    expect(answers.map((answer) => answer.status)).toEqual(names.map(() => 200));
    const { text, groups } = await held(use());
    expect(text)
      .toBe(names.map((name) => `# TYPE ${name} untyped\n${name}{${LABELS}} 1\n`).join(""));
    expect(groups).toEqual({ [LABELS]: "pushed" });
  });

  it("ends up with one of 64 bodies put into one group at once", async () => {
    await wipe(use());
    const bodies = Array.from({ length: 64 }, (_, index) => `m${index} ${index}\nn ${index}\n`);
    const answers = await Promise.all(bodies.map((body) => send(use(), put(GROUP, body))));
    expect(answers.map((answer) => answer.status)).toEqual(bodies.map(() => 200));
    const value = await sample(use(), `n{${LABELS}}`);
    expect((await held(use())).text).toBe(
      `# TYPE m${value} untyped\nm${value}{${LABELS}} ${value}\n` +
        `# TYPE n untyped\nn{${LABELS}} ${value}\n`,
    );
  });

  it("answers 64 pushes to 64 groups at once, amid scrapes and deletions", async () => {
    await wipe(use());
    await succeed(use(), put("/metrics/job/gone", "m 1\n"));
    const jobs = Array.from({ length: 64 }, (_, index) => `j${index + 10}`);
    const answers = await Promise.all(jobs.flatMap((job) => [
      send(use(), put(`/metrics/job/${job}`, `m{x="${job}"} 1\n`)),
      send(use(), get("/metrics")),
      send(use(), remove("/metrics/job/gone")),
    ]));
    expect(answers.map((answer) => answer.status)).toEqual(jobs.flatMap(() => [200, 200, 202]));
    expect((await held(use())).text).toBe(
      "# TYPE m untyped\n" +
        jobs.map((job) => `m{instance="",job="${job}",x="${job}"} 1\n`).join(""),
    );
  });

  it("takes a push of 5 MB", async () => {
    await wipe(use());
    const line = (index: number) => `m{index="${index}",text="${"x".repeat(70)}"} ${index}\n`;
    const count = 50_000;
    const body = Array.from({ length: count }, (_, index) => line(index + 100_000)).join("");
    expect(body.length).toBeGreaterThan(5_000_000);
    expect(await send(use(), put(GROUP, body))).toMatchObject({ status: 200, text: "" });
    const { text } = await scrape(use(), "/metrics?name[]=m");
    const lines = text.split("\n");
    expect(lines).toHaveLength(count + 2);
    expect(lines[1]).toBe(`m{index="100000",${LABELS},text="${"x".repeat(70)}"} 100000`);
    expect(lines.at(-2)).toBe(`m{index="149999",${LABELS},text="${"x".repeat(70)}"} 149999`);
    await wipe(use());
  });
}

const PUSH_TIME = `push_time_seconds{${LABELS}}`;
const FAILURE_TIME = `push_failure_time_seconds{${LABELS}}`;
const TIMESTAMPED = "m 1 1234567890\n";

function describePushTimes(use: Use): void {
  const times = async (): Promise<
    readonly [pushed: number | undefined, failed: number | undefined]
  > => [
    await sample(use(), PUSH_TIME),
    await sample(use(), FAILURE_TIME),
  ];

  it("are exposed with help and as gauges", async () => {
    await wipe(use());
    await succeed(use(), put("/metrics/job/a/b/1", "m 1\n"));
    const { text } = await scrape(use());
    expect(text).toContain(
      "# HELP push_failure_time_seconds " +
        "Last Unix time when changing this group in the Pushgateway failed.\n" +
        "# TYPE push_failure_time_seconds gauge\n" +
        'push_failure_time_seconds{b="1",instance="",job="a"} 0\n' +
        "# HELP push_time_seconds " +
        "Last Unix time when changing this group in the Pushgateway succeeded.\n" +
        "# TYPE push_time_seconds gauge\n" +
        'push_time_seconds{b="1",instance="",job="a"} 1.',
    );
  });

  it.each(["PUT", "POST"])("%s sets the push time", async (method) => {
    await wipe(use());
    const before = Date.now() / 1000;
    for (const body of ["m 1\n", ""]) {
      await succeed(use(), { method, path: GROUP, body });
      const [pushed = 0, failed] = await times();
      expect(pushed).toBeGreaterThanOrEqual(before - 0.001);
      expect(pushed).toBeLessThanOrEqual(Date.now() / 1000 + 0.001);
      expect(failed).toBe(0);
    }
  });

  it("a refused push makes a group that never was pushed", async () => {
    await wipe(use());
    const before = Date.now() / 1000;
    expect((await send(use(), put(GROUP, TIMESTAMPED))).status).toBe(400);
    const [pushed, failed = 0] = await times();
    expect(pushed).toBe(0);
    expect(failed).toBeGreaterThanOrEqual(before - 0.001);
    expect((await held(use())).text).toBe("");
  });

  it("a refused push leaves the push time alone, an accepted one the failure time", async () => {
    await wipe(use());
    await succeed(use(), put(GROUP, "m 1\n"));
    const [firstPush] = await times();
    await send(use(), post(GROUP, TIMESTAMPED));
    const [pushed, firstFailure = 0] = await times();
    expect(pushed).toBe(firstPush);
    expect(firstFailure).toBeGreaterThan(0);
    await succeed(use(), post(GROUP));
    const [, failed] = await times();
    expect(failed).toBe(firstFailure);
  });

  it("a push that cannot be read leaves both alone", async () => {
    await wipe(use());
    await succeed(use(), put(GROUP, "m 1\n"));
    const before = await times();
    expect((await send(use(), put(GROUP, "m bar\n"))).status).toBe(400);
    expect((await send(use(), put(GROUP, "m 1\n", { "Content-Encoding": "gzip" }))).status).toBe(
      400,
    );
    expect((await send(use(), put(GROUP, "m 1\n", { "Content-Encoding": "br" }))).status).toBe(415);
    expect(await times()).toEqual(before);
  });

  it.each(["push_time_seconds", "push_failure_time_seconds"])(
    "%s that is pushed is overridden",
    async (name) => {
      await wipe(use());
      await succeed(
        use(),
        put(GROUP, `# TYPE ${name} counter\n# HELP ${name} mine\n${name} 5\nm 1\n`),
      );
      const [pushed = 0, failed] = await times();
      expect(pushed).toBeGreaterThan(5);
      expect(failed).toBe(0);
      expect((await scrape(use())).text).not.toContain("mine");
      expect((await held(use())).text).toBe(`# TYPE m untyped\nm{${LABELS}} 1\n`);
    },
  );
}
