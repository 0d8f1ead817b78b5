/**
 * Finds the end of HTTP/1.1 responses in what a socket gives, and hardly more: bodies are counted, not kept, not inflated, not
 * decoded, so that a scrape of ten megabytes costs the client little beside the reading.
 */

/** A response that has come to its end. */
export interface ResponseEnd {
  /** Status code. */
  readonly status: number;
  /** Status line and headers. */
  readonly head: string;
  /** Bytes of the body, as sent. */
  readonly bytes: number;
  /** The body, where it was to be kept. */
  readonly body?: Uint8Array;
}

const END_OF_HEAD = "\r\n\r\n";

/** Reads one response after the other; there is none but one under way at a time. */
export class ResponseReader {
  /** What came of the head so far; undefined behind it. */
  #head: Uint8Array | undefined = new Uint8Array(0);
  #headText = "";
  #chunks: ChunkSkipper | undefined;
  #left = 0;
  #bytes = 0;
  #kept: Uint8Array[] | undefined;

  /** Keeps the body of the response to come; a chunked one is kept with its framing. */
  keepNext(): void {
    this.#kept = [];
  }

  /** Takes what has come; returns the response when this completes it. */
  add(data: Uint8Array): ResponseEnd | undefined {
    const body = this.#head === undefined ? data : this.#addToHead(this.#head, data);
    if (body === undefined) return undefined;
    this.#kept?.push(body.slice());
    if (this.#chunks !== undefined) {
      this.#bytes += body.length;
      return this.#chunks.skip(body) ? this.#finish() : undefined;
    }
    this.#bytes += body.length;
    this.#left -= body.length;
    return this.#left <= 0 ? this.#finish() : undefined;
  }

  /** Adds to the head; returns what is behind it once it is complete. */
  #addToHead(before: Uint8Array, data: Uint8Array): Uint8Array | undefined {
    const all = before.length === 0
      ? Buffer.from(data.buffer, data.byteOffset, data.length)
      : Buffer.concat([before, data]);
    const end = all.indexOf(END_OF_HEAD);
    if (end < 0) {
      this.#head = all;
      return undefined;
    }
    this.#head = undefined;
    this.#headText = all.toString("latin1", 0, end);
    const length = /^content-length: *(\d+)/im.exec(this.#headText)?.[1];
    this.#chunks = /^transfer-encoding: *chunked/im.test(this.#headText)
      ? new ChunkSkipper()
      : undefined;
    this.#left = Number(length ?? 0);
    return all.subarray(end + END_OF_HEAD.length);
  }

  #finish(): ResponseEnd {
    const end = {
      status: Number(this.#headText.slice(9, 12)),
      head: this.#headText,
      bytes: this.#bytes,
      ...(this.#kept && { body: Buffer.concat(this.#kept) }),
    };
    this.#head = new Uint8Array(0);
    this.#bytes = 0;
    this.#kept = undefined;
    return end;
  }
}

/** Goes over a chunked body (RFC 9112 §7.1) from size to size. */
class ChunkSkipper {
  /** Bytes left of a chunk and the line end behind it. */
  #left = 0;
  /** What came of a size line, or of the lines behind the last chunk. */
  #line = "";
  #isLast = false;

  /** Takes a part of the body; returns whether the body has ended. */
  skip(data: Uint8Array): boolean {
    for (let at = 0; at < data.length;) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, data.length - at);
        this.#left -= step;
        at += step;
        continue;
      }
      const end = data.indexOf(LINE_FEED, at);
      this.#line += String.fromCharCode(...data.subarray(at, end < 0 ? data.length : end));
      if (end < 0) return false;
      at = end + 1;
      if (this.#endLine()) return true;
    }
    return false;
  }

  /** Acts on a line that is complete; returns whether it is the empty one behind the last chunk. */
  #endLine(): boolean {
    const line = this.#line.trim();
    this.#line = "";
    if (this.#isLast) return line === "";
    const size = parseInt(line, 16);
    if (size === 0) this.#isLast = true;
    else this.#left = size + 2;
    return false;
  }
}

const LINE_FEED = 10;
