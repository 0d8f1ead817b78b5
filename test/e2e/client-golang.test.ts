/** Go's client library pushes to the gateway, as delimited protobuf. Its modules come through the Go module proxy. */

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Server, startGateway, startTenant } from "./servers.ts";
import { describeWith, type Tool } from "./tools.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "narthex-go-"));
const CLIENT = join(FOLDER, "client");
const client = buildClient();

/** Builds the program in a folder of its own; without Go, or modules, there is none. */
function buildClient(): Tool {
  const name = "client_golang";
  const paths = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "go"));
  const go = paths.find((path) => run(path, ["version"]).status === 0);
  if (go === undefined) return { name, missing: "go is not installed" };
  cpSync(fileURLToPath(new URL("client-golang", import.meta.url)), FOLDER, { recursive: true });
  if (run(go, ["mod", "download"]).status !== 0) return { name, missing: "cannot fetch modules" };
  const { status, output } = run(go, ["build", "-o", CLIENT, "."]);
  if (status !== 0) throw new Error(`the Go program does not build:\n${output}`);
  return { name, path: CLIENT };
}

function run(command: string, args: readonly string[]): { status: number | null; output: string } {
  const options = { cwd: FOLDER, encoding: "utf8", timeout: 300_000 } as const;
  const { status, stdout, stderr } = spawnSync(command, args, options);
  return { status, output: `${stdout ?? ""}${stderr ?? ""}` };
}

afterAll(() => rmSync(FOLDER, { recursive: true }));

const ADMIN_API = "--web.enable-admin-api";

describeWith([client], "client_golang", () => describeClient(() => startGateway(ADMIN_API)));
describeWith(
  [client],
  "client_golang and a tenant",
  () => describeClient(() => startTenant(ADMIN_API)),
);

function describeClient(start: () => Promise<Server>): void {
  let gateway: Server;
  beforeAll(async () => {
    gateway = await start();
  });
  afterAll(() => gateway.stop());

  /** Runs cases one after the other from an empty gateway; returns what it exposes then, without times and own metrics. */
  async function pushed(...cases: readonly string[]): Promise<readonly string[]> {
    await fetch(`${gateway.url}/api/v1/admin/wipe`, { method: "PUT" });
    for (const name of cases) {
      expect(run(CLIENT, [gateway.url, name])).toEqual({ status: 0, output: "" });
    }
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    return text.split("\n").filter((line) =>
      line !== "" && !/^(?:# (?:HELP|TYPE) )?(?:push_|pushgateway_|process_|narthex_)/.test(line)
    );
  }

  it("pushes every type", async () => {
    const lines = await pushed("every-type");
    for (const line of EVERY_TYPE) expect(lines).toContain(line);
  });

  it("replaces a group with Push", async () => {
    expect(await pushed("push", "push-other")).toEqual([...head("b"), 'b{instance="",job="j"} 2']);
  });

  it("replaces metrics with Add", async () => {
    expect(await pushed("push", "add-other", "add-again")).toEqual([
      ...head("a"),
      'a{instance="",job="j"} 3',
      ...head("b"),
      'b{instance="",job="j"} 2',
    ]);
  });

  it("deletes a group, also one that is not there", async () => {
    expect(await pushed("push", "delete", "delete-nothing")).toEqual([]);
  });

  it("takes a slash, an empty value and an instance into the grouping key", async () => {
    const labels = 'empty="",instance="i",job="a/b",path="/var/tmp"';
    expect(await pushed("slash")).toEqual([...head("a"), `a{${labels}} 1`]);
    expect(await pushed("slash", "slash-delete")).toEqual([]);
  });

  it("is not disturbed by credentials and headers that nobody asked for", async () => {
    expect(await pushed("auth")).toEqual([...head("a"), 'a{instance="",job="auth"} 1']);
    expect(await pushed("auth", "auth-delete")).toEqual([]);
  });

  it("learns why a push was refused", async () => {
    await pushed("push");
    const { status, output } = run(CLIENT, [gateway.url, "other-type"]);
    expect(status).toBe(1);
    expect(output).toMatch(/unexpected status code 400 .*invalid or inconsistent.*is not a GAUGE/);
  });
}

function head(name: string): string[] {
  return [`# HELP ${name} Help of ${name}.`, `# TYPE ${name} gauge`];
}

/** Lines of what the library sends for one metric of each type, with the labels of the group. */
const EVERY_TYPE: readonly string[] = [
  "# HELP jobs_total Jobs done.",
  "# TYPE jobs_total counter",
  'jobs_total{instance="",job="types",kind="a"} 3',
  'jobs_total{instance="",job="types",kind="b \\"c\\" \\\\ d\\ne"} 1',
  "# HELP temperature_celsius Over\\ntwo lines, \\\\ and all.",
  'temperature_celsius{instance="",job="types"} -12.5',
  "# TYPE wait_seconds summary",
  'wait_seconds{instance="",job="types",quantile="0.5"} 0.25',
  'wait_seconds_sum{instance="",job="types"} 0.25',
  'wait_seconds_count{instance="",job="types"} 1',
  "# TYPE size_bytes histogram",
  'size_bytes_bucket{instance="",job="types",le="1e-05"} 0',
  'size_bytes_bucket{instance="",job="types",le="5"} 2',
  'size_bytes_bucket{instance="",job="types",le="1e+06"} 3',
  'size_bytes_bucket{instance="",job="types",le="+Inf"} 3',
  'size_bytes_count{instance="",job="types"} 3',
  "# TYPE native_seconds histogram",
  'native_seconds_bucket{instance="",job="types",le="+Inf"} 3',
  'native_seconds_count{instance="",job="types"} 3',
];
