/**
 * Builds what npm ships into dist/: the library with its type declarations, the Worker, and the command line for Node.
 *
 * Run by `npm run build`.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { bundle, BUNDLES, ROOT } from "./bundle.ts";

const DIST = join(ROOT, "dist");

mkdirSync(DIST, { recursive: true });
for (const [name, options] of Object.entries(BUNDLES)) {
  writeFileSync(join(DIST, name), await bundle(options));
}
chmodSync(join(DIST, "narthex.mjs"), 0o755);

const types = join(DIST, "types");
rmSync(types, { recursive: true, force: true });
const tsc = join(ROOT, "node_modules/.bin/tsc");
execFileSync(tsc, ["-p", "tsconfig.build.json"], { cwd: ROOT, stdio: "inherit" });

process.stdout.write(`Built ${[...Object.keys(BUNDLES), "types"].join(", ")} in dist\n`);
