/**
 * The text of a web configuration, as `--web.config.file` names it and a Worker's `NARTHEX_WEB_CONFIG` holds it. Unknown keys are
 * refused, like in the reference; those that say who may come in are read here.
 *
 * The text is full of secrets, so no message may quote it: of a syntax error only the line is told.
 */

import { LineCounter, parseDocument } from "yaml";
import { type Accounts, AccountsError, readAccounts } from "../auth/accounts.ts";
import { FlagError } from "./flag-error.ts";

/** The keys that the reference knows and that are for servers that end TLS themselves. */
const SERVER_KEYS = ["tls_server_config", "http_server_config", "rate_limit"];
const ACCOUNT_KEYS = ["basic_auth_users", "bearer_tokens", "permissions"];

/**
 * Reads a web configuration of which only the accounts matter, because somebody else ends TLS.
 *
 * @throws FlagError with a message for whoever wrote it
 */
export function parseAccountConfig(text: string): Accounts {
  const settings = parseYaml(text);
  for (const key of settings.keys()) {
    if (SERVER_KEYS.includes(key)) throw new FlagError(`${key} has no effect here: remove it`);
    if (!ACCOUNT_KEYS.includes(key)) throw new FlagError(`unknown key ${key}`);
  }
  try {
    return readAccounts(Object.fromEntries(settings));
  } catch (error) {
    throw error instanceof AccountsError ? new FlagError(error.message) : error;
  }
}

function parseYaml(text: string): ReadonlyMap<string, unknown> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const what = error.code.toLowerCase().replaceAll("_", " ");
    throw new FlagError(`line ${lines.linePos(error.pos[0]).line} is no YAML: ${what}`);
  }
  const value: unknown = toValue(document);
  if (value === null || value === undefined) return new Map();
  if (value instanceof Map && [...value.keys()].every((key) => typeof key === "string")) {
    return value;
  }
  throw new FlagError("expected keys with values");
}

function toValue(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ mapAsMap: true });
  } catch {
    throw new FlagError("it has too many aliases, or one that leads nowhere");
  }
}
