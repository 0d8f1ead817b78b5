/**
 * Files that are not what they should be. Whatever they are: no crash, nothing served that was not pushed, nothing thrown away; and
 * where nothing can be written the start fails with one line.
 */

import { execFile } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeWith } from "../e2e/tools.ts";
import type { DamageResult } from "../crash/damage.ts";
import { newSeed } from "../crash/random.ts";
import { bin } from "./artifacts.ts";
import { type ProcessTarget, processTargets } from "./servers.ts";
import { createSmallDisk, mount, type SmallDisk } from "./small-disk.ts";
import { type GatewayProcess, spawnGateway, urlOf } from "./spawn.ts";

const TRIALS = 25;
const GARBAGE = "this is not a database\n".repeat(300);
const PROGRAMS = {
  bun: [bin("bun"), "test/crash/damage.ts"],
  deno: [bin("deno"), "run", "-A", "test/crash/damage.ts"],
};

describe.each(Object.entries(PROGRAMS))("random damage: %s", (_, [file = "", ...args]) => {
  it("serves what can be read, keeps what was there, and is mended by the second start", async () => {
    const seed = newSeed();
    const all = [...args, `--seed=${seed}`, `--trials=${TRIALS}`];
    const { stdout } = await promisify(execFile)(file, all);
    const results: DamageResult[] = JSON.parse(stdout);
    expect(results.length).toBeGreaterThan(5);
    for (const { kind, errors, invented, altered, unmended, share, silent } of results) {
      expect({ kind, seed, errors, invented, altered, unmended }).toEqual({
        kind,
        seed,
        errors: [],
        invented: [],
        altered: [],
        unmended: [],
      });
      if (!kind.startsWith("flip")) continue;
      expect(share.mean, `${kind}, seed ${seed}`).toBeGreaterThan(0.98);
      expect(silent, `${kind}, seed ${seed}`).toEqual([]);
    }
  });
});

const targets = processTargets.filter(({ name }) => name === "bun" || name === "deno");

describe.each(targets)("a file that is not one: $name", (target) => {
  let folder: string;
  let file: string;
  const running = new Set<GatewayProcess>();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "narthex-files-"));
    file = join(folder, "narthex.db");
  });
  afterEach(async () => {
    for (const gateway of running) await stop(gateway, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  async function spawn(path = file, as: { uid?: number } = {}): Promise<GatewayProcess> {
    const gateway = spawnGateway(
      [
        ...await target.command(),
        `--persistence.file=${path}`,
        "--web.listen-address=127.0.0.1:0",
      ],
      [],
      as,
    );
    running.add(gateway);
    return gateway;
  }

  async function start(path = file) {
    const gateway = await spawn(path);
    await gateway.waitFor(/stored metrics are loaded/);
    const url = await urlOf(gateway);
    return {
      gateway,
      push: async (value: number) => {
        const body = `stored ${value}\n`;
        const answer = await fetch(`${url}/metrics/job/a`, { method: "PUT", body });
        expect(answer.status).toBe(200);
      },
      stored: async () =>
        /^stored\{.*\} (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1],
    };
  }

  async function stop(gateway: GatewayProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    gateway.kill(signal);
    await gateway.exit;
    running.delete(gateway);
  }

  /** The reason why it does not start. */
  async function refusal(path = file, as: { uid?: number } = {}): Promise<string> {
    const gateway = await spawn(path, as);
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
    const lines = gateway.stderr().split("\n").filter((line) => !line.startsWith("ts="));
    expect(lines).toEqual([expect.stringMatching(/^narthex: error: /), ""]);
    return (lines[0] ?? "").replace("narthex: error: ", "");
  }

  /** Changes the file as another program would. */
  async function runSql(sql: string): Promise<void> {
    const script = `const { DatabaseSync } = require("node:sqlite");
      const database = new DatabaseSync(${JSON.stringify(file)});
      database.exec(${JSON.stringify(sql)});
      database.close();`;
    await promisify(execFile)(bin("bun"), ["-e", script]);
  }

  function setAside(): string[] {
    return readdirSync(folder).filter((name) => /\.damaged-\d{8}T\d{6}Z(-\d+)?$/.test(name));
  }

  it("sets aside what is no database, again and again", async () => {
    for (let times = 1; times <= 3; times++) {
      const content = GARBAGE + times;
      rmSync(file, { force: true });
      writeFileSync(file, content);
      const { gateway, push, stored } = await start();
      expect(gateway.stderr()).toContain("the file cannot be read: starting empty");
      await push(times);
      expect(await stored()).toBe(String(times));
      await stop(gateway);
      const kept = setAside();
      expect(kept).toHaveLength(times);
      expect(kept.map((name) => readFileSync(join(folder, name), "utf8"))).toContain(content);
    }
  });

  it("takes an empty file for a new one", async () => {
    writeFileSync(file, "");
    const { gateway, push } = await start();
    expect(gateway.stderr()).not.toMatch(/level=(warn|error)/);
    await push(1);
    await stop(gateway);
    expect(await (await start()).stored()).toBe("1");
    expect(setAside()).toEqual([]);
  });

  it("recovers from the log what it has when the database was deleted or emptied", async () => {
    for (const lose of [() => rmSync(file), () => truncateSync(file, 0)]) {
      const before = await start();
      await before.push(7);
      await stop(before.gateway, "SIGKILL");
      lose();
      const log = readFileSync(`${file}-wal`);
      const { gateway, stored } = await start();
      expect(await stored()).toBe("7");
      expect(gateway.stderr()).toContain("the database is gone, but its log is not");
      await stop(gateway);
      const logs = readdirSync(folder).filter((name) => /\.damaged-.*-wal$/.test(name));
      expect(logs.some((name) => readFileSync(join(folder, name)).equals(log))).toBe(true);
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
    }
  });

  it("leaves the database of another program alone", async () => {
    await runSql("CREATE TABLE families (id INTEGER); INSERT INTO families VALUES (1)");
    const before = readFileSync(file);
    expect(await refusal()).toBe(`file ${file} is a database, but not one of narthex`);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["narthex.db", "narthex.db-owner"]);
  });

  it("leaves a database of a later version alone", async () => {
    const { gateway, push } = await start();
    await push(1);
    await stop(gateway);
    await runSql("UPDATE meta SET value = '1000' WHERE key = 'schema_version'");
    const before = readFileSync(file);
    expect(await refusal()).toMatch(/has schema version 1000, which a later version .* wrote/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it("finishes a repair that was cut short", async () => {
    const { gateway, push } = await start();
    await push(1);
    await stop(gateway);
    copyFileSync(file, `${file}.repaired`);
    writeFileSync(file, GARBAGE);
    const again = await start();
    expect(await again.stored()).toBe("1");
    expect(setAside().map((name) => readFileSync(join(folder, name), "utf8"))).toEqual([GARBAGE]);
    expect(existsSync(`${file}.repaired`)).toBe(false);
  });

  it("says that there is no folder, or a folder in its place", async () => {
    const missing = join(folder, "missing", "narthex.db");
    expect(await refusal(missing)).toBe(
      `file ${missing}: there is no folder ${join(folder, "missing")}`,
    );
    mkdirSync(file);
    expect(await refusal()).toBe(`file ${file}: is not a file`);
    const dangling = join(folder, "dangling");
    symlinkSync(missing, dangling);
    expect(await refusal(dangling)).toMatch(/^file \S+: there is no folder /);
    expect(readdirSync(folder).sort()).toEqual(["dangling", "narthex.db"]);
  });

  // Another user must be able to start the program: a folder that `mktemp -d` makes for root lets nobody else in.
  const canBeSomebodyElse = process.getuid?.() === 0 && isOpenToAll(process.cwd());
  it.skipIf(!canBeSomebodyElse)("says that it has no permission", async () => {
    const nobody = { uid: 65534 };
    const { gateway, push } = await start();
    await push(1);
    await stop(gateway);
    expect(await refusal(file, nobody)).toMatch(/permission denied/);
    chmodSync(folder, 0o777);
    expect(await refusal(file, nobody)).toMatch(/permission denied/);
    chmodSync(`${file}-owner`, 0o666);
    expect(await refusal(file, nobody)).toMatch(/permission denied/);
    // Readable, but not to be written.
    chmodSync(file, 0o644);
    expect(await refusal(file, nobody)).toMatch(/permission denied/);
    expect(await (await start()).stored()).toBe("1");
  });
});

/** Whether any user may enter a folder and all those that it is in. */
function isOpenToAll(folder: string): boolean {
  if ((statSync(folder).mode & 0o001) === 0) return false;
  return dirname(folder) === folder || isOpenToAll(dirname(folder));
}

/** Runs a test with a small disk, a file on it, and the command that starts a gateway with that file. */
async function onSmallDisk(
  target: ProcessTarget,
  test: (disk: SmallDisk, file: string, command: readonly string[]) => Promise<void>,
): Promise<void> {
  const disk = createSmallDisk(4 * 1024 * 1024);
  const file = join(disk.path, "narthex.db");
  const flags = [`--persistence.file=${file}`, "--web.listen-address=127.0.0.1:0"];
  try {
    await test(disk, file, [...await target.command(), ...flags]);
  } finally {
    disk.dispose();
  }
}

describeWith([mount], "a file where nothing can be written", () => {
  it.each(targets)("does not start on a read-only file system: $name", async (target) => {
    await onSmallDisk(target, async (disk, _, command) => {
      disk.setReadOnly(true);
      await expectRefusal(command, /read-only file system/);
      disk.setReadOnly(false);
      const gateway = spawnGateway(command);
      await gateway.waitFor(/stored metrics are loaded/);
      gateway.kill("SIGTERM");
      await gateway.exit;
      disk.setReadOnly(true);
      await expectRefusal(command, /read-?only/);
    });
  });

  it.each(targets)(
    "leaves a damaged one where it is when the disk is full: $name",
    async (target) => {
      await onSmallDisk(target, async (disk, file, command) => {
        const gateway = spawnGateway(command);
        await gateway.waitFor(/stored metrics are loaded/);
        const url = await urlOf(gateway);
        await fetch(`${url}/metrics/job/a`, { method: "PUT", body: "stored 1\n" });
        gateway.kill("SIGTERM");
        await gateway.exit;
        const damaged = readFileSync(file).fill(0, 0, 16);
        writeFileSync(file, damaged);
        disk.fill();
        await expectRefusal(command, /full|no space/);
        expect(readFileSync(file).equals(damaged)).toBe(true);
        disk.free();
        const again = spawnGateway(command);
        await again.waitFor(/stored metrics are loaded/);
        expect(await (await fetch(`${await urlOf(again)}/metrics`)).text()).toMatch(
          /^stored\{.* 1$/m,
        );
        again.kill("SIGTERM");
        await again.exit;
      });
    },
  );
});

async function expectRefusal(command: readonly string[], reason: RegExp): Promise<void> {
  const gateway = spawnGateway(command);
  expect(await gateway.exit).toEqual({ code: 1, signal: null });
  const lines = gateway.stderr().split("\n").filter((line) => !line.startsWith("ts="));
  expect(lines).toEqual([expect.stringMatching(/^narthex: error: /), ""]);
  expect(lines[0]).toMatch(reason);
}
