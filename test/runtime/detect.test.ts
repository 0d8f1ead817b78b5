import { describe, expect, it } from "vitest";
import { describeRuntime, detectRuntime, programName } from "../../src/runtime/detect.ts";

const NODE = { node: "20.20.2", v8: "11" };
const BUN = { node: "26.3.0", bun: "1.4.4" };
const DENO = { node: "26.3.0", deno: "2.9.6" };

describe("detectRuntime", () => {
  it.each([["node", NODE], ["bun", BUN], ["deno", DENO]])("%s", (name, versions) => {
    expect(detectRuntime({ versions })).toBe(name);
  });
});

describe("describeRuntime", () => {
  it.each([
    [NODE, "node 20.20.2"],
    [BUN, "bun 1.4.4"],
    [DENO, "deno 2.9.6"],
    [{}, "node unknown"],
  ])("%o", (versions, runtime) => {
    const facts = { versions, platform: "linux", arch: "x64" };
    expect(describeRuntime(facts)).toEqual({ runtime, platform: "linux/x64" });
  });
});

describe("programName", () => {
  it.each([
    ["from source", "/usr/bin/bun", "/src/narthex/src/main.ts", "narthex"],
    ["installed by npm", "/usr/bin/node", "/app/node_modules/.bin/narthex", "narthex"],
    ["bundle", "/usr/bin/node", "/app/dist/narthex.mjs", "narthex"],
    ["link of another name", "/usr/bin/node", "/usr/bin/pushgateway", "pushgateway"],
    ["binary", "/usr/local/bin/narthex", "/$bunfs/root/narthex", "narthex"],
    [
      "renamed binary",
      "/usr/bin/prometheus-pushgateway",
      "/$bunfs/root/narthex",
      "prometheus-pushgateway",
    ],
    ["name with a dot", "/opt/narthex-0.1.0", "/$bunfs/root/narthex", "narthex-0.1.0"],
    ["binary on Windows", "C:\\bin\\pushgateway.exe", "B:\\~BUN\\root\\narthex.exe", "pushgateway"],
    ["nothing", "/usr/bin/node", undefined, "narthex"],
  ])("%s", (_, execPath, script, name) => {
    const argv = script === undefined ? [execPath] : [execPath, script, "--flag"];
    expect(programName({ execPath, argv })).toBe(name);
  });
});
