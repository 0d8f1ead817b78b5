/** `narthex backup` and `narthex export`, on a store that a gateway is using. */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { processTargets } from "./servers.ts";
import { type GatewayProcess, spawnGateway, urlOf } from "./spawn.ts";

const folder = mkdtempSync(join(tmpdir(), "narthex-commands-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ANY_PORT = "--web.listen-address=127.0.0.1:0";

const PUSHES: readonly (readonly [path: string, body: string])[] = [
  [
    "/metrics/job/a%20b/instance/i'1",
    '# HELP m It\'s $HOME\n# TYPE m gauge\nm{x="q\\"u\\\\o`te"} NaN\n',
  ],
  [
    "/metrics/job/h/path@base64/L3Zhci90bXA/e@base64/=",
    '# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 3\nh_count 2\n',
  ],
  ["/metrics/job/dots/v@base64/Li4", "u 1e9\n# TYPE c counter\nc 18446744073709551615\n"],
  ["/metrics/job/empty", ""],
];

/** The groups as a scrape shows them, without what depends on the moment. */
async function scrapeGroups(url: string): Promise<string[]> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split("\n");
  return lines.filter((line) =>
    !/^(?:# \w+ )?(?:pushgateway_|process_|push_(?:failure_)?time)/.test(line)
  );
}

describe.each(processTargets.filter(({ runtime }) => runtime !== "node"))("$name", (target) => {
  const file = join(folder, `${target.name}.db`);

  async function start(...args: string[]): Promise<{ gateway: GatewayProcess; url: string }> {
    const gateway = spawnGateway([...await target.command(), ANY_PORT, ...args]);
    return { gateway, url: await urlOf(gateway) };
  }

  async function run(...args: string[]) {
    const [command = "", ...rest] = await target.command();
    return spawnSync(command, [...rest, ...args], { encoding: "utf8" });
  }

  it("copies and exports what a gateway holds, while it holds it", async () => {
    const { gateway, url } = await start(`--persistence.file=${file}`);
    for (const [path, body] of PUSHES) {
      expect((await fetch(url + path, { method: "PUT", body })).status).toBe(200);
    }
    const held = await scrapeGroups(url);

    const script = await run("export", `--persistence.file=${file}`);
    expect([script.status, script.stderr]).toEqual([0, ""]);
    const copy = `${file}.copy`;
    expect((await run("backup", `--persistence.file=${file}`, copy)).status).toBe(0);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const again = await run("backup", `--persistence.file=${file}`, copy);
    expect([again.status, again.stderr]).toEqual([
      1,
      `narthex: error: file ${copy}: there is one already\n`,
    ]);
    gateway.kill("SIGTERM");
    await gateway.exit;

    const empty = await start();
    const path = `${file}.sh`;
    writeFileSync(path, script.stdout);
    execFileSync("sh", [path], { env: { ...process.env, PUSHGATEWAY: empty.url } });
    expect(await scrapeGroups(empty.url)).toEqual(held);
    empty.gateway.kill("SIGTERM");

    const restored = await start(`--persistence.file=${copy}`);
    expect(await scrapeGroups(restored.url)).toEqual(held);
    restored.gateway.kill("SIGTERM");
    await Promise.all([empty.gateway.exit, restored.gateway.exit]);
  });

  it.each(["backup", "export"])("%s takes nothing for a database that is none", async (command) => {
    for (const content of ["", "x"]) {
      const wrong = join(folder, "wrong.db");
      writeFileSync(wrong, content);
      const to = join(folder, "to.db");
      const args = [command, `--persistence.file=${wrong}`, ...(command === "backup" ? [to] : [])];
      const { status, stderr, stdout } = await run(...args);
      expect([status, stdout]).toEqual([1, ""]);
      expect(stderr).toBe(`narthex: error: file ${wrong} is not a database of narthex\n`);
      expect(existsSync(to)).toBe(false);
    }
  });

  it("ends an export without a word when nobody reads it any more", async () => {
    const many = `${file}.many`;
    const { gateway, url } = await start(`--persistence.file=${many}`);
    const body = `# HELP a ${"h".repeat(500_000)}\na 1\n`;
    for (let i = 0; i < 4; i++) {
      expect((await fetch(`${url}/metrics/job/${i}`, { method: "PUT", body })).status).toBe(200);
    }
    const command = [...await target.command(), "export", `--persistence.file=${many}`];
    const piped = spawnSync("sh", ["-c", '"$@" | head -n 1', "sh", ...command], {
      encoding: "utf8",
    });
    expect([piped.stdout, piped.stderr]).toEqual(["#!/bin/sh\n", ""]);
    gateway.kill("SIGTERM");
    await gateway.exit;
  });

  it.each(["backup", "export"])("%s says in one line that there is nothing", async (command) => {
    const missing = join(folder, "missing.db");
    const args = command === "backup" ? [join(folder, "to.db")] : [];
    const { status, stderr, stdout } = await run(command, `--persistence.file=${missing}`, ...args);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^narthex: error: file .*missing\.db: [^\n]*\n$/);
    expect(stdout).toBe("");
  });
});
