/** What PUT, POST and DELETE do to groups, which labels series end up with. */

import { describe } from "vitest";
import { type Case, GROUP, LABELS, runCases, type Use } from "./cases.ts";
import { post, put, remove } from "./client.ts";

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
}
