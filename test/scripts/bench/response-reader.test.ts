import { describe, expect, it } from "vitest";
import { type ResponseEnd, ResponseReader } from "../../../scripts/bench/response-reader.ts";

const PLAIN = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
  "5\r\nhello\r\n10;ext=1\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\n";
const EMPTY = "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";

/** What a reader makes of a text that comes in pieces of some bytes. */
function read(text: string, size: number, keep = false): ResponseEnd[] {
  const reader = new ResponseReader();
  const ends: ResponseEnd[] = [];
  if (keep) reader.keepNext();
  for (let at = 0; at < text.length; at += size) {
    const end = reader.add(Buffer.from(text.slice(at, at + size)));
    if (end !== undefined) ends.push(end);
  }
  return ends;
}

describe("ResponseReader", () => {
  it.each([1, 2, 3, 7, 1000])("finds the end in pieces of %d bytes", (size) => {
    expect(read(PLAIN, size)).toMatchObject([{ status: 200, bytes: 5 }]);
    expect(read(EMPTY, size)).toMatchObject([{ status: 202, bytes: 0 }]);
    expect(read(CHUNKED, size)).toMatchObject([{ status: 200 }]);
  });

  it.each([1, 2, 3, 7])("waits for the last byte, in pieces of %d", (size) => {
    for (const text of [PLAIN, CHUNKED, EMPTY]) expect(read(text.slice(0, -1), size)).toEqual([]);
  });

  it("reads one response after the other", () => {
    const statuses = read(PLAIN + EMPTY + CHUNKED + PLAIN, 1).map(({ status }) => status);
    expect(statuses).toEqual([200, 202, 200, 200]);
  });

  it.each([1, 4, 1000])("keeps a body that is wanted, in pieces of %d", (size) => {
    const [end] = read(PLAIN, size, true);
    expect(Buffer.from(end?.body ?? []).toString()).toBe("hello");
    expect(read(PLAIN, size)[0]?.body).toBeUndefined();
  });
});
