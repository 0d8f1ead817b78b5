import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readBody } from "../../src/http/request-body.ts";
import { GatewayError } from "../../src/model/error.ts";

const TEXT = "x 1\n".repeat(100);

interface Init {
  readonly headers?: Record<string, string>;
  readonly body?: BodyInit;
}

function request({ headers = {}, body }: Init): Request {
  const init = { method: "POST", headers, duplex: "half", ...(body !== undefined && { body }) };
  return new Request("http://gateway/", init as RequestInit);
}

function stream(...chunks: (string | Error)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else if (chunk instanceof Error) controller.error(chunk);
      else controller.enqueue(new TextEncoder().encode(chunk));
    },
  });
}

async function read(init: Init, maxSize = 1000): Promise<string> {
  const { bytes, wireSize } = await readBody(request(init), maxSize);
  return `${wireSize}: ${new TextDecoder().decode(bytes)}`;
}

async function errorOf(init: Init, maxSize = 1000): Promise<string> {
  const error: unknown = await readBody(request(init), maxSize).catch((error) => error);
  expect(error).toBeInstanceOf(GatewayError);
  return `${(error as GatewayError).kind}: ${(error as GatewayError).message}`;
}

const LIMIT = "too-large: request body exceeds 1000 bytes, the limit set by --push.max-body-size";

describe("readBody", () => {
  it.each<[string, Init, string]>([
    ["none", {}, "0: "],
    ["an empty one", { body: "" }, "0: "],
    ["a text", { body: "x 1\n" }, "4: x 1\n"],
    ["bytes as they are", { body: new Uint8Array([239, 187, 191, 97]) }, "4: a"],
    ["of announced length", { body: "x 1\n", headers: { "Content-Length": "4" } }, "4: x 1\n"],
    ["in chunks", { body: stream("x ", "", "1", "\n") }, "4: x 1\n"],
    ["an empty stream", { body: stream() }, "0: "],
    ["identity", { body: "x", headers: { "Content-Encoding": "identity" } }, "1: x"],
    ["an empty encoding", { body: "x", headers: { "Content-Encoding": "" } }, "1: x"],
  ])("reads %s", async (_, init, expected) => expect(await read(init)).toBe(expected));

  it("weighs a compressed body as it came", async () => {
    const body = new Uint8Array(gzipSync(TEXT));
    const headers = { "Content-Encoding": "gzip" };
    expect(await read({ body, headers })).toBe(`${body.length}: ${TEXT}`);
    expect(await read({ body, headers: { "Content-Encoding": "X-Gzip" } }))
      .toBe(`${body.length}: ${TEXT}`);
  });

  it("takes what is just within the limit, on the wire and inflated", async () => {
    expect(await read({ body: TEXT }, 400)).toBe(`400: ${TEXT}`);
    expect(await read({ body: stream(TEXT) }, 400)).toBe(`400: ${TEXT}`);
    const body = new Uint8Array(gzipSync(TEXT));
    expect(await read({ body, headers: { "Content-Encoding": "gzip" } }, 400)).toContain(TEXT);
  });

  it.each<[string, Init, string]>([
    ["an announced length", { body: "x", headers: { "Content-Length": "1001" } }, LIMIT],
    ["a text", { body: "x".repeat(1001) }, LIMIT],
    ["a stream", { body: stream("x".repeat(600), "x".repeat(600)) }, LIMIT],
    [
      "what is inflated",
      { body: new Uint8Array(gzipSync("x".repeat(1001))), headers: { "Content-Encoding": "gzip" } },
      LIMIT.replace("request body", "inflated request body"),
    ],
  ])("refuses %s beyond the limit", async (_, init, message) => {
    expect(await errorOf(init)).toBe(message);
  });

  it("stops reading a stream at the limit", async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(300));
      },
    });
    expect(await errorOf({ body: endless })).toBe(LIMIT);
    // Four chunks pass the limit; the stream itself keeps one in hand.
    expect(pulled).toBeLessThanOrEqual(5);
  });

  it.each<[string, Init, RegExp]>([
    [
      "an unknown encoding",
      { body: "x", headers: { "Content-Encoding": "br" } },
      /^unsupported: .*"br"/,
    ],
    ["corrupt gzip", { body: "x", headers: { "Content-Encoding": "gzip" } }, /^malformed: gzip: /],
    ["empty gzip", { body: "", headers: { "Content-Encoding": "gzip" } }, /^malformed: gzip: EOF/],
    [
      "a connection that breaks",
      { body: stream("x", new Error("reset")) },
      /^malformed: cannot read/,
    ],
  ])("refuses %s", async (_, init, message) => expect(await errorOf(init)).toMatch(message));
});
