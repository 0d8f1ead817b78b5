import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Listen, Listener, ListenTarget } from "../../src/runtime/listener.ts";
import { describeListenFailure, ListenError, serve } from "../../src/runtime/server.ts";

const handler = (): Response => new Response();

class FakeListener implements Listener {
  readonly address: string;
  isDestroyed = false;
  closeCalls = 0;
  finish: () => void = () => {};

  constructor(target: ListenTarget) {
    this.address = JSON.stringify(target);
  }

  close(): Promise<void> {
    this.closeCalls++;
    return new Promise((resolve) => this.finish = resolve);
  }

  destroy(): void {
    this.isDestroyed = true;
    this.finish();
  }
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: what the runtime says\nand more`), { code });
}

/** A runtime that opens what it is asked for, unless `fail` has an error for the target. */
function fakeRuntime(fail: (target: ListenTarget) => Error | undefined = () => undefined): {
  listen: Listen;
  listeners: FakeListener[];
} {
  const listeners: FakeListener[] = [];
  const listen: Listen = (target) => {
    const error = fail(target);
    if (error !== undefined) return Promise.reject(error);
    const listener = new FakeListener(target);
    listeners.push(listener);
    return Promise.resolve(listener);
  };
  return { listen, listeners };
}

const failAt = (hostname: string, code: string) => (target: ListenTarget): Error | undefined =>
  "hostname" in target && target.hostname === hostname ? systemError(code) : undefined;

describe("serve", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("opens every target in order and tells what was bound", async () => {
    const { listen } = fakeRuntime();
    const targets = [{ hostname: "127.0.0.1", port: 1 }, { fd: 3 }, { hostname: "::1", port: 0 }];
    const server = await serve({ listen, handler, targets });
    expect(server.addresses).toEqual(targets.map((target) => JSON.stringify(target)));
  });

  it("binds :9091 to IPv6, which takes IPv4 along", async () => {
    const { listen, listeners } = fakeRuntime();
    await serve({ listen, handler, targets: [{ hostname: undefined, port: 9091 }] });
    expect(listeners.map(({ address }) => address)).toEqual(['{"hostname":"::","port":9091}']);
  });

  it.each(["EAFNOSUPPORT", "EADDRNOTAVAIL"])(
    "binds :9091 to IPv4 where IPv6 fails with %s",
    async (code) => {
      const { listen, listeners } = fakeRuntime(failAt("::", code));
      await serve({ listen, handler, targets: [{ hostname: undefined, port: 9091 }] });
      expect(listeners.map(({ address }) => address)).toEqual([
        '{"hostname":"0.0.0.0","port":9091}',
      ]);
    },
  );

  it("does not hide behind IPv4 that the port is taken", async () => {
    const { listen, listeners } = fakeRuntime(failAt("::", "EADDRINUSE"));
    const served = serve({ listen, handler, targets: [{ hostname: undefined, port: 9091 }] });
    await expect(served).rejects.toThrow("listen on :9091: address already in use");
    expect(listeners).toEqual([]);
  });

  it("does not fall back from an IPv6 address that was asked for", async () => {
    const { listen } = fakeRuntime(failAt("::", "EAFNOSUPPORT"));
    const served = serve({ listen, handler, targets: [{ hostname: "::", port: 9091 }] });
    await expect(served).rejects.toThrow(
      new ListenError({ hostname: "::", port: 9091 }, systemError("EAFNOSUPPORT")),
    );
  });

  it("closes what it opened when a later target fails", async () => {
    const { listen, listeners } = fakeRuntime(failAt("192.0.2.1", "EACCES"));
    const served = serve({
      listen,
      handler,
      targets: [{ hostname: "127.0.0.1", port: 1 }, { hostname: "192.0.2.1", port: 80 }],
    });
    const failed = expect(served).rejects.toThrow("listen on 192.0.2.1:80: permission denied");
    await vi.runAllTimersAsync();
    await failed;
    expect(listeners.map(({ isDestroyed }) => isDestroyed)).toEqual([true]);
  });

  it("names an inherited socket by its number", async () => {
    const { listen } = fakeRuntime(() => systemError("EBADF"));
    await expect(serve({ listen, handler, targets: [{ fd: 3 }] })).rejects.toThrow(
      "listen on inherited socket 3: bad file descriptor",
    );
  });

  describe("close", () => {
    it("waits for every listener and cuts none that finishes", async () => {
      const { listen, listeners } = fakeRuntime();
      const server = await serve({ listen, handler, targets: [{ fd: 3 }, { fd: 4 }] });
      const closed = server.close(1_000);
      listeners[0]?.finish();
      await vi.advanceTimersByTimeAsync(999);
      listeners[1]?.finish();
      expect(await closed).toBe(true);
      expect(listeners.map(({ isDestroyed }) => isDestroyed)).toEqual([false, false]);
      expect(vi.getTimerCount()).toBe(0);
    });

    it("cuts what is left after the grace period", async () => {
      const { listen, listeners } = fakeRuntime();
      const server = await serve({ listen, handler, targets: [{ fd: 3 }, { fd: 4 }] });
      const closed = server.close(1_000);
      listeners[0]?.finish();
      await vi.advanceTimersByTimeAsync(1_000);
      expect(await closed).toBe(false);
      expect(listeners[1]?.isDestroyed).toBe(true);
    });

    it("happens once", async () => {
      const { listen, listeners } = fakeRuntime();
      const server = await serve({ listen, handler, targets: [{ fd: 3 }] });
      const both = Promise.all([server.close(1_000), server.close(1_000)]);
      listeners[0]?.finish();
      expect(await both).toEqual([true, true]);
      expect(listeners[0]?.closeCalls).toBe(1);
    });
  });
});

describe("describeListenFailure", () => {
  it.each([
    [systemError("EADDRINUSE"), "address already in use"],
    [systemError("EADDRNOTAVAIL"), "cannot assign requested address"],
    [systemError("EAFNOSUPPORT"), "address family not supported"],
    [systemError("EACCES"), "permission denied"],
    [systemError("EBADF"), "bad file descriptor"],
    [systemError("EINVAL"), "not a listening socket"],
    [systemError("ENOTFOUND"), "no such host"],
    [systemError("EAI_AGAIN"), "no such host"],
    [systemError("ENOTCONN"), "no such host"],
    [new Error("failed to lookup address information: Name or service not known"), "no such host"],
    [systemError("EWHATEVER"), "EWHATEVER: what the runtime says"],
    [new Error('Requires net access to "0.0.0.0:9091"'), 'Requires net access to "0.0.0.0:9091"'],
    ["text", "text"],
    [undefined, "undefined"],
  ])("%s", (error, reason) => {
    expect(describeListenFailure(error)).toBe(reason);
  });
});
