/** The thread that commits on a slow disk, in the runtimes that have SQLite. */

import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { ThreadResult } from "../crash/thread.ts";
import { describeWith, gcc, pathOf } from "../e2e/tools.ts";
import { bin } from "./artifacts.ts";
import { processTargets } from "./servers.ts";
import { spawnGateway, urlOf } from "./spawn.ts";

const PROGRAMS = {
  bun: [bin("bun"), "test/crash/thread.ts"],
  deno: [bin("deno"), "run", "-A", "test/crash/thread.ts"],
};

describe.each(Object.entries(PROGRAMS))("a thread that commits: %s", (_, [file = "", ...args]) => {
  it("stores what is stored at once elsewhere, and says why it cannot", async () => {
    const { stdout } = await promisify(execFile)(file, args);
    const { atOnce, byThread, records, ...rest }: ThreadResult = JSON.parse(stdout);
    expect(rest).toEqual({
      refusal: "PersistenceError failed",
      settled: true,
      logged: ["the disk is slow: commits have got a thread of their own"],
    });
    expect(byThread).toBeGreaterThan(100);
    expect(records).toBe(atOnce + byThread + 1);
  });
});

/** Makes every sync take 15 ms longer. */
const SLOW_SYNC = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static int later(const char *name, int fd) {
  usleep(15000);
  return ((int (*)(int)) dlsym(RTLD_NEXT, name))(fd);
}
int fsync(int fd) { return later("fsync", fd); }
int fdatasync(int fd) { return later("fdatasync", fd); }
`;

describeWith([gcc], "a gateway on a slow disk", () => {
  it.each(processTargets.filter(({ runtime }) => runtime !== "node"))(
    "gets the thread, and stores with it: $name",
    async (target) => {
      const folder = mkdtempSync(join(tmpdir(), "narthex-slow-"));
      const library = join(folder, "slow.so");
      writeFileSync(join(folder, "slow.c"), SLOW_SYNC);
      execFileSync(pathOf(gcc), [
        "-shared",
        "-fPIC",
        "-o",
        library,
        join(folder, "slow.c"),
        "-ldl",
      ]);
      const command = [
        ...await target.command(),
        `--persistence.file=${join(folder, "narthex.db")}`,
        "--web.listen-address=127.0.0.1:0",
      ];
      const env = { LD_PRELOAD: library };
      try {
        let gateway = spawnGateway(command, [], { env });
        const url = await urlOf(gateway);
        const push = async (value: number): Promise<number> => {
          const body = `stored ${value}\n`;
          return (await fetch(`${url}/metrics/job/a`, { method: "PUT", body })).status;
        };
        let last = 0;
        while (!gateway.stderr().includes("commits have got a thread of their own")) {
          expect(await push(++last)).toBe(200);
          expect(last).toBeLessThan(500);
        }
        for (let i = 0; i < 20; i++) expect(await push(++last)).toBe(200);
        gateway.kill("SIGKILL");
        await gateway.exit;
        gateway = spawnGateway(command, [], { env });
        const text = await (await fetch(`${await urlOf(gateway)}/metrics`)).text();
        expect(/^stored\{.*\} (\d+)$/m.exec(text)?.[1]).toBe(String(last));
        gateway.kill("SIGTERM");
        expect(await gateway.exit).toEqual({ code: 0, signal: null });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
