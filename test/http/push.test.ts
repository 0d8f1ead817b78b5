import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { HttpContext, HttpOptions } from "../../src/http/context.ts";
import { handlePush } from "../../src/http/push.ts";
import { GatewayError } from "../../src/model/error.ts";
import { message, single } from "../parse/protobuf-encode.ts";
import { createFakeContext, type FakeContext, requestTo } from "./fake-context.ts";

interface Answer extends FakeContext {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
}

async function push(
  init: RequestInit & { path?: string } = {},
  options: Partial<HttpOptions> = {},
  parts: Partial<HttpContext> = {},
): Promise<Answer> {
  const { path = "/metrics/job/a", ...rest } = init;
  const fake = createFakeContext(options, parts);
  const request = requestTo(path, { method: "PUT", source: "192.0.2.1:5", ...rest });
  const response = await handlePush(fake.context, request);
  return {
    ...fake,
    status: response.status,
    body: await response.text(),
    headers: response.headers,
  };
}

const REFUSED = "pushed metrics are invalid or inconsistent with existing metrics: ";

describe("handlePush", () => {
  it.each([["PUT", true], ["POST", false]])("writes what a %s says", async (method, replace) => {
    const { status, body, writes, clock } = await push({ method, body: "x 1\ny 2\n" });
    expect([status, body]).toEqual([200, ""]);
    expect(writes).toMatchObject([
      { kind: "push", key: { id: 'job="a"' }, replace, at: clock.now(), families: [{}, {}] },
    ]);
  });

  it("takes UTF-8 names in path and body when they are enabled", async () => {
    const init = { path: "/metrics/job/a/U__b_2e_c/d", body: '{"x.y","l.m"="n"} 1\n' };
    const { status, writes } = await push(init, { enableUtf8Names: true });
    expect(status).toBe(200);
    expect(writes).toMatchObject([
      { key: { id: '"b.c"="d",job="a"' }, families: [{ name: "x.y", utf8: true }] },
    ]);
    expect(await push({ ...init, path: "/metrics/job/a" })).toMatchObject({
      status: 400,
      body: 'text format parsing error in line 1: invalid metric name "x.y"\n',
    });
    expect(await push({ path: "/metrics/job/a/b.c/d", body: "x 1\n" })).toMatchObject({
      status: 400,
      body: 'improper label name "b.c"\n',
    });
  });

  it("answers 202 when pushes are not checked", async () => {
    expect((await push({ body: "x 1\nx 1\n" }, { checkConsistency: false })).status).toBe(202);
  });

  it("reads a body without Content-Type, or with a foreign one, as text", async () => {
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    expect((await push({ body: "x 1\n", headers })).status).toBe(200);
    expect((await push({ body: new TextEncoder().encode("x 1\n") })).status).toBe(200);
  });

  it("reads a body of delimited protobuf", async () => {
    const headers = {
      "Content-Type": "application/vnd.google.protobuf; " +
        "proto=io.prometheus.client.MetricFamily; encoding=delimited",
    };
    const body = new Uint8Array(single("gauge", message([1, 2.5])));
    const { status, writes } = await push({ body, headers });
    expect(status).toBe(200);
    expect(writes).toMatchObject([{ families: [{ name: "x", series: [{ sample: 2.5 }] }] }]);
    const cut = await push({ body: body.subarray(1), headers });
    expect([cut.status, cut.writes]).toEqual([400, []]);
    expect(cut.body).toMatch(/^protobuf parsing error in message 1: /);
  });

  it("reads a compressed body", async () => {
    const { status, writes } = await push({
      body: new Uint8Array(gzipSync("x 1\n")),
      headers: { "Content-Encoding": "gzip" },
    });
    expect(status).toBe(200);
    expect(writes).toMatchObject([{ families: [{ name: "x" }] }]);
  });

  it.each<[string, RequestInit & { path?: string }, number, string]>([
    [
      "a path",
      { path: "/metrics/job/a/b", body: "x 1\n" },
      400,
      'odd number of components in label string "/b"\n',
    ],
    [
      "a body",
      { body: "x 1\nx bar\n" },
      400,
      'text format parsing error in line 2: expected float as value, got "bar"\n',
    ],
    ["an encoding", { body: "x 1\n", headers: { "Content-Encoding": "gzip" } }, 400, "gzip: "],
    [
      "the path before the body",
      { path: "/metrics/job/", body: "x" },
      400,
      "job name is required\n",
    ],
    ["too much", { body: "x".repeat(1001) }, 413, "--push.max-body-size\n"],
  ])("refuses %s that cannot be read and writes nothing", async (_, init, status, text) => {
    const answer = await push(init);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(text);
    expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(answer.writes).toEqual([]);
    expect(answer.logged).toMatchObject([{
      level: "debug",
      fields: { method: "PUT", source: "192.0.2.1:5", err: answer.body.trimEnd() },
    }]);
  });

  it("names the encodings that it takes when it gets another", async () => {
    const { status, headers } = await push({ body: "x", headers: { "Content-Encoding": "br" } });
    expect([status, headers.get("Accept-Encoding")]).toEqual([
      415,
      "gzip, deflate, snappy, zstd, identity",
    ]);
  });

  it("tells of an inconsistent push, in the answer and in the log", async () => {
    const { status, body, logged } = await push({ body: "x 1 1\n" });
    expect([status, body]).toEqual([400, `${REFUSED}pushed metrics must not have timestamps\n`]);
    expect(logged).toMatchObject([{
      level: "error",
      msg: "push refused",
      fields: { method: "PUT", source: "192.0.2.1:5", err: body.trimEnd() },
    }]);
  });

  it("answers 503 with the reason when the push could not be stored", async () => {
    const write = () => Promise.reject(new GatewayError("unavailable", "disk full"));
    const { status, body, logged } = await push({ body: "x 1\n" }, {}, { write });
    expect([status, body]).toEqual([503, "disk full\n"]);
    // Told where storage is found to be in trouble, once and not for every push.
    expect(logged).toMatchObject([{ level: "debug", msg: "push failed" }]);
  });

  it("answers when the write is stored and not before", async () => {
    const fake = createFakeContext();
    let store = () => {};
    const stored = new Promise<void>((resolve) => {
      store = resolve;
    });
    const { write } = fake.context;
    const context: HttpContext = {
      ...fake.context,
      write: async (change) => {
        const applied = await write(change);
        await stored;
        return applied;
      },
    };
    let answered = false;
    const answer = Promise.resolve(
      handlePush(context, requestTo("/metrics/job/a", { method: "PUT", body: "x 1\n" })),
    ).then(({ status }) => {
      answered = true;
      return status;
    });
    while (fake.writes.length === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    expect(answered).toBe(false);
    store();
    expect(await answer).toBe(200);
  });

  it("does not swallow what is no error of the client's", async () => {
    const write = () => Promise.reject(new TypeError("ours"));
    await expect(push({ body: "x 1\n" }, {}, { write })).rejects.toThrow(TypeError);
  });

  it("takes the duration and the size of every push, also of a refused one", async () => {
    const fake = createFakeContext();
    const { write } = fake.context;
    const context: HttpContext = {
      ...fake.context,
      write: (change) => {
        fake.clock.advance(250);
        return write(change);
      },
    };
    const path = "/metrics/job/a";
    const line = (method: string) => method.length + path.length + "HTTP/1.1".length;
    for (const [method, body] of [["PUT", "x 1\n"], ["POST", "x 1 1\n"], ["POST", "x"]] as const) {
      const bytes = new TextEncoder().encode(body);
      await handlePush(context, requestTo(path, { method, body: bytes }));
    }
    expect(fake.pushes).toEqual([
      { method: "put", seconds: 0.25, bytes: line("PUT") + 4 },
      { method: "post", seconds: 0.25, bytes: line("POST") + 6 },
      { method: "post", seconds: 0, bytes: line("POST") + 1 },
    ]);
  });

  it.each([["1234", 1234], ["no number", 0]])(
    "goes by the announced length %j where a body is not read",
    async (announced, expected) => {
      const headers = { "Content-Length": announced };
      const { pushes } = await push({ path: "/metrics/job/", headers });
      const others = "PUT/metrics/job/HTTP/1.1Content-Length".length + announced.length;
      expect(pushes).toMatchObject([{ bytes: others + expected }]);
    },
  );
});
