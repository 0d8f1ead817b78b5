/**
 * From the command line to the options of the gateway.
 */
import type { Flags } from "../cli/parse-flags.ts";
import type { GatewayOptions } from "../gateway.ts";
import type { StorageOptions } from "./persistence.ts";

/** What the gateway needs and no flag tells. */
export type GatewayHost =
  & Pick<
    GatewayOptions,
    "build" | "clock" | "logger" | "system" | "eventLoop" | "gzip" | "deflate" | "zstd" | "onQuit"
  >
  & StorageOptions;

/** Makes the options of a gateway that runs as the command line says, with what the runtime has. */
export function createGatewayOptions(flags: Flags, host: GatewayHost): GatewayOptions {
  return {
    telemetryPath: flags.telemetryPath,
    routePrefix: flags.routePrefix,
    enableLifecycle: flags.enableLifecycle,
    enableAdminApi: flags.enableAdminApi,
    enableOpenMetrics: flags.enableOpenMetrics,
    checkConsistency: !flags.disableConsistencyCheck,
    enableUtf8Names: flags.enableUtf8Names,
    maxBodySize: flags.maxBodySize,
    flags: flags.values,
    ...(isLimited(flags.limits) && { limits: flags.limits }),
    ...host,
  };
}

/** Without a limit nothing need be counted. */
function isLimited({ groups, series, size }: Flags["limits"]): boolean {
  return Math.min(groups, series, size) < Infinity;
}
