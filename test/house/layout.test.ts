/** The invariants of docs/architecture.md that can be read off the source: ranks, and who may know what. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

/** A file imports only from its own folder or from a folder of a lower rank. Files directly in src are folders of one file. */
const RANKS: Readonly<Record<string, number>> = {
  "model": 0,
  "decode": 1,
  "parse": 1,
  "render": 1,
  "log": 1,
  "auth": 1,
  "validate": 2,
  "ui": 2,
  "store": 3,
  "persist": 4,
  "telemetry": 4,
  "http": 5,
  "gateway.ts": 5.5,
  "cli": 6,
  "runtime": 7,
  "main.ts": 8,
  "worker.ts": 8,
  "mod.ts": 8,
  "deploy.ts": 8,
};

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
  .map((path): SourceFile => {
    const text = readFileSync(join("src", path), "utf8");
    const imports = [
      ...text.matchAll(/^(?:import|export)[^"';]*?from "([^"]+)";|import\("([^"]+)"\)/gms),
    ]
      .map(([, statically, lazily]) => statically ?? lazily ?? "");
    return { path, text, imports };
  });

function folderOf(path: string): string {
  return path.split("/")[0] ?? "";
}

/** Source without comments, so that a comment may name what the code may not touch. */
function codeOf({ text }: SourceFile): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function outside(folders: readonly string[]): SourceFile[] {
  return files.filter(({ path }) => !folders.includes(folderOf(path)));
}

describe("layout", () => {
  it("finds the source", () => {
    expect(files.length).toBeGreaterThan(40);
    expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(100);
  });

  it.each(files)("$path is in a folder that has a rank", ({ path }) => {
    expect(Object.keys(RANKS)).toContain(folderOf(path));
  });

  it.each(files)("$path imports from its own folder or a lower rank", ({ path, imports }) => {
    const from = folderOf(path);
    const wrong = imports.filter((target) => target.startsWith(".")).filter((target) => {
      const to = folderOf(normalize(join(dirname(path), target)));
      return to !== from && !((RANKS[to] ?? NaN) < (RANKS[from] ?? NaN));
    });
    expect(wrong).toEqual([]);
  });

  it.each(files)("$path has a kebab-case name", ({ path }) => {
    expect(path).toMatch(/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.d)?\.ts$/);
  });

  it.each(files)("$path has fewer than 350 lines", ({ text }) => {
    expect(text.split("\n").length).toBeLessThan(350);
  });
});

describe("who may know what", () => {
  it.each(outside(["http"]))("$path knows no router", ({ imports }) => {
    expect(imports).not.toContain("itty-router");
  });

  it.each(outside(["http", "runtime", "gateway.ts", "worker.ts"]))(
    "$path knows no Request and no Response",
    (file) => {
      expect(codeOf(file).match(/\b(?:Request|Response)\b/g) ?? []).toEqual([]);
    },
  );

  it.each(outside(["runtime"]))("$path touches no runtime's own API", (file) => {
    const own = /\b(?:Bun|Deno)\.|\bprocess\.(?:env|argv|exit|pid|on|memoryUsage|hrtime|std)\b/g;
    expect(codeOf(file).match(own) ?? []).toEqual([]);
    const allowed = folderOf(file.path) === "cli" ? ["node:util"] : [];
    expect(file.imports.filter((name) => name.startsWith("node:") && !allowed.includes(name)))
      .toEqual([]);
  });

  it.each(outside(["runtime"]))("$path gets time and timers from outside", (file) => {
    expect(codeOf(file)).not.toMatch(
      /\b(?:Date\.now|performance\.|setTimeout|setInterval|new Date\(\))/,
    );
  });

  it.each(files.filter(({ path }) => path !== "mod.ts"))("$path is no barrel", (file) => {
    const reexports = codeOf(file).match(/^export (?:\*|\{)[^;]*from/gm) ?? [];
    expect(reexports.length).toBeLessThanOrEqual(1);
  });
});
