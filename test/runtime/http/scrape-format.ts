/** The scrape: its headers, its order, and which families it has. */

import { describe, expect, it, vi } from "vitest";
import { GROUP, LABELS, runCases, succeed, type Use } from "./cases.ts";
import { get, type Outgoing, post, put, remove, send } from "./client.ts";
import { familiesOf, held, scrape, wipe } from "./held.ts";

const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";

/** What scrapers ask for when they take the text format. */
const ACCEPTS: readonly string[] = [
  "*/*",
  "text/plain",
  "text/plain;version=0.0.4",
  "text/plain;version=0.0.4;q=1,*/*;q=0.1",
  "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
  "application/json",
  "nonsense",
];

/** An Accept-Encoding and whether the answer is gzip; an empty one stands for no header. */
const ENCODINGS: readonly (readonly [header: string, gzip: boolean])[] = [
  ["", false],
  ["identity", false],
  ["gzip", true],
  ["GZip", true],
  ["gzip, deflate, br", true],
  ["deflate, gzip;q=1.0, *;q=0.5", true],
  ["gzip;q=0.5", true],
  ["gzip; q=0.001", true],
  ["gzip;q=0", false],
  ["gzip;q=0.0, identity", false],
  ["*", true],
  ["*;q=0", false],
  ["gzip;q=0, *", false],
  ["deflate, br", false],
  ["x-gzip", true],
];

/** Pushes whose outcome does not depend on their order. */
const PUSHES: readonly Outgoing[] = [
  put("/metrics/job/b", 'm{x="2"} 1\nm{x="10"} 2\nm 3\n'),
  put("/metrics/job/a/instance/i", '# HELP m h\nm{x="1"} 1\nm 2\n'),
  put("/metrics/job/a", "m 1\n# TYPE z gauge\nz 1\n"),
  put("/metrics/job/a/instance/h", '# TYPE a counter\na{é="1"} 1\n'.replace("é", "e")),
  put("/metrics/job/B/x/1", "m 4\n"),
];

const IN_ORDER = `# TYPE a counter
a{e="1",instance="h",job="a"} 1
# HELP m h
# TYPE m untyped
m{instance="i",job="a"} 2
m{instance="i",job="a",x="1"} 1
m{instance="",job="B",x="1"} 4
m{instance="",job="a"} 1
m{instance="",job="b"} 3
m{instance="",job="b",x="10"} 2
m{instance="",job="b",x="2"} 1
# TYPE z gauge
z{instance="",job="a"} 1
`;

/** The suite. */
export function describeScrape(use: Use): void {
  describe("format", () => {
    it.each(ACCEPTS)("Accept: %s", async (accept) => {
      await wipe(use());
      const answer = await send(use(), get("/metrics", { Accept: accept }));
      expect(answer.status).toBe(200);
      expect(answer.headers["content-type"]).toBe(CONTENT_TYPE);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      expect(answer.text).toMatch(/^# HELP .*\n# TYPE .*\n[^]*\n$/);
    });

    it("every line is a comment or a sample, every family has one head", async () => {
      await wipe(use());
      for (const push of PUSHES) await succeed(use(), push);
      const { text } = await scrape(use());
      const lines = text.split("\n");
      expect(lines.pop()).toBe("");
      expect(lines.filter((line) => !/^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{.*\})? \S+)$/.test(line)))
        .toEqual([]);
      const typed = lines.flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
      expect(typed).toEqual([...new Set(typed)].sort());
    });
  });

  describe("compression", () => {
    it.for(ENCODINGS)("Accept-Encoding: %s", async ([header, isGzip], { skip }) => {
      const isLeftToProxies = use().runtime === "workerd" && /^$|br|\*/.test(header);
      skip(isLeftToProxies, "the proxies before Workers choose the encoding");
      await wipe(use());
      await succeed(use(), put(GROUP, "m 1\n"));
      const path = "/metrics?name[]=m";
      const answer = await send(use(), get(path, { "Accept-Encoding": header }));
      expect(answer.status).toBe(200);
      expect(answer.headers["content-type"]).toBe(CONTENT_TYPE);
      expect(answer.headers["content-encoding"]).toBe(isGzip ? "gzip" : undefined);
      expect(answer.text).toBe(`# TYPE m untyped\nm{${LABELS}} 1\n`);
    });
  });

  describe("order", () => {
    const orders = [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3], [3, 1, 4, 0, 2]];
    it.each(orders)("pushed as %i %i %i %i %i", async (...order) => {
      await wipe(use());
      for (const index of order) await succeed(use(), PUSHES[index] ?? put(GROUP));
      expect((await held(use())).text).toBe(IN_ORDER);
    });

    it("after detours", async () => {
      await wipe(use());
      await succeed(use(), put("/metrics/job/0", "m 1\nq 1\n"));
      for (const push of PUSHES) {
        await succeed(use(), post(push.path, "m 0\nq 0\n"));
        await succeed(use(), push);
      }
      await succeed(use(), remove("/metrics/job/0"));
      expect((await held(use())).text).toBe(IN_ORDER);
    });

    it("series of one group by number of labels, then values", async () => {
      await wipe(use());
      await succeed(
        use(),
        put(GROUP, 'm{z="1",y="1"} 1\nm{b="2"} 2\nm{c="1"} 3\nm 4\nm{a="3"} 5\n'),
      );
      expect((await held(use())).text).toBe(
        "# TYPE m untyped\n" +
          `m{${LABELS}} 4\n` +
          `m{c="1",${LABELS}} 3\nm{b="2",${LABELS}} 2\nm{a="3",${LABELS}} 5\n` +
          `m{${LABELS},y="1",z="1"} 1\n`,
      );
    });
  });

  describe("help", () => {
    runCases(use, [
      {
        title: "of one group goes for all",
        given: [put("/metrics/job/b", "# HELP m Some help.\nm 1\n")],
        request: put("/metrics/job/a", "m 1\n"),
        status: 200,
        exposes: '# HELP m Some help.\n# TYPE m untyped\nm{instance="",job="a"} 1\n' +
          'm{instance="",job="b"} 1\n',
      },
    ]);

    it("of two groups that differ, one wins, whichever came first", async () => {
      const one = put("/metrics/job/a", "# HELP m One.\nm 1\n");
      const other = put("/metrics/job/b", "# HELP m Other.\nm 1\n");
      const texts = [];
      for (const pushes of [[one, other], [other, one]]) {
        await wipe(use());
        for (const push of pushes) await succeed(use(), push);
        texts.push((await held(use())).text);
      }
      expect(texts[0]).toBe(texts[1]);
      expect(texts[0]).toMatch(/^# HELP m (?:One|Other)\.\n# TYPE m untyped\n/);
    });

    it("that differs is logged once, not at every scrape", async () => {
      await wipe(use());
      const lines = (name: string) =>
        use().logs().split("\n").filter((line) =>
          line.includes("inconsistent help") && line.includes(name)
        );
      for (const name of ["first_of_two", "second_of_two"]) {
        await succeed(use(), put("/metrics/job/a", `# HELP ${name} One.\n${name} 1\n`));
        await succeed(use(), put("/metrics/job/b", `# HELP ${name} Other.\n${name} 1\n`));
        await succeed(use(), post("/metrics/job/b", `# HELP ${name} Another.\n${name} 2\n`));
        for (let i = 0; i < 3; i++) await scrape(use());
        await vi.waitFor(() => expect(lines(name)).toHaveLength(1));
      }
      expect(lines("first_of_two")).toHaveLength(1);
    });

    it("of the gateway's own names is theirs", async () => {
      await wipe(use());
      const name = "pushgateway_build_info";
      await succeed(use(), put(GROUP, `# HELP ${name} Mine.\n# TYPE ${name} gauge\n${name} 7\n`));
      const block = familiesOf((await scrape(use())).text).get(name) ?? "";
      expect(block).not.toContain("Mine.");
      expect(block).toContain(`${name}{${LABELS}} 7\n`);
      expect(block.match(/^# TYPE/gm)).toHaveLength(1);
    });
  });

  describe("name[]", () => {
    const names = async (query: string): Promise<string[]> => {
      await wipe(use());
      await succeed(use(), put(GROUP, "a 1\nb 2\nc 3\n# TYPE h histogram\nh_count 1\n"));
      return [...familiesOf((await scrape(use(), `/metrics?${query}`)).text).keys()];
    };
    it.each([
      ["name[]=b", ["b"]],
      ["name[]=c&name[]=a", ["a", "c"]],
      ["name%5B%5D=b", ["b"]],
      ["name[]=b&name[]=b", ["b"]],
      ["name[]=h", ["h"]],
      ["name[]=h_count", []],
      ["name[]=nope", []],
      ["name[]=nope&name[]=a", ["a"]],
      ["name[]=", []],
      ["name[]=push_time_seconds", ["push_time_seconds"]],
      ["name[]=pushgateway_build_info&name[]=a", ["a", "pushgateway_build_info"]],
      ["x=1&name[]=a", ["a"]],
    ])("%s", async (query, expected) => {
      expect(await names(query)).toEqual(expected);
    });

    it.each(["", "x=1", "name=a", "name[0]=a"])("%s asks for all", async (query) => {
      expect(await names(query)).toEqual(
        expect.arrayContaining(["a", "b", "c", "h", "push_time_seconds", "pushgateway_build_info"]),
      );
    });
  });
}
