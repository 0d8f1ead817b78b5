/** A proxy that writes down what a scraper asked for and what it was given. */

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that went through. */
export interface Recorded {
  /** Request target. */
  readonly path: string;
  /** Headers that were asked with. */
  readonly asked: IncomingHttpHeaders;
  /** Status code of the answer. */
  readonly status: number;
  /** Headers of the answer. */
  readonly given: IncomingHttpHeaders;
}

/** A proxy that runs. */
export interface RecordingProxy {
  /** Where it listens: `127.0.0.1:PORT`. */
  readonly address: string;
  /** What has gone through so far, the oldest first. */
  readonly records: readonly Recorded[];
  /** Ends it. */
  stop(): void;
}

/** Starts a proxy in front of the server at `url`, on a loopback port. */
export async function startRecordingProxy(url: string): Promise<RecordingProxy> {
  const { hostname, port } = new URL(url);
  const records: Recorded[] = [];
  const server = createServer((asked, answer) => {
    const { method, url: path = "/", headers } = asked;
    const forwarded = httpRequest({ hostname, port, method, path, headers }, (given) => {
      const { statusCode: status = 0, headers: givenHeaders } = given;
      records.push({ path, asked: headers, status, given: givenHeaders });
      answer.writeHead(status, givenHeaders);
      given.pipe(answer);
    });
    forwarded.on("error", () => answer.destroy());
    asked.pipe(forwarded);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    records,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
