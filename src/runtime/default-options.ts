/**
 * The options of a gateway that nobody configured, on web-standard APIs alone: for the library and for Workers, which have no
 * command line. They are the defaults of the flags; a test holds them to that.
 */

import type { GatewayOptions } from "../gateway.ts";
import { createNullLogger } from "../log/create-logger.ts";
import { createBuildInfo } from "../model/build-info.ts";
import { createSystemClock } from "./clock.ts";

/** Largest body of a push in bytes, on the wire and inflated. */
const MAX_BODY_SIZE = 64 * 1024 * 1024;

/**
 * Makes the default options.
 *
 * @param runtime what `pushgateway_build_info` says of the runtime.
 */
export function defaultOptions(runtime = "unknown"): GatewayOptions {
  return {
    telemetryPath: "/metrics",
    routePrefix: "",
    enableLifecycle: false,
    enableAdminApi: false,
    enableOpenMetrics: false,
    checkConsistency: true,
    enableUtf8Names: false,
    maxBodySize: MAX_BODY_SIZE,
    build: createBuildInfo({ runtime, platform: "unknown" }),
    flags: {},
    clock: createSystemClock(),
    logger: createNullLogger(),
  };
}
