/**
 * Structured logs in the form of the Prometheus ecosystem: `ts`, `level`, `msg`, then the fields of the event, as logfmt or as
 * JSON, one line an event.
 */

/** Severities, least first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
/** A severity. */
export type LogLevel = (typeof LOG_LEVELS)[number];
/** What a field may hold. */
export type LogValue = string | number | boolean;
/** The fields of an event, in the order they are written. */
export type LogFields = Readonly<Record<string, LogValue>>;

/** Takes events of four severities. */
export type Logger = { readonly [L in LogLevel]: (msg: string, fields?: LogFields) => void };
