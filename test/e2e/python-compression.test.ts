/** Python's prometheus_client compresses what it pushes, where its version can. */

import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Server, startGateway } from "./servers.ts";
import { describeWith, pathOf, type Tool } from "./tools.ts";

/** Arguments: the URL of the gateway and the compression. */
const SCRIPT = `
import sys
from prometheus_client import CollectorRegistry, Gauge, push_to_gateway
registry = CollectorRegistry()
gauge = Gauge("a", "Help of a.", ["n"], registry=registry)
for n in range(2000):
    gauge.labels(n).set(n)
push_to_gateway(sys.argv[1], "j", registry, compression=sys.argv[2])
`;

for (const compression of ["gzip", "snappy"]) {
  const python = findPython(compression);
  // Which Pythons have it depends on their version, so that it is no tool that can be required; CI names one that has it.
  const suite = "missing" in python && process.env["E2E_PYTHON"] === undefined
    ? describeWithout
    : describeWith;
  suite([python], `prometheus_client with ${compression}`, () => {
    let gateway: Server;
    beforeAll(async () => {
      gateway = await startGateway();
    });
    afterAll(() => gateway.stop());

    it("pushes", async () => {
      const args = ["-c", SCRIPT, gateway.url, compression];
      const { status, stderr } = spawnSync(pathOf(python), args, { encoding: "utf8" });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const lines = (await (await fetch(`${gateway.url}/metrics?name[]=a`)).text()).split("\n");
      const values = lines.filter((line) => line.startsWith("a{"));
      expect(values).toHaveLength(2000);
      expect(values).toContain('a{instance="",job="j",n="1999"} 1999');
    });
  });
}

/** A suite that is skipped under a name that says what is missing. */
function describeWithout([tool]: readonly Tool[], title: string, body: () => void): void {
  describe.skip(`${title} [${tool?.name}: not installed]`, body);
}

/** A Python whose library knows the parameter, and the module that it takes. `E2E_PYTHON` may name one that is not in PATH. */
function findPython(compression: string): Tool {
  const name = `python3 with prometheus_client that knows ${compression}`;
  const check = "import inspect, prometheus_client as p\n" +
    `assert "compression" in inspect.signature(p.push_to_gateway).parameters\n` +
    (compression === "snappy" ? "import snappy\nsnappy.StreamCompressor\n" : "");
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const paths = [
    ...(process.env["E2E_PYTHON"] === undefined ? [] : [process.env["E2E_PYTHON"]]),
    ...folders.map((folder) => join(folder, "python3")),
  ];
  const path = paths.find((path) => spawnSync(path, ["-c", check]).status === 0);
  return path === undefined ? { name, missing: "not installed" } : { name, path };
}
