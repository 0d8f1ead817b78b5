/** What goes over one connection: framing of bodies, several requests, and targets that a client library would tidy up. */

import { describe, expect, it } from "vitest";
import { GROUP, LABELS, type Use } from "./cases.ts";
import type { Gateway } from "./client.ts";
import { held, wipe } from "./held.ts";
import { talk } from "./wire.ts";

const HEAD = `PUT ${GROUP} HTTP/1.1\r\nHost: test\r\n`;
const HEALTHY = "GET /-/healthy HTTP/1.1\r\nHost: test\r\n\r\n";
const EXPOSED = `# TYPE m untyped\nm{${LABELS}} 1\n`;

const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;

/** A push of `m 1` in different framings, and the runtime whose own parser does not take it, so that no case can be made of it. */
const FRAMINGS: readonly (readonly [
  title: string,
  request: string,
  except?: Gateway["runtime"],
])[] = [
  ["with a length", `${HEAD}Content-Length: 4\r\n\r\nm 1\n`],
  ["in one chunk", `${CHUNKED}4\r\nm 1\n\r\n0\r\n\r\n`],
  ["in many chunks", `${CHUNKED}1\r\nm\r\n1\r\n \r\n2\r\n1\n\r\n0\r\n\r\n`],
  ["in chunks with leading zeros", `${CHUNKED}0004\r\nm 1\n\r\n000\r\n\r\n`],
  ["in chunks with a trailer", `${CHUNKED}4\r\nm 1\n\r\n0\r\nX-Trailer: 1\r\n\r\n`, "workerd"],
  ["in chunks with extensions", `${CHUNKED}4;a=b\r\nm 1\n\r\n0\r\n\r\n`, "workerd"],
  [
    "with headers in odd cases",
    `PUT ${GROUP} HTTP/1.1\r\nhOST: test\r\ntRANSFER-encoding:  Chunked\r\n` +
    "CONTENT-encoding:IDENTITY\r\n\r\n4\r\nm 1\n\r\n0\r\n\r\n",
  ],
  ["with headers beyond ASCII", `${HEAD}X-Odd: \xff\xfe\r\nContent-Length: 4\r\n\r\nm 1\n`],
  [
    "by Java's HttpClient, which would rather speak HTTP/2",
    `${HEAD}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n` +
    "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nContent-Length: 4\r\n\r\nm 1\n",
    "deno",
  ],
];

/** Requests that are refused, or answered without a look at their body. */
const UNREAD:
  readonly (readonly [method: string, path: string, headers: string, status: number])[] = [
    ["PUT", "/metrics/job/a/b", "", 400],
    ["POST", "/metrics/job/br", "Content-Encoding: br\r\n", 415],
    ["POST", "/metrics/job/gzip", "Content-Encoding: gzip\r\n", 400],
    ["DELETE", GROUP, "", 202],
    ["PATCH", GROUP, "", 405],
    ["POST", "/metrics", "", 405],
    ["POST", "/nope", "", 404],
    ["PUT", "/-/quit", "", 403],
    ["GET", "/-/healthy", "", 200],
  ];

/** The suite. */
export function describeConnections(use: Use): void {
  const expectPushed = async () => {
    expect(await held(use())).toEqual({ text: EXPOSED, groups: { [LABELS]: "pushed" } });
  };

  describe("a body", () => {
    it.for(FRAMINGS)("%s", async ([, request, except], { skip }) => {
      skip(use().runtime === except, `${except}'s parser does not take it`);
      await wipe(use());
      const { answers } = await talk(use(), { send: request, answers: 1 });
      expect(answers).toMatchObject([{ status: 200, text: "" }]);
      await expectPushed();
    });

    it("that is missing is empty", async () => {
      await wipe(use());
      const { answers } = await talk(use(), { send: `${HEAD}\r\n`, answers: 1 });
      expect(answers).toMatchObject([{ status: 200, text: "" }]);
      expect(await held(use())).toEqual({ text: "", groups: { [LABELS]: "pushed" } });
    });

    it("that waits to be asked for", async () => {
      await wipe(use());
      const head = `${HEAD}Expect: 100-continue\r\nContent-Length: 4\r\n\r\n`;
      if (use().runtime === "workerd") {
        // It never sends 100: clients go on after a second of waiting.
        const { answers } = await talk(use(), { send: `${head}m 1\n`, answers: 1 });
        expect(answers).toMatchObject([{ status: 200 }]);
      } else {
        const { answers } = await talk(use(), { send: head, then: { 0: "m 1\n" }, answers: 2 });
        expect(answers).toMatchObject([{ status: 100 }, { status: 200, text: "" }]);
      }
      await expectPushed();
    });
  });

  describe("several requests", () => {
    it("are answered in order", async () => {
      await wipe(use());
      const requests = [
        `${HEAD}Content-Length: 4\r\n\r\nm 1\n`,
        `${HEAD.replace("PUT", "POST")}Transfer-Encoding: chunked\r\n\r\n4\r\nn 2\n\r\n0\r\n\r\n`,
        "HEAD /metrics HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET /nope HTTP/1.1\r\nHost: test\r\n\r\n",
        HEALTHY,
      ];
      const { answers } = await talk(use(), {
        send: requests.join(""),
        methods: ["PUT", "POST", "HEAD", "GET", "GET"],
        answers: requests.length,
      });
      expect(answers.map(({ status, text }) => [status, text])).toEqual([
        [200, ""],
        [200, ""],
        [200, ""],
        [404, "404 page not found\n"],
        [200, "OK"],
      ]);
      expect((await held(use())).text).toBe(`${EXPOSED}# TYPE n untyped\nn{${LABELS}} 2\n`);
    });

    it.each(UNREAD)("go on after %s %s", async (method, path, headers, status) => {
      const start = `${method} ${path} HTTP/1.1\r\nHost: test\r\n${headers}`;
      const framed = [
        `${start}Content-Length: 4\r\n\r\nm 1\n`,
        `${start}Transfer-Encoding: chunked\r\n\r\n4\r\nm 1\n\r\n0\r\n\r\n`,
      ];
      for (const send of framed) {
        const { answers } = await talk(use(), {
          send,
          methods: [method],
          then: { 0: HEALTHY },
          answers: 2,
        });
        expect(answers.map((answer) => answer.status)).toEqual([status, 200]);
      }
    });

    it("end when the client says so", async ({ skip }) => {
      skip(use().runtime === "workerd", "it leaves that to the client");
      const { answers, closed } = await talk(use(), {
        send: "GET /-/healthy HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n",
      });
      expect(answers).toMatchObject([{ status: 200, text: "OK" }]);
      expect(closed).toBe(true);
    });
  });

  describe("a target", () => {
    const push = (target: string) =>
      `PUT ${target} HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nm 1\n`;
    const exposed = (labels: string) => ({
      text: `# TYPE m untyped\nm{${labels}} 1\n`,
      groups: { [labels]: "pushed" },
    });

    it("with characters that a URL would have encoded", async () => {
      await wipe(use());
      const { answers } = await talk(use(), { send: push(`${GROUP}/b/<">^\`{|}`), answers: 1 });
      expect(answers).toMatchObject([{ status: 200 }]);
      expect(await held(use())).toEqual(exposed('b="<\\">^`{|}",instance="",job="a"'));
    });

    it("in the form that proxies get", async ({ skip }) => {
      skip(use().runtime === "workerd", "it stands behind a proxy of its own");
      await wipe(use());
      const { answers } = await talk(use(), {
        send: push(`http://other.test${GROUP}`),
        answers: 1,
      });
      expect(answers).toMatchObject([{ status: 200 }]);
      expect(await held(use())).toEqual(exposed(LABELS));
    });

    it("with plain UTF-8", async () => {
      await wipe(use());
      const utf8 = Buffer.from(push("/metrics/job/日本"));
      const { answers } = await talk(use(), { send: utf8, answers: 1 });
      if (use().runtime === "node") {
        // Node's parser takes no byte beyond ASCII, as RFC 9112 has it.
        expect(answers).toMatchObject([{ status: 400 }]);
        expect((await held(use())).groups).toEqual({});
      } else {
        expect(answers).toMatchObject([{ status: 200 }]);
        expect(await held(use())).toEqual(exposed('instance="",job="日本"'));
      }
    });

    it("with plain Latin-1", async () => {
      await wipe(use());
      const { answers } = await talk(use(), { send: push("/metrics/job/\xfc"), answers: 1 });
      if (use().rawPathVisible) {
        expect(answers).toMatchObject([{ status: 400 }]);
        expect((await held(use())).groups).toEqual({});
      } else {
        // Replaced before the gateway sees it.
        expect(answers).toMatchObject([{ status: 200 }]);
        expect(await held(use())).toEqual(exposed('instance="",job="\ufffd"'));
      }
    });
  });

  describe("HTTP/1.0", () => {
    it("needs no Host and has its connection closed", async ({ skip }) => {
      skip(use().runtime === "workerd", "it stands behind a proxy that speaks HTTP/1.1");
      await wipe(use());
      const { answers, closed } = await talk(use(), {
        send: `PUT ${GROUP} HTTP/1.0\r\nContent-Length: 4\r\n\r\nm 1\n`,
      });
      expect(answers).toMatchObject([{ status: 200, text: "" }]);
      expect(closed).toBe(true);
      await expectPushed();
    });
  });
}
