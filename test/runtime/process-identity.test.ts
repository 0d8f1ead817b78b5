import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/bundle.ts";
import type { LeaseOwner } from "../../src/persist/lease-owner.ts";
import { identifyProcess, isProcessGone } from "../../src/runtime/process-identity.ts";
import { createSystemReader } from "../../src/runtime/system.ts";

const system = createSystemReader();
const DENO = join(ROOT, "node_modules/.bin/deno");
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
      { ...gone, pid: NaN },
      { ...gone, pid: -999_999_999 },
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

/** On a terminal of its own: without one, Deno refuses and asks nobody. */
describe.skipIf(spawnSync("script", ["--version"]).error !== undefined)(
  "the identity of a process of Deno that was granted little",
  () => {
    const directory = mkdtempSync(join(tmpdir(), "narthex-identity-"));
    afterAll(() => rmSync(directory, { recursive: true, force: true }));
    const program = join(directory, "program.ts");
    writeFileSync(
      program,
      `import { identifyProcess, isProcessGone } from "${ROOT}/src/runtime/process-identity.ts";
     import { createSystemReader } from "${ROOT}/src/runtime/system.ts";
     const system = createSystemReader();
     const gone = { ...identifyProcess(system), pid: 999_999_999 };
     const named = gone.host === "" ? "no name" : "a name";
     console.log(named + ", " + (isProcessGone(gone, system) ? "gone" : "perhaps there"));`,
    );

    it.each([
      ["--no-remote", "no name, perhaps there"],
      ["--allow-read", "no name, perhaps there"],
      ["--allow-run", "no name, perhaps there"],
      ["--allow-sys=hostname", "a name, perhaps there"],
      ["-A", process.platform === "linux" ? "a name, gone" : "a name, perhaps there"],
    ])("takes no permission that it would have to ask for: %s", (flag, answer) => {
      const command = `'${DENO}' run --no-check ${flag} '${program}' </dev/tty`;
      const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], {
        input: "",
        timeout: 30_000,
        env: { ...process.env, NO_COLOR: "1" },
      });
      expect(String(stdout).trim()).toBe(answer);
    });
  },
);
