import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { describe, expect, it } from "vitest";
import type { LeaseOwner } from "../../src/persist/redis-lease.ts";
import { identifyProcess, isProcessGone } from "../../src/runtime/process-identity.ts";
import { createSystemReader } from "../../src/runtime/system.ts";

const system = createSystemReader();
const NOTHING = { readText: () => undefined, countEntries: () => undefined };

describe.runIf(process.platform === "linux")("the identity of a process", () => {
  const me = identifyProcess(system);

  it("is told in full, with another token each time", () => {
    expect(me).toEqual({
      token: expect.stringMatching(/^[0-9a-f-]{36}$/),
      host: expect.stringMatching(/./),
      pid: process.pid,
      boot: expect.stringMatching(/^[0-9a-f-]{36}$/),
      namespace: expect.stringMatching(/^pid:\[\d+\]$/),
      started: expect.stringMatching(/^\d+$/),
    });
    expect(identifyProcess(system).token).not.toBe(me.token);
  });

  it("is not gone while the process is there", () => {
    expect(isProcessGone(me, system)).toBe(false);
  });

  it("is gone with the process", async () => {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    const { pid = NaN } = child;
    await once(child, "exit");
    expect(isProcessGone({ ...me, pid }, system)).toBe(true);
  });

  it("is gone when another process has its number", () => {
    expect(isProcessGone({ ...me, started: "1" }, system)).toBe(true);
  });

  it("is gone when the process has ended and nobody has asked how", () => {
    const readText = (path: string) =>
      system.readText(path)?.replace(
        /\) [RSD] /,
        path.includes(`/${process.pid}/`) ? ") Z " : "$&",
      );
    expect(isProcessGone(me, { ...system, readText })).toBe(true);
  });

  it("is not known to be gone elsewhere", () => {
    const gone = { ...me, pid: 999_999_999 };
    expect(isProcessGone(gone, system)).toBe(true);
    const { boot: _, ...noBoot } = gone;
    const { started: __, ...noStart } = gone;
    const elsewhere: LeaseOwner[] = [
      { ...gone, host: "other" },
      { ...gone, boot: "other" },
      { ...gone, namespace: "pid:[1]" },
      noBoot,
      noStart,
    ];
    for (const owner of elsewhere) expect(isProcessGone(owner, system)).toBe(false);
    expect(isProcessGone(gone, NOTHING)).toBe(false);
  });
});

describe("the identity of a process of which nothing can be read", () => {
  it("has what every system tells", () => {
    const { host, pid, token, ...rest } = identifyProcess(NOTHING);
    expect(host).not.toBe("");
    expect(pid).toBe(process.pid);
    expect(token).toHaveLength(36);
    expect(rest).toEqual({});
  });
});
