/**
 * Makes loggers. A logger never throws and never writes more than one line an event, whatever the event holds: what a client
 * sent can neither break a push through its log line nor forge a second line. Rendering is in logfmt.ts and json.ts.
 */

import type { Clock } from "../model/clock.ts";
import { renderJson } from "./json.ts";
import { LOG_LEVELS, type LogFields, type Logger, type LogLevel } from "./logger.ts";
import { type LogPair, renderLogfmt } from "./logfmt.ts";

/** The ways to write an event, the first being the default of `--log.format`. */
export const LOG_FORMATS = ["logfmt", "json"] as const;
/** A way to write an event. */
export type LogFormat = (typeof LOG_FORMATS)[number];

/** What a logger needs. */
export interface LoggerOptions {
  /** How an event is written. */
  readonly format: LogFormat;
  /** Events below this severity are dropped. */
  readonly level: LogLevel;
  /** Gives each event its `ts`. */
  readonly clock: Clock;
  /** Takes one line, without a line feed. What it throws is ignored: a closed stderr must not stop the gateway. */
  readonly write: (line: string) => void;
}

/** Makes a logger that hands finished lines to `options.write`. */
export function createLogger(options: LoggerOptions): Logger {
  const render = options.format === "json" ? renderJson : renderLogfmt;
  const lowest = LOG_LEVELS.indexOf(options.level);
  const at = (level: LogLevel): Logger[LogLevel] => {
    if (LOG_LEVELS.indexOf(level) < lowest) return ignore;
    return (msg, fields) => {
      try {
        options.write(render(toPairs(timestamp(options.clock.now()), level, msg, fields)));
      } catch {
        // There is nowhere left to report it.
      }
    };
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** Makes a logger that drops everything, for tests and for those who use the gateway as a library. */
export function createNullLogger(): Logger {
  return { debug: ignore, info: ignore, warn: ignore, error: ignore };
}

function ignore(): void {}

function toPairs(ts: string, level: LogLevel, msg: string, fields: LogFields = {}): LogPair[] {
  const pairs: LogPair[] = [["ts", ts], ["level", level], ["msg", msg]];
  for (const [name, value] of Object.entries(fields)) {
    // A field must not pass for the event's own time, level or message.
    const taken = name === "ts" || name === "level" || name === "msg";
    pairs.push([taken ? `${name}_` : name, value]);
  }
  return pairs;
}

function timestamp(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? "unknown" : date.toISOString();
}
