/** A gateway that is started again exposes, letter by letter, what it exposed before. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ProcessTarget, processTargets } from "./servers.ts";
import { type GatewayProcess, spawnGateway, urlOf } from "./spawn.ts";

const GROUPS = 200;
const BODY = `# HELP http_requests Requests, with a \\\\ and a\\nline break.
# TYPE http_requests counter
http_requests_total{code="200"} 1027
http_requests_total{code="500",path="/a\\"b\\\\c"} 3
# TYPE temperature gauge
temperature{place="Zürich 💩"} -0.5
temperature{place="nowhere"} NaN
temperature{place="space"} -Inf
temperature{place=""} 1e-320
# TYPE latency histogram
latency_bucket{le="0.1"} 3
latency_bucket{le="1e+06"} 7
latency_bucket{le="+Inf"} 9
latency_sum 12345.678901234567
latency_count 9
# TYPE size summary
size{quantile="0.5"} 4773
size{quantile="0.99"} +Inf
size_sum 1.7560473e+07
size_count 2693
without_type 12345678901234567890
`;

describe.each(processTargets.filter(({ runtime }) => runtime !== "node"))(
  "started again: $name",
  (target: ProcessTarget) => {
    let folder: string;
    let running: GatewayProcess | undefined;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "narthex-restart-"));
    });
    afterEach(async () => {
      await stop("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    });

    async function start(): Promise<string> {
      running = spawnGateway([
        ...await target.command(),
        `--persistence.file=${join(folder, "narthex.db")}`,
        "--web.listen-address=127.0.0.1:0",
      ]);
      return await urlOf(running);
    }

    async function stop(signal: NodeJS.Signals): Promise<void> {
      running?.kill(signal);
      await running?.exit;
      running = undefined;
    }

    it("exposes what it exposed before, push times included", async () => {
      let url = await start();
      for (let group = 0; group < GROUPS; group++) {
        const path = `${url}/metrics/job/restart/instance/${group}/zone/ü%20${group % 7}`;
        const answer = await fetch(path, { method: "POST", body: BODY });
        expect([answer.status, await answer.text()]).toEqual([200, ""]);
      }
      const inconsistent = `# TYPE temperature counter\ntemperature 1\n`;
      for (const group of ["1", "never accepted"]) {
        const path = `${url}/metrics/job/restart/instance/${group}`;
        expect((await fetch(path, { method: "PUT", body: inconsistent })).status).toBe(400);
      }
      await fetch(`${url}/metrics/job/restart/instance/3/zone/ü%203`, { method: "DELETE" });
      const before = await scrapePushed(url);
      expect(before.split("\n").length).toBeGreaterThan(GROUPS * 15);
      expect(before).toMatch(/^push_failure_time_seconds\{.*never accepted.*\} 1\.\d+e\+09$/m);
      // Failure times are stored with the next change, if nothing else comes within a second.
      const path = `${url}/metrics/job/restart/instance/3/zone/ü%203`;
      await fetch(path, { method: "POST", body: "temperature 1\n" });
      await fetch(path, { method: "DELETE" });
      for (const signal of ["SIGTERM", "SIGKILL", "SIGTERM"] as const) {
        await stop(signal);
        url = await start();
        expect(await scrapePushed(url)).toBe(before);
      }
    });
  },
);

/** The families of a scrape that were pushed, with their comments; what the gateway tells of itself is another matter. */
async function scrapePushed(url: string): Promise<string> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const families = text.split(/^(?=# HELP )|^(?<!^# HELP .*\n)(?=# TYPE )/m);
  return families.filter((family) => family.includes('job="restart"')).join("");
}
