/**
 * Bodies beyond `--push.max-body-size`, here 64 KiB, on the wire and inflated. The client gets an answer that names the flag, and
 * not a broken connection, however much it had still to send.
 */

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Case, ERROR_HEADERS, GROUP, LABELS, runCases, type Use } from "./cases.ts";
import { post, put, send } from "./client.ts";
import { sample, wipe } from "./held.ts";
import { talk } from "./wire.ts";

/** The limit that the suite runs with, in bytes. */
export const LIMIT: number = 64 * 1024;

const ON_THE_WIRE = `request body exceeds ${LIMIT} bytes, the limit set by --push.max-body-size\n`;
const INFLATED = `inflated ${ON_THE_WIRE}`;
const GZIP = { "Content-Encoding": "gzip" };

/** Requests that are answered without a look at their body. */
const UNREAD: readonly (readonly [method: string, path: string, status: number])[] = [
  ["PUT", "/metrics/job/a/b", 400],
  ["DELETE", GROUP, 202],
  ["PUT", "/api/v1/admin/wipe", 202],
  ["POST", "/metrics", 405],
  ["POST", "/nope", 404],
];

/** A body of that many bytes. */
function bodyOf(size: number): string {
  return `m 1\n${"#".repeat(size - 5)}\n`;
}

function tooLarge(title: string, request: Case["request"], body: string): Case {
  return { title, request, status: 413, headers: ERROR_HEADERS, body, exposes: "", groups: {} };
}

/** The suite. */
export function describeLimits(use: Use): void {
  const exposes = `# TYPE m untyped\nm{${LABELS}} 1\n`;
  runCases(use, [
    { title: "a body of the limit", request: put(GROUP, bodyOf(LIMIT)), status: 200, exposes },
    {
      title: "a body that inflates to the limit",
      request: put(GROUP, gzipSync(bodyOf(LIMIT)), GZIP),
      status: 200,
      exposes,
    },
    tooLarge("PUT of one byte more", put(GROUP, bodyOf(LIMIT + 1)), ON_THE_WIRE),
    tooLarge("POST of one byte more", post(GROUP, bodyOf(LIMIT + 1)), ON_THE_WIRE),
    tooLarge(
      "a body that inflates to one byte more",
      put(GROUP, gzipSync(bodyOf(LIMIT + 1)), GZIP),
      INFLATED,
    ),
    tooLarge("a bomb", put(GROUP, gzipSync(new Uint8Array(48 << 20)), GZIP), INFLATED),
    tooLarge(
      "a bomb in a bomb",
      put(GROUP, gzipSync(gzipSync(new Uint8Array(48 << 20))), {
        "Content-Encoding": "gzip, gzip",
      }),
      INFLATED,
    ),
    tooLarge(
      "a bomb of snappy",
      put(GROUP, snappyZeros(4), { "Content-Encoding": "snappy" }),
      INFLATED,
    ),
    tooLarge(
      "a bomb of zstd",
      put(GROUP, zstdZeros(8192), { "Content-Encoding": "zstd" }),
      INFLATED,
    ),
    tooLarge(
      "a bomb of many members",
      put(
        GROUP,
        Buffer.concat(Array.from({ length: 60 }, () => gzipSync(new Uint8Array(LIMIT)))),
        GZIP,
      ),
      INFLATED,
    ),
    {
      title: "DELETE does not look at the size of a body",
      given: [put(GROUP, "m 1\n")],
      request: { method: "DELETE", path: GROUP, body: bodyOf(LIMIT + 1) },
      status: 202,
      groups: {},
    },
  ]);

  it("counts a refused body as a push", async () => {
    const series = 'pushgateway_http_requests_total{code="413",handler="push",method="put"}';
    const before = await sample(use(), series) ?? 0;
    await send(use(), put(GROUP, bodyOf(LIMIT + 1)));
    expect(await sample(use(), series)).toBe(before + 1);
  });

  describe("while the client is still sending", () => {
    const head = `PUT ${GROUP} HTTP/1.1\r\nHost: test\r\n`;

    it.each([["announced", false], ["chunked", true]])(
      "answers a body beyond all buffers, %s",
      async (_, chunked) => {
        await wipe(use());
        const size = 24 << 20;
        const body = chunked ? `${chunk(size)}0\r\n\r\n` : "#".repeat(size);
        const framing = chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${size}`;
        const { answers } = await talk(use(), {
          send: `${head}${framing}\r\n\r\n${body}`,
          answers: 1,
        });
        expect(answers).toMatchObject([{ status: 413, text: ON_THE_WIRE }]);
        expect((await send(use(), put(GROUP, "m 2\n"))).status).toBe(200);
        expect(await sample(use(), `m{${LABELS}}`)).toBe(2);
      },
    );

    it("answers a client that reads only when all is sent", async () => {
      await wipe(use());
      const answer = await send(use(), put(GROUP, bodyOf(24 << 20)));
      expect(answer).toMatchObject({ status: 413, text: ON_THE_WIRE });
    });

    it.each(UNREAD)("answers %s %s, which needs no body", async (method, path, status) => {
      await wipe(use());
      const answer = await send(use(), { method, path, body: bodyOf(24 << 20) });
      expect(answer.status).toBe(status);
    });
  });
}

function chunk(size: number): string {
  return `${size.toString(16)}\r\n${"#".repeat(size)}\r\n`;
}

/** A framed stream of so many times 64 KiB of zeros. */
function snappyZeros(chunks: number): Uint8Array {
  const copies = Buffer.from("fe0100".repeat(1023) + "fa0100", "hex");
  const block = Buffer.concat([Buffer.from("8080040000", "hex"), copies]);
  // Their checksum, masked.
  const zeros = Buffer.concat([Buffer.from("59d0cb2b", "hex"), block]);
  const header = Buffer.from([0, zeros.length & 255, zeros.length >> 8, 0]);
  const chunk = Buffer.concat([header, zeros]);
  return Buffer.concat([Buffer.from("ff060000734e61507059", "hex"), ...Array(chunks).fill(chunk)]);
}

/** A frame of so many times 128 KiB of zeros, in four bytes each. */
function zstdZeros(blocks: number): Uint8Array {
  return Buffer.from(`28b52ffd00a8${"02001000".repeat(blocks)}010000`, "hex");
}
