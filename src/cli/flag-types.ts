/**
 * The kinds of values that flags have: how the text on the command line is read, and how the status API shows the value. Errors
 * are in the words of the reference, where it has any.
 */

import { formatDuration, parseDuration } from "../model/duration.ts";
import { quote } from "../model/quote.ts";
import { formatByteSize, parseByteSize } from "./byte-size.ts";
import { parseExternalUrlPath } from "./external-url.ts";
import { FlagError } from "./flag-error.ts";
import { formatListenAddress, type ListenAddress, parseListenAddress } from "./listen-address.ts";
import { parseTelemetryPath } from "./route-prefix.ts";

/** A kind of flag with values of type `T`. */
export interface FlagType<T> {
  /** Whether the flag comes with a value; one that does not is a switch, `--name` or `--no-name`. */
  readonly takesValue: boolean;
  /** Whether `--help` shows the default in quotes, as kingpin does for free text. */
  readonly quotesDefault: boolean;
  /** Reads a value; throws FlagError with the reason when `text` is none. */
  parse(text: string): T;
  /** Shows a value as the reference's status API does, given the text it was read from. */
  show(value: T, text: string): string;
}

/** On or off. */
export const SWITCH: FlagType<boolean> = {
  takesValue: false,
  quotesDefault: false,
  parse: (text) => text === "true",
  show: String,
};

/** Any text. */
export const TEXT: FlagType<string> = freeText((text) => text);

/** A URL as Go's `url.Parse` takes it. */
export const EXTERNAL_URL: FlagType<string> = freeText((text) => {
  parseExternalUrlPath(text);
  return text;
});

/** The path of the scrape endpoint; the status API shows it as given. */
export const TELEMETRY_PATH: FlagType<string> = freeText(parseTelemetryPath);

/** A store's URL. The status API does not show what may be a password in it. */
export const STORAGE_URL: FlagType<string> = {
  takesValue: true,
  quotesDefault: true,
  parse: (text) => {
    if (text === "" || /^(?:rediss?:\/\/|deno-kv:)/.test(text)) return text;
    throw new FlagError(
      `unknown kind of store ${
        quote(hideCredentials(text))
      }: expected redis://, rediss:// or deno-kv:`,
    );
  },
  show: hideCredentials,
};

/** A URL without what stands before its host. */
function hideCredentials(url: string): string {
  return url.replace(/^([a-z-]+:\/\/)[^/?#]*@/i, "$1***@").replace(
    /([?&]password=)[^&]*/gi,
    "$1***",
  );
}

/** A duration, in milliseconds. */
export const DURATION: FlagType<number> = {
  takesValue: true,
  quotesDefault: false,
  parse: (text) => {
    const milliseconds = parseDuration(text);
    if (milliseconds !== undefined) return milliseconds;
    const trouble = /^\d+(\.\d*)?$/.test(text) ? "missing unit in" : "invalid";
    throw new FlagError(`time: ${trouble} duration ${quote(text)}`);
  },
  show: formatDuration,
};

/** A size, in bytes. */
export const BYTE_SIZE: FlagType<number> = {
  takesValue: true,
  quotesDefault: false,
  parse: (text) => {
    const bytes = parseByteSize(text);
    if (bytes !== undefined) return bytes;
    throw new FlagError(
      `invalid size ${quote(text)}: expected bytes above 0, such as 64MiB or 1048576`,
    );
  },
  show: formatByteSize,
};

/** How many there may be; 0, which is Infinity here, for any number. */
export const LIMIT: FlagType<number> = {
  takesValue: true,
  quotesDefault: false,
  parse: (text) => {
    if (/^\d{1,15}$/.test(text)) return Number(text) || Infinity;
    throw new FlagError(`invalid number ${quote(text)}: expected 0 for no limit, or the limit`);
  },
  show: (limit) => limit === Infinity ? "0" : String(limit),
};

/** A size that may not be passed, in bytes; 0, which is Infinity here, for none. */
export const SIZE_LIMIT: FlagType<number> = {
  ...BYTE_SIZE,
  parse: (text) => text === "0" ? Infinity : BYTE_SIZE.parse(text),
  show: (limit, text) => limit === Infinity ? "0" : BYTE_SIZE.show(limit, text),
};

/** An address to listen on. */
export const LISTEN_ADDRESS: FlagType<ListenAddress> = {
  takesValue: true,
  quotesDefault: false,
  parse: (text) => {
    const address = parseListenAddress(text);
    if (address !== undefined) return address;
    throw new FlagError(
      `invalid listen address ${quote(text)}: expected host:port with a numeric port, ` +
        "such as :9091, 127.0.0.1:9091 or [::1]:9091",
    );
  },
  show: formatListenAddress,
};

/** One of `options`; `noun` is what the error calls them. */
export function oneOf<O extends string>(noun: string, options: readonly O[]): FlagType<O> {
  return {
    takesValue: true,
    quotesDefault: false,
    parse: (text) => {
      const option = options.find((candidate) => candidate === text);
      if (option !== undefined) return option;
      throw new FlagError(`unrecognized ${noun} ${quote(text)}`);
    },
    show: String,
  };
}

function freeText(parse: (text: string) => string): FlagType<string> {
  return { takesValue: true, quotesDefault: true, parse, show: (_value, text) => text };
}
