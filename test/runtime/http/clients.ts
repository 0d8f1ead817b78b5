/** Requests as client libraries send them, byte for byte where it matters: method, path, headers. Protobuf bodies are not among them. */

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Case, LABELS, runCases, type Use } from "./cases.ts";
import type { Outgoing } from "./client.ts";
import { held, wipe } from "./held.ts";
import { talk } from "./wire.ts";

const TEXT = "# HELP m Some help.\n# TYPE m gauge\nm 3.14\n";

/** prometheus_client for Python: urllib, sorted keys, padded base64 for slashes and blanks, a Content-Type always. */
const PYTHON_HEADERS: Readonly<Record<string, string>> = {
  "Accept-Encoding": "identity",
  "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
  "User-Agent": "Python-urllib/3.11",
  "Connection": "close",
};

/** prom-client for Node: node:http, no Content-Type, encodeURIComponent. */
const NODE_HEADERS: Readonly<Record<string, string>> = { "Connection": "close" };

/** curl --data-binary. */
const CURL_HEADERS: Readonly<Record<string, string>> = {
  "User-Agent": "curl/7.88.1",
  "Accept": "*/*",
  "Content-Type": "application/x-www-form-urlencoded",
};

/** client_golang and client_java, told to push text. */
const GO_HEADERS: Readonly<Record<string, string>> = {
  "User-Agent": "Go-http-client/1.1",
  "Content-Type": "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
  "Accept-Encoding": "gzip",
};

const JAVA_HEADERS: Readonly<Record<string, string>> = {
  "User-Agent": "Java/17.0.1",
  "Accept": "text/html, image/gif, image/jpeg, */*; q=0.2",
  "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
  "Connection": "keep-alive",
};

/** Client, path as it writes it, and the label text of the group. */
const GROUPS: readonly (readonly [string, Readonly<Record<string, string>>, string, string])[] = [
  ["Python", PYTHON_HEADERS, "/metrics/job/some_job", 'instance="",job="some_job"'],
  ["Python", PYTHON_HEADERS, "/metrics/job@base64/L3Zhci90bXA=", 'instance="",job="/var/tmp"'],
  ["Python", PYTHON_HEADERS, "/metrics/job@base64/YSBi/x@base64/=", 'instance="",job="a b",x=""'],
  [
    "Python",
    PYTHON_HEADERS,
    "/metrics/job/a/b/1/instance/10.0.0.1%3A80",
    'b="1",instance="10.0.0.1:80",job="a"',
  ],
  ["prom-client", NODE_HEADERS, "/metrics/job/some_job", 'instance="",job="some_job"'],
  [
    "prom-client",
    NODE_HEADERS,
    "/metrics/job/%2Fvar%2Ftmp/x/a%20b%3F",
    'instance="",job="/var/tmp",x="a b?"',
  ],
  ["prom-client", NODE_HEADERS, "/metrics/job/a/x/", 'instance="",job="a",x=""'],
  ["curl", CURL_HEADERS, "/metrics/job/some_job/instance/i", 'instance="i",job="some_job"'],
  ["client_golang", GO_HEADERS, "/metrics/job@base64/L3Zhci90bXA", 'instance="",job="/var/tmp"'],
  ["client_golang", GO_HEADERS, "/metrics/job/a+b/x@base64/=", 'instance="",job="a+b",x=""'],
  [
    "client_java",
    JAVA_HEADERS,
    "/metrics/job@base64/L3Zhci90bXA=/x@base64/=",
    'instance="",job="/var/tmp",x=""',
  ],
];

/** The suite. */
export function describeClients(use: Use): void {
  describe("push and delete", () => {
    runCases(
      use,
      GROUPS.flatMap(([client, headers, path, labels]): Case[] => {
        const exposes = `# HELP m Some help.\n# TYPE m gauge\nm{${labels}} 3.14\n`;
        const pushes = ["PUT", "POST"].map((method): Outgoing => ({
          method,
          path,
          headers,
          body: TEXT,
        }));
        return [
          ...pushes.map((request): Case => ({
            title: `${client} ${request.method} ${path}`,
            request,
            status: 200,
            body: "",
            exposes,
            groups: { [labels]: "pushed" },
          })),
          {
            title: `${client} DELETE ${path}`,
            given: pushes,
            request: { method: "DELETE", path, headers },
            status: 202,
            body: "",
            groups: {},
          },
        ];
      }),
    );
  });

  describe("compressed", () => {
    const clients = [["Python", PYTHON_HEADERS], ["prom-client", NODE_HEADERS]] as const;
    runCases(
      use,
      clients.map(([client, headers]): Case => ({
        title: client,
        request: {
          method: "PUT",
          path: "/metrics/job/a",
          headers: { ...headers, "Content-Encoding": "gzip" },
          body: gzipSync(TEXT),
        },
        status: 200,
        exposes: `# HELP m Some help.\n# TYPE m gauge\nm{${LABELS}} 3.14\n`,
      })),
    );
  });

  it("credentials that nobody asked for are ignored", async () => {
    await wipe(use());
    const request = [
      "PUT /metrics/job/a HTTP/1.1",
      "Accept-Encoding: identity",
      "Content-Type: text/plain; version=0.0.4; charset=utf-8",
      `Content-Length: ${TEXT.length}`,
      "Host: localhost:9091",
      "User-Agent: Python-urllib/3.11",
      "Authorization: Basic dXNlcjpwYXNz",
      "Connection: close",
    ];
    const { answers } = await talk(use(), {
      send: `${request.join("\r\n")}\r\n\r\n${TEXT}`,
      answers: 1,
    });
    expect(answers).toMatchObject([{ status: 200, text: "" }]);
    expect((await held(use())).groups).toEqual({ [LABELS]: "pushed" });
  });
}
