/** Requests that are no HTTP, or break off: answered with an error or by closing the connection, and never felt by anybody else. */

import { describe, expect, it } from "vitest";
import { GROUP, LABELS, type Use } from "./cases.ts";
import { get, put, send } from "./client.ts";
import { held, wipe } from "./held.ts";
import { talk } from "./wire.ts";

const PUT = `PUT ${GROUP} HTTP/1.1\r\nHost: test\r\n`;
const GET = "GET /-/healthy HTTP/1.1\r\nHost: test\r\n";

/** What is sent. None of it is a complete, valid request that could be carried out. */
const MALFORMED: Readonly<Record<string, string>> = {
  "nothing": "",
  "one word": "GARBAGE\r\n\r\n",
  "binary": "\x00\x01\x02\xff\xfe\r\n\r\n",
  "a greeting of TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "\x00".repeat(64),
  "half a head": "GET /-/healthy HTTP/1.1\r\nHo",
  "an unknown version": "GET /-/healthy HTTP/9.9\r\nHost: test\r\n\r\n",
  "an unknown protocol": "GET /-/healthy FTP/1.1\r\nHost: test\r\n\r\n",
  "no target": "GET  HTTP/1.1\r\nHost: test\r\n\r\n",
  "an unknown method": `NONSENSE ${GROUP} HTTP/1.1\r\nHost: test\r\n\r\n`,
  "a method in small letters": `put ${GROUP} HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n`,
  "a header without a colon": `${GET}nonsense\r\n\r\n`,
  "a header without a name": `${GET}: x\r\n\r\n`,
  "a header with a blank in its name": `${GET}X Y: x\r\n\r\n`,
  "a header with a zero byte": `${GET}X: a\0b\r\n\r\n`,
  "a head of 2 MB": `${GET}X: ${"x".repeat(2 << 20)}\r\n\r\n`,
  "two lengths": `${PUT}Content-Length: 4\r\nContent-Length: 5\r\n\r\nm 1\n\n`,
  "a negative length": `${PUT}Content-Length: -4\r\n\r\nm 1\n`,
  "a length that is no number": `${PUT}Content-Length: abc\r\n\r\nm 1\n`,
  "a length in hexadecimal": `${PUT}Content-Length: 0x4\r\n\r\nm 1\n`,
  "a length beyond all numbers": `${PUT}Content-Length: 99999999999999999999999\r\n\r\nm 1\n`,
  "a chunk size that is no number":
    `${PUT}Transfer-Encoding: chunked\r\n\r\nzz\r\nm 1\n\r\n0\r\n\r\n`,
  "a chunk size beyond all numbers": `${PUT}Transfer-Encoding: chunked\r\n\r\n${
    "f".repeat(40)
  }\r\nm 1\n`,
  "a chunk longer than its size": `${PUT}Transfer-Encoding: chunked\r\n\r\n2\r\nm 1\n\r\n0\r\n\r\n`,
  "an unknown transfer encoding": `${PUT}Transfer-Encoding: nonsense\r\n\r\nm 1\n`,
  "a body shorter than its length": `${PUT}Content-Length: 40\r\n\r\nm 1\n`,
  "a body that ends within a chunk": `${PUT}Transfer-Encoding: chunked\r\n\r\n8\r\nm 1\n`,
  "a body that ends between chunks": `${PUT}Transfer-Encoding: chunked\r\n\r\n4\r\nm 1\n\r\n`,
  "no body where there should be one": `${PUT}Content-Length: 4\r\n\r\n`,
};

/** Hosts that are none: runtimes do not agree on which of them to refuse. */
const HOSTS: readonly string[] = ["a b", "[::1", "test:x", "test/x?y#z", "", "%", "\xff"];

/** The suite. */
export function describeMalformed(use: Use): void {
  it.each(Object.entries(MALFORMED))("%s", async (_, what) => {
    await wipe(use());
    const { answers } = await talk(use(), { send: what, halfClose: true });
    // workerd takes some of this for valid and some for a failure of its own; where it serves, proxies keep it away.
    if (use().runtime !== "workerd") {
      for (const { status } of answers) {
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).not.toBe(500);
      }
    }
    expect(await send(use(), get("/-/healthy"))).toMatchObject({ status: 200, text: "OK" });
    expect((await held(use())).groups).toEqual({});
  });

  it.each(HOSTS)("Host: %j", async (host) => {
    const { answers } = await talk(use(), {
      send: `GET /-/healthy HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      answers: 1,
    });
    for (const { status } of answers) {
      if (use().runtime !== "workerd") expect([200, 400, 404]).toContain(status);
    }
    expect(await send(use(), get("/-/healthy"))).toMatchObject({ status: 200, text: "OK" });
  });

  it("a hundred clients that hang up in the middle of a push", async () => {
    await wipe(use());
    const cut = { send: `${PUT}Content-Length: 1000\r\n\r\nm 1\n`, hangUp: true };
    await Promise.all(Array.from({ length: 100 }, () => talk(use(), cut)));
    expect(await send(use(), put(GROUP, "m 2\n"))).toMatchObject({ status: 200 });
    expect(await held(use())).toEqual({
      text: `# TYPE m untyped\nm{${LABELS}} 2\n`,
      groups: { [LABELS]: "pushed" },
    });
  });

  it("twenty clients that hang up instead of reading what they asked for", async () => {
    await wipe(use());
    const hangUp = { send: "GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n".repeat(20), hangUp: true };
    await Promise.all(Array.from({ length: 20 }, () => talk(use(), hangUp)));
    expect(await send(use(), get("/-/healthy"))).toMatchObject({ status: 200, text: "OK" });
  });

  describe("a length shorter than the body", () => {
    it("does not let the rest become a push", async () => {
      await wipe(use());
      const { answers } = await talk(use(), {
        send: `${PUT}Content-Length: 4\r\n\r\nm 1\nn 2\n`,
        halfClose: true,
      });
      for (const { status } of answers.slice(1)) expect(status).toBeGreaterThanOrEqual(400);
      expect((await held(use())).text).not.toContain("n{");
    });
  });
}
