/** S: the least that a server on Bun can do with a scrape, which is to answer with bytes that it was given ready made in a file. */

import { readFileSync } from "node:fs";
import process from "node:process";

interface Server {
  readonly port: number;
}

declare const Bun: {
  serve(options: { hostname: string; port: number; fetch: () => Response }): Server;
};

const bytes = readFileSync(process.argv[2] ?? "");
const server: Server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: () => new Response(bytes),
});
// deno-lint-ignore no-console -- read by the bench
console.error(`level=info msg="Listening on" address=127.0.0.1:${server.port}`);
