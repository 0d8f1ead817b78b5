/** HTTP requests as bytes, made beforehand so that sending them is all that is left to do under load. */

import { createNumbers, pushBody } from "./body.ts";

const HOST = "Host: 127.0.0.1\r\n";

/** What a push may have beside its path and body. */
export interface PushOptions {
  /** PUT unless said otherwise. */
  readonly method?: "PUT" | "POST";
  /** Content-Type; none, which means text, unless said otherwise. */
  readonly type?: string;
}

/** The path of a group without its number. */
export const GROUP_PATH = "/metrics/job/batch/instance/host-";

/** The path of a group by its number. */
export function groupPath(group: number): string {
  return GROUP_PATH + group;
}

/** A push. */
export function pushRequest(
  path: string,
  body: string | Uint8Array,
  { method = "PUT", type }: PushOptions = {},
): Uint8Array {
  const bytes = Buffer.from(body);
  const head = `${method} ${path} HTTP/1.1\r\n${HOST}` +
    (type === undefined ? "" : `Content-Type: ${type}\r\n`) +
    `Content-Length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

/** A push without a body, as the admin API takes it. */
export function emptyRequest(method: string, path: string): Uint8Array {
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n`);
}

/** A scrape. */
export function scrapeRequest(encoding: string, accept = "*/*", path = "/metrics"): Uint8Array {
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\n${HOST}Accept: ${accept}\r\nAccept-Encoding: ${encoding}\r\n\r\n`,
  );
}

/** As many prepared pushes go round. */
const PREPARED = 10_007;

/** Pushes to groups in no particular order, made beforehand; each call gives the next one. */
export function preparePushes(groups: number): () => Uint8Array {
  const next = createNumbers(groups + 3);
  const requests = Array.from(
    { length: PREPARED },
    () => pushRequest(groupPath(Math.floor(next() * groups)), pushBody(next)),
  );
  let at = 0;
  return () => requests[at++ % PREPARED] as Uint8Array;
}
