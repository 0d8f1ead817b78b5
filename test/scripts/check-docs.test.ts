import { describe, expect, it } from "vitest";
import { findMissingDocs } from "../../scripts/check-docs.ts";

const FILE = "/** A file. */\n\n";

/** What is missing in a file that opens as it should and goes on with `lines`. */
function missingIn(...lines: string[]): string[] {
  return findMissingDocs(FILE + lines.join("\n")).map(({ what }) => what);
}

describe("findMissingDocs", () => {
  it.each([
    ["export const a = 1;", "a"],
    ["export let b = 1;", "b"],
    ["export function c(): void {}", "c"],
    ["export async function d(): Promise<void> {}", "d"],
    ["export function* e(): Iterable<number> {}", "e"],
    ["export class F {}", "F"],
    ["export abstract class G {}", "G"],
    ["export interface H {}", "H"],
    ["export type I = 1;", "I"],
    ["export default function j(): void {}", "j"],
    ["export default { fetch };", "default"],
    ["export const k: FetchHandler = (", "k"],
  ])("%s", (line, what) => {
    expect(missingIn(line)).toEqual([what]);
    expect(missingIn("/** Doc. */", line)).toEqual([]);
    expect(missingIn("/**", " * Doc", " * of several lines.", " */", line)).toEqual([]);
    expect(missingIn("/** Doc. */", "// deno-lint-ignore no-console", line)).toEqual([]);
    expect(missingIn("// No doc.", line)).toEqual([what]);
    expect(missingIn("/* No doc. */", line)).toEqual([what]);
    expect(missingIn("/** Apart. */", "", line)).toEqual([what]);
    expect(missingIn("/** Of another. */", "const x = 1;", line)).toEqual([what]);
  });

  it.each([
    "const a = 1;",
    "function a(): void {}",
    "interface A {",
    'export { a } from "./a.ts";',
    'export type { A } from "./a.ts";',
    'export * from "./a.ts";',
    "export { a };",
    "export default worker;",
    "exported();",
  ])("asks nothing of %s", (line) => {
    expect(missingIn(line)).toEqual([]);
  });

  it("takes one comment for all signatures of a function", () => {
    const signatures = [
      "export function a(x: string): void;",
      "export function a(x: number): void;",
    ];
    expect(missingIn("/** Doc. */", ...signatures, "export function a(): void {}")).toEqual([]);
    expect(missingIn(...signatures, "export function b(): void {}")).toEqual(["a", "b"]);
  });

  it("asks for the members of an exported interface", () => {
    const source = [
      "/** Doc. */",
      "export interface A<T>",
      "  extends B {",
      "  /** Doc. */",
      "  readonly documented: string;",
      "  readonly property: string;",
      "  optional?: {",
      "    nested: string;",
      "  };",
      "  method(",
      "    argument: string,",
      "  ): void;",
      "  /** Doc. */",
      "  overloaded(a: string): void;",
      "  overloaded(a: number): void;",
      "  (call: string): void;",
      "  [index: string]: string;",
      "}",
      "const after = {",
      "  property: 1,",
      "};",
    ];
    expect(missingIn(...source)).toEqual([
      "A.property",
      "A.optional",
      "A.method",
      "A.()",
      "A.[index: string]",
    ]);
  });

  it("asks for the public members of an exported class", () => {
    const source = [
      "/** Doc. */",
      "export class A {",
      "  readonly field: string = `",
      "`;",
      "  #hidden = 1;",
      "  private secret = 1;",
      "  override inherited = 1;",
      "  static async method<T>(): Promise<T> {",
      "    return this.#hidden;",
      "  }",
      "  get value(): number {",
      "    if (x) return 1;",
      "  }",
      "}",
    ];
    expect(missingIn(...source)).toEqual(["A.field", "A.method", "A.value"]);
  });

  it("asks nothing of what is not exported", () => {
    expect(missingIn("class A {", "  field = 1;", "}", "interface B {", "  a: 1;", "}")).toEqual(
      [],
    );
  });

  it("asks for a comment at the top", () => {
    expect(findMissingDocs("const a = 1;\n")).toEqual([{ line: 1, what: "file" }]);
    expect(findMissingDocs("#!/usr/bin/env bun\nconst a = 1;\n")).toEqual([{
      line: 2,
      what: "file",
    }]);
    expect(findMissingDocs("#!/usr/bin/env bun\n/** A file. */\n")).toEqual([]);
    expect(findMissingDocs("")).toEqual([{ line: 1, what: "file" }]);
  });

  it("does not take the comment at the top for that of the first symbol", () => {
    expect(findMissingDocs("/** A file. */\nexport const a = 1;\n")).toEqual([{
      line: 2,
      what: "a",
    }]);
  });

  it("tells the line", () => {
    expect(findMissingDocs(`${FILE}const a = 1;\nexport const b = 1;\n`)).toEqual([
      { line: 4, what: "b" },
    ]);
  });
});
