/**
 * Runs the Worker locally with `wrangler dev` on the configuration that is deployed, and with whatever arguments follow. It reports
 * nothing to anybody and asks for nothing on the network, so it works offline.
 *
 * Run by `npm run dev:worker -- --port 8787 --var NARTHEX_OPEN:true`.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What wrangler would else fetch from Cloudflare (where the caller is) or tell it (usage, failures), and its look for a newer one. */
const OFFLINE = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
};

const wrangler = spawn(
  join(ROOT, "node_modules/.bin/wrangler"),
  ["dev", "--config", join(ROOT, "deploy/wrangler.jsonc"), ...process.argv.slice(2)],
  { stdio: "inherit", env: { ...process.env, ...OFFLINE } },
);
// wrangler ends workerd and then itself; this process waits for it.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => wrangler.kill(signal));
}
wrangler.on("error", (error) => {
  process.stderr.write(`wrangler: ${error.message}\n`);
  process.exitCode = 1;
});
wrangler.on("exit", (code) => process.exitCode = code ?? 1);
