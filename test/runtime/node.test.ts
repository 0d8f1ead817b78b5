/** The bridge to node:http: what gets in, what gets out, and how it ends. */

import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { plainResponse } from "../../src/runtime/guard.ts";
import type { FetchHandler, Listener } from "../../src/runtime/listener.ts";
import { LIMITS, listen } from "../../src/runtime/node.ts";
import { connectRaw, get, pushHead } from "./raw-http.ts";

const open = new Set<Listener>();

afterEach(() => {
  for (const listener of open) {
    void listener.close();
    listener.destroy();
  }
  open.clear();
});

async function start(handler: FetchHandler): Promise<{ listener: Listener; url: string }> {
  const listener = await listen({ hostname: "127.0.0.1", port: 0 }, handler);
  open.add(listener);
  return { listener, url: `http://${listener.address}` };
}

const echo: FetchHandler = async (request, context) =>
  Response.json({ method: request.method, ...pick(context), body: await request.text() });

function pick({ rawTarget, remoteAddress }: Parameters<FetchHandler>[1]): object {
  return { rawTarget, remoteAddress };
}

describe("listen", () => {
  it("shows the raw target and the client's address", async () => {
    const { url } = await start(echo);
    const connection = await connectRaw(url);
    connection.send(get("/a/../b%2e%2E/c?d=../e"));
    const answer = await connection.waitFor(/}/);
    expect(answer).toContain('"rawTarget":"/a/../b%2e%2E/c?d=../e","remoteAddress":"127.0.0.1"');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    connection.drop();
  });

  it("hands over bodies, sent whole or in chunks", async () => {
    const { url } = await start(echo);
    const whole = await fetch(url, { method: "PUT", body: "some body" });
    expect(await whole.json()).toMatchObject({ method: "PUT", body: "some body" });
    const connection = await connectRaw(url);
    connection.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    connection.send("4\r\nsome\r\n5\r\n body\r\n0\r\n\r\n");
    expect(await connection.waitFor(/}/)).toContain('"body":"some body"');
    connection.drop();
  });

  it("sends large answers whole", async () => {
    const bytes = new Uint8Array(5_000_000).map((_, index) => index % 251);
    const { url } = await start(() => new Response(bytes));
    const answer = Buffer.from(await (await fetch(url)).arrayBuffer());
    // A matcher would compare byte by byte what it first made a list of.
    expect(answer.equals(bytes)).toBe(true);
  });

  it("sends an empty answer without chunks, and HEAD without a body", async () => {
    const { url } = await start((request) =>
      new Response(request.method === "HEAD" ? "not sent" : null)
    );
    const push = await fetch(url, { method: "PUT", body: "x" });
    expect(push.headers.get("content-length")).toBe("0");
    const head = await fetch(url, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  it.each([
    ["malformed host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
    ["no host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["no HTTP", "hello\r\n\r\n", 400],
    [
      "two lengths",
      "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
      400,
    ],
    ["a tunnel", "CONNECT a:80 HTTP/1.1\r\nHost: x\r\n\r\n", 405],
    ["HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", 200],
    ["a head of 100 kB", `GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 200],
    ["a head of 2 MB", `GET /${"a".repeat(2_000_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  ])("answers %s", async (_, request, status) => {
    const { url } = await start(echo);
    const connection = await connectRaw(url);
    connection.send(request);
    expect(await connection.waitFor(/\r\n\r\n/)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    connection.drop();
  });

  it("bounds slow clients, but not idle connections at 5 s", () => {
    expect(LIMITS.keepAliveTimeout).toBeGreaterThanOrEqual(5 * 60_000);
    expect(LIMITS.headersTimeout).toBeGreaterThan(0);
    expect(LIMITS.requestTimeout).toBeGreaterThan(LIMITS.headersTimeout ?? Infinity);
  });

  it("rejects with the system's error", async () => {
    const { listener } = await start(echo);
    const port = Number(listener.address.split(":")[1]);
    await expect(listen({ hostname: "127.0.0.1", port }, echo)).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
  });
});

describe("close", () => {
  it("lets a request in flight finish and drops connections without one", async () => {
    const { listener, url } = await start(echo);
    const kept = await connectRaw(url);
    kept.send(get("/"));
    await kept.waitFor(/}/);
    const silent = await connectRaw(url);
    const slow = await connectRaw(url);
    slow.send(`${pushHead("/", 4)}so`);
    const other = await connectRaw(url);
    other.send(get("/"));
    await other.waitFor(/}/);

    const closed = listener.close();
    await kept.closed;
    slow.send("me");
    expect(await slow.waitFor(/}/)).toContain('"body":"some"');
    await Promise.all([closed, silent.closed, slow.closed, other.closed]);
    const refused = connect(Number(listener.address.split(":")[1]), "127.0.0.1");
    const error = await new Promise((resolve) => refused.once("error", resolve));
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("does not wait for a client that went away", async () => {
    const { listener, url } = await start(async (request) => {
      try {
        return new Response(await request.text());
      } catch {
        return plainResponse(400, "gone");
      }
    });
    const slow = await connectRaw(url);
    slow.send(`${pushHead("/", 4)}so`);
    const other = await connectRaw(url);
    other.send(get("/"));
    await other.waitFor(/\r\n\r\n/);
    const closed = listener.close();
    slow.drop();
    await expect(closed).resolves.toBeUndefined();
  });

  it("is cut short by destroy", async () => {
    const { listener, url } = await start(() => new Promise(() => {}));
    const stuck = await connectRaw(url);
    stuck.send(get("/"));
    const other = await connectRaw(url);
    other.send("NONSENSE\r\n\r\n");
    await other.closed;
    const closed = listener.close();
    listener.destroy();
    await Promise.all([closed, stuck.closed]);
  });
});
