import { describe, expect, it } from "vitest";
import { type Flags, parseFlags } from "../../src/cli/parse-flags.ts";
import { createNullLogger } from "../../src/log/create-logger.ts";
import { createBuildInfo } from "../../src/model/build-info.ts";
import { createGatewayOptions, type GatewayHost } from "../../src/runtime/gateway-options.ts";
import { createFakeClock } from "../support/fake-clock.ts";

const host: GatewayHost = {
  build: createBuildInfo({ runtime: "test", platform: "test" }),
  clock: createFakeClock(),
  logger: createNullLogger(),
  eventLoop: true,
};

function flagsOf(...args: string[]): Flags {
  const parsed = parseFlags(args, "narthex", host.build);
  if (parsed.kind !== "run") throw new Error(JSON.stringify(parsed));
  return parsed.flags;
}

describe("createGatewayOptions", () => {
  it.each([
    ["--web.telemetry-path=/m", { telemetryPath: "/m" }],
    ["--web.route-prefix=/p/", { routePrefix: "/p" }],
    ["--web.external-url=http://x/p", { routePrefix: "/p" }],
    ["--web.enable-lifecycle", { enableLifecycle: true }],
    ["--web.enable-admin-api", { enableAdminApi: true }],
    ["--web.enable-openmetrics", { enableOpenMetrics: true }],
    ["--push.disable-consistency-check", { checkConsistency: false }],
    ["--push.enable-utf8-names", { enableUtf8Names: true }],
    ["--no-push.enable-utf8-names", { enableUtf8Names: false }],
    ["--push.max-body-size=1KiB", { maxBodySize: 1024 }],
    ["--store.max-groups=3", { limits: { groups: 3, series: Infinity, size: Infinity } }],
    ["--store.max-series=3", { limits: { groups: Infinity, series: 3, size: Infinity } }],
    ["--store.max-size=1KiB", { limits: { groups: Infinity, series: Infinity, size: 1024 } }],
  ])("%s", (arg, options) => {
    expect(createGatewayOptions(flagsOf(arg), host)).toMatchObject(options);
  });

  it("counts nothing where there is no limit", () => {
    expect(createGatewayOptions(flagsOf("--store.max-groups=0"), host)).not.toHaveProperty(
      "limits",
    );
  });

  it("hands on what the runtime has and what the status shows", () => {
    const flags = flagsOf();
    expect(createGatewayOptions(flags, host)).toMatchObject({ ...host, flags: flags.values });
  });
});
