import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { bundle, BUNDLES, ROOT } from "../../scripts/bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "narthex-bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The exports of a bundle that stands alone in a folder. */
async function load(name: keyof typeof BUNDLES): Promise<Record<string, unknown>> {
  const path = join(folder, name);
  writeFileSync(path, await bundle(BUNDLES[name]));
  return await import(/* @vite-ignore */ pathToFileURL(path).href);
}

describe("bundle", () => {
  it("makes a library that needs nothing else", async () => {
    expect(Object.keys(await load("mod.mjs")).sort()).toEqual([
      "PersistenceError",
      "createBuildInfo",
      "createGateway",
      "createLogger",
      "defaultOptions",
    ]);
  });

  it("makes a Worker of two exports that stays small", async () => {
    expect(Object.keys(await load("worker.mjs")).sort()).toEqual([
      "NarthexDurableObject",
      "default",
    ]);
    const code = await bundle(BUNDLES["worker.mjs"]);
    // Cloudflare's free plan takes 3 MB, compressed; this bound is there to notice a package that does not belong.
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(200_000);
    expect(code).not.toMatch(/(?:from|import|require)\s*\(?\s*["'](?:node:|cloudflare:)/);
  });

  it("makes an executable for Node", async () => {
    expect(await bundle(BUNDLES["narthex.mjs"])).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it.each(
    [
      ["mod.mjs", ["itty-router", "pako"]],
      ["worker.mjs", ["bcryptjs", "itty-router", "pako", "yaml"]],
      ["narthex.mjs", ["itty-router", "pako", "srvx"]],
    ] as const,
  )("keeps the licenses of the packages in %s", async (name, packages) => {
    const code = await bundle(BUNDLES[name]);
    const licenses = code.slice(code.lastIndexOf("/*!"));
    for (const each of packages) expect(licenses).toMatch(new RegExp(`^${each} \\d`, "m"));
    expect(licenses).toContain("Permission is hereby granted");
  });

  it("refuses to make a library or a Worker that imports something", async () => {
    const contents = 'import { join } from "node:path"; export const path = join("a", "b");';
    const { entryPoints: _, ...shared } = BUNDLES["worker.mjs"];
    const made = bundle({
      ...shared,
      stdin: { contents, resolveDir: ROOT },
      external: ["node:*"],
    });
    await expect(made).rejects.toThrow("the bundle imports node:path");
  });
});
