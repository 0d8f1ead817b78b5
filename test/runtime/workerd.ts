/**
 * The gateway in workerd, the runtime of Cloudflare Workers, through miniflare.
 */
import type { Readable } from "node:stream";
import { Log, LogLevel, Miniflare } from "miniflare";
import { bundle, BUNDLES, ROOT } from "../../scripts/bundle.ts";

/** A Worker at work. */
export interface RunningWorker {
  /** Where it is served, without a slash at the end. */
  readonly url: string;
  /** What it has logged. */
  logs(): string;
  /** Stops it. */
  stop(): Promise<void>;
}

/** Makes the Worker of the package as it is shipped. */
export function shippedWorker(): Promise<string> {
  return bundle(BUNDLES["worker.mjs"]);
}

/** Makes the Worker with some of the gateway's options set, which must survive JSON. */
export function configuredWorker(options: object): Promise<string> {
  const contents = `
    import { createGatewayObjectClass, fetchFromGateway, workerOptions } from "./src/runtime/workers.ts";
    const options = ${JSON.stringify(options)};
    export const NarthexDurableObject = createGatewayObjectClass(() => ({ ...workerOptions(), ...options }));
    export default { fetch: fetchFromGateway };
  `;
  const { entryPoints: _, ...shared } = BUNDLES["worker.mjs"];
  return bundle({ ...shared, stdin: { contents, resolveDir: ROOT, loader: "ts" } });
}

/** Runs a Worker, without `nodejs_compat`, on a port of its own. */
export async function startWorker(script: string): Promise<RunningWorker> {
  let logs = "";
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents: script }],
    durableObjects: { NARTHEX: { className: "NarthexDurableObject", useSQLite: true } },
    compatibilityDate: "2026-04-01",
    host: "127.0.0.1",
    port: 0,
    log: new Log(LogLevel.NONE),
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
      for (const stream of [stdout, stderr]) {
        stream.setEncoding("utf8").on("data", (text) => logs += text);
      }
    },
  });
  const url = await miniflare.ready;
  return { url: url.origin, logs: () => logs, stop: () => miniflare.dispose() };
}
