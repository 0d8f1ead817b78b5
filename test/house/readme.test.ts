/** The README is true where a machine can tell. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderFlagTable } from "../../src/cli/help.ts";
import { VERSION } from "../../src/model/build-info.ts";

const readme = readFileSync("README.md", "utf8");
const { version, scripts } = JSON.parse(readFileSync("package.json", "utf8"));

describe("README.md", () => {
  it("has the table of flags as the flag table gives it", () => {
    const [, table] = /<!-- flags: begin -->\n([\s\S]*)<!-- flags: end -->/.exec(readme) ?? [];
    expect(table).toBe(`\n${renderFlagTable()}\n`);
  });

  it("names only npm scripts that exist", () => {
    const named = [...readme.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, name]) => name)
      .filter((name) => name !== "ci");
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => name === undefined || !(name in scripts))).toEqual([]);
  });

  it.each([...readme.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, path]) => path ?? ""))(
    "links to %s, which exists",
    (path) => expect(readFileSync(path, "utf8").length).toBeGreaterThan(0),
  );
});

describe("package.json", () => {
  it("has the version of the program", () => {
    expect(version).toBe(VERSION);
  });
});
