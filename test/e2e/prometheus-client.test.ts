/** Python's prometheus_client pushes to the gateway, and to the Worker as wrangler runs it. */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exposedBy, wipe } from "./reference/compare.ts";
import { type Server, startDevWorker, startGateway, startTenant } from "./servers.ts";
import { describeWith, pathOf, python } from "./tools.ts";

const SCRIPT = fileURLToPath(new URL("prometheus-client.py", import.meta.url));

const ADMIN_API = "--web.enable-admin-api";

describeWith([python], "prometheus_client", () => describeClient(() => startGateway(ADMIN_API)));
describeWith(
  [python],
  "prometheus_client and the Worker",
  () => describeClient(() => startDevWorker({ NARTHEX_OPEN: "true", NARTHEX_FLAGS: ADMIN_API })),
);
describeWith(
  [python],
  "prometheus_client and a tenant",
  () => describeClient(() => startTenant(ADMIN_API)),
);

function describeClient(start: () => Promise<Server>): void {
  let gateway: Server;
  beforeAll(async () => {
    gateway = await start();
  });
  afterAll(() => gateway.stop());

  /** Runs cases one after the other from an empty gateway; returns what it holds then, without push times. */
  async function run(...cases: readonly string[]): Promise<readonly string[]> {
    await wipe(gateway.url);
    for (const name of cases) expect(runCase(name)).toEqual({ status: 0, output: "" });
    const { lines } = await exposedBy(gateway.url);
    return lines.filter((line) =>
      !/^(?:# (?:HELP|TYPE) )?push_(?:failure_)?time_seconds/.test(line)
    );
  }

  function runCase(name: string): { status: number | null; output: string } {
    const args = [SCRIPT, gateway.url, name];
    const { status, stdout, stderr } = spawnSync(pathOf(python), args, { encoding: "utf8" });
    return { status, output: stdout + stderr };
  }

  it("pushes every type", async () => {
    expect(await run("every-type")).toEqual(EVERY_TYPE.toSorted());
  });

  it("replaces a group with push_to_gateway", async () => {
    expect(await run("push", "push-other")).toEqual([...head("b"), 'b{instance="",job="j"} 2']);
  });

  it("replaces metrics with pushadd_to_gateway", async () => {
    expect(await run("push", "add-other", "add-again")).toEqual(
      [...head("a"), ...head("b"), 'a{instance="",job="j"} 3', 'b{instance="",job="j"} 2'].sort(),
    );
  });

  it("deletes a group, also one that is not there", async () => {
    expect(await run("push", "delete", "delete-nothing")).toEqual([]);
  });

  it("takes a slash, an empty value and an instance into the grouping key", async () => {
    const labels = 'empty="",instance="i",job="a/b",path="/var/tmp"';
    expect(await run("slash")).toEqual([...head("a"), `a{${labels}} 1`]);
    expect(await run("slash", "slash-delete")).toEqual([]);
  });

  it("takes Unicode, plus, percent, quotes and line feeds into the grouping key", async () => {
    const labels = 'instance="",job="ü😀",l="a-b+c%20\\"\\\\\\n",n="5"';
    expect(await run("odd-key")).toEqual([...head("a"), `a{${labels}} 1`]);
  });

  it("is not disturbed by credentials that nobody asked for", async () => {
    expect(await run("auth")).toEqual([...head("a"), 'a{instance="",job="auth"} 1']);
    expect(await run("auth", "auth-delete")).toEqual([]);
  });

  it("learns why a push was refused", async () => {
    await run("push");
    const { status, output } = runCase("other-type");
    expect(status).toBe(1);
    expect(output).toMatch(
      /^400 pushed metrics are invalid or inconsistent with existing metrics: collected metric "a" \{.*\} is not a GAUGE\n$/,
    );
    expect(runCase("empty-job")).toEqual({ status: 1, output: "400 job name is required\n" });
  });
}

function head(name: string): string[] {
  return [`# HELP ${name} Help of ${name}.`, `# TYPE ${name} gauge`];
}

/** What the library sends for one metric of each type, with the labels of the group. */
const EVERY_TYPE: readonly string[] = [
  "# HELP jobs_total Jobs done.",
  "# TYPE jobs_total counter",
  'jobs_total{instance="",job="types",kind="a"} 3',
  'jobs_total{instance="",job="types",kind="b \\"c\\" \\\\ d\\ne"} 1',
  "# HELP jobs_created Jobs done.",
  "# TYPE jobs_created gauge",
  'jobs_created{instance="",job="types",kind="a"} 1.70000000025e+09',
  'jobs_created{instance="",job="types",kind="b \\"c\\" \\\\ d\\ne"} 1.70000000025e+09',
  "# HELP temperature_celsius Over\\ntwo lines, \\\\ and all.",
  "# TYPE temperature_celsius gauge",
  'temperature_celsius{instance="",job="types"} -12.5',
  "# HELP wait_seconds Waiting.",
  "# TYPE wait_seconds summary",
  'wait_seconds_count{instance="",job="types"} 2',
  'wait_seconds_sum{instance="",job="types"} 1.25',
  "# HELP wait_seconds_created Waiting.",
  "# TYPE wait_seconds_created gauge",
  'wait_seconds_created{instance="",job="types"} 1.70000000025e+09',
  "# HELP size_bytes Sizes.",
  "# TYPE size_bytes histogram",
  'size_bytes_bucket{instance="",job="types",le="1e-05"} 0',
  'size_bytes_bucket{instance="",job="types",le="1"} 1',
  'size_bytes_bucket{instance="",job="types",le="5"} 2',
  'size_bytes_bucket{instance="",job="types",le="1e+06"} 3',
  'size_bytes_bucket{instance="",job="types",le="1.2345678e+07"} 3',
  'size_bytes_bucket{instance="",job="types",le="+Inf"} 4',
  'size_bytes_count{instance="",job="types"} 4',
  'size_bytes_sum{instance="",job="types"} 1.0010000035e+09',
  "# HELP size_bytes_created Sizes.",
  "# TYPE size_bytes_created gauge",
  'size_bytes_created{instance="",job="types"} 1.70000000025e+09',
  "# HELP build_info Build.",
  "# TYPE build_info gauge",
  'build_info{instance="",job="types",revision="ü",version="1.2.3"} 1',
  "# HELP state State.",
  "# TYPE state gauge",
  'state{instance="",job="types",state="starting"} 0',
  'state{instance="",job="types",state="running"} 1',
];
