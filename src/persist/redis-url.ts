/**
 * The address of a Redis server: `redis://[user:password@]host[:port][/db][?prefix=…]`, with `rediss://` for TLS, as IANA has
 * registered it. The prefix is ours, and so are the files of TLS: `ca`, `cert` and `key`.
 */

/** What the keys of a gateway begin with where the address does not tell. */
export const DEFAULT_PREFIX = "narthex:";

/** Where a server is, and which of its keys are ours. */
export interface RedisTarget {
  /** Whether the connection is encrypted. */
  readonly tls: boolean;
  /** Name or address, an IPv6 address without brackets. */
  readonly host: string;
  /** 6379 where the address does not tell. */
  readonly port: number;
  /** The user, where one is given. */
  readonly username: string | undefined;
  /** The password, where one is given. */
  readonly password: string | undefined;
  /** Number of the database. */
  readonly database: number;
  /** What the keys of this gateway begin with, not empty. */
  readonly prefix: string;
  /** Names of PEM files: the authority that signed the server's certificate, and what this client shows. */
  readonly files: { readonly [name in TlsFile]?: string };
  /** The address without user and password. */
  readonly description: string;
}

/** What a file of TLS is for. */
export type TlsFile = (typeof TLS_FILES)[number];
const TLS_FILES = ["ca", "cert", "key"] as const;

/**
 * Reads the address of a server.
 *
 * @throws Error that says what is wrong with it, in one line and without any part of it that could be a password.
 */
export function parseRedisUrl(text: string): RedisTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^rediss?:$/.test(url.protocol)) throw new Error(NOT_AN_ADDRESS);
  if (url.hostname === "") throw new Error("the address of Redis names no host");
  if (url.hash !== "") throw new Error(`the address of Redis has a "#": ${ENCODE}`);
  const tls = url.protocol === "rediss:";
  const parts = {
    tls,
    host: decode(url.hostname).replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? 6379 : Number(url.port),
    database: parseDatabase(url.pathname),
    prefix: parsePrefix(url.searchParams),
    files: parseFiles(url.searchParams, tls),
  };
  return {
    ...parts,
    username: url.username === "" ? undefined : decode(url.username),
    password: url.password === "" ? undefined : decode(url.password),
    description: describe(parts),
  };
}

const ENCODE = 'in a password, write "/", "?", "#", "@" and "%" as %2F, %3F, %23, %40 and %25';
const NOT_AN_ADDRESS =
  `not an address of Redis, such as redis://user:password@host:6379/0?prefix=narthex: (${ENCODE})`;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`the address of Redis has a "%" that begins no escape: ${ENCODE}`);
  }
}

function parseDatabase(path: string): number {
  if (path === "" || path === "/") return 0;
  if (!/^\/\d{1,6}$/.test(path)) {
    throw new Error("the path in the address of Redis must be the number of a database");
  }
  return Number(path.slice(1));
}

function parsePrefix(query: URLSearchParams): string {
  for (const name of new Set(query.keys())) {
    if (name !== "prefix" && !TLS_FILES.some((file) => file === name)) {
      throw new Error(
        `the address of Redis has an unknown setting; known are prefix, ca, cert, key`,
      );
    }
    if (query.getAll(name).length > 1) {
      throw new Error(`the address of Redis sets ${name} more than once`);
    }
  }
  const prefix = query.get("prefix") ?? DEFAULT_PREFIX;
  if (prefix === "") throw new Error("the prefix in the address of Redis must not be empty");
  return prefix;
}

function parseFiles(query: URLSearchParams, tls: boolean): RedisTarget["files"] {
  const files: { [name in TlsFile]?: string } = {};
  for (const name of TLS_FILES) {
    const file = query.get(name);
    if (file === null) continue;
    if (!tls) throw new Error(`${name} in the address of Redis needs rediss://`);
    if (file === "") throw new Error(`${name} in the address of Redis names no file`);
    files[name] = file;
  }
  if ((files.cert === undefined) !== (files.key === undefined)) {
    throw new Error("cert and key in the address of Redis need each other");
  }
  return files;
}

function describe(
  { tls, host, port, database, prefix }: Pick<
    RedisTarget,
    "tls" | "host" | "port" | "database" | "prefix"
  >,
): string {
  const name = host.includes(":") ? `[${host}]` : host;
  const shown = encodeURIComponent(prefix).replaceAll("%3A", ":");
  return `redis${tls ? "s" : ""}://${name}:${port}/${database}?prefix=${shown}`;
}
