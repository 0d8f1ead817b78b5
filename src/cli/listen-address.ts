/**
 * Listen addresses as Go writes them: `host:port`, an empty host standing for every address of the machine, an IPv6 host in
 * brackets. Port names (`:http`), which Go looks up in /etc/services, are not taken: that file is not there in many containers.
 */

/** Where to listen. */
export interface ListenAddress {
  /** A name, or an IPv4 or IPv6 address (without brackets, perhaps with a `%zone`); undefined stands for every address. */
  readonly hostname: string | undefined;
  /** 0 to 65535; 0 lets the system choose one. */
  readonly port: number;
}

const HOST_AND_PORT = /^(?:([^\s:[\]/%]*)|\[([\da-fA-F:.]+(?:%[^\s\]/]+)?)\]):(\d{1,5})$/;

/** Reads `:9091`, `127.0.0.1:0`, `localhost:9091` or `[::1]:9091`; undefined when `text` is none of these. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = HOST_AND_PORT.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65535) return undefined;
  return { hostname: match[1] || match[2] || undefined, port };
}

/** Prints an address the way it is given, and the way Go logs it: an IPv6 host in brackets, nothing for every address. */
export function formatListenAddress(address: ListenAddress): string {
  const hostname = address.hostname ?? "";
  return hostname.includes(":") ? `[${hostname}]:${address.port}` : `${hostname}:${address.port}`;
}
