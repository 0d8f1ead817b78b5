import { describe, expect, it } from "vitest";
import { FLAG_NAMES, FLAGS } from "../../src/cli/flags.ts";
import { renderErrorLine, renderFlagTable, renderHelp, renderVersion } from "../../src/cli/help.ts";
import { createBuildInfo } from "../../src/model/build-info.ts";

const LINES = renderHelp("narthex").split("\n");
/** Where the second column begins. */
const COLUMN = 33;

describe("renderHelp", () => {
  it("begins as kingpin does", () => {
    expect(LINES[0]).toBe("usage: narthex [<flags>]");
    expect(LINES[1]).toBe("");
    expect(LINES[2]).toMatch(/^Narthex, a Prometheus Pushgateway: /);
    const flags = LINES.indexOf("Flags:");
    expect(LINES[flags - 1]).toBe("");
    expect(LINES[flags + 1]).toBe("  -h, --[no-]help                Show this help.");
    expect(
      LINES.slice(0, LINES.indexOf("Commands, in place of serving:")).filter((line) => line === ""),
    )
      .toHaveLength(3);
  });

  it("names the program as it was called", () => {
    expect(renderHelp("prometheus-pushgateway")).toMatch(/^usage: prometheus-pushgateway \[/);
  });

  it("lists --version last among the flags, then the commands, without a line feed at the end", () => {
    expect(
      LINES.slice(LINES.indexOf("      --[no-]version             Show version and build.") + 1),
    )
      .toEqual([
        "",
        "Commands, in place of serving:",
        "  backup --persistence.file=FILE TO",
        "    Copy the database FILE to TO, also while a gateway is using it.",
        "",
        "  export --persistence.file=FILE | --persistence.url=URL",
        "    Print all stored groups as a shell script of pushes, to be replayed on any",
        "    Pushgateway.",
      ]);
  });

  it.each(LINES)("fits into 80 columns: %s", (line) => {
    expect(line.length).toBeLessThanOrEqual(80);
    expect(line).toBe(line.trimEnd());
  });

  // kingpin's rule: a first column below 30 characters shares its line with the text, others do not.
  const usages: readonly (readonly [name: string, line: string])[] = [
    ["web.listen-address", "      --web.listen-address=:9091 ..."],
    ["web.config.file", '      --web.config.file=""       File with the settings for TLS and'],
    [
      "web.systemd-socket",
      "      --[no-]web.systemd-socket  Serve on the sockets that systemd passes",
    ],
    ["web.telemetry-path", '      --web.telemetry-path="/metrics"'],
    [
      "web.external-url",
      '      --web.external-url=""      URL under which others reach the gateway, for',
    ],
    ["web.enable-lifecycle", "      --[no-]web.enable-lifecycle"],
    [
      "persistence.interval",
      "      --persistence.interval=5m  Accepted and without effect: every push is",
    ],
    ["push.disable-consistency-check", "      --[no-]push.disable-consistency-check"],
    [
      "log.level",
      "      --log.level=info           Least severity that is logged. One of: [debug,",
    ],
  ];
  it.each(usages)("shows %s", (_name, line) => {
    expect(LINES).toContain(line);
  });

  it.each(FLAG_NAMES)("shows %s once, with its text beside or below", (name) => {
    const usage = new RegExp(`^      --(?:\\[no-\\])?${name}(?:[= ]|$)`);
    const at = LINES.findIndex((line) => usage.test(line));
    expect(LINES.filter((line) => usage.test(line))).toHaveLength(1);
    const text = [LINES[at]?.length === undefined ? "" : LINES[at].slice(COLUMN)];
    for (const line of LINES.slice(at + 1)) {
      if (!line.startsWith(" ".repeat(COLUMN))) break;
      text.push(line.slice(COLUMN));
    }
    const words = text.join(" ");
    expect(words).toContain(FLAGS[name].help);
    expect(words.endsWith("Not supported yet.")).toBe(FLAGS[name].notYet !== undefined);
  });
});

describe("renderVersion", () => {
  it("has the form of the Prometheus programs", () => {
    const build = {
      ...createBuildInfo({ runtime: "bun 1.4.4", platform: "linux/x64" }),
      version: "1.2.3",
      revision: "0a1b2c3",
      branch: "main",
      buildDate: "2026-11-20T10:08:27Z",
    };
    expect(renderVersion(build).split("\n")).toEqual([
      "narthex, version 1.2.3 (branch: main, revision: 0a1b2c3)",
      "  build date:       2026-11-20T10:08:27Z",
      "  runtime:          bun 1.4.4",
      "  platform:         linux/x64",
    ]);
  });
});

describe("renderErrorLine", () => {
  const cases: readonly (readonly [reason: string, shown: string])[] = [
    ["unexpected foo", "unexpected foo"],
    ["unexpected zürich", "unexpected zürich"],
    ["a\nb", "a\\u000ab"],
    ["a\x1b[2Jb\x7f\x9b", "a\\u001b[2Jb\\u007f\\u009b"],
    ["a\u2028b", "a\\u2028b"],
  ];
  it.each(cases)("shows %j", (reason, shown) => {
    expect(renderErrorLine("narthex", reason)).toBe(`narthex: error: ${shown}, try --help`);
  });
});

describe("renderFlagTable", () => {
  const rows = renderFlagTable().trimEnd().split("\n");

  it("is a Markdown table of all flags in order", () => {
    expect(rows.slice(0, 2)).toEqual(["| flag | default | what it does |", "| --- | --- | --- |"]);
    expect(rows.slice(2).map((row) => /^\| `--(.*?)` \|/.exec(row)?.[1])).toEqual(FLAG_NAMES);
  });

  it.each(rows)("has three columns: %s", (row) => {
    expect(row.split(/(?<!\\)\|/)).toHaveLength(5);
  });

  const cells: readonly (readonly [name: string, cell: string])[] = [
    ["web.listen-address", "`:9091`"],
    ["web.config.file", "none"],
    ["web.systemd-socket", "off"],
    ["web.telemetry-path", "`/metrics`"],
    ["push.max-body-size", "`64MiB`"],
  ];
  it.each(cells)("shows the default of %s as %s", (name, cell) => {
    expect(renderFlagTable()).toContain(`| \`--${name}\` | ${cell} | `);
  });

  it("says what is not supported yet", () => {
    const marked = rows.filter((row) => row.endsWith("Not supported yet. |"));
    expect(marked).toHaveLength(FLAG_NAMES.filter((name) => FLAGS[name].notYet).length);
  });
});
