/** A disk without room: pushes are refused, everything else goes on, and nobody has to do anything once there is room again. */

import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { describeWith } from "../e2e/tools.ts";
import { processTargets } from "./servers.ts";
import { createSmallDisk, mount, type SmallDisk } from "./small-disk.ts";
import { type GatewayProcess, spawnGateway, urlOf } from "./spawn.ts";

const MEGABYTE = 1024 * 1024;
const FULL = /database or disk is full/;

for (const target of processTargets.filter(({ runtime }) => runtime !== "node")) {
  describeWith([mount], `a full disk: ${target.name}`, () => {
    let disk: SmallDisk;
    const running = new Set<GatewayProcess>();
    beforeEach(() => {
      disk = createSmallDisk(2 * MEGABYTE);
    });
    afterEach(async () => {
      for (const gateway of running) await kill(gateway);
      disk.dispose();
    });

    async function start() {
      const gateway = spawnGateway([
        ...await target.command(),
        `--persistence.file=${join(disk.path, "narthex.db")}`,
        "--web.listen-address=127.0.0.1:0",
      ]);
      running.add(gateway);
      const url = await urlOf(gateway);
      await gateway.waitFor(/stored metrics are loaded/);
      return {
        gateway,
        push: async (group: string, value: number) => {
          const body = `stored ${value}\n`;
          const response = await fetch(`${url}/metrics/job/${group}`, { method: "PUT", body });
          return [response.status, await response.text()] as const;
        },
        get: async (path: string) => (await fetch(url + path)).status,
        scrape: async () => await (await fetch(`${url}/metrics`)).text(),
      };
    }

    async function kill(gateway: GatewayProcess): Promise<void> {
      gateway.kill("SIGKILL");
      await gateway.exit;
      running.delete(gateway);
    }

    it("refuses pushes, serves what is stored, and goes on by itself when there is room", async () => {
      const { gateway, push, get, scrape } = await start();
      expect((await push("a", 1))[0]).toBe(200);
      disk.fill();
      for (const value of [2, 3]) {
        const [status, text] = await push("a", value);
        expect([status, FULL.test(text)]).toEqual([503, true]);
      }
      for (const path of ["/metrics", "/-/ready", "/-/healthy", "/", "/api/v1/status"]) {
        expect([path, await get(path)]).toEqual([path, 200]);
      }
      expect(storedIn(await scrape())).toEqual(["a 1"]);
      expect(await scrape()).toMatch(/^pushgateway_persistence_healthy 0$/m);
      expect(await scrape()).toMatch(/^pushgateway_persistence_errors_total [1-9]/m);
      expect(gateway.stderr().match(/level=error/g)).toHaveLength(1);

      disk.free();
      await gateway.waitFor(/storage works again/);
      expect(await scrape()).toMatch(/^pushgateway_persistence_healthy 1$/m);
      expect(storedIn(await scrape())).toEqual(["a 1"]);
      expect((await push("a", 4))[0]).toBe(200);
      expect(storedIn(await scrape())).toEqual(["a 4"]);
    });

    it("loses nothing that was acknowledged while the disk filled up, also when killed then", async () => {
      const { gateway, push } = await start();
      disk.fill(256 * 1024);
      const acknowledged = new Map<string, number>();
      for (let value = 1, refused = 0; refused < 20; value++) {
        const group = `g${value % 7}`;
        const [status] = await push(group, value);
        if (status === 200) acknowledged.set(group, value);
        else refused++;
      }
      await kill(gateway);
      const { scrape } = await start();
      const stored = [...acknowledged].map(([group, value]) => `${group} ${value}`).sort();
      expect(stored.length).toBeGreaterThan(0);
      expect(storedIn(await scrape())).toEqual(stored);
    });

    it.each(["SIGTERM", "SIGKILL"] as const)(
      "starts on a full disk after %s and serves what is stored",
      async (signal) => {
        const before = await start();
        await before.push("a", 1);
        before.gateway.kill(signal);
        await before.gateway.exit;
        disk.fill();
        const { gateway, push, scrape } = await start();
        expect(storedIn(await scrape())).toEqual(["a 1"]);
        const [status, text] = await push("a", 2);
        expect([status, FULL.test(text)]).toEqual([503, true]);
        disk.free();
        await gateway.waitFor(/storage works again/);
        expect((await push("a", 3))[0]).toBe(200);
        await kill(gateway);
        expect(storedIn(await (await start()).scrape())).toEqual(["a 3"]);
      },
    );

    it("does not start with a new file on a full disk, and says why in one line", async () => {
      disk.fill();
      const gateway = spawnGateway([
        ...await target.command(),
        `--persistence.file=${join(disk.path, "narthex.db")}`,
        "--web.listen-address=127.0.0.1:0",
      ]);
      expect(await gateway.exit).toEqual({ code: 1, signal: null });
      expect(gateway.stderr()).toMatch(
        /^narthex: error: file \S+: [^\n]*(full|no space)[^\n]*\n$/m,
      );
    });
  });
}

/** The groups and values of the family `stored`. */
function storedIn(scrape: string): string[] {
  return [...scrape.matchAll(/^stored\{instance="",job="(\w+)"\} (\d+)$/gm)]
    .map(([, group, value]) => `${group} ${value}`).sort();
}
