/**
 * Compiles the gateway into one executable with `bun build --compile`: dist/narthex, or dist/narthex-linux-arm64 with
 * `--target=bun-linux-arm64`. Arguments are passed on to Bun, which fetches the runtime of another target from npm.
 *
 * Run by `npm run compile`.
 *
 * From the start of the process to the address in the log, median of 15 (Bun 1.4.4): plain 34 ms, minified 33 ms, minified with
 * bytecode 13 ms, with bytecode and source map 14 ms. The source map costs 0.2 MB and keeps the names of functions and files in the
 * stack traces that are logged.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { rmSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { buildDefines } from "./build-defines.ts";
import { OPTIONAL_PACKAGES } from "./bundle.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What a binary for `target` is called: `bun-linux-arm64` makes `narthex-linux-arm64`; without a target it is `narthex`. */
function outfileFor(args: readonly string[]): string {
  const target = args.find((arg) => arg.startsWith("--target="))?.slice("--target=".length);
  const name = target === undefined ? "narthex" : target.replace(/^bun-/, "narthex-");
  return join(ROOT, "dist", name);
}

/** The arguments of `bun build` that make `outfile`. */
function compileArgs(outfile: string): readonly string[] {
  const defines = Object.entries(buildDefines(ROOT));
  return [
    "build",
    "--compile",
    "--minify",
    "--bytecode",
    "--sourcemap=inline",
    // A gateway must not pick up settings from the directory it is started in.
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    // Bun refuses request heads of more than 16 KiB by itself; the reference takes 1 MiB.
    "--compile-exec-argv=--max-http-header-size=1048576",
    ...OPTIONAL_PACKAGES.map((name) => `--external=${name}`),
    ...defines.flatMap(([name, value]) => ["--define", `${name}=${value}`]),
    `--outfile=${outfile}`,
    join(ROOT, "src/main.ts"),
  ];
}

const args = process.argv.slice(2);
const outfile = args.find((arg) => arg.startsWith("--outfile="))?.slice("--outfile=".length) ??
  outfileFor(args);
execFileSync(process.execPath, [...compileArgs(outfile), ...args], { stdio: "inherit" });
// Bun 1.4 leaves the map beside the executable as well, which has it inside.
rmSync(`${outfile}.map`, { force: true });
