/**
 * What the command line prints: `--help` in kingpin's layout, `--version` in the form of the Prometheus programs, the line for a
 * mistake, and the README's table of flags. All from the flag table.
 */

import type { BuildInfo } from "../model/build-info.ts";
import { quote } from "../model/quote.ts";
import { FLAG_NAMES, type FlagName, FLAGS } from "./flags.ts";

const WIDTH = 80;
const INDENT = 2;
const GAP = 2;
/** A first column of this width or more does not widen the column: its text begins on the next line. */
const WIDE = 30;

const ABOUT =
  "Narthex, a Prometheus Pushgateway: batch jobs push their metrics to it, Prometheus scrapes them from it.";

/** Renders `--help`, without a line feed at the end. */
export function renderHelp(program: string): string {
  const flags = FLAG_NAMES.map((name) =>
    [`    ${renderUsage(name)}`, renderPurpose(name)] as const
  );
  const rows = [
    ["-h, --[no-]help", "Show this help."] as const,
    ...flags,
    ["    --[no-]version", "Show version and build."] as const,
  ];
  const about = wrap(ABOUT, WIDTH).join("\n");
  const flagList = `Flags:\n${renderColumns(rows)}`;
  const commands = Object.values(COMMANDS).map(({ usage, about }) => {
    const text = wrap(about, WIDTH - 2 * INDENT).map((line) => " ".repeat(2 * INDENT) + line);
    return [`${" ".repeat(INDENT)}${usage}`, ...text].join("\n");
  });
  const commandList = `Commands, in place of serving:\n${commands.join("\n\n")}`;
  return `usage: ${program} [<flags>]\n\n${about}\n\n${flagList}\n\n${commandList}`;
}

/** What the program can do beside serving, with the help text of each. */
export const COMMANDS: Readonly<Record<CommandName, { usage: string; about: string }>> = {
  backup: {
    usage: "backup --persistence.file=FILE TO",
    about: "Copy the database FILE to TO, also while a gateway is using it.",
  },
  export: {
    usage: "export --persistence.file=FILE | --persistence.url=URL",
    about:
      "Print all stored groups as a shell script of pushes, to be replayed on any Pushgateway.",
  },
};

/** The name of a command. */
export type CommandName = "backup" | "export";

/** Renders the help of one command, without a line feed at the end. */
export function renderCommandHelp(command: CommandName, program: string): string {
  const { usage, about } = COMMANDS[command];
  return `usage: ${program} ${usage}\n\n${wrap(about, WIDTH).join("\n")}`;
}

/** Renders `--version`, without a line feed at the end. */
export function renderVersion(build: BuildInfo): string {
  return [
    `narthex, version ${build.version} (branch: ${build.branch}, revision: ${build.revision})`,
    `  build date:       ${build.buildDate}`,
    `  runtime:          ${build.runtime}`,
    `  platform:         ${build.platform}`,
  ].join("\n");
}

/** Renders what stops the start as the reference does: one line, whatever `reason` holds, without a line feed at the end. */
export function renderErrorLine(program: string, reason: string): string {
  const printable = reason.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return `${program}: error: ${printable}, try --help`;
}

/** Renders the flags as a Markdown table: flag, default, what it does. Ends with a line feed. */
export function renderFlagTable(): string {
  const rows = FLAG_NAMES.map((name) => {
    const row = FLAGS[name];
    const given = row.default === "" ? "none" : `\`${row.default}\``;
    const fallback = row.type.takesValue ? given : "off";
    return `| \`--${name}\` | ${fallback} | ${escapeCell(renderPurpose(name))} |\n`;
  });
  return `| flag | default | what it does |\n| --- | --- | --- |\n${rows.join("")}`;
}

function renderUsage(name: FlagName): string {
  const { type, default: fallback, repeatable } = FLAGS[name];
  if (!type.takesValue) return `--[no-]${name}`;
  const shown = type.quotesDefault ? quote(fallback) : fallback;
  return `--${name}=${shown}${repeatable === true ? " ..." : ""}`;
}

function renderPurpose(name: FlagName): string {
  const { help, notYet } = FLAGS[name];
  return notYet === undefined ? help : `${help} Not supported yet.`;
}

function renderColumns(rows: readonly (readonly [left: string, right: string])[]): string {
  const narrow = rows.map(([left]) => left.length).filter((length) => length < WIDE);
  const column = INDENT + Math.max(...narrow) + GAP;
  const lines = rows.flatMap(([left, right]) => {
    const [first = "", ...more] = wrap(right, WIDTH - column).map((line) =>
      " ".repeat(column) + line
    );
    const label = " ".repeat(INDENT) + left;
    const head = left.length < WIDE ? [label.padEnd(column) + first.trimStart()] : [label, first];
    return [...head, ...more];
  });
  return lines.join("\n");
}

/** Breaks `text` at blanks into lines of at most `width` characters; a longer word has a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line];
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
