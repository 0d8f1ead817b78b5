/** prom-client's Pushgateway class pushes to the gateway. */

import { Counter, Gauge, Histogram, Pushgateway, Registry, Summary } from "prom-client";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { exposedBy, wipe } from "./reference/compare.ts";
import { type Server, startGateway, startTenant } from "./servers.ts";

const ADMIN_API = "--web.enable-admin-api";

describe("prom-client", () => describeClient(() => startGateway(ADMIN_API)));
describe("prom-client and a tenant", () => describeClient(() => startTenant(ADMIN_API)));

function describeClient(start: () => Promise<Server>): void {
  let gateway: Server;
  beforeAll(async () => {
    gateway = await start();
  });
  afterAll(() => gateway.stop());
  beforeEach(() => wipe(gateway.url));

  const clientOf = (registry: Registry, options = {}) =>
    new Pushgateway(gateway.url, options, registry);

  /** What the gateway holds, without push times. */
  async function held(): Promise<readonly string[]> {
    const { lines } = await exposedBy(gateway.url);
    return lines.filter((line) =>
      !/^(?:# (?:HELP|TYPE) )?push_(?:failure_)?time_seconds/.test(line)
    );
  }

  it("pushes every type", async () => {
    await clientOf(everyType()).push({ jobName: "types" });
    expect(await held()).toEqual(EVERY_TYPE.toSorted());
  });

  it("resolves with the answer", async () => {
    const { resp, body } = await clientOf(gauge("a", 1)).push({ jobName: "j" });
    expect([(resp as { statusCode?: number }).statusCode, body]).toEqual([200, ""]);
  });

  it("replaces a group with push", async () => {
    await clientOf(gauge("a", 1)).push({ jobName: "j" });
    await clientOf(gauge("b", 2)).push({ jobName: "j" });
    expect(await held()).toEqual([...head("b"), 'b{instance="",job="j"} 2']);
  });

  it("replaces metrics with pushAdd", async () => {
    await clientOf(gauge("a", 1)).pushAdd({ jobName: "j" });
    await clientOf(gauge("b", 2)).pushAdd({ jobName: "j" });
    await clientOf(gauge("a", 3)).pushAdd({ jobName: "j" });
    expect(await held()).toEqual(
      [...head("a"), ...head("b"), 'a{instance="",job="j"} 3', 'b{instance="",job="j"} 2'].sort(),
    );
  });

  it("deletes a group, also one that is not there", async () => {
    const client = clientOf(gauge("a", 1));
    await client.push({ jobName: "j" });
    await client.delete({ jobName: "j" });
    const { resp } = await client.delete({ jobName: "nothing" });
    expect((resp as { statusCode?: number }).statusCode).toBe(202);
    expect(await held()).toEqual([]);
  });

  it("sends slashes as %2F, which stay part of their value", async () => {
    const params = { jobName: "a/b", groupings: { path: "/var/tmp", instance: "i" } };
    const client = clientOf(gauge("a", 1));
    await client.push(params);
    const labels = 'instance="i",job="a/b",path="/var/tmp"';
    expect(await held()).toEqual([...head("a"), `a{${labels}} 1`]);
    await client.delete(params);
    expect(await held()).toEqual([]);
  });

  it("keeps Unicode, blanks, plus, percent and quotes in groupings", async () => {
    const groupings = { l: 'a b+c%2F"\\\n?#', n: "😀" };
    await clientOf(gauge("a", 1)).push({ jobName: "ü", groupings });
    const labels = 'instance="",job="ü",l="a b+c%2F\\"\\\\\\n?#",n="😀"';
    expect(await held()).toEqual([...head("a"), `a{${labels}} 1`]);
  });

  it("may end its groupings with an empty value", async () => {
    const groupings = { l: "1", empty: "" };
    await clientOf(gauge("a", 1)).push({ jobName: "j", groupings });
    expect(await held()).toEqual([...head("a"), 'a{empty="",instance="",job="j",l="1"} 1']);
  });

  it("is told what to do about an empty value elsewhere, for which it has no encoding", async () => {
    const groupings = { empty: "", l: "1" };
    await expect(clientOf(gauge("a", 1)).push({ jobName: "j", groupings })).rejects.toThrow(
      "push failed with status 400, empty segment in the path; write an empty value as LABEL@base64/=",
    );
    expect(await held()).toEqual([]);
  });

  it("may compress", async () => {
    const client = clientOf(gauge("a", 1), { headers: { "Content-Encoding": "gzip" } });
    await client.pushAdd({ jobName: "j" });
    expect(await held()).toEqual([...head("a"), 'a{instance="",job="j"} 1']);
  });

  it("may authenticate, which nobody asked for", async () => {
    const client = clientOf(gauge("a", 1), { auth: "user:secret" });
    await client.push({ jobName: "j" });
    expect(await held()).toEqual([...head("a"), 'a{instance="",job="j"} 1']);
  });

  it("rejects with the reason of a refused push", async () => {
    await clientOf(gauge("a", 1)).push({ jobName: "j" });
    const registry = new Registry();
    new Counter({ name: "a", help: "Help of a.", registers: [registry] }).inc();
    await expect(clientOf(registry).push({ jobName: "k" })).rejects.toThrow(
      /^push failed with status 400, pushed metrics are invalid or inconsistent with existing metrics: collected metric "a" \{.*\} is not a GAUGE\n$/,
    );
  });

  it("rejects with the reason when a grouping label cannot be one", async () => {
    const groupings = { "b-c": "d" };
    await expect(clientOf(gauge("a", 1)).push({ jobName: "j", groupings })).rejects.toThrow(
      'push failed with status 400, improper label name "b-c"\n',
    );
  });

  it("rejects a body that is not what its header says", async () => {
    const client = clientOf(gauge("a", 1), { headers: { "Content-Encoding": "deflate" } });
    await expect(client.push({ jobName: "j" })).rejects.toThrow(
      "push failed with status 400, deflate: ",
    );
    const unknown = clientOf(gauge("a", 1), { headers: { "Content-Encoding": "compress" } });
    await expect(unknown.push({ jobName: "j" })).rejects.toThrow(
      'push failed with status 415, unsupported content encoding "compress"',
    );
  });
}

function gauge(name: string, value: number): Registry {
  const registry = new Registry();
  new Gauge({ name, help: `Help of ${name}.`, registers: [registry] }).set(value);
  return registry;
}

function everyType(): Registry {
  const registry = new Registry();
  const registers = [registry];
  const counter = new Counter({
    name: "jobs_total",
    help: "Jobs.",
    labelNames: ["kind"],
    registers,
  });
  counter.inc({ kind: "a" }, 3);
  counter.inc({ kind: 'b "c" \\ d\ne' });
  new Gauge({ name: "celsius", help: "Over\ntwo lines, \\ and all.", registers }).set(-1e-7);
  const percentiles = [0.5, 0.99];
  const summary = new Summary({ name: "wait_seconds", help: "Waiting.", percentiles, registers });
  summary.observe(0.25);
  summary.observe(0.25);
  const buckets = [0.00001, 1, 1e6];
  const histogram = new Histogram({ name: "size_bytes", help: "Sizes.", buckets, registers });
  for (const size of [0.5, 1e6, 1e21]) histogram.observe(size);
  return registry;
}

function head(name: string): string[] {
  return [`# HELP ${name} Help of ${name}.`, `# TYPE ${name} gauge`];
}

const EVERY_TYPE: readonly string[] = [
  "# HELP jobs_total Jobs.",
  "# TYPE jobs_total counter",
  'jobs_total{instance="",job="types",kind="a"} 3',
  'jobs_total{instance="",job="types",kind="b \\"c\\" \\\\ d\\ne"} 1',
  "# HELP celsius Over\\ntwo lines, \\\\ and all.",
  "# TYPE celsius gauge",
  'celsius{instance="",job="types"} -1e-07',
  "# HELP wait_seconds Waiting.",
  "# TYPE wait_seconds summary",
  'wait_seconds{instance="",job="types",quantile="0.5"} 0.25',
  'wait_seconds{instance="",job="types",quantile="0.99"} 0.25',
  'wait_seconds_sum{instance="",job="types"} 0.5',
  'wait_seconds_count{instance="",job="types"} 2',
  "# HELP size_bytes Sizes.",
  "# TYPE size_bytes histogram",
  'size_bytes_bucket{instance="",job="types",le="1e-05"} 0',
  'size_bytes_bucket{instance="",job="types",le="1"} 1',
  'size_bytes_bucket{instance="",job="types",le="1e+06"} 2',
  'size_bytes_bucket{instance="",job="types",le="+Inf"} 3',
  'size_bytes_sum{instance="",job="types"} 1.000000000000001e+21',
  'size_bytes_count{instance="",job="types"} 3',
];
