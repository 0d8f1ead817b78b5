/**
 * What the tests run instead of the sources: the bundle for Node and the compiled binary, made as `npm run build` and `npm run
 * compile` make them. They are kept under the hash of everything they are made of, so that a second run starts at once.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { bundle, BUNDLES, ROOT } from "../../scripts/bundle.ts";

/** Path of one of the package's executables. */
export function bin(name: string): string {
  return join(ROOT, "node_modules/.bin", name);
}

/** Path of the compiled binary. */
export function compiledBinary(): Promise<string> {
  return cached("narthex", (path) => {
    execFileSync(bin("bun"), ["scripts/compile.ts", `--outfile=${path}`], { cwd: ROOT });
    return Promise.resolve();
  });
}

/** Path of the bundle for Node. */
export function nodeBundle(): Promise<string> {
  return cached("narthex.mjs", async (path) => {
    writeFileSync(path, await bundle(BUNDLES["narthex.mjs"]));
  });
}

const CACHE = join(ROOT, "node_modules/.cache/narthex");
const MADE_OF = ["src", "scripts", "package-lock.json"];
const KEEP_MS = 60 * 60 * 1000;

async function cached(name: string, make: (path: string) => Promise<void>): Promise<string> {
  const path = join(CACHE, hashOfSources(), name);
  if (existsSync(path)) return path;
  removeOld();
  // Two test files may make it at the same time: each its own, and the last one stays.
  const own = join(dirname(path), String(process.pid), name);
  mkdirSync(dirname(own), { recursive: true });
  await make(own);
  renameSync(own, path);
  return path;
}

let hashed: string | undefined;

/** Of what the sources were when the tests began. */
function hashOfSources(): string {
  return hashed ??= hashFiles(MADE_OF.flatMap((entry) => filesOf(join(ROOT, entry))));
}

function hashFiles(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) {
    hash.update(path).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).sort().flatMap((entry) => filesOf(join(path, entry)));
}

function removeOld(): void {
  if (!existsSync(CACHE)) return;
  for (const entry of readdirSync(CACHE)) {
    const folder = join(CACHE, entry);
    if (Date.now() - statSync(folder).mtimeMs > KEEP_MS) rmSync(folder, { recursive: true });
  }
}
