import { describe, expect, it } from "vitest";
import { parseCommand } from "../../src/cli/commands.ts";

const parse = (...args: string[]) => parseCommand(args, "narthex");

describe("parseCommand", () => {
  it.each([[], ["--persistence.file=x"], ["restore"], ["--", "backup"], ["--log.level", "backup"]])(
    "leaves %j to the flags",
    (...args: string[]) => {
      expect(parse(...args)).toBeUndefined();
    },
  );

  it("reads a backup", () => {
    const command = { kind: "backup", file: "a.db", to: "b.db" };
    expect(parse("backup", "--persistence.file=a.db", "b.db")).toEqual(command);
    expect(parse("backup", "b.db", "--persistence.file", "a.db")).toEqual(command);
  });

  it("reads an export", () => {
    expect(parse("export", "--persistence.file=a.db")).toEqual({
      kind: "export",
      file: "a.db",
      url: "",
    });
    expect(parse("export", "--persistence.url=redis://h")).toEqual({
      kind: "export",
      file: "",
      url: "redis://h",
    });
  });

  it.each(["backup", "export"] as const)("explains %s", (kind) => {
    for (const flag of ["--help", "-h"]) {
      const help = parse(kind, flag);
      expect(help).toMatchObject({
        kind: "help",
        text: expect.stringContaining(`usage: narthex ${kind} `),
      });
    }
  });

  it.each([
    [["backup"], "required flag --persistence.file not provided"],
    [["backup", "--persistence.file=a"], "required argument 'TO' not provided"],
    [["backup", "--persistence.file=a", "b", "c"], "unexpected c"],
    [["backup", "--persistence.url=redis://h", "b"], "only a file can be backed up"],
    [["export"], "one of --persistence.file and --persistence.url is required"],
    [
      ["export", "--persistence.file=a", "--persistence.url=redis://h"],
      "one of --persistence.file",
    ],
    [["export", "--persistence.file=a", "b"], "unexpected b"],
    [["export", "--persistence.url=mysql://u:secret@h"], 'unknown kind of store "mysql://***@h"'],
    [["export", "--log.level=debug"], "Unknown option '--log.level'"],
  ])("refuses %j", (args, reason) => {
    const result = parse(...args);
    if (result?.kind !== "error") throw new Error(JSON.stringify(result));
    expect(result.line).toMatch(/^narthex: error: .*, try --help$/);
    expect(result.line).toContain(reason);
    expect(result.line).not.toContain("secret");
  });
});
