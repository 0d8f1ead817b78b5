/**
 * Who this gateway is: shown by `--version`, by the status API and as labels of `pushgateway_build_info`. What only the build
 * knows is written in by the bundler as global constants; run from source they are absent and read "unknown".
 */

declare const NARTHEX_REVISION: string;
declare const NARTHEX_BRANCH: string;
declare const NARTHEX_BUILD_DATE: string;

/** The version of the gateway; a test holds it equal to the one in package.json. */
export const VERSION: string = "0.1.0";

/** The parts of a build's identity, all for showing. */
export interface BuildInfo {
  /** Version of the gateway, `0.1.0`. */
  readonly version: string;
  /** Commit it was built from, or "unknown". */
  readonly revision: string;
  /** Branch it was built from, or "unknown". */
  readonly branch: string;
  /** When it was built, or "unknown". */
  readonly buildDate: string;
  /** Runtime with its version, `bun 1.4.4`. */
  readonly runtime: string;
  /** Operating system and processor, `linux/x64`. */
  readonly platform: string;
  /** Build tags, which only the reference has: always "unknown", its word for none. The metric keeps the label. */
  readonly tags: string;
}

/** Describes this build on the runtime and platform that `runtime/` found out about. */
export function createBuildInfo(host: Pick<BuildInfo, "runtime" | "platform">): BuildInfo {
  return {
    version: VERSION,
    revision: typeof NARTHEX_REVISION === "undefined" ? "unknown" : NARTHEX_REVISION,
    branch: typeof NARTHEX_BRANCH === "undefined" ? "unknown" : NARTHEX_BRANCH,
    buildDate: typeof NARTHEX_BUILD_DATE === "undefined" ? "unknown" : NARTHEX_BUILD_DATE,
    runtime: host.runtime,
    platform: host.platform,
    tags: "unknown",
  };
}
