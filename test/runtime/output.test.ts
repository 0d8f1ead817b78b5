import { describe, expect, it, vi } from "vitest";
import { STDERR, writeLine } from "../../src/runtime/output.ts";

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** A file descriptor that takes at most `size` bytes at once. */
function collector(
  size: number,
): { write: (fd: number, bytes: Uint8Array) => number; text(): string } {
  const taken: number[] = [];
  return {
    write: (_, bytes) => taken.push(...bytes.subarray(0, size)) && Math.min(size, bytes.length),
    text: () => new TextDecoder().decode(new Uint8Array(taken)),
  };
}

describe("writeLine", () => {
  it("writes a line to the descriptor it is told", () => {
    const write = vi.fn((_: number, bytes: Uint8Array) => bytes.length);
    writeLine(STDERR, "some läng line", write);
    expect(write).toHaveBeenCalledExactlyOnceWith(2, new TextEncoder().encode("some läng line\n"));
  });

  it("goes on where a write stopped short", () => {
    const { write, text } = collector(3);
    writeLine(STDERR, "some läng line", write);
    expect(text()).toBe("some läng line\n");
  });

  it("waits for room in a pipe that does not block", () => {
    const { write, text } = collector(5);
    let calls = 0;
    writeLine(STDERR, "some line", (fd, bytes) => {
      if (calls++ % 2 === 0) throw systemError("EAGAIN");
      return write(fd, bytes);
    });
    expect(text()).toBe("some line\n");
  });

  it("gives up on a pipe that stays full", () => {
    const write = vi.fn(() => {
      throw systemError("EAGAIN");
    });
    writeLine(STDERR, "line", write);
    expect(write.mock.calls.length).toBeGreaterThan(1);
  });

  it("does not wait for it a second time, and begins a new line when it takes something again", () => {
    const FD = 77;
    const full = vi.fn(() => {
      throw systemError("EAGAIN");
    });
    writeLine(FD, "one", full);
    full.mockClear();
    writeLine(FD, "two", full);
    expect(full).toHaveBeenCalledOnce();
    const { write, text } = collector(100);
    writeLine(FD, "three", write);
    writeLine(FD, "four", write);
    expect(text()).toBe("\nthree\nfour\n");
  });

  it.each(["EPIPE", "EBADF", "ENOSPC"])("drops the line at once at %s", (code) => {
    const write = vi.fn(() => {
      throw systemError(code);
    });
    writeLine(STDERR, "line", write);
    expect(write).toHaveBeenCalledOnce();
  });
});
