/** Two gateways on one file: the second is refused at once, whatever it runs on and whatever it calls the file. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/bundle.ts";
import { type ProcessTarget, processTargets } from "./servers.ts";
import { type GatewayProcess, spawnGateway, urlOf } from "./spawn.ts";

const targets = processTargets.filter(({ runtime }) => runtime !== "node");
const pairs = targets.flatMap((first) => targets.map((second) => ({ first, second })));

describe("a second gateway on a file", () => {
  let folder: string;
  let file: string;
  const running = new Set<GatewayProcess>();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "narthex-two-"));
    mkdirSync(join(folder, "data"));
    file = join(folder, "data", "narthex.db");
  });
  afterEach(async () => {
    for (const gateway of running) {
      gateway.kill("SIGKILL");
      await gateway.exit;
    }
    running.clear();
    rmSync(folder, { recursive: true, force: true });
  });

  async function spawn(target: ProcessTarget, path: string): Promise<GatewayProcess> {
    const gateway = spawnGateway([
      ...await target.command(),
      `--persistence.file=${path}`,
      "--web.listen-address=127.0.0.1:0",
    ]);
    running.add(gateway);
    return gateway;
  }

  async function start(target: ProcessTarget, path: string): Promise<GatewayProcess> {
    const gateway = await spawn(target, path);
    await gateway.waitFor(/stored metrics are loaded/);
    return gateway;
  }

  async function expectRefused(target: ProcessTarget, path: string): Promise<void> {
    const gateway = await spawn(target, path);
    expect(await gateway.exit).toEqual({ code: 1, signal: null });
    expect(gateway.stderr()).toMatch(
      /^narthex: error: file \S+: another gateway is using it\n$/m,
    );
  }

  it.each(pairs)("is refused: $second.name after $first.name", async ({ first, second }) => {
    const gateway = await start(first, file);
    await expectRefused(second, file);
    const url = await urlOf(gateway);
    expect((await fetch(`${url}/metrics/job/a`, { method: "PUT", body: "x 1\n" })).status).toBe(
      200,
    );
  });

  it.each(targets)("is refused by any name of the file: $name", async (target) => {
    const link = join(folder, "link.db");
    const folderLink = join(folder, "link");
    symlinkSync(file, link);
    symlinkSync(join(folder, "data"), folderLink);
    // The link leads nowhere before the first gateway is there.
    await start(target, link);
    for (const path of [link, file, join(folderLink, "narthex.db"), relative(ROOT, file)]) {
      await expectRefused(target, path);
    }
  });

  it.each(targets)("starts as soon as the first has ended, however: $name", async (target) => {
    for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
      const first = await start(target, file);
      first.kill(signal);
      await first.exit;
    }
    await start(target, file);
  });

  it.each(targets)("is refused while a program reads the database: $name", async (target) => {
    await start(target, file);
    const script = `const { DatabaseSync } = require("node:sqlite");
      const database = new DatabaseSync(${JSON.stringify(file)});
      console.log(database.prepare("SELECT count(*) AS n FROM groups").get().n);`;
    expect(execFileSync("node_modules/.bin/bun", ["-e", script], { encoding: "utf8" })).toBe("0\n");
    await expectRefused(target, file);
  });

  it("one of several that start at once goes on", async () => {
    const target = targets[0] as ProcessTarget;
    const gateways = await Promise.all(Array.from({ length: 5 }, () => spawn(target, file)));
    const outcomes = await Promise.all(gateways.map((gateway) =>
      Promise.race([
        gateway.waitFor(/stored metrics are loaded/).then(() => "runs", () => "ended"),
        gateway.exit.then(({ code }) => `exit ${code}`),
      ])
    ));
    expect(outcomes.filter((outcome) => outcome === "runs")).toHaveLength(1);
  });
});
