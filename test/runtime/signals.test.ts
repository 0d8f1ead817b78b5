import { describe, expect, it, vi } from "vitest";
import { onStopSignal, type SignalSource, type StopSignal } from "../../src/runtime/signals.ts";

function fakeProcess(): SignalSource & { raise(signal: StopSignal): void } {
  const listeners = new Map<StopSignal, () => void>();
  return {
    on: (signal, listener) => listeners.set(signal, listener),
    exit: vi.fn(),
    raise: (signal) => listeners.get(signal)?.(),
  };
}

describe("onStopSignal", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("stops at the first %s", (signal) => {
    const source = fakeProcess();
    const stop = vi.fn();
    onStopSignal(source, stop);
    expect(stop).not.toHaveBeenCalled();
    source.raise(signal);
    expect(stop).toHaveBeenCalledExactlyOnceWith(signal);
    expect(source.exit).not.toHaveBeenCalled();
  });

  it("exits with 1 at the second, whichever it is", () => {
    const source = fakeProcess();
    const stop = vi.fn();
    onStopSignal(source, stop);
    source.raise("SIGTERM");
    source.raise("SIGINT");
    expect(stop).toHaveBeenCalledOnce();
    expect(source.exit).toHaveBeenCalledExactlyOnceWith(1);
  });
});
