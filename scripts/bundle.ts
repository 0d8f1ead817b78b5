/**
 * The bundles that npm ships, made with esbuild: each one file that needs nothing else. The tests of the runtimes make the same
 * ones.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions, type Metafile } from "esbuild";
import { buildDefines } from "./build-defines.ts";

/** The folder of the package. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));

/** Packages that the client of Redis asks for when it is told to, which it never is. */
export const OPTIONAL_PACKAGES: readonly string[] = ["@opentelemetry/api", "@node-rs/xxhash"];

/** How each bundle is made, by its file name in dist/. */
export const BUNDLES: {
  readonly [name in "mod.mjs" | "worker.mjs" | "narthex.mjs"]: BuildOptions;
} = {
  "mod.mjs": { entryPoints: ["src/mod.ts"], platform: "neutral", mainFields: ["module", "main"] },
  "worker.mjs": {
    entryPoints: ["src/worker.ts"],
    // As wrangler has it: packages that have a form without Node are taken in that form.
    platform: "browser",
    conditions: ["workerd", "worker"],
    minify: true,
  },
  "narthex.mjs": {
    entryPoints: ["src/main.ts"],
    platform: "node",
    target: "node20",
    // CommonJS within (the client of Redis) requires Node's own modules, for which a module has no function of its own.
    banner: {
      js: `#!/usr/bin/env node
import { createRequire as createRequireOfBundle } from "node:module";
const require = createRequireOfBundle(import.meta.url);`,
    },
    external: [...OPTIONAL_PACKAGES, "bun:jsc"],
  },
};

/** Bundles what `options` name and returns the code, with the licenses of the packages in it. */
export async function bundle(options: BuildOptions): Promise<string> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: ROOT,
    bundle: true,
    format: "esm",
    target: "es2023",
    define: buildDefines(ROOT),
    logLevel: "warning",
    ...options,
    outdir: "dist",
    metafile: true,
    write: false,
  });
  if (options.platform !== "node") checkSelfContained(metafile);
  return outputFiles.map(({ text }) => text).join("") + licenseComment(metafile);
}

/** The library and the Worker run where no package and no node:* can be imported. */
function checkSelfContained(metafile: Metafile): void {
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  if (imports.length === 0) return;
  throw new Error(`the bundle imports ${imports.map(({ path }) => path).join(", ")}`);
}

/** The licenses of the packages in a bundle want to be kept with it. */
function licenseComment(metafile: Metafile): string {
  const folders = new Set<string>();
  for (const input of Object.keys(metafile.inputs)) {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const texts = [...folders].sort().map((folder) => licenseOf(join(ROOT, folder)));
  return texts.length === 0 ? "" : `/*!\n${texts.join("\n\n").replaceAll("*/", "* /")}\n*/\n`;
}

function licenseOf(folder: string): string {
  const { name, version, license }: { name: string; version: string; license: string } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? "" : `\n\n${readFileSync(join(folder, file), "utf8").trim()}`;
  return `${name} ${version} (${license})${text}`;
}
