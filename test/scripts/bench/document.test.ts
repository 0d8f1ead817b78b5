import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { CHARTS } from "../../../scripts/bench/curve-charts.ts";
import { DOCUMENT, replaceSection, type Section } from "../../../scripts/bench/document.ts";
import { NOTES } from "../../../scripts/bench/notes.ts";

const SECTIONS: readonly Section[] = ["budget", "large", "curves", "soak"];

describe("replaceSection", () => {
  const document = "# T\n<!-- soak: begin -->\nold\n<!-- soak: end -->\nby hand\n";

  it("replaces what is between the markers and nothing else", () => {
    expect(replaceSection(document, "soak", "new\n")).toBe(
      "# T\n<!-- soak: begin -->\n\nnew\n\n<!-- soak: end -->\nby hand\n",
    );
  });

  it("comes to the same when it is done again", () => {
    const once = replaceSection(document, "soak", "new");
    expect(replaceSection(once, "soak", "new")).toBe(once);
  });

  it("takes a text as it is, dollars and all", () => {
    expect(replaceSection(document, "soak", "$& $1")).toContain("\n$& $1\n");
  });

  it("refuses a document without the markers", () => {
    expect(() => replaceSection(document, "budget", "new")).toThrow("budget: begin");
  });
});

describe("docs/benchmarks.md", () => {
  const document = readFileSync(DOCUMENT, "utf8");

  it.each(SECTIONS)("has a section %s", (section) => {
    expect(replaceSection(document, section, "Fresh.")).toContain("Fresh.");
  });

  it("shows only charts that exist", () => {
    const images = [...document.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, path = ""]) => path);
    const missing = images.filter((path) => !existsSync(join(dirname(DOCUMENT), path)));
    expect(missing).toEqual([]);
  });

  it("has room for every chart in files of different names", () => {
    expect(new Set(CHARTS.map(({ file }) => file)).size).toBe(CHARTS.length);
  });

  it("has notes that say something", () => {
    for (const note of Object.values(NOTES)) expect(note.trim()).not.toBe("");
  });
});
