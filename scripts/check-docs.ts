/**
 * Holds the house rule on doc comments: every file opens with one, every exported symbol has one, and so has every member of an
 * exported interface and every public member of an exported class.
 *
 * It reads lines and relies on `deno fmt`: a declaration starts in the first column, a member in the third.
 */

/** One missing doc comment. */
export interface MissingDoc {
  /** Line number, counted from 1. */
  readonly line: number;
  /** What lacks the comment: `file`, `serve`, `Listener.close`. */
  readonly what: string;
}

/** Finds what lacks a doc comment in the text of a TypeScript file. */
export function findMissingDocs(source: string): MissingDoc[] {
  const lines = source.split("\n");
  const missing: MissingDoc[] = [];
  const start = lines[0]?.startsWith("#!") ? 1 : 0;
  let at = start;
  if (lines[start]?.startsWith("/**")) at = endOfComment(lines, start) + 1;
  else missing.push({ line: start + 1, what: "file" });

  let isDocumented = false;
  let scope: Scope | undefined;
  let previous = "";
  for (; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const text = line.trimStart();
    if (text.startsWith("/*")) {
      isDocumented = text.startsWith("/**");
      at = endOfComment(lines, at);
      continue;
    }
    if (text.startsWith("//")) continue;
    scope = scopeAfter(scope, line);
    const what = scope === undefined || !line.startsWith(" ")
      ? exportedName(line)
      : memberName(scope, line);
    // The signatures of an overloaded function share the comment of the first.
    if (what !== undefined && what !== previous && !isDocumented) {
      missing.push({ line: at + 1, what });
    }
    if (what !== undefined) previous = what;
    isDocumented = false;
  }
  return missing;
}

/** The exported interface or class that a line belongs to. */
interface Scope {
  readonly name: string;
  readonly kind: "class" | "interface";
  /** Whether its brace was opened; the line with `extends` may come before. */
  readonly isOpen: boolean;
}

const DECLARATION =
  /^export (?:default )?(?:declare )?(?:abstract |async )?(?:function\*?|const|let|var|class|interface|type|enum|namespace) ([\w$]+)/;
const ANONYMOUS_DEFAULT = /^export default (?![\w$]+;)/;
const SCOPE = /^export (?:default )?(?:declare )?(?:abstract )?(class|interface) ([\w$]+)/;
const MODIFIERS =
  /^ {2}(?:(?:public|protected|static|abstract|override|readonly|declare|accessor|async|get|set) )*/;
const MEMBER = /^(?:([\w$]+|"[^"]*"|\[.*?\])[?!]?\s*[(:<=;]|(\())/;

function endOfComment(lines: readonly string[], start: number): number {
  let at = start;
  while (at < lines.length && !lines[at]?.includes("*/")) at++;
  return at;
}

function scopeAfter(scope: Scope | undefined, line: string): Scope | undefined {
  if (line === "}") return undefined;
  const [, kind, name = ""] = SCOPE.exec(line) ?? [];
  if (kind === "class" || kind === "interface") {
    return line.endsWith("}") ? undefined : { name, kind, isOpen: line.endsWith("{") };
  }
  if (scope === undefined || scope.isOpen || !line.endsWith("{")) return scope;
  return { ...scope, isOpen: true };
}

function exportedName(line: string): string | undefined {
  return DECLARATION.exec(line)?.[1] ?? (ANONYMOUS_DEFAULT.test(line) ? "default" : undefined);
}

function memberName(scope: Scope, line: string): string | undefined {
  // What is overridden is documented where it comes from.
  if (!scope.isOpen || /^ {2}(?:private|(?:\w+ )*override) /.test(line)) return undefined;
  const [prefix = ""] = MODIFIERS.exec(line) ?? [];
  if (prefix === "") return undefined;
  const [, name, call] = MEMBER.exec(line.slice(prefix.length)) ?? [];
  if (name === undefined && call === undefined) return undefined;
  return `${scope.name}.${name ?? "()"}`;
}
