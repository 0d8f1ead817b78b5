/**
 * The one table of flags. The parser, `--help`, the values on the status page and the README's table all derive from it, so a
 * flag is added here and nowhere else. Names and defaults are the reference's. A flag whose feature is not built yet says so in
 * `notYet` and stops the start when it is used: a flag is never ignored.
 */

import { LOG_FORMATS, type LogFormat } from "../log/create-logger.ts";
import { LOG_LEVELS, type LogLevel } from "../log/logger.ts";
import {
  BYTE_SIZE,
  DURATION,
  EXTERNAL_URL,
  type FlagType,
  LIMIT,
  LISTEN_ADDRESS,
  oneOf,
  SIZE_LIMIT,
  STORAGE_URL,
  SWITCH,
  TELEMETRY_PATH,
  TEXT,
} from "./flag-types.ts";
import type { ListenAddress } from "./listen-address.ts";

/** What each flag's value is, by the flag's name without dashes. */
export interface FlagValues {
  /** One of the addresses to serve on. */
  readonly "web.listen-address": ListenAddress;
  /** Path of the file with TLS and authentication settings; empty for none. */
  readonly "web.config.file": string;
  /** Whether to serve on sockets that systemd passes. */
  readonly "web.systemd-socket": boolean;
  /** Path of the scrape endpoint, below the route prefix. */
  readonly "web.telemetry-path": string;
  /** URL under which others reach the gateway; empty when not told. */
  readonly "web.external-url": string;
  /** The prefix as given; what it comes to depends on the external URL. */
  readonly "web.route-prefix": string;
  /** Whether an HTTP request may stop the gateway. */
  readonly "web.enable-lifecycle": boolean;
  /** Whether an HTTP request may wipe the gateway. */
  readonly "web.enable-admin-api": boolean;
  /** Whether scrapers that ask for OpenMetrics get it. */
  readonly "web.enable-openmetrics": boolean;
  /** Path of the file to store in; empty for none. */
  readonly "persistence.file": string;
  /** Store other than a file, as a URL; empty for none. */
  readonly "persistence.url": string;
  /** What an answer of 200 promises about the file. */
  readonly "persistence.sync": SyncMode;
  /** Milliseconds; without effect. */
  readonly "persistence.interval": number;
  /** Whether pushes are stored without being checked against each other. */
  readonly "push.disable-consistency-check": boolean;
  /** Whether names may hold any UTF-8. */
  readonly "push.enable-utf8-names": boolean;
  /** Bytes that a pushed body may have, before and after inflation. */
  readonly "push.max-body-size": number;
  /** Groups that may be held, or Infinity. */
  readonly "store.max-groups": number;
  /** Series that may be held, or Infinity. */
  readonly "store.max-series": number;
  /** Bytes of memory that may be taken, estimated, or Infinity. */
  readonly "store.max-size": number;
  /** The least severity that is logged. */
  readonly "log.level": LogLevel;
  /** How events are logged. */
  readonly "log.format": LogFormat;
}

/** How a file is synced: with every commit, or when SQLite checkpoints. */
export type SyncMode = "full" | "normal";
const SYNC_MODES: readonly SyncMode[] = ["full", "normal"];

/** The name of a flag, without dashes. */
export type FlagName = keyof FlagValues;

/** What there is to know about one flag. */
export interface FlagRow<T> {
  /** How its value is read and shown. */
  readonly type: FlagType<T>;
  /** The default as it would be written on the command line; "false" for a switch. */
  readonly default: string;
  /** Whether it may be given more than once. */
  readonly repeatable?: true;
  /** What `--help` and the README say it does. */
  readonly help: string;
  /** Why it cannot be used yet: follows "is not supported yet: ". An empty value and `--no-name` are fine all the same. */
  readonly notYet?: string;
}

/** All flags but `--help` and `--version`, in the order of `--help`. */
export const FLAGS: { readonly [N in FlagName]: FlagRow<FlagValues[N]> } = {
  "web.listen-address": {
    type: LISTEN_ADDRESS,
    default: ":9091",
    repeatable: true,
    help: "Address to serve on: :9091 is every address of the machine, 127.0.0.1:0 a free port, " +
      "[::1]:9091 IPv6. Can be given more than once.",
  },
  "web.config.file": {
    type: TEXT,
    default: "",
    help: "File with the settings for TLS and authentication.",
    notYet: "this version serves plain HTTP without authentication",
  },
  "web.systemd-socket": {
    type: SWITCH,
    default: "false",
    help: "Serve on the sockets that systemd passes instead of --web.listen-address (Linux).",
  },
  "web.telemetry-path": {
    type: TELEMETRY_PATH,
    default: "/metrics",
    help: "Path that Prometheus scrapes. Pushes go to /metrics/job/... wherever it is.",
  },
  "web.external-url": {
    type: EXTERNAL_URL,
    default: "",
    help: "URL under which others reach the gateway, for example through a proxy.",
  },
  "web.route-prefix": {
    type: TEXT,
    default: "",
    help: "Prefix of all paths that the gateway serves, / for none. " +
      "When empty, it is the path of --web.external-url.",
  },
  "web.enable-lifecycle": {
    type: SWITCH,
    default: "false",
    help: "Let a PUT or POST to /-/quit stop the gateway.",
  },
  "web.enable-admin-api": {
    type: SWITCH,
    default: "false",
    help: "Let a PUT to /api/v1/admin/wipe delete all groups.",
  },
  "web.enable-openmetrics": {
    type: SWITCH,
    default: "false",
    help:
      "Answer scrapes in OpenMetrics, with exemplars and units, where Prometheus asks for it. " +
      "Counters without _total go out as unknown.",
  },
  "persistence.file": {
    type: TEXT,
    default: "",
    help: "File to store the groups in, an SQLite database; a file of prometheus/pushgateway is " +
      "taken over. When empty, groups are kept in memory only.",
  },
  "persistence.url": {
    type: STORAGE_URL,
    default: "",
    help: "Store to use instead of a file: redis://host:port/db, rediss:// with TLS, or " +
      "deno-kv:/path (Deno).",
  },
  "persistence.sync": {
    type: oneOf("sync mode", SYNC_MODES),
    default: "full",
    help: "What a 200 promises of --persistence.file: full, the push survives a crash of the " +
      "machine; normal, one of the gateway. One of: [full, normal]",
  },
  "persistence.interval": {
    type: DURATION,
    default: "5m",
    help: "Accepted and without effect: every push is stored at once, not at intervals.",
  },
  "push.disable-consistency-check": {
    type: SWITCH,
    default: "false",
    help: "Store pushes without checking them against each other. DANGEROUS: " +
      "what does not fit together is missing from scrapes.",
  },
  "push.enable-utf8-names": {
    type: SWITCH,
    default: "false",
    help: "Allow any UTF-8 in the names of metrics and labels.",
  },
  "push.max-body-size": {
    type: BYTE_SIZE,
    default: "64MiB",
    help: "Largest body of a push, before and after decompression. Units: B, KiB, MiB, GiB.",
  },
  "store.max-groups": {
    type: LIMIT,
    default: "0",
    help: "Groups that may be held; a push that would make more is answered with 507. " +
      "0 for any number.",
  },
  "store.max-series": {
    type: LIMIT,
    default: "0",
    help: "Series that may be held, two more for each group among them. 0 for any number.",
  },
  "store.max-size": {
    type: SIZE_LIMIT,
    default: "0",
    help: "Memory that all groups together may take, estimated with what a scrape needs. " +
      "0 for any size.",
  },
  "log.level": {
    type: oneOf("log level", LOG_LEVELS),
    default: "info",
    help: `Least severity that is logged. One of: [${LOG_LEVELS.join(", ")}]`,
  },
  "log.format": {
    type: oneOf("log format", LOG_FORMATS),
    default: "logfmt",
    help: `How log lines are written. One of: [${LOG_FORMATS.join(", ")}]`,
  },
};

/** The names of all flags in the table, in its order. */
export const FLAG_NAMES: readonly FlagName[] = Object.keys(FLAGS).filter(isFlagName);

/** Tells whether `name` (without dashes) is a flag in the table. */
export function isFlagName(name: string): name is FlagName {
  return Object.hasOwn(FLAGS, name);
}
