/** Where a push goes: from its path to its grouping key, what no key can be made of, and the methods that the path takes. */

import { describe, expect, it } from "vitest";
import { type Case, ERROR_HEADERS, runCases, unreadable, type Use } from "./cases.ts";
import { get, type Outgoing, post, put, remove, send } from "./client.ts";
import { held, wipe } from "./held.ts";

/** Path, and the label text of the group that it names. */
const KEYS: readonly (readonly [path: string, labels: string])[] = [
  ["/metrics/job/a", 'instance="",job="a"'],
  ["/metrics/job/a/", 'instance="",job="a"'],
  ["/metrics/job/a/instance/i", 'instance="i",job="a"'],
  ["/metrics/job/a/z/1/b/2", 'b="2",instance="",job="a",z="1"'],
  ["/metrics/job/a/b/", 'b="",instance="",job="a"'],
  ["/metrics/job/a/b/1/c/", 'b="1",c="",instance="",job="a"'],
  ["/metrics/job/a?b=1", 'instance="",job="a"'],
  ["/metrics/job/a/b/1?c=/2", 'b="1",instance="",job="a"'],
  ["/metrics/job/a%20b", 'instance="",job="a b"'],
  ["/metrics/job/a+b", 'instance="",job="a+b"'],
  ["/metrics/job/a%2Bb", 'instance="",job="a+b"'],
  ["/metrics/job/a%25b", 'instance="",job="a%b"'],
  ["/metrics/job/a%252Fb", 'instance="",job="a%2Fb"'],
  ["/metrics/job/a%3Fb%23c", 'instance="",job="a?b#c"'],
  ["/metrics/job/a@b", 'instance="",job="a@b"'],
  ["/metrics/job/a:b;c,d=e&f!$'()*", `instance="",job="a:b;c,d=e&f!$'()*"`],
  ["/metrics/job/...", 'instance="",job="..."'],
  ["/metrics/job/a..b", 'instance="",job="a..b"'],
  ["/metrics/job/%E6%97%A5%e6%9c%ac", 'instance="",job="日本"'],
  ["/metrics/job/%F0%9F%94%A5", 'instance="",job="🔥"'],
  ["/metrics/job/a%22b%0Ac%5Cd", 'instance="",job="a\\"b\\nc\\\\d"'],
  ["/metrics/job/a/b/%3Cscript%3E", 'b="<script>",instance="",job="a"'],
  ["/metrics/job/%6Aob/%62/1", 'b="1",instance="",job="job"'],
  ["/metrics/job/path%2Fvar", 'instance="",job="path/var"'],
  ["/metrics/job/a/path/%2Fvar%2ftmp", 'instance="",job="a",path="/var/tmp"'],
  ["/metrics/job/a/b/%2F", 'b="/",instance="",job="a"'],
  ["/metrics/job@base64/L3Zhci90bXA", 'instance="",job="/var/tmp"'],
  ["/metrics/job@base64/L3Zhci90bXA=", 'instance="",job="/var/tmp"'],
  ["/metrics/job%40base64/L3Zhci90bXA%3D", 'instance="",job="/var/tmp"'],
  ["/metrics/job@base64/4pyT4pyTaW4", 'instance="",job="✓✓in"'],
  ["/metrics/job/a/path@base64/L3Zhci90bXA", 'instance="",job="a",path="/var/tmp"'],
  ["/metrics/job/a/path@base64/L3Zhci90bXA=", 'instance="",job="a",path="/var/tmp"'],
  ["/metrics/job/a/path%40base64/L3Zhci90bXA", 'instance="",job="a",path="/var/tmp"'],
  ["/metrics/job/a/b@base64/Pj4-Pz8_", 'b=">>>???",instance="",job="a"'],
  ["/metrics/job/a/b@base64/=", 'b="",instance="",job="a"'],
  ["/metrics/job/a/b@base64/", 'b="",instance="",job="a"'],
  ["/metrics/job/a/instance@base64/=", 'instance="",job="a"'],
  ["/metrics/job/a/b/1/b/2", 'b="2",instance="",job="a"'],
  ["/metrics/job/a/b/1/b@base64/Mg", 'b="2",instance="",job="a"'],
  ["/metrics/job/a/job/b", 'instance="",job="a"'],
  ["/metrics/job/a/job@base64/Yg", 'instance="",job="a"'],
  ["/metrics/job/a/job/b/c/1", 'c="1",instance="",job="a"'],
  ["/metrics/job/a/_x9/1", '_x9="1",instance="",job="a"'],
  ["/metrics/job/a/le/1/quantile/2", 'instance="",job="a",le="1",quantile="2"'],
  [`/metrics/job/${"j".repeat(4000)}`, `instance="",job="${"j".repeat(4000)}"`],
  [
    `/metrics/job/a${Array.from({ length: 60 }, (_, i) => `/l${i + 10}/${i}`).join("")}`,
    `instance="",job="a",${Array.from({ length: 60 }, (_, i) => `l${i + 10}="${i}"`).join(",")}`,
  ],
];

const EMPTY_SEGMENT = "empty segment in the path; write an empty value as LABEL@base64/=";

/** Path, and what is said of it; the same for each method. */
const REFUSED: readonly (readonly [path: string, message: string])[] = [
  ["/metrics/job/a/b", 'odd number of components in label string "/b"'],
  ["/metrics/job/a/b/c/d", 'odd number of components in label string "/b/c/d"'],
  ["/metrics/job/a/b/1/", 'odd number of components in label string "/b/1/"'],
  ["/metrics/job/a/b/c/d?x", 'odd number of components in label string "/b/c/d"'],
  ["/metrics/job/a/%22/c/d", 'odd number of components in label string "/\\"/c/d"'],
  ["/metrics/job/a/b-c/1", 'improper label name "b-c"'],
  ["/metrics/job/a/b.c/1", 'improper label name "b.c"'],
  ["/metrics/job/a/b:c/1", 'improper label name "b:c"'],
  ["/metrics/job/a/9b/1", 'improper label name "9b"'],
  ["/metrics/job/a/%C3%BC/1", 'improper label name "ü"'],
  ["/metrics/job/a/__b/1", 'improper label name "__b"'],
  ["/metrics/job/a/__name__/1", 'improper label name "__name__"'],
  ["/metrics/job/a/b-c@base64/MQ", 'improper label name "b-c"'],
  ["/metrics/job/a/@base64/MQ", 'improper label name ""'],
  ["/metrics/job@base64/=", "job name is required"],
  ["/metrics/job@base64/=/b/1", "job name is required"],
  ["/metrics/job/", "job name is required"],
  ["/metrics/job/a/l@base64/a", base64Error('for label l="a"', 0)],
  ["/metrics/job/a/l@base64/Zm9v$$", base64Error('for label l="Zm9v$$"', 4)],
  ["/metrics/job/a/l@base64/a+b=", base64Error('for label l="a+b="', 1)],
  ["/metrics/job/a/l@base64/Z%2FZ=", base64Error('for label l="Z/Z="', 1)],
  ["/metrics/job@base64/a", base64Error('in job name ""', 0)],
  ["/metrics/job@base64/Zm9v$$", base64Error('in job name "foo"', 4)],
  ["/metrics/job@base64/a+b=", base64Error('in job name ""', 1)],
  ["/metrics/job/%ff", 'path segment "%ff" is not valid UTF-8'],
  ["/metrics/job/a/b/%C3", 'path segment "%C3" is not valid UTF-8'],
  ["/metrics/job/a/b/%ED%A0%80", 'path segment "%ED%A0%80" is not valid UTF-8'],
  ["/metrics/job/a/%ff/1", 'path segment "%ff" is not valid UTF-8'],
  ["/metrics/job@base64/_w", "job name is not valid UTF-8"],
  ["/metrics/job/a/b@base64/_w", "value of label b is not valid UTF-8"],
  ["/metrics/job/a/b/%zz", 'invalid URL escape "%zz"'],
  ["/metrics/job/a/b/1%", 'invalid URL escape "%"'],
  ["/metrics/job/a/b/%4", 'invalid URL escape "%4"'],
  ["/metrics/job//b/1", EMPTY_SEGMENT],
  ["/metrics/job/a//b", EMPTY_SEGMENT],
  ["/metrics/job/a//b/c", EMPTY_SEGMENT],
  ["/metrics/job/a/b//", EMPTY_SEGMENT],
  ["/metrics/job/a/b//c/1", EMPTY_SEGMENT],
  ["/metrics/job/a//", EMPTY_SEGMENT],
];

/** Segments that a URL does not preserve: Bun and Workers fold them away before the gateway sees them. */
const DOT_SEGMENTS: readonly string[] = ["..", ".", "%2e%2e", "%2E", ".%2e", "%2e."];

const BODY = "m 1\n";

/** The suite. */
export function describePushPath(use: Use): void {
  describe("grouping key of a path", () => {
    runCases(
      use,
      KEYS.map(([path, labels]): Case => ({
        title: shorten(path),
        request: put(path, BODY),
        status: 200,
        body: "",
        exposes: `# TYPE m untyped\nm{${labels}} 1\n`,
        groups: { [labels]: "pushed" },
      })),
    );
  });

  describe("one key by several paths", () => {
    const one = post("/metrics/job/a/b/1/c/2", "m 1\n");
    runCases(use, [
      ...[
        "/metrics/job/a/c/2/b/1",
        "/metrics/job/a/b@base64/MQ/c@base64/Mg",
        "/metrics/job@base64/YQ==/c/3/b/1/c/2",
        "/metrics/job/a/job/x/b/1/c/2",
      ].map((path): Case => ({
        title: `DELETE ${path}`,
        given: [one],
        request: remove(path),
        status: 202,
        body: "",
        groups: {},
      })),
      {
        title: "order of the labels does not matter to POST",
        given: [one],
        request: post("/metrics/job/a/c/2/b/1", "n 2\n"),
        status: 200,
        exposes: [
          '# TYPE m untyped\nm{b="1",c="2",instance="",job="a"} 1\n',
          '# TYPE n untyped\nn{b="1",c="2",instance="",job="a"} 2\n',
        ].join(""),
      },
      {
        title: "DELETE takes the exact group, not those with more labels",
        given: [put("/metrics/job/a", BODY), put("/metrics/job/a/b/1", BODY)],
        request: remove("/metrics/job/a"),
        status: 202,
        groups: { 'b="1",instance="",job="a"': "pushed" },
      },
    ]);
  });

  describe("no grouping key", () => {
    const requests = (
      path: string,
    ): Outgoing[] => [put(path, BODY), post(path, BODY), remove(path)];
    runCases(
      use,
      REFUSED.flatMap(([path, message]) =>
        requests(path).map((request) => unreadable(`${request.method} ${path}`, request, message))
      ),
    );
  });

  describe("a key that repeats another one but for an empty instance", () => {
    const again = "pushed metrics are invalid or inconsistent with existing metrics: " +
      'collected metric "push_time_seconds" ' +
      '{ label:{name:"instance" value:""} label:{name:"job" value:"a"} gauge:{value:';
    const cases = (first: string, second: string): Case[] =>
      [put, post].map((push): Case => {
        const request = push(second, "other 1\n");
        return {
          title: `${request.method} ${second} beside ${first}`,
          given: [put(first, BODY)],
          request,
          status: 400,
          headers: ERROR_HEADERS,
          body: new RegExp(`^${literally(again)}.* was collected before`),
          exposes: '# TYPE m untyped\nm{instance="",job="a"} 1\n',
          groups: { 'instance="",job="a"': "pushed" },
        };
      });
    runCases(use, [
      ...cases("/metrics/job/a", "/metrics/job/a/instance@base64/="),
      ...cases("/metrics/job/a/instance@base64/=", "/metrics/job/a"),
    ]);
  });

  describe("dot segments and backslashes", () => {
    it.each(DOT_SEGMENTS)("DELETE /metrics/job/a/instance/%s", async (segment) => {
      await wipe(use());
      await send(use(), put("/metrics/job/a", BODY));
      const answer = await send(use(), remove(`/metrics/job/a/instance/${segment}`));
      if (use().rawPathVisible) {
        const hint = "is not preserved in URLs; write it in base64 as LABEL@base64/VALUE";
        expect(answer).toMatchObject({ status: 400, text: `path segment "${segment}" ${hint}\n` });
        expect((await held(use())).groups).toEqual({ 'instance="",job="a"': "pushed" });
      } else if (segment.replaceAll(/%2e/gi, ".") === "..") {
        expect(answer).toMatchObject({ status: 202, text: "" });
        expect((await held(use())).groups).toEqual({});
      } else {
        expect(answer).toMatchObject({ status: 202, text: "" });
        expect((await held(use())).groups).toEqual({ 'instance="",job="a"': "pushed" });
      }
    });

    it("PUT /metrics/job/a/b/c\\d", async () => {
      await wipe(use());
      const answer = await send(use(), put("/metrics/job/a/b/c\\d", BODY));
      expect(answer.status).toBe(400);
      expect(answer.text).toBe(
        use().rawPathVisible
          ? 'path segment "c\\\\d" is not preserved in URLs; ' +
            "write it in base64 as LABEL@base64/VALUE\n"
          : 'odd number of components in label string "/b/c/d"\n',
      );
      expect((await held(use())).groups).toEqual({});
    });
  });

  describe("methods of a group", () => {
    const Allow = "DELETE, OPTIONS, POST, PUT";
    const paths = ["/metrics/job/a", "/metrics/job/a/b/1", "/metrics/job@base64/YQ"];
    runCases(
      use,
      paths.flatMap((path): Case[] => [
        ...["GET", "PATCH", "HEAD"].map((method): Case => ({
          title: `${method} ${path}`,
          request: { method, path },
          status: 405,
          headers: { allow: Allow, ...ERROR_HEADERS },
          body: method === "HEAD" ? "" : "Method Not Allowed\n",
          groups: {},
        })),
        {
          title: `OPTIONS ${path}`,
          request: { method: "OPTIONS", path },
          status: 200,
          headers: { allow: Allow, "access-control-allow-origin": undefined },
          body: "",
          groups: {},
        },
      ]),
    );
  });

  describe("paths beside", () => {
    const outside = [
      put("/metrics/job", BODY),
      post("/metrics/job", BODY),
      remove("/metrics/job"),
      put("/metrics/job@base64", BODY),
      put("/metrics/jobs/a", BODY),
      put("/metrics/Job/a", BODY),
      put("/Metrics/job/a", BODY),
      put("/metrics/instance/a", BODY),
      put("/job/a", BODY),
      put("/metrics/", BODY),
      get("/metrics/job"),
    ];
    runCases(
      use,
      outside.map((request): Case => ({
        title: `${request.method} ${request.path}`,
        request,
        status: 404,
        headers: ERROR_HEADERS,
        body: "404 page not found\n",
        groups: {},
      })),
    );
  });
}

function base64Error(where: string, at: number): string {
  return `invalid base64 encoding ${where}: illegal base64 data at input byte ${at}`;
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function shorten(path: string): string {
  return path.length > 80 ? `${path.slice(0, 80)}…` : path;
}
