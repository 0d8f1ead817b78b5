/**
 * The gateway in workerd, the runtime of Cloudflare Workers, through miniflare.
 */
import type { Readable } from "node:stream";
import { Log, LogLevel, Miniflare } from "miniflare";
import { bundle, BUNDLES } from "../../scripts/bundle.ts";

/** A Worker at work. */
export interface RunningWorker {
  /** Where it is served, without a slash at the end. */
  readonly url: string;
  /** What it has logged. */
  logs(): string;
  /** Stops it; a second call joins the first. */
  stop(): Promise<void>;
}

/** Makes the Worker of the package as it is shipped. */
export function shippedWorker(): Promise<string> {
  return bundle(BUNDLES["worker.mjs"]);
}

/** How a Worker is run. */
export interface WorkerOptions {
  /** Its variables and secrets; without any it is open to everybody. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Folder that its Durable Objects are stored in; without one they are forgotten when it stops. */
  readonly folder?: string;
}

/** Runs a Worker, without `nodejs_compat`, on a port of its own. */
export async function startWorker(
  script: string,
  { variables = { NARTHEX_OPEN: "true" }, folder }: WorkerOptions = {},
): Promise<RunningWorker> {
  let logs = "";
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents: script }],
    durableObjects: { NARTHEX: { className: "NarthexDurableObject", useSQLite: true } },
    ...(folder !== undefined && { durableObjectsPersist: folder }),
    bindings: { ...variables },
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
  let stopping: Promise<void> | undefined;
  return { url: url.origin, logs: () => logs, stop: () => stopping ??= miniflare.dispose() };
}
