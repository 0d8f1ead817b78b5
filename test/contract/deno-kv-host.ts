/** What tests hand to the adapter for Deno KV beside the database. */

import type { Clock } from "../../src/model/clock.ts";
import type { Logger } from "../../src/log/logger.ts";
import type { DenoKvHost } from "../../src/persist/deno-kv.ts";

/** A host whose log is thrown away. */
export function quietHost(options: Partial<DenoKvHost> & { readonly clock: Clock }): DenoKvHost {
  return {
    description: "Deno KV under test",
    logger: loggerTo(() => {}),
    owner: { token: crypto.randomUUID(), host: "here", pid: 1 },
    ...options,
  };
}

/** A logger that hands on each event as one line: its severity, its message, its fields as JSON. */
export function loggerTo(write: (line: string) => void): Logger {
  const at = (level: string): Logger["info"] => (msg, fields = {}) =>
    write(`${level} ${msg} ${JSON.stringify(fields)}`);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
