/**
 * The command line as a whole: arguments in, what to do out. It prints nothing and never throws, so that `runtime/` decides where
 * text goes and how the process ends. The order of checks is kingpin's: unknown flags, then `--help`, then values.
 */

import type { BuildInfo } from "../model/build-info.ts";
import type { LogFormat } from "../log/create-logger.ts";
import type { LogLevel } from "../log/logger.ts";
import { type GivenFlag, readCommandLine } from "./command-line.ts";
import { FlagError } from "./flag-error.ts";
import { FLAG_NAMES, type FlagName, FLAGS, type FlagValues, type SyncMode } from "./flags.ts";
import { renderErrorLine, renderHelp, renderVersion } from "./help.ts";
import type { ListenAddress } from "./listen-address.ts";
import { computeRoutePrefix } from "./route-prefix.ts";

/** The settings of a gateway that was started from a command line. */
export interface Flags {
  /** Where to serve; at least one. */
  readonly listenAddresses: readonly ListenAddress[];
  /** Path of the file with TLS and authentication settings; "" for none. */
  readonly webConfigFile: string;
  /** Whether to serve on sockets that systemd passes, and not on `listenAddresses`. */
  readonly systemdSocket: boolean;
  /** Path of the scrape endpoint below `routePrefix`, as in a URL's `pathname`: leading slash, none at the end. */
  readonly telemetryPath: string;
  /** URL under which others reach the gateway; "" when not told. */
  readonly externalUrl: string;
  /** Prefix of all routes, computed from both flags: "", or a path as in a URL's `pathname`, no slash at the end. */
  readonly routePrefix: string;
  /** Whether `/-/quit` works. */
  readonly enableLifecycle: boolean;
  /** Whether `/api/v1/admin/*` works. */
  readonly enableAdminApi: boolean;
  /** Whether scrapers that ask for OpenMetrics get it. */
  readonly enableOpenMetrics: boolean;
  /** Path of the file to store in; "" for none. */
  readonly persistenceFile: string;
  /** URL of the store to use instead of a file; "" for none. May hold a password. */
  readonly persistenceUrl: string;
  /** What a 200 promises about the file. */
  readonly persistenceSync: SyncMode;
  /** Milliseconds; without effect, since every push is stored at once. */
  readonly persistenceInterval: number;
  /** Whether pushes are stored without being checked against each other. */
  readonly disableConsistencyCheck: boolean;
  /** Whether names may hold any UTF-8. */
  readonly enableUtf8Names: boolean;
  /** Bytes that a pushed body may have, before and after inflation; above 0. */
  readonly maxBodySize: number;
  /** The least severity that is logged. */
  readonly logLevel: LogLevel;
  /** How events are logged. */
  readonly logFormat: LogFormat;
  /** Every flag's value as text, by flag name in alphabetical order, as the reference's status API shows them. */
  readonly values: Readonly<Record<string, string>>;
}

/** What a command line comes to. Texts and the line have no line feed at their end. */
export type ParsedCommandLine =
  | { readonly kind: "run"; readonly flags: Flags }
  /** For stdout, exit code 0. */
  | { readonly kind: "help"; readonly text: string }
  /** For stdout, exit code 0. */
  | { readonly kind: "version"; readonly text: string }
  /** For stderr, exit code 1. */
  | { readonly kind: "error"; readonly line: string };

/** Reads `args` (without runtime and script); `program` is what the user called, `build` what `--version` tells. */
export function parseFlags(
  args: readonly string[],
  program: string,
  build: BuildInfo,
): ParsedCommandLine {
  try {
    const commandLine = readCommandLine(args);
    if (commandLine.kind === "help") return { kind: "help", text: renderHelp(program) };
    if (commandLine.kind === "version") return { kind: "version", text: renderVersion(build) };
    return { kind: "run", flags: readFlags(commandLine.given) };
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    return { kind: "error", line: renderErrorLine(program, error.message) };
  }
}

/** The texts that were given to each flag; what is missing has its default. */
type FlagTexts = ReadonlyMap<FlagName, readonly string[]>;

/** Checks values in the order given, then whether the features are there; throws FlagError. */
function readFlags(given: readonly GivenFlag[]): Flags {
  const texts = collectTexts(given);
  for (const { name, text } of given) checkIsBuilt(name, text);
  const all = <N extends FlagName>(name: N): FlagValues[N][] =>
    textsOf(texts, name).map((text) => FLAGS[name].type.parse(text));
  const one = <N extends FlagName>(name: N): FlagValues[N] =>
    FLAGS[name].type.parse(textsOf(texts, name)[0] ?? "");
  if (one("persistence.file") !== "" && one("persistence.url") !== "") {
    throw new FlagError("--persistence.file and --persistence.url exclude each other");
  }
  const routePrefix = computeRoutePrefix(one("web.route-prefix"), one("web.external-url"));
  return {
    listenAddresses: all("web.listen-address"),
    webConfigFile: one("web.config.file"),
    systemdSocket: one("web.systemd-socket"),
    telemetryPath: one("web.telemetry-path"),
    externalUrl: one("web.external-url"),
    routePrefix,
    enableLifecycle: one("web.enable-lifecycle"),
    enableAdminApi: one("web.enable-admin-api"),
    enableOpenMetrics: one("web.enable-openmetrics"),
    persistenceFile: one("persistence.file"),
    persistenceUrl: one("persistence.url"),
    persistenceSync: one("persistence.sync"),
    persistenceInterval: one("persistence.interval"),
    disableConsistencyCheck: one("push.disable-consistency-check"),
    enableUtf8Names: one("push.enable-utf8-names"),
    maxBodySize: one("push.max-body-size"),
    logLevel: one("log.level"),
    logFormat: one("log.format"),
    values: { ...showValues(texts), "web.route-prefix": routePrefix },
  };
}

function collectTexts(given: readonly GivenFlag[]): FlagTexts {
  const texts = new Map<FlagName, string[]>();
  for (const { name, text } of given) {
    const before = texts.get(name);
    if (before !== undefined && FLAGS[name].repeatable !== true) {
      throw new FlagError(`flag '${name}' cannot be repeated`);
    }
    FLAGS[name].type.parse(text);
    texts.set(name, [...before ?? [], text]);
  }
  return texts;
}

function textsOf(texts: FlagTexts, name: FlagName): readonly string[] {
  return texts.get(name) ?? [FLAGS[name].default];
}

function checkIsBuilt(name: FlagName, text: string): void {
  const { notYet, default: unset } = FLAGS[name];
  if (notYet === undefined || text === "" || text === unset) return;
  throw new FlagError(`--${name} is not supported yet: ${notYet}`);
}

function showValues(texts: FlagTexts): Record<string, string> {
  const show = <N extends FlagName>(name: N): string => {
    const { type } = FLAGS[name];
    return textsOf(texts, name).map((text) => type.show(type.parse(text), text)).join(",");
  };
  return Object.fromEntries(FLAG_NAMES.toSorted().map((name) => [name, show(name)]));
}
