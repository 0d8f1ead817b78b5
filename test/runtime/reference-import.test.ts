/** Coming over from prometheus/pushgateway, going back and coming over again, with a gateway that is killed in between. */

import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readFixture } from "../persist/fixtures.ts";
import { processTargets } from "./servers.ts";
import { type GatewayProcess, spawnGateway, urlOf } from "./spawn.ts";

const REFERENCE = fileURLToPath(new URL("../persist/fixtures/1.5.1.gob", import.meta.url));
const EXPOSED = linesOf(new TextDecoder().decode(readFixture("1.5.1", "txt")));
const targets = processTargets.filter(({ name }) => name === "bun" || name === "deno");

/** The push times of a scrape, which every group has. */
function linesOf(scrape: string): string[] {
  return scrape.split("\n").filter((line) => line.startsWith("push_time_seconds{")).sort();
}

describe.each(targets)("a file of the reference: $name", (target) => {
  let folder: string;
  let file: string;
  let gateway: GatewayProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "narthex-reference-"));
    file = join(folder, "metrics");
  });
  afterEach(async () => {
    await stop("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(): Promise<string> {
    const flags = [`--persistence.file=${file}`, "--web.listen-address=127.0.0.1:0"];
    gateway = spawnGateway([...await target.command(), ...flags]);
    await gateway.waitFor(/stored metrics are loaded/);
    return await urlOf(gateway);
  }

  async function stop(signal: NodeJS.Signals): Promise<void> {
    gateway?.kill(signal);
    await gateway?.exit;
    gateway = undefined;
  }

  const exposed = async (url: string) => linesOf(await (await fetch(`${url}/metrics`)).text());

  /** Pushes until there is something in the log, then leaves it there. */
  async function pushAndDie(url: string, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const init = { method: "PUT", body: `# HELP m${i} ${"h".repeat(3000)}\nm${i} 1\n` };
      expect((await fetch(`${url}/metrics/job/later${i}`, init)).status).toBe(200);
    }
    await stop("SIGKILL");
    expect(existsSync(`${file}-wal`)).toBe(true);
  }

  it("is taken over and kept", async () => {
    copyFileSync(REFERENCE, file);
    expect(EXPOSED.length).toBeGreaterThan(3);
    expect(await exposed(await start())).toEqual(EXPOSED);
    expect(readFileSync(`${file}.pushgateway-backup`)).toEqual(readFileSync(REFERENCE));
    await stop("SIGTERM");
    expect(await exposed(await start())).toEqual(EXPOSED);
    expect(readdirSync(folder).filter((name) => name.includes("backup"))).toHaveLength(1);
  });

  it.each([
    ["one that took a file over", true, 1],
    ["one that took a file over and grew", true, 30],
    ["one that began empty", false, 1],
  ])("is taken over beside the log of a database that is no more: %s", async (_, comes, count) => {
    if (comes) copyFileSync(REFERENCE, file);
    await pushAndDie(await start(), count);
    const log = readFileSync(`${file}-wal`);
    copyFileSync(REFERENCE, file);
    for (let starts = 0; starts < 2; starts++) {
      expect(await exposed(await start())).toEqual(EXPOSED);
      await stop("SIGTERM");
    }
    const kept = readdirSync(folder).filter((name) => /\.left-\d{8}T\d{6}Z-wal$/.test(name));
    expect(kept.map((name) => readFileSync(join(folder, name)).equals(log))).toEqual([true]);
  });
});
