/** Opening Deno KV: what is said where it is missing, who gets it, and what a commit promises. The contract is in test/contract. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/bundle.ts";
import { openDenoKv } from "../../src/runtime/deno-kv.ts";
import { loggerTo } from "../contract/deno-kv-host.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { type GatewayProcess, spawnGateway } from "./spawn.ts";

const DENO = join(ROOT, "node_modules/.bin/deno");
const SCRIPT = "test/runtime/deno-kv-process.ts";

const directory = mkdtempSync(join(tmpdir(), "narthex-deno-kv-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let files = 0;
const newFile = (): string => join(directory, `${++files}.db`);

function command(path: string, batches: number, ...flags: readonly string[]): readonly string[] {
  return [DENO, "run", "-A", ...flags, SCRIPT, path, String(batches)];
}

function start(path: string, batches = 0): GatewayProcess {
  return spawnGateway(command(path, batches, "--unstable-kv"));
}

/** What a process says that cannot open a database. */
async function refusalOf(path: string, ...flags: readonly string[]): Promise<string> {
  const gateway = spawnGateway(command(path, 0, ...flags));
  expect(await gateway.exit).toEqual({ code: 1, signal: null });
  return gateway.stderr().trimEnd();
}

describe("where it cannot be opened, one line says why", () => {
  it.skipIf("Deno" in globalThis)("another runtime", async () => {
    const surroundings = { clock: createFakeClock(), logger: loggerTo(() => {}) };
    await expect(openDenoKv(newFile(), surroundings)).rejects.toMatchObject({
      name: "PersistenceError",
      message: "Deno KV is part of Deno, and this is another runtime",
    });
  });

  it("Deno without its flag", async () => {
    expect(await refusalOf(newFile())).toBe(
      "PersistenceError: Deno KV needs deno run --unstable-kv",
    );
  });

  it("no such directory", async () => {
    const path = join(directory, "missing", "kv.db");
    expect(await refusalOf(path, "--unstable-kv")).toBe(
      `PersistenceError: cannot open Deno KV ${path}: unable to open database file: ${path}`,
    );
  });

  it("a file that is something else", async () => {
    const path = newFile();
    writeFileSync(path, "something else, and long enough to be looked at".repeat(100));
    expect(await refusalOf(path, "--unstable-kv")).toBe(
      `PersistenceError: cannot open Deno KV ${path}: file is not a database`,
    );
  });

  it("memory, which keeps nothing", async () => {
    expect(await refusalOf(":memory:", "--unstable-kv")).toBe(
      "PersistenceError: Deno KV in memory keeps nothing; name a file",
    );
  });

  it("another gateway has it", async () => {
    const path = newFile();
    const owner = start(path);
    await owner.waitFor(/wrote/);
    const refusal = await refusalOf(path, "--unstable-kv");
    expect(refusal).toMatch(/^warn waiting for another gateway/);
    expect(refusal).toMatch(
      new RegExp(
        `\nPersistenceError: Deno KV ${path} is in use by the gateway on host "\\S+" with pid \\d+; stop that gateway, or give this one a database of its own$`,
      ),
    );
    owner.kill("SIGTERM");
    await owner.exit;
  });
});

describe("a file", () => {
  it("is there again at once after the process was killed, with all that was stored", async () => {
    const path = newFile();
    const first = start(path, 50);
    expect((await first.waitFor(/wrote 50 batches, size (\d+)/))[1]).toMatch(/^[1-9]/);
    first.kill("SIGKILL");
    await first.exit;
    const second = start(path, 1);
    await second.waitFor(/wrote 1/);
    expect(second.stderr()).toContain(`opened Deno KV ${path}: 50 records\n`);
    expect(second.stderr()).toMatch(/^warn taking the store over from a gateway that died/);
    second.kill("SIGTERM");
    await second.exit;
    // Deno's own node:child_process takes whoever was sent a signal to have died of it.
    expect(second.stderr()).toMatch(/\nclosed\n$/);
    const third = start(path);
    await third.waitFor(/wrote 0/);
    expect(third.stderr()).toMatch(/^opened .*: 51 records\n/);
  });

  /** What docs/persistence.md promises: SQLite's log reaches the disk before a commit is answered. */
  it("is synced at every commit", async ({ skip }) => {
    if (spawnSync("strace", ["-V"]).error !== undefined) return skip("strace is not installed");
    const trace = join(directory, "trace");
    const strace = ["strace", "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", trace];
    const path = newFile();
    const gateway = spawnGateway([...strace, ...command(path, 40, "--unstable-kv"), "end"]);
    await gateway.exit;
    if (/strace: .*not permitted/.test(gateway.stderr())) return skip("no process can be traced");
    expect(gateway.stderr()).toMatch(/wrote 40/);
    const synced = readFileSync(trace, "utf8").split("\n")
      .filter((line) => line.includes(`${path}-wal>`));
    expect(synced.length).toBeGreaterThanOrEqual(40);
  });
});
