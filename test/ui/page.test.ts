import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PageContent, type PageGroup, renderPage } from "../../src/ui/page.ts";

const GROUP: PageGroup = { labels: 'job="a"', pushTime: 0, failureTime: 0, families: 1, series: 2 };

function render(content: Partial<PageContent> = {}): string {
  return renderPage({ groups: [], build: {}, flags: {}, metricsPath: "./metrics", ...content });
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&#38;": "&",
  "&#60;": "<",
  "&#62;": ">",
  "&#34;": '"',
  "&#39;": "'",
};

describe("renderPage", () => {
  it("is one whole document that asks nobody for anything", () => {
    const page = render();
    expect(page).toMatch(/^<!DOCTYPE html>\n<html lang="en">[^]*<\/html>\n$/);
    expect(page).not.toMatch(/<script|<link|src=|@import|url\(/);
  });

  it("says so when there is no group", () => {
    expect(render()).toContain("Nothing has been pushed yet.");
    expect(render({ groups: [GROUP] })).not.toContain("Nothing has been pushed yet.");
  });

  it("shows one row a group", () => {
    const groups = Array.from(
      { length: 50 },
      (_, index) => ({ ...GROUP, labels: `job="${index}"` }),
    );
    const page = render({ groups });
    expect(page.match(/<tr><td><code>/g)).toHaveLength(50);
    expect(page).toContain("Groups (50)");
  });

  it.each([
    [0, "never"],
    [1.5, '<time datetime="1970-01-01T00:00:01.500Z">1970-01-01T00:00:01.500Z</time>'],
    [1_700_000_000, '<time datetime="2023-11-14T22:13:20.000Z">2023-11-14T22:13:20.000Z</time>'],
  ])("shows a time of %d as %s", (time, expected) => {
    const cells = (group: Partial<PageGroup>) =>
      [...render({ groups: [{ ...GROUP, ...group }] }).matchAll(/<td>(.*?)<\/td>/g)]
        .map(([, cell]) => cell);
    expect(cells({ pushTime: time })[1]).toBe(expected);
    expect(cells({ failureTime: time })[2]).toBe(expected);
  });

  it("shows build and flags by name", () => {
    const page = render({ build: { version: "1.2.3" }, flags: { "web.listen-address": ":9091" } });
    expect(page).toContain("<tr><th>version</th><td>1.2.3</td></tr>");
    expect(page).toContain("<tr><th>web.listen-address</th><td>:9091</td></tr>");
  });

  it("lets nothing that it shows be taken for markup", () => {
    const text = fc.string({ unit: fc.constantFrom("<", ">", '"', "'", "&", ";", "b", "#", "\n") });
    fc.assert(fc.property(text, (evil) => {
      const page = render({
        groups: [{ ...GROUP, labels: evil }],
        build: { [`${evil}1`]: evil },
        flags: { [`${evil}2`]: evil },
        metricsPath: evil,
      });
      const spots = [
        /<code>(.*?)<\/code>/s,
        /<h2>Build<\/h2>\n<table>\n<tr><th>(.*?)1<\/th><td>/s,
        /<h2>Build<\/h2>\n<table>\n<tr><th>.*?<\/th><td>(.*?)<\/td><\/tr>\n<\/table>/s,
        /<h2>Flags<\/h2>\n<table>\n<tr><th>(.*?)2<\/th><td>/s,
        /<h2>Flags<\/h2>\n<table>\n<tr><th>.*?<\/th><td>(.*?)<\/td><\/tr>\n<\/table>/s,
        /<a href="(.*?)">Metrics/s,
      ];
      for (const spot of spots) {
        const shown = spot.exec(page)?.[1] ?? "not found";
        expect(shown).not.toMatch(/[<>"']|&(?!#\d+;)/);
        expect(shown.replace(/&#\d+;/g, (entity) => ENTITIES[entity] ?? "?")).toBe(evil);
      }
    }));
  });
});
