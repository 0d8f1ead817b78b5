/**
 * Tells which runtime this is, and under which name the gateway was called.
 */

/** The runtimes that have a command line. */
export type RuntimeName = "bun" | "deno" | "node";

/** What is asked of `process`, so that a test can be any runtime. */
export interface ProcessFacts {
  /** Versions of the runtime and its parts; Bun and Deno list themselves beside the Node they are compatible with. */
  readonly versions: Readonly<Record<string, string | undefined>>;
  /** Operating system: `linux`. */
  readonly platform: string;
  /** Processor: `x64`. */
  readonly arch: string;
  /** Runtime, script, then the arguments. */
  readonly argv: readonly string[];
  /** The executable that is running. */
  readonly execPath: string;
}

/** Which runtime this is. */
export function detectRuntime(facts: Pick<ProcessFacts, "versions">): RuntimeName {
  if (facts.versions["bun"] !== undefined) return "bun";
  return facts.versions["deno"] !== undefined ? "deno" : "node";
}

/** The runtime with its version, and the platform, as `--version` and the metrics show them. */
export function describeRuntime(
  facts: Pick<ProcessFacts, "versions" | "platform" | "arch">,
): { readonly runtime: string; readonly platform: string } {
  const name = detectRuntime(facts);
  return {
    runtime: `${name} ${facts.versions[name] ?? "unknown"}`,
    platform: `${facts.platform}/${facts.arch}`,
  };
}

/**
 * The name to show in help and errors. A compiled binary has that of its file, whatever it was renamed to; an installed script
 * that of its link; `main.ts`, run from source, is "narthex".
 */
export function programName(facts: Pick<ProcessFacts, "argv" | "execPath">): string {
  const script = facts.argv[1] ?? "";
  const name = basename(isEmbedded(script) ? facts.execPath : script).replace(
    /\.[cm]?[jt]s$|\.exe$/,
    "",
  );
  return name === "" || name === "main" ? "narthex" : name;
}

/** Where Bun keeps the script of a compiled binary: `/$bunfs/root/…`, on Windows `B:\~BUN\root\…`. */
function isEmbedded(script: string): boolean {
  return script.startsWith("/$bunfs/") || /^[A-Z]:[\\/]~BUN[\\/]/.test(script);
}

function basename(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
