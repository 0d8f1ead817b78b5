/**
 * From flags as given to the settings of a gateway: values are read, defaults filled in, the status API's view made. It needs no
 * runtime, so that Workers read their flags here too.
 */

import type { LogFormat } from "../log/create-logger.ts";
import type { LogLevel } from "../log/logger.ts";
import { FlagError } from "./flag-error.ts";
import type { GivenFlag } from "./flag-pieces.ts";
import {
  FLAG_NAMES,
  type FlagName,
  FLAGS,
  type FlagValues,
  isFlagName,
  type SyncMode,
} from "./flags.ts";
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
  /** How much may be held; Infinity where there is no limit. */
  readonly limits: { readonly groups: number; readonly series: number; readonly size: number };
  /** The least severity that is logged. */
  readonly logLevel: LogLevel;
  /** How events are logged. */
  readonly logFormat: LogFormat;
  /** Every flag's value as text, by flag name in alphabetical order, as the reference's status API shows them. */
  readonly values: Readonly<Record<string, string>>;
}

/** The texts that were given to each flag; what is missing has its default. */
type FlagTexts = ReadonlyMap<FlagName, readonly string[]>;

/** Defaults as they would be written on the command line. */
export type FlagDefaults = { readonly [N in FlagName]?: string };

/**
 * Reads values in the order given, then checks whether the features are there.
 *
 * @param defaults texts of flags that were not given, where they are not those of the table.
 * @throws FlagError
 */
export function readFlags(given: readonly GivenFlag[], defaults: FlagDefaults = {}): Flags {
  const texts = collectTexts(given);
  for (const [name, text] of Object.entries(defaults)) {
    if (isFlagName(name) && !texts.has(name)) texts.set(name, [text]);
  }
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
    limits: {
      groups: one("store.max-groups"),
      series: one("store.max-series"),
      size: one("store.max-size"),
    },
    logLevel: one("log.level"),
    logFormat: one("log.format"),
    values: { ...showValues(texts), "web.route-prefix": routePrefix },
  };
}

function collectTexts(given: readonly GivenFlag[]): Map<FlagName, readonly string[]> {
  const texts = new Map<FlagName, readonly string[]>();
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
